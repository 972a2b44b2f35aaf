//! Variables in the texts of a document, such as `${args.city}`: paths, and the functions `lc` and `enc:url` (SWML
//! reference, "Variables and template helpers"). What needs the platform's own JavaScript stays as it is written.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

/// What is not encoded by `enc:url`: RFC 3986, section 2.3.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What variables stand for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope<'v> {
    names: Vec<(&'static str, std::borrow::Cow<'v, Value>)>,
    /// Members that stand for themselves, without a name in front.
    open: Vec<&'v Value>,
}

impl<'v> Scope<'v> {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A name and what it stands for.
    pub(super) fn with(mut self, name: &'static str, value: impl IntoScope<'v>) -> Self {
        self.names.push((name, value.into_scope()));
        self
    }

    /// A value whose members are names.
    pub(super) fn open(mut self, value: &'v Value) -> Self {
        self.open.push(value);
        self
    }

    /// The names of dates and times, in a time zone of the IANA database; by default that of the platform.
    pub(super) fn with_clock(self, zone: Option<&str>) -> Self {
        let now = jiff::Timestamp::now().in_tz(zone.unwrap_or("US/Central"));
        let Ok(now) = now.or_else(|_| jiff::Timestamp::now().in_tz("UTC")) else { return self };
        let part = match now.hour() {
            0..12 => "morning",
            12..18 => "afternoon",
            _ => "evening",
        };
        self.with("local_date", now.strftime("%F").to_string())
            .with("spoken_date", now.strftime("%A, %B %-d, %Y").to_string())
            .with("local_time", now.strftime("%I:%M %p").to_string())
            .with("time_of_day", part)
    }

    /// The text with its variables replaced. One that stands for nothing becomes empty.
    pub(crate) fn expand(&self, text: &str) -> String {
        let mut rest = text;
        let mut out = String::with_capacity(text.len());
        while let Some(start) = rest.find("${").into_iter().chain(rest.find("%{")).min() {
            out.push_str(&rest[..start]);
            let Some(length) = rest[start..].find('}') else {
                rest = &rest[start..];
                break;
            };
            let whole = &rest[start..=start + length];
            match self.one(whole[2..whole.len() - 1].trim()) {
                Some(value) => out.push_str(&value),
                None => out.push_str(whole),
            }
            rest = &rest[start + length + 1..];
        }
        out.push_str(rest);
        out
    }

    /// All texts inside a value, expanded.
    pub(super) fn expand_value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.expand(text).into(),
            Value::Array(items) => items.iter().map(|item| self.expand_value(item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(key, value)| (key.clone(), self.expand_value(value))).collect()
            }
            other => other.clone(),
        }
    }

    /// What one variable stands for; `None` where it is not a path.
    fn one(&self, variable: &str) -> Option<String> {
        let (mut helpers, mut path) = (Vec::new(), variable);
        while let Some((helper, rest)) = path.split_once(':') {
            helpers.push(helper);
            path = rest;
        }
        let is_path = |text: &str| text.chars().all(|c| c.is_alphanumeric() || "_-.[]".contains(c));
        if path.is_empty() || !is_path(path) {
            return None;
        }
        let value = self.find(path).map(|value| match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        });
        let mut text = value.unwrap_or_default();
        // `enc:url` is one helper of two words, and `enc` alone is its older name.
        let mut helpers = helpers.into_iter().peekable();
        while let Some(helper) = helpers.next() {
            match helper {
                "lc" => text = text.to_lowercase(),
                "enc" => {
                    helpers.next_if_eq(&"url");
                    text = utf8_percent_encode(&text, UNRESERVED).to_string();
                }
                _ => return None,
            }
        }
        Some(text)
    }

    fn find(&self, path: &str) -> Option<&Value> {
        let path = path.replace('[', ".").replace(']', "");
        let mut parts = path.split('.').filter(|part| !part.is_empty());
        let first = parts.next()?;
        let named = self.names.iter().rev().find(|(name, _)| *name == first).map(|(_, value)| &**value);
        // The innermost comes first.
        let start = named.or_else(|| self.open.iter().rev().find_map(|value| member(value, first)))?;
        parts.try_fold(start, member)
    }
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Object(members) => members.get(name),
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    }
}

/// What a name can stand for.
pub(super) trait IntoScope<'v> {
    fn into_scope(self) -> std::borrow::Cow<'v, Value>;
}

impl<'v> IntoScope<'v> for &'v Value {
    fn into_scope(self) -> std::borrow::Cow<'v, Value> {
        std::borrow::Cow::Borrowed(self)
    }
}

impl<'v> IntoScope<'v> for Value {
    fn into_scope(self) -> std::borrow::Cow<'v, Value> {
        std::borrow::Cow::Owned(self)
    }
}

impl<'v> IntoScope<'v> for &str {
    fn into_scope(self) -> std::borrow::Cow<'v, Value> {
        std::borrow::Cow::Owned(self.into())
    }
}

impl<'v> IntoScope<'v> for String {
    fn into_scope(self) -> std::borrow::Cow<'v, Value> {
        std::borrow::Cow::Owned(self.into())
    }
}

impl<'v> IntoScope<'v> for &Map<String, Value> {
    fn into_scope(self) -> std::borrow::Cow<'v, Value> {
        std::borrow::Cow::Owned(self.clone().into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_are_replaced_and_what_is_more_than_a_path_stays() {
        let answer = json!({"temp": 21, "list": [{"name": "Ada"}], "args": "hidden by the name"});
        let scope = Scope::new().with("args", json!({"city": "Köln & Bonn", "none": null})).open(&answer);
        for (text, expected) in [
            ("It is ${temp} in %{args.city}.", "It is 21 in Köln & Bonn."),
            (
                "?q=${enc:url:args.city}&r=${lc:enc:args.city}",
                "?q=K%C3%B6ln%20%26%20Bonn&r=k%C3%B6ln%20%26%20bonn",
            ),
            ("${list[0].name}${list.0.name}${list[7].name}", "AdaAda"),
            ("${args.none}${nothing}", ""),
            ("${args.city == 'x' ? 1 : 2} ${", "${args.city == 'x' ? 1 : 2} ${"),
            ("${fmt:temp}", "${fmt:temp}"),
            ("${}", "${}"),
        ] {
            assert_eq!(scope.expand(text), expected, "{text}");
        }
        let value = json!({"a": ["${temp}", 1]});
        assert_eq!(scope.expand_value(&value), json!({"a": ["21", 1]}));
    }

    #[test]
    fn the_clock_has_the_platforms_names() {
        let scope = Scope::new().with_clock(Some("Europe/Berlin"));
        let text = scope.expand("${local_date} ${time_of_day}");
        assert!(text.starts_with("20") && text.len() > 15, "{text}");
    }
}
