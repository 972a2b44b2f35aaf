//! From the tree to what SWML carries as a function's `parameters`.
//!
//! The published schema calls the union of property types `SchemaType`. It is closed: `oneOf`, `anyOf`
//! and `const` take no other key beside them, so a description is pushed into the variants.

use serde_json::{Map, Value, json};

use super::format::Format;
use super::shape::{Array, Kind, Number, Object, Shape, Text};
use super::words;

const NO_VALUE: &str = "No value.";

/// `{"type": "object", "properties": {…}, "required": […]}`.
pub(super) fn parameters(object: &Object) -> Value {
    let mut out = typed("object");
    add_properties(&mut out, object, true);
    Value::Object(out)
}

fn property(shape: &Shape, required: bool, about: Option<&str>) -> Value {
    let description = joined(about, shape.description.as_deref());
    let description = description.as_deref();
    // An absent property is how an optional one says null.
    let nullable = required && shape.nullable;
    match &shape.kind {
        Kind::OneOf(variants) => union("oneOf", variants, nullable, description),
        Kind::AnyOf(variants) => union("anyOf", variants, nullable, description),
        Kind::Anything => anything(nullable, description),
        Kind::Null => json!({"type": "null", "description": description.unwrap_or(NO_VALUE)}),
        Kind::Const(Value::Bool(value)) if description.is_some() || nullable => {
            let mut text = description.unwrap_or_default().to_owned();
            words::add_sentence(&mut text, &format!("Always {value}."));
            Value::Object(described("boolean", Some(&text), nullable))
        }
        Kind::Const(value) => json!({"const": value}),
        Kind::Text(text) => {
            let mut out = described("string", description, nullable);
            add_text(&mut out, text);
            with_default(out, shape)
        }
        Kind::Choice(choices) => {
            let mut out = described("string", description, nullable);
            let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
            out.insert("enum".to_owned(), json!(values));
            with_default(out, shape)
        }
        Kind::Integer(integer) => {
            let mut out = described("integer", description, nullable);
            if !integer.choices.is_empty() {
                let values = integer.choices.iter().copied();
                let values = values.filter_map(serde_json::Number::from_i128);
                out.insert("enum".to_owned(), values.collect::<Vec<_>>().into());
            }
            with_default(out, shape)
        }
        Kind::Number(number) => {
            let mut out = described("number", description, nullable);
            add_number(&mut out, number);
            with_default(out, shape)
        }
        Kind::Boolean => with_default(described("boolean", description, nullable), shape),
        Kind::Array(array) => {
            let mut out = described("array", description, nullable);
            add_items(&mut out, array);
            with_default(out, shape)
        }
        Kind::Object(object) => {
            let mut out = described("object", description, nullable);
            add_properties(&mut out, object, false);
            with_default(out, shape)
        }
    }
}

fn union(key: &str, variants: &[Shape], nullable: bool, about: Option<&str>) -> Value {
    let mut out: Vec<Value> = variants.iter().map(|variant| property(variant, true, about)).collect();
    if nullable {
        out.push(json!({"type": "null", "description": NO_VALUE}));
    }
    json!({ key: out })
}

/// SWML has no type for "any value", so the types are listed.
fn anything(nullable: bool, about: Option<&str>) -> Value {
    let mut out: Vec<Value> = ["string", "number", "boolean", "object"]
        .into_iter()
        .map(|name| Value::Object(described(name, about, false)))
        .collect();
    let mut array = described("array", about, false);
    array.insert("items".to_owned(), json!({"type": "string"}));
    out.push(Value::Object(array));
    if nullable {
        out.push(json!({"type": "null", "description": NO_VALUE}));
    }
    json!({ "anyOf": out })
}

fn joined(about: Option<&str>, own: Option<&str>) -> Option<String> {
    match (about, own) {
        (Some(about), Some(own)) => {
            let mut out = about.to_owned();
            words::add_sentence(&mut out, own);
            Some(out)
        }
        (about, own) => about.or(own).map(str::to_owned),
    }
}

fn typed(name: &str) -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), Value::from(name))])
}

fn described(name: &str, description: Option<&str>, nullable: bool) -> Map<String, Value> {
    let mut out = typed(name);
    if let Some(description) = description {
        out.insert("description".to_owned(), Value::from(description));
    }
    if nullable {
        out.insert("nullable".to_owned(), Value::Bool(true));
    }
    out
}

fn with_default(mut out: Map<String, Value>, shape: &Shape) -> Value {
    if let Some(default) = &shape.default {
        out.insert("default".to_owned(), default.clone());
    }
    Value::Object(out)
}

fn add_text(out: &mut Map<String, Value>, text: &Text) {
    if let Some(pattern) = &text.pattern {
        out.insert("pattern".to_owned(), Value::from(pattern.source.as_str()));
    }
    if let Some(format) = text.format.as_ref().and_then(Format::published) {
        out.insert("format".to_owned(), Value::from(format));
    }
}

fn add_number(out: &mut Map<String, Value>, number: &Number) {
    if !number.choices.is_empty() {
        out.insert("enum".to_owned(), json!(number.choices));
    }
}

fn add_items(out: &mut Map<String, Value>, array: &Array) {
    out.insert("items".to_owned(), property(&array.items, true, None));
}

/// The arguments need `properties` even where there are none; a property of its own does not.
fn add_properties(out: &mut Map<String, Value>, object: &Object, always: bool) {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in &object.fields {
        properties.insert(field.name.clone(), property(&field.shape, field.required, None));
        if field.required {
            required.push(Value::from(field.name.as_str()));
        }
    }
    if always || !properties.is_empty() {
        out.insert("properties".to_owned(), Value::Object(properties));
    }
    if !required.is_empty() {
        out.insert("required".to_owned(), Value::Array(required));
    }
}
