//! The published schema, and documents checked against it.

use std::fs;

use serde_json::Value;

use crate::swml::{Document, Json, Step};

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/conformance/swml-schema.json");

/// The schema, or `None` and a visible line where it is absent.
pub(super) fn load() -> Option<Value> {
    let Ok(text) = fs::read_to_string(SCHEMA) else {
        eprintln!("skipped: no published schema at {SCHEMA}");
        return None;
    };
    Some(serde_json::from_str(&text).expect("the schema is JSON"))
}

/// Asserts that the schema accepts each step in a document of its own.
pub(super) fn assert_valid(steps: impl IntoIterator<Item = Step>) {
    assert_documents(steps.into_iter().map(|step| Document::new().step(step)));
}

/// Asserts that the schema accepts each document.
pub(super) fn assert_documents(documents: impl IntoIterator<Item = Document>) {
    let Some(schema) = load() else { return };
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    for document in documents {
        let json = Json::from(document);
        if let Err(error) = validator.validate(&json.to_value()) {
            panic!("the schema rejects {json:#}\nat {}: {error}", error.instance_path());
        }
    }
}

/// Whether the schema accepts the document.
pub(super) fn accepts(schema: &Value, document: Document) -> bool {
    let validator = jsonschema::validator_for(schema).expect("the schema is a schema");
    validator.is_valid(&Json::from(document).to_value())
}
