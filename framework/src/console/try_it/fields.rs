//! The fields of a form, made from a function's schema, and back.

use maud::{Markup, html};
use serde_json::{Map, Number, Value};

use crate::server::query::Query;

/// Why a field cannot be read. What was typed is not repeated: it may be a code.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {expected} was expected, so nothing was called.")]
pub(super) struct FieldError {
    name: String,
    expected: &'static str,
}

/// How an argument is typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Choice,
    Text,
    Integer,
    Number,
    Flag,
    /// One item in a line.
    List,
    Json,
}

impl Shape {
    fn of(schema: &Value) -> Self {
        if schema["enum"].is_array() {
            return Self::Choice;
        }
        match schema["type"].as_str() {
            Some("string") => Self::Text,
            Some("integer") => Self::Integer,
            Some("number") => Self::Number,
            Some("boolean") => Self::Flag,
            Some("array")
                if matches!(
                    Self::of(&schema["items"]),
                    Self::Text | Self::Integer | Self::Number | Self::Choice
                ) =>
            {
                Self::List
            }
            _ => Self::Json,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Choice => "one of the choices",
            Self::Text => "text",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Flag => "true or false",
            Self::List => "one in a line",
            Self::Json => "JSON",
        }
    }
}

/// The fields of a schema. `prefix` begins their ids.
pub(super) fn of(prefix: &str, schema: &Value) -> Markup {
    let properties = schema["properties"].as_object();
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|it| it == name));
    html! {
        @for (index, (name, schema)) in properties.into_iter().flatten().enumerate() {
            (field(&format!("{prefix}-{index}"), name, schema, required(name)))
        }
    }
}

fn field(id: &str, name: &str, schema: &Value, required: bool) -> Markup {
    let shape = Shape::of(schema);
    let field_name = format!("a.{name}");
    let hint = format!("{id}-hint");
    let number = |key: &str| schema[key].as_number().map(ToString::to_string);
    html! {
        div .field {
            label for=(id) { code { (name) } " " small { (shape.words()) @if !required { ", may be left out" } } }
            @match shape {
                Shape::Choice | Shape::Flag => {
                    select id=(id) name=(field_name) required[required] aria-describedby=(hint) {
                        option value="" { @if required { "choose" } @else { "left out" } }
                        @for choice in choices(schema) { option { (choice) } }
                    }
                },
                Shape::Text => {
                    input id=(id) name=(field_name) required[required] autocomplete="off" spellcheck="false" aria-describedby=(hint)
                        minlength=[number("minLength")] maxlength=[number("maxLength")];
                },
                Shape::Integer | Shape::Number => {
                    input id=(id) name=(field_name) type="number" step=(if shape == Shape::Integer { "1" } else { "any" })
                        required[required] autocomplete="off" aria-describedby=(hint) min=[number("minimum")] max=[number("maximum")];
                },
                Shape::List | Shape::Json => {
                    textarea id=(id) name=(field_name) rows="3" required[required] spellcheck="false" aria-describedby=(hint) {}
                },
            }
            small id=(hint) { (schema["description"].as_str().unwrap_or_default()) (range(schema)) }
        }
    }
}

fn choices(schema: &Value) -> Vec<String> {
    match schema["enum"].as_array() {
        Some(choices) => choices.iter().map(text).collect(),
        None => vec!["true".to_owned(), "false".to_owned()],
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What a number may be, in words.
fn range(schema: &Value) -> String {
    match (schema["minimum"].as_number(), schema["maximum"].as_number()) {
        (Some(least), Some(most)) => format!(" From {least} to {most}."),
        (Some(least), None) => format!(" At least {least}."),
        (None, Some(most)) => format!(" At most {most}."),
        (None, None) => String::new(),
    }
}

/// The arguments that a form has. An empty field is left out. Whether they fit is for the function's own check, which the
/// model meets too.
pub(super) fn read(schema: &Value, form: &Query) -> Result<Map<String, Value>, FieldError> {
    let mut arguments = Map::new();
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        let Some(typed) = form.get(&format!("a.{name}")) else { continue };
        let value = value(schema, typed)
            .ok_or_else(|| FieldError { name: name.clone(), expected: Shape::of(schema).words() })?;
        arguments.insert(name.clone(), value);
    }
    Ok(arguments)
}

fn value(schema: &Value, typed: &str) -> Option<Value> {
    Some(match Shape::of(schema) {
        Shape::Text => typed.into(),
        Shape::Choice => {
            let choices = schema["enum"].as_array().map(Vec::as_slice).unwrap_or_default();
            choices.iter().find(|choice| text(choice) == typed).cloned()?
        }
        Shape::Integer | Shape::Number => typed.trim().parse::<Number>().ok()?.into(),
        Shape::Flag => typed.parse::<bool>().ok()?.into(),
        Shape::List => {
            let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.map(|line| value(&schema["items"], line)).collect::<Option<Vec<_>>>()?.into()
        }
        Shape::Json => serde_json::from_str(typed).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({"type": "object", "required": ["token", "seats"], "properties": {
            "token": {"type": "string", "description": "The <digits>", "maxLength": 8},
            "seats": {"type": "integer", "minimum": 1, "maximum": 9},
            "price": {"type": "number", "minimum": 0.5},
            "channel": {"type": "string", "enum": ["sms", "call"]},
            "level": {"enum": [1, 2]},
            "vip": {"type": "boolean"},
            "names": {"type": "array", "items": {"type": "string"}},
            "rows": {"type": "array", "items": {"type": "object"}},
        }})
    }

    fn form(pairs: &[(&str, &str)]) -> Query {
        Query::read(
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().as_bytes(),
        )
    }

    #[test]
    fn each_type_has_its_field() {
        let shown = of("f0", &schema()).into_string();
        for expected in [
            r#"name="a.token" required autocomplete="off" spellcheck="false" aria-describedby="f0-0-hint" maxlength="8""#,
            "The &lt;digits&gt;",
            r#"type="number" step="1" required"#,
            r#"min="1" max="9""#,
            "From 1 to 9.",
            r#"step="any""#,
            "At least 0.5.",
            "<option>sms</option><option>call</option>",
            "<option>1</option><option>2</option>",
            "<option>true</option><option>false</option>",
            "one in a line, may be left out",
            "JSON, may be left out",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        assert_eq!(of("f0", &Value::Null).into_string(), "");
    }

    #[test]
    fn what_was_typed_becomes_what_the_schema_says() {
        let typed = form(&[
            ("a.token", "123456"),
            ("a.seats", "3"),
            ("a.price", "1.5"),
            ("a.channel", "call"),
            ("a.level", "2"),
            ("a.vip", "false"),
            ("a.names", "Ada\r\n\r\n Grace "),
            ("a.rows", "[{\"a\":1}]"),
            ("a.stranger", "x"),
        ]);
        assert_eq!(
            Value::from(read(&schema(), &typed).unwrap()),
            json!({"token": "123456", "seats": 3, "price": 1.5, "channel": "call", "level": 2, "vip": false, "names": ["Ada", "Grace"], "rows": [{"a": 1}]})
        );
        // The function itself says what is missing.
        assert_eq!(read(&schema(), &form(&[("a.token", "")])), Ok(Map::new()));
        for (name, typed) in [("seats", "zz"), ("channel", "fax"), ("vip", "yes"), ("rows", "[")] {
            let error = read(&schema(), &form(&[(&format!("a.{name}"), typed)])).unwrap_err();
            assert!(error.to_string().starts_with(name) && !error.to_string().contains(typed), "{error}");
        }
    }
}
