//! SWML documents.

use serde_json::Value;
use swaig::swml::{Document, Json, check};

/// What is read as JSON is what `serde_json` reads, and prints as text that reads back equal. A document keeps all of it.
/// The checker has a word on anything, about a place that exists, and says the same of the same document.
pub fn document(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let theirs = serde_json::from_str::<Value>(text).ok();
    let ours = Json::parse(text).ok();
    assert_eq!(ours.is_some(), theirs.is_some(), "one of two readers refuses it");
    let (Some(json), Some(theirs)) = (ours, theirs) else { return };
    assert_eq!(json.to_value(), theirs, "two readers differ");
    let printed = json.to_string();
    assert_eq!(Json::parse(&printed).ok().as_ref(), Some(&json), "reads back as another value: {printed}");
    assert_eq!(Json::parse(&format!("{json:#}")).ok().as_ref(), Some(&json), "reads back as another value");

    let report = check(&json);
    for finding in &report.findings {
        assert!(is_place(&theirs, &finding.path), "{finding:?} is nowhere");
        assert!(!finding.message.is_empty() && !finding.remedy.is_empty(), "{finding:?} says nothing");
    }
    if let Ok(document) = Document::from_json(json) {
        assert_eq!(document.to_json_string(), printed, "the document lost something");
        assert_eq!(document.check(), report, "two reports on one document");
    } else {
        assert!(!report.is_valid(), "what is no document is valid");
    }
}

/// Whether a path leads to a value, or to where one is missing.
fn is_place(json: &Value, path: &str) -> bool {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    json.pointer(path).is_some() || json.pointer(parent).is_some_and(Value::is_object)
}
