//! Tests of the module as a whole: type in, parameters out, arguments checked.
#![allow(dead_code, reason = "the fields are there for their schemas")]

mod arguments;
mod carried;
mod masked;
mod random;
mod refused;

use schemars::JsonSchema;
use serde_json::{Value, json};

use super::Parameters;

/// The parameters of a type that has some, checked against the published schema.
fn of<T: JsonSchema>() -> Parameters {
    let parameters = Parameters::of::<T>().expect("the type can be carried");
    carried::assert_published(&parameters.to_json(), std::any::type_name::<T>());
    parameters
}

/// What a struct with the one property `value` of this type comes to.
fn property<T: JsonSchema>() -> Value {
    of::<Holder<T>>().to_json()["properties"]["value"].take()
}

#[derive(serde::Deserialize, JsonSchema)]
struct Holder<T> {
    value: T,
}

fn value(of: impl Into<Value>) -> Value {
    json!({"value": of.into()})
}
