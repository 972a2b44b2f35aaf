//! Masking of text and JSON before it reaches a log, an event, the store or a
//! page.
//!
//! One-time codes must never get there, phone numbers only masked. A code may
//! hide in a transcript ("one two three, double four"), in a function's
//! argument, in a URL, or in JSON text inside a JSON string. When in doubt a
//! run of digits is masked: a masked port number does no harm.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

mod json;
mod keys;
mod known;
mod runs;
mod secrets;
#[cfg(test)]
mod tests;

/// What stands for a masked value. Its width says nothing about the value.
///
/// ```
/// use swaig::redact::{MASK, Redactor};
///
/// let shown = Redactor::new().sensitive(["token"]).json(&serde_json::json!({"token": "482913"}));
/// assert_eq!(shown["token"], MASK);
/// ```
pub const MASK: &str = "••••••";

/// How often a text is gone over again, at most: nearly always once, to see that nothing is left.
const PASSES: usize = 4;

/// How deep JSON text inside JSON text is parsed; deeper it is masked as text.
const NESTED_TEXTS: usize = 4;

/// Masks codes, phone numbers and credentials. Masking twice changes nothing
/// more, and all work is linear in the size of the input.
///
/// ```
/// use serde_json::json;
/// use swaig::redact::Redactor;
///
/// let redactor = Redactor::new().sensitive(["token"]);
/// assert_eq!(redactor.text("I heard one two 3 four 56"), "I heard ••••••");
/// assert_eq!(redactor.text("call +1 555 123 4567"), "call +1••••••4567");
/// assert_eq!(
///     redactor.json(&json!({"token": "abc", "timestamp": 1_700_000_000})),
///     json!({"token": "••••••", "timestamp": 1_700_000_000})
/// );
/// ```
#[derive(Debug, Clone)]
pub struct Redactor {
    /// Folded names, see [`keys::folded`].
    sensitive: BTreeSet<String>,
    code_length: usize,
    known: known::Known,
}

impl Default for Redactor {
    fn default() -> Self {
        Self::new()
    }
}

impl Redactor {
    /// A redactor that knows the names that are always sensitive (`password`,
    /// `api_token`, `authorization`, `*_auth_password` and their like) and
    /// masks runs of 4 digits and more.
    pub fn new() -> Self {
        Self { sensitive: BTreeSet::new(), code_length: 4, known: known::Known::default() }
    }

    /// Adds names of sensitive arguments. Case, `-` and `_` make no difference.
    #[must_use]
    pub fn sensitive<I, S>(mut self, names: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let names = names.into_iter().map(|name| keys::folded(name.as_ref()).into_owned());
        self.sensitive.extend(names);
        self
    }

    /// Sets how many digits make a code; longer runs are masked as well.
    /// Default 4; 0 is taken as 1.
    #[must_use]
    pub fn code_length(mut self, digits: usize) -> Self {
        self.code_length = digits.max(1);
        self
    }

