//! The function webhook's body, read leniently (SWAIG webhook reference, "Function-call request").

use std::sync::LazyLock;

use serde_json::{Map, Value};

static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// A function call as the platform posts it. Only `function` has to be there; unknown fields are kept.
///
/// It has no `Debug`: the arguments may hold a one-time code.
#[derive(Clone, Default)]
pub struct FunctionRequest {
    body: Map<String, Value>,
}

impl FunctionRequest {
    /// Takes a body; `None` where it is not a JSON object.
    pub fn from_value(body: Value) -> Option<Self> {
        match body {
            Value::Object(body) => Some(Self { body }),
            _ => None,
        }
    }

    /// The name of the function that the model calls; `None` for a body that is not a function call.
    pub fn function(&self) -> Option<&str> {
        self.text("function")
    }

    /// The call's id, or an empty text.
    pub fn call_id(&self) -> &str {
        self.text("call_id").unwrap_or_default()
    }

    /// The arguments: `argument.parsed[0]` where it is an object, else `argument.raw` read as JSON, else `{}`.
    pub fn arguments(&self) -> Value {
        let argument = self.body.get("argument");
        let parsed = argument.and_then(|argument| argument.get("parsed"));
        let first = match parsed {
            Some(Value::Array(items)) => items.first(),
            other => other,
        };
        if let Some(Value::Object(object)) = first {
            return Value::Object(object.clone());
        }
        argument
            .and_then(|argument| argument.get("raw"))
            .and_then(Value::as_str)
            .and_then(|raw| serde_json::from_str::<Value>(raw).ok())
            .filter(Value::is_object)
            .unwrap_or_else(|| Value::Object(Map::new()))
    }

    /// The text that tells one call of a function from another: the model's own JSON where it was sent.
    pub(crate) fn raw_argument(&self) -> String {
        self.body
            .get("argument")
            .and_then(|argument| argument.get("raw"))
            .and_then(Value::as_str)
            .filter(|raw| !raw.is_empty())
            .map_or_else(|| self.arguments().to_string(), str::to_owned)
    }

    /// A field that holds a text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.body.get(key).and_then(Value::as_str)
    }

    /// A field that holds an object; an empty one where it does not.
    pub fn object(&self, key: &str) -> &Map<String, Value> {
        self.body.get(key).and_then(Value::as_object).unwrap_or(&EMPTY)
    }

    /// All fields.
    pub fn body(&self) -> &Map<String, Value> {
        &self.body
    }

    pub(crate) fn insert(&mut self, key: &str, value: Value) {
        self.body.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn arguments(argument: &Value) -> Value {
        FunctionRequest::from_value(json!({"function": "f", "argument": argument})).unwrap().arguments()
    }

    #[test]
    fn arguments_are_parsed_else_raw_else_empty() {
        let table = [
            (json!({"parsed": [{"a": 1}], "raw": "{\"a\":2}"}), json!({"a": 1})),
            (json!({"parsed": {"a": 1}}), json!({"a": 1})),
            (json!({"parsed": [], "raw": "{\"a\":2}"}), json!({"a": 2})),
            (json!({"parsed": ["text"], "raw": "{\"a\":2}"}), json!({"a": 2})),
            (json!({"parsed": [null], "raw": "not json"}), json!({})),
            (json!({"raw": "[1]"}), json!({})),
            (json!("none"), json!({})),
            (json!(null), json!({})),
        ];
        for (argument, expected) in table {
            assert_eq!(arguments(&argument), expected, "{argument}");
        }
        assert_eq!(FunctionRequest::from_value(json!({})).unwrap().arguments(), json!({}));
    }

    #[test]
    fn fields_of_a_wrong_type_do_not_matter() {
        let body = json!({"function": "f", "call_id": 7, "meta_data": "x", "global_data": null});
        let request = FunctionRequest::from_value(body).unwrap();
        assert_eq!((request.call_id(), request.object("meta_data").len()), ("", 0));
    }
}
