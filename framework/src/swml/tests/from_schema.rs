//! Random documents out of the published schema, for the direction that the tables cannot make up
//! themselves: what the schema takes, they must take too.

use serde_json::{Map, Value, json};

use super::random::Random;

/// Texts for the patterns of the schema, by a part of the pattern.
const PATTERNS: &[(&str, &[&str])] = &[
    (r"^[\$%]", &["${vars.a}", "%{b}"]),
    ("ring:", &["https://example.com", "say:Hi", "ring: 5:us", "ring:uk", "silence: 2.5", "http://a"]),
    (r"\d+h", &["", "1h", "2m3s", "1h2m3s"]),
    ("^prompt:", &["prompt:x"]),
    ("^(http|https)", &["http://a", "https://example.com\n"]),
    ("next", &["", "first", "nextone"]),
];

/// A value that the node of the schema most likely takes.
pub(in crate::swml) fn value(schema: &Value, node: &Value, random: &mut Random, depth: usize) -> Value {
    if let Some(path) = node["$ref"].as_str() {
        let target = match path.strip_prefix("#/$defs/") {
            Some(name) => &schema["$defs"][name],
            None => schema,
        };
        return value(schema, target, random, depth.saturating_sub(1));
    }
    if let Some(kinds) = node["anyOf"].as_array().or_else(|| node["oneOf"].as_array()) {
        // Near the end of the depth the last is a scalar more often than the first is.
        let index = if depth == 0 { kinds.len() - 1 } else { random.below(kinds.len()) };
        let mut kind = kinds[index].clone();
        for limit in ["minimum", "maximum", "minItems", "maxItems", "minLength", "minProperties"] {
            if let (Some(value), Some(kind)) = (node.get(limit), kind.as_object_mut()) {
                kind.insert(limit.to_owned(), value.clone());
            }
        }
        return value(schema, &kind, random, depth);
    }
    if let Some(only) = node.get("const") {
        return only.clone();
    }
    if let Some(choices) = node["enum"].as_array() {
        return choices[random.below(choices.len())].clone();
    }
    match node["type"].as_str() {
        Some("string") => text(node, random),
        Some("integer") => json!(whole(node, random)),
        Some("number") => {
            let number = whole(node, random);
            if random.below(2) == 0 { json!(number) } else { json!(f64::from(number)) }
        }
        Some("boolean") => json!(random.below(2) == 0),
        Some("null") => Value::Null,
        Some("array") => {
            let least = node["minItems"].as_u64().unwrap_or(0);
            let most = node["maxItems"].as_u64().unwrap_or(least + 2);
            let spread =
                if depth == 0 { 1 } else { usize::try_from(most - least).expect("a small number") + 1 };
            let count = usize::try_from(least).expect("a small number") + random.below(spread);
            (0..count).map(|_| value(schema, &node["items"], random, depth.saturating_sub(1))).collect()
        }
        Some("object") => object(schema, node, random, depth.saturating_sub(1)),
        _ => [json!(null), json!({"a": [1]}), json!("x"), json!(1.5)][random.below(4)].clone(),
    }
}

fn text(node: &Value, random: &mut Random) -> Value {
    let pattern = node["pattern"].as_str();
    let texts = match pattern {
        Some(pattern) => PATTERNS.iter().find(|(part, _)| pattern.contains(part)).expect("a known pattern").1,
        None => &["text", "true", "12", "a\nb"],
    };
    texts[random.below(texts.len())].into()
}

#[allow(clippy::cast_possible_truncation, reason = "the limits of the schema are small")]
fn whole(node: &Value, random: &mut Random) -> i32 {
    let limit = |key: &str| node[key].as_f64().map(|limit| limit as i32);
    let (least, most) = (limit("minimum"), limit("maximum"));
    match random.below(3) {
        0 => least.or(most).unwrap_or(-7),
        1 => most.or(least).unwrap_or(1_000_000),
        _ => least.map_or(0, |least| least.saturating_add(1)).min(most.unwrap_or(i32::MAX)),
    }
}

fn object(schema: &Value, node: &Value, random: &mut Random, depth: usize) -> Value {
    let required: Vec<&str> =
        node["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut members = Map::new();
    let properties = node["properties"].as_object();
    let few = if depth == 0 { 30 } else { 2.max(properties.map_or(0, Map::len) / 6) };
    for (key, property) in properties.into_iter().flatten() {
        if required.contains(&key.as_str()) || random.below(few) == 0 {
            members.insert(key.clone(), value(schema, property, random, depth));
        }
    }
    let rest = &node["unevaluatedProperties"];
    if rest.is_object() && rest.get("not").is_none() && depth > 0 {
        for index in 0..random.below(3) {
            members.insert(format!("key{index}"), value(schema, rest, random, depth));
        }
    }
    members.into()
}