    /// Sets the secrets that are masked wherever they turn up: passwords, keys, API tokens. A second call replaces those of the
    /// first. They are found as they are, percent-encoded, and as text in JSON. One of fewer than 8 characters is left out,
    /// since it would be found in words too.
    ///
    /// ```
    /// use swaig::redact::Redactor;
    ///
    /// let redactor = Redactor::new().secrets(["correct horse"]);
    /// assert_eq!(redactor.text("it is correct%20horse"), "it is ••••••");
    /// ```
    #[must_use]
    pub fn secrets<'a>(mut self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        self.known = known::Known::default();
        // Only a list of secrets that is far too long would not be taken.
        let _ = self.known.learn(secrets);
        self
    }

    /// Adds secrets to those that it and its clones know, while they are in use.
    #[cfg(feature = "cli")]
    pub(crate) fn learn<'a>(&self, secrets: impl IntoIterator<Item = &'a str>) -> Result<(), regex::Error> {
        self.known.learn(secrets)
    }

    /// Masks in a text:
    ///
    /// * phone numbers (`+` and 8 to 15 digits with the usual separators), in
    ///   the form of [`PhoneNumber::masked`](crate::phone_number::PhoneNumber::masked);
    ///   a number written in groups that has more than 12 digits shows only two,
    ///   because its last group may be a code;
    /// * runs of digits as long as a code, written, spoken or mixed (see
    ///   [`spoken::find`](crate::spoken::find)), but not inside a UUID, an RFC
    ///   3339 timestamp or an identifier;
    /// * the secrets that it knows;
    /// * the userinfo of URLs, and query parameters with a secret's name;
    /// * `Basic …`, `Bearer …` and what follows `Authorization:`;
    /// * in JSON text, values under sensitive names, escaped or not, complete
    ///   or cut off. Text that is a whole JSON object, or an array that holds
    ///   an object or an array, is masked as [`json`](Self::json) does, integers
    ///   as long as a code included.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.nested_text(text, 0)
    }

    /// A masked copy of a JSON value: strings and keys as [`text`](Self::text)
    /// does, values under sensitive names wholly, whatever their type.
    ///
    /// Numbers stay, except those of a list that spells a code digit by digit, and integers as long as a code under `argument`,
    /// `args`, `arguments` and `parsed`. Under names of phone numbers
    /// (`caller_id_num`, `caller_id_number`, `caller_id_name`, `from`, `to`,
    /// `phone_number`) a number without `+` is masked as a phone number too.
    /// What lies deeper than 128 levels becomes `"[too deep]"`.
    #[must_use]
    pub fn json(&self, value: &Value) -> Value {
        self.owned_json(value.clone())
    }

    /// As [`json`](Self::json), in place where nothing has to be moved.
    pub(crate) fn owned_json(&self, value: Value) -> Value {
        json::Walk::new(self, 0).value(value)
    }

    /// The arguments of a function, masked as what stands under their name is.
    pub(crate) fn arguments(&self, arguments: Value) -> Value {
        json::Walk::new(self, 0).with_integers().value(arguments)
    }

    fn nested_text<'a>(&self, text: &'a str, nested: usize) -> Cow<'a, str> {
        if is_word(text) {
            return self.known.mask(text);
        }
        if let Some(masked) = self.json_text(text, nested) {
            return masked;
        }
        let masked = self.plain(text);
        if let Cow::Owned(changed) = &masked {
            // Masking can turn broken JSON into JSON, which the next pass
            // would parse and so treat in another way.
            if let Some(Cow::Owned(again)) = self.json_text(changed, nested) {
                return Cow::Owned(again);
            }
        }
        masked
    }

    /// `None` if the text is no JSON object or array. What needs no masking is
    /// given back as it was written.
    fn json_text<'a>(&self, text: &'a str, nested: usize) -> Option<Cow<'a, str>> {
        if nested >= NESTED_TEXTS || !text.trim_start().starts_with(['{', '[']) {
            return None;
        }
        let value: Value = serde_json::from_str(text).ok()?;
        if let Value::Array(items) = &value
            && !items.iter().any(|item| item.is_object() || item.is_array())
        {
            // "[1, 2, 3, 4]": one by one these are no code, in a row they are.
            return None;
        }
        let masked = json::Walk::new(self, nested + 1).with_integers().value(value.clone());
        Some(if masked == value { Cow::Borrowed(text) } else { Cow::Owned(masked.to_string()) })
    }

    /// Masks a text without parsing it, until there is nothing left that would be masked: what one pass makes of a text may
    /// read as something else to the next.
    fn plain<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if is_word(text) {
            return self.known.mask(text);
        }
        let mut masked = self.pass(text);
        if matches!(masked, Cow::Borrowed(_)) {
            return masked;
        }
        for _ in 0..PASSES {
            match self.pass(&masked) {
                Cow::Owned(again) if again != *masked => masked = Cow::Owned(again),
                _ => break,
            }
        }
        masked
    }

    /// An address of the web whose path stays, digits and all; `None` for what is none. Credentials are masked, and the query
    /// is gone over like any text.
    fn address(&self, text: &str) -> Option<String> {
        let is_one = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
        if !is_one || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return None;
        }
        let (path, query) = text.split_at(text.find(['?', '#']).unwrap_or(text.len()));
        let path = then(self.known.mask(path), |path| secrets::mask(path, self));
        Some(format!("{path}{}", self.plain(query)))
    }

    fn pass<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let text = self.known.mask(text);
        let text = then(text, |text| runs::mask(text, self.code_length));
        let text = then(text, |text| secrets::mask(text, self));
        then(text, |text| keys::mask(text, self))
    }
}

/// Whether a text is one word, such as a name. It takes two to say a code, words that are joined by `_` are the name of
/// something, and there is nothing in one that could stand for a value. What is left is a secret that is known.
fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// An id that came from outside, as it may be shown: an id is a name and stays, but digits alone may be a code or a phone
/// number in its place.
pub(crate) fn shown_id(id: &str) -> Cow<'_, str> {
    if id.bytes().any(|b| b.is_ascii_alphabetic()) { Cow::Borrowed(id) } else { Redactor::new().text(id) }
}

/// Runs a further pass over a text.
fn then<'a>(text: Cow<'a, str>, pass: impl for<'b> Fn(&'b str) -> Cow<'b, str>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => pass(text),
        Cow::Owned(text) => match pass(&text) {
            Cow::Owned(changed) => Cow::Owned(changed),
            Cow::Borrowed(_) => Cow::Owned(text),
        },
    }
}

/// Replaces ranges of a text, given in rising order.
struct Splice<'a> {
    text: &'a str,
    out: String,
    /// The text up to here is in `out`, once something was replaced.
    copied: usize,
}

impl<'a> Splice<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, out: String::new(), copied: 0 }
    }

    fn replace(&mut self, range: std::ops::Range<usize>, with: &str) {
        let old = self.text.get(range.clone());
        let before = self.text.get(self.copied..range.start);
        if let Some(before) = before.filter(|_| old != Some(with)) {
            self.out.push_str(before);
            self.out.push_str(with);
            self.copied = range.end;
        }
    }

    fn finish(mut self) -> Cow<'a, str> {
        if self.copied == 0 {
            return Cow::Borrowed(self.text);
        }
        let rest = self.text.get(self.copied..).unwrap_or_default();
        self.out.push_str(rest);
        Cow::Owned(self.out)
    }
}
