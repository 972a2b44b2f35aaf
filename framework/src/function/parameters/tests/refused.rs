//! Types that are refused at start-up, with a message that says where and what to do.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::super::{Parameters, SchemaError};

fn refusal<T: JsonSchema>() -> SchemaError {
    Parameters::of::<T>().expect_err("the type cannot be carried")
}

fn message<T: JsonSchema>() -> String {
    let text = refusal::<T>().to_string();
    assert!(text.contains(std::any::type_name::<T>()), "{text}");
    assert!(!text.ends_with('.'), "{text}");
    text
}

#[derive(Deserialize, JsonSchema)]
struct Node {
    name: String,
    children: Vec<Node>,
}

#[derive(Deserialize, JsonSchema)]
struct Tree {
    top: Node,
}

#[derive(Deserialize, JsonSchema)]
struct Pair {
    outer: Outer,
}

#[derive(Deserialize, JsonSchema)]
struct Outer {
    pair: (u8, String),
}

#[derive(Deserialize, JsonSchema)]
enum Tupled {
    Pair(u8, u8),
}

#[derive(Deserialize, JsonSchema)]
struct HoldsTupled {
    value: Tupled,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "t")]
enum Tagged {
    A { x: i32 },
    B { y: i32 },
}

#[derive(Deserialize, JsonSchema)]
struct Flat {
    #[serde(flatten)]
    tagged: Tagged,
}

#[derive(Deserialize, JsonSchema)]
struct BadPattern {
    #[schemars(regex(pattern = r"^(?!x)"))]
    token: String,
}

#[derive(Deserialize, JsonSchema)]
enum Never {}

#[derive(Deserialize, JsonSchema)]
struct HoldsNever {
    never: Never,
}

#[derive(Deserialize, JsonSchema)]
struct Conditional {
    #[schemars(extend("if" = {"const": 1}))]
    value: Value,
}

#[test]
fn a_recursive_type() {
    assert!(matches!(
        refusal::<Tree>(),
        SchemaError::Recursive { path, .. } if path == "top.children[]"
    ));
    assert!(matches!(refusal::<Node>(), SchemaError::Recursive { path, .. } if path == "children[]"));
    let text = message::<Tree>();
    assert!(text.contains("the property `top.children[]` refers back"), "{text}");
    assert!(text.contains("SWML parameters cannot carry a recursive type"), "{text}");
}

#[test]
fn a_tuple() {
    let text = message::<Pair>();
    assert!(text.contains("the property `outer.pair` is a tuple"), "{text}");
    assert!(text.ends_with("use a struct"), "{text}");
    assert!(matches!(refusal::<HoldsTupled>(), SchemaError::Tuple { path, .. } if path == "value.Pair"));
}

#[test]
fn what_is_not_an_object() {
    for text in [
        message::<String>(),
        message::<Vec<u8>>(),
        message::<()>(),
        message::<Value>(),
        message::<Tagged>(),
        message::<Flat>(),
    ] {
        assert!(text.contains("wrap it in a struct"), "{text}");
        assert!(text.contains("NoArgs"), "{text}");
    }
    assert!(message::<Flat>().contains("is a choice between several types"));
}

#[test]
fn a_pattern_that_is_not_a_regular_expression() {
    let error = refusal::<BadPattern>();
    assert!(std::error::Error::source(&error).is_some());
    assert!(message::<BadPattern>().contains("the pattern `^(?!x)` of the property `token`"));
}

#[test]
fn a_type_without_values() {
    assert!(message::<HoldsNever>().contains("the property `never` has a type without values"));
}

#[test]
fn a_condition() {
    assert!(message::<Conditional>().contains("the property `value` uses `if`"));
}
