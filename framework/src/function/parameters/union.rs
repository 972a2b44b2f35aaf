//! Unions (`oneOf`, `anyOf`), flattened structs (`allOf`) and enumerations (`enum`, `const`).

use serde_json::{Map, Value};

use super::compile::{Compiler, JsonMap, SENSITIVE};
use super::error::SchemaError;
use super::number::exact_integer;
use super::shape::{Choice, Integer, Kind, Number, Shape};
use super::words;

/// Keys that say nothing about what is valid. They stay with the whole when it is taken apart.
const ANNOTATIONS: &[&str] = &[
    "$schema",
    "$defs",
    "$id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    SENSITIVE,
];

/// Structs with flattened enums multiply; a list longer than this would help no model.
const MOST_ALTERNATIVES: usize = 64;

/// What a schema is a union of.
pub(super) enum Variants {
    /// It is no union.
    None,
    /// `Option<T>`, or an `allOf` that is one object.
    One {
        schema: Value,
        nullable: bool,
    },
    /// An enum of unit variants.
    Choices(Vec<Choice>, bool),
    Many {
        schemas: Vec<Value>,
        exclusive: bool,
        nullable: bool,
    },
}

pub(super) fn variants(compiler: &Compiler<'_>, map: &JsonMap, path: &str) -> Result<Variants, SchemaError> {
    let exclusive = map.contains_key("oneOf");
    if !exclusive && !map.contains_key("anyOf") && !map.contains_key("allOf") {
        return Ok(Variants::None);
    }
    let plain = |key: &str| ANNOTATIONS.contains(&key) || key == "oneOf" || key == "anyOf";
    let is_plain = map.keys().all(|key| plain(key)) && !(exclusive && map.contains_key("anyOf"));
    let mut schemas: Vec<Value> = if is_plain {
        let key = if exclusive { "oneOf" } else { "anyOf" };
        match map.get(key) {
            Some(Value::Array(schemas)) => schemas.clone(),
            _ => Vec::new(),
        }
    } else {
        let spread = spread(compiler, map, path)?;
        spread.into_iter().map(Value::Object).collect()
    };

    let before = schemas.len();
    schemas.retain(|schema| !is_null(schema));
    let nullable = schemas.len() < before;
    if let Some(choices) = choices(&schemas) {
        return Ok(Variants::Choices(choices, nullable));
    }
    match schemas.pop() {
        None => Ok(Variants::One { schema: serde_json::json!({"type": "null"}), nullable }),
        Some(only) if schemas.is_empty() => {
            Ok(Variants::One { schema: with_annotations(only, map), nullable })
        }
        Some(last) => {
            schemas.push(last);
            Ok(Variants::Many { schemas, exclusive: exclusive || !is_plain, nullable })
        }
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|name| name == "null") || schema.get("const").is_some_and(Value::is_null)
}

/// The variant of an `Option<T>`, with what was said about the property.
fn with_annotations(variant: Value, outer: &JsonMap) -> Value {
    let Value::Object(mut variant) = variant else {
        return variant;
    };
    for (key, value) in outer {
        if ANNOTATIONS.contains(&key.as_str()) {
            variant.insert(key.clone(), value.clone());
        }
    }
    Value::Object(variant)
}

/// The strings of all variants, where all of them are nothing but strings.
fn choices(schemas: &[Value]) -> Option<Vec<Choice>> {
    let mut out = Vec::new();
    for schema in schemas {
        let meaning = schema.get("description").and_then(Value::as_str);
        if schema.get(SENSITIVE).is_some() {
            return None;
        }
        if let Some(value) = schema.get("const") {
            out.push(words::choice(value.as_str()?, meaning));
        } else {
            for value in schema.get("enum")?.as_array()? {
                out.push(words::choice(value.as_str()?, meaning));
            }
        }
    }
    (!out.is_empty()).then_some(out)
}

