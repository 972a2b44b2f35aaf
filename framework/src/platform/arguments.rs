//! Arguments that a person types, as JSON.

use serde_json::{Map, Number, Value};

/// What kind of value a schema asks for: its `type`, or `json` where it has none.
pub(crate) fn kind(schema: &Value) -> &str {
    schema["type"].as_str().unwrap_or("json")
}

/// A text as JSON. Whether it fits is for the function's own check, which the model meets too.
pub(crate) fn typed(schema: &Value, text: &str) -> Result<Value, String> {
    Ok(match kind(schema) {
        "string" => text.into(),
        "integer" | "number" => {
            Value::Number(text.trim().parse::<Number>().map_err(|_| "expected a number".to_owned())?)
        }
        "boolean" => {
            Value::Bool(text.trim().parse::<bool>().map_err(|_| "expected true or false".to_owned())?)
        }
        "array" => typed(&schema["items"], text)?,
        "object" => {
            let object = serde_json::from_str::<Map<String, Value>>(text);
            object.map_err(|_| "expected a JSON object".to_owned())?.into()
        }
        _ => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_become_what_the_schema_says() {
        for (schema, text, expected) in [
            (json!({"type": "string"}), "123456", json!("123456")),
            (json!({"type": "integer"}), "-7", json!(-7)),
            (json!({"type": "number"}), "1.5", json!(1.5)),
            (json!({"type": "boolean"}), "true", json!(true)),
            (json!({"type": "array", "items": {"type": "integer"}}), "3", json!(3)),
            (json!({"type": "object"}), "{\"a\":1}", json!({"a": 1})),
            (json!({"oneOf": []}), "[1]", json!([1])),
            (json!({"oneOf": []}), "text", json!("text")),
        ] {
            assert_eq!(typed(&schema, text), Ok(expected), "{schema}");
        }
        for (schema, text) in [("integer", "x"), ("boolean", "maybe"), ("object", "[]")] {
            assert!(typed(&json!({"type": schema}), text).unwrap_err().starts_with("expected"), "{schema}");
        }
    }
}
