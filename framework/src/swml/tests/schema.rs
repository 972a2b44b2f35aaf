//! The published schema, and documents checked against it.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use crate::swml::{Document, Json, Step};

const CONFORMANCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/conformance");

static SCHEMA: LazyLock<Option<Value>> = LazyLock::new(|| read("swml-schema.json"));

static VALIDATOR: LazyLock<Option<Validator>> = LazyLock::new(|| {
    SCHEMA.as_ref().map(|schema| jsonschema::validator_for(schema).expect("the schema is a schema"))
});

fn read(name: &str) -> Option<Value> {
    let path = Path::new(CONFORMANCE).join(name);
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).expect("JSON"))
}

/// The schema, or `None` and a visible line where it is absent.
pub(in crate::swml) fn load() -> Option<&'static Value> {
    SCHEMA.as_ref()
}

/// The schema, ready for use, or `None` where it is absent.
pub(in crate::swml) fn validator() -> Option<&'static Validator> {
    VALIDATOR.as_ref()
}

/// A document that somebody else wrote.
pub(in crate::swml) struct Foreign {
    /// The name of its file.
    pub(in crate::swml) file: String,
    /// As it was written.
    pub(in crate::swml) text: String,
    /// The same, read.
    pub(in crate::swml) json: Json,
    /// Its row in the index.
    pub(in crate::swml) row: Value,
}

/// Documents that others wrote, or nothing where they are absent.
pub(in crate::swml) fn documents_of_others() -> Vec<Foreign> {
    let index = read("documents/index.json");
    let rows = index.iter().filter_map(Value::as_array).flatten();
    rows.map(|row| {
        let file = row["file"].as_str().expect("a file name").to_owned();
        let text = fs::read_to_string(Path::new(CONFORMANCE).join("documents").join(&file)).expect("a file");
        let json = Json::parse(&text).unwrap_or_else(|error| panic!("{file}: {error:?}"));
        Foreign { file, text, json, row: row.clone() }
    })
    .collect()
}

/// What a node of the schema refers to, or the node itself.
pub(super) fn definition<'s>(schema: &'s Value, node: &'s Value) -> &'s Value {
    match node["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        Some(name) => &schema["$defs"][name],
        None => node,
    }
}

/// Asserts that the schema accepts each step in a document of its own.
pub(super) fn assert_valid(steps: impl IntoIterator<Item = Step>) {
    assert_documents(steps.into_iter().map(|step| Document::new().step(step)));
}

/// Asserts that the schema accepts each document.
pub(super) fn assert_documents(documents: impl IntoIterator<Item = Document>) {
    let Some(validator) = validator() else { return };
    for document in documents {
        let json = Json::from(document);
        if let Err(error) = validator.validate(&json.to_value()) {
            panic!("the schema rejects {json:#}\nat {}: {error}", error.instance_path());
        }
    }
}

/// Whether the schema accepts the document.
pub(super) fn accepts(validator: &Validator, document: Document) -> bool {
    validator.is_valid(&Json::from(document).to_value())
}