/// A schema with `enum` or `const`.
pub(super) fn enumerated(map: &JsonMap) -> Option<Shape> {
    let values: Vec<&Value> = match (map.get("const"), map.get("enum")) {
        (Some(value), _) => vec![value],
        (None, Some(Value::Array(values))) => values.iter().collect(),
        _ => return None,
    };
    let nullable = values.iter().any(|value| value.is_null());
    let values: Vec<&Value> = values.into_iter().filter(|value| !value.is_null()).collect();

    let strings: Option<Vec<&str>> = values.iter().map(|value| value.as_str()).collect();
    let integers: Option<Vec<i128>> = values.iter().map(|value| exact_integer(value)).collect();
    let numbers: Option<Vec<serde_json::Number>> =
        values.iter().map(|value| value.as_number().cloned()).collect();
    let kind = if values.is_empty() {
        Kind::Null
    } else if let Some(strings) = strings {
        Kind::Choice(strings.into_iter().map(|text| words::choice(text, None)).collect())
    } else if let Some(choices) = integers {
        Kind::Integer(Integer { choices, ..Integer::default() })
    } else if let Some(choices) = numbers {
        Kind::Number(Number { choices, ..Number::default() })
    } else if let [only] = values.as_slice() {
        Kind::Const((*only).clone())
    } else {
        let alone = |value: &&Value| {
            let map = Map::from_iter([("const".to_owned(), (*value).clone())]);
            enumerated(&map)
        };
        Kind::AnyOf(values.iter().filter_map(alone).collect())
    };
    let mut shape = Shape::new(kind);
    shape.nullable = nullable && !values.is_empty();
    Some(shape)
}

/// Takes an object with `allOf`, or with a union beside its properties, apart into whole objects: what
/// `schemars` writes for flattened enums.
fn spread(compiler: &Compiler<'_>, map: &JsonMap, path: &str) -> Result<Vec<JsonMap>, SchemaError> {
    let map = compiler.resolved(map, path)?;
    let mut base = map.clone();
    for key in ["allOf", "oneOf", "anyOf"] {
        base.shift_remove(key);
    }
    let mut whole = vec![base];
    let parts = |key: &str| map.get(key).and_then(Value::as_array);
    let mut factors: Vec<Vec<&Value>> = Vec::new();
    factors.extend(parts("allOf").into_iter().flatten().map(|part| vec![part]));
    factors.extend(parts("oneOf").map(|parts| parts.iter().collect()));
    factors.extend(parts("anyOf").map(|parts| parts.iter().collect()));
    for factor in factors {
        let mut alternatives = Vec::new();
        for part in factor {
            match part {
                // An absent flattened `Option` adds nothing.
                part if is_null(part) => alternatives.push(Map::new()),
                Value::Object(part) => alternatives.extend(spread(compiler, part, path)?),
                _ => alternatives.push(Map::new()),
            }
        }
        if whole.len() * alternatives.len() > MOST_ALTERNATIVES {
            let problem = format!(
                "comes to more than {MOST_ALTERNATIVES} different objects: make the flattened enums properties of \
                 their own"
            );
            return Err(compiler.unsupported(path, problem));
        }
        let mut next = Vec::new();
        for base in &whole {
            for alternative in &alternatives {
                let merged = merged(base, alternative).map_err(|key| {
                    let problem = format!("combines schemas whose `{key}` differ: use a struct");
                    compiler.unsupported(path, problem)
                })?;
                next.push(merged);
            }
        }
        whole = next;
    }
    // The annotations of the whole are not those of each alternative, unless there is but one.
    if whole.len() > 1 {
        for alternative in &mut whole {
            for key in ANNOTATIONS {
                if alternative.get(*key) == map.get(*key) {
                    alternative.shift_remove(*key);
                }
            }
        }
    }
    Ok(whole)
}

/// Both schemas at once; the key on which they contradict each other is the error.
fn merged(base: &JsonMap, more: &JsonMap) -> Result<JsonMap, String> {
    let mut out = base.clone();
    for (key, value) in more {
        let Some(own) = out.get_mut(key) else {
            out.insert(key.clone(), value.clone());
            continue;
        };
        match (key.as_str(), own, value) {
            ("properties", Value::Object(own), Value::Object(more)) => {
                for (name, schema) in more {
                    match own.get_mut(name) {
                        Some(first) if first != schema => {
                            *first = serde_json::json!({"allOf": [first.take(), schema]});
                        }
                        Some(_) => {}
                        None => {
                            own.insert(name.clone(), schema.clone());
                        }
                    }
                }
            }
            ("required", Value::Array(own), Value::Array(more)) => {
                for name in more {
                    if !own.contains(name) {
                        own.push(name.clone());
                    }
                }
            }
            ("additionalProperties" | "unevaluatedProperties", own, Value::Bool(allowed)) => {
                if !allowed {
                    *own = Value::Bool(false);
                }
            }
            // The variant is the one that is being told apart.
            ("description", own, value) => *own = value.clone(),
            (key, own, value) => {
                if *own != *value && !ANNOTATIONS.contains(&key) {
                    return Err(key.to_owned());
                }
            }
        }
    }
    Ok(out)
}
