//! The answer to `get_signature`: what the platform would make of it.

use std::collections::HashSet;
use std::sync::Arc;

use super::IncludeError;
use crate::swml::ai::FunctionDefinition;
use crate::swml::check::{Finding, check_value};
use crate::swml::{Json, Object, Value as _};

/// What a server gives.
#[derive(Debug)]
pub(super) struct Answer {
    /// The names of all functions. The platform registers all of them, whatever it asked for.
    pub(super) names: Vec<String>,
    /// The definitions, each with the address that answers it.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "a chat calls them"))]
    pub(super) definitions: Vec<serde_json::Value>,
    /// What should be otherwise, by function. The platform takes it all the same.
    pub(super) lints: Vec<(String, Finding)>,
}

/// Reads an answer, and checks each definition in it.
pub(super) fn read(text: &str) -> Result<Answer, IncludeError> {
    let answer = Json::parse(text).map_err(|error| IncludeError::NotJson(Arc::new(error)))?;
    let default_url = answer.get("defaults").and_then(|defaults| defaults.get("web_hook_url"));
    let definitions = match (&answer, answer.get("functions")) {
        (Json::Array(definitions), _) | (_, Some(Json::Array(definitions))) => definitions.as_slice(),
        (Json::Object(members), None) if members.contains_key("function") => std::slice::from_ref(&answer),
        _ => return Err(IncludeError::NotSignatures),
    };
    let mut names = Vec::new();
    let mut complete_definitions = Vec::new();
    let mut seen = HashSet::new();
    let mut lints = Vec::new();
    for (index, definition) in definitions.iter().enumerate() {
        let definition = definition.as_object().ok_or(IncludeError::NotSignatures)?;
        let name = complete(index + 1, definition, default_url)?;
        if !seen.insert(name.clone()) {
            return Err(IncludeError::Twice { function: name });
        }
        for finding in findings(definition) {
            if finding.is_error() {
                return Err(IncludeError::Definition { function: name, finding });
            }
            lints.push((name.clone(), finding));
        }
        names.push(name);
        complete_definitions.push(with_address(definition, default_url));
    }
    Ok(Answer { names, definitions: complete_definitions, lints })
}

/// The name of a definition that has all that the platform asks for. Without it the definition is silently passed over.
fn complete(number: usize, definition: &Object, default_url: Option<&Json>) -> Result<String, IncludeError> {
    let text = |keys: &[&str]| {
        let mut found = keys.iter().filter_map(|key| definition.get(*key)?.as_str());
        found.find(|text| !text.trim().is_empty())
    };
    let name = text(&["function"]);
    let lacks = |what| IncludeError::Incomplete { number, name: name.map(str::to_owned), what };
    let Some(function) = name else { return Err(lacks("`function`")) };
    if text(&["description", "purpose"]).is_none() {
        return Err(lacks("`description`"));
    }
    let default_url = default_url.and_then(Json::as_str).filter(|url| !url.trim().is_empty());
    if text(&["web_hook_url"]).or(default_url).is_none() && !definition.contains_key("data_map") {
        return Err(lacks("`web_hook_url` or `data_map`"));
    }
    Ok(function.to_owned())
}

/// A definition that says itself who answers it.
fn with_address(definition: &Object, default_url: Option<&Json>) -> serde_json::Value {
    let mut definition = definition.clone();
    if let Some(url) = default_url
        && !definition.contains_key("web_hook_url")
        && !definition.contains_key("data_map")
    {
        definition.insert("web_hook_url".to_owned(), url.clone());
    }
    Json::Object(definition).into()
}

/// What the checker finds in a definition. What another server says is read more leniently than what this one says:
/// old names stand for new ones, and keys that no schema has do no harm.
fn findings(definition: &Object) -> Vec<Finding> {
    const OLD_NAMES: [(&str, &str); 2] = [("purpose", "description"), ("argument", "parameters")];
    let lints = check_value(FunctionDefinition::kind(), &Json::Object(definition.clone())).findings;
    let mut renamed = definition.clone();
    for (old, new) in OLD_NAMES {
        if !renamed.contains_key(new)
            && let Some(value) = renamed.shift_remove(old)
        {
            renamed.insert(new.to_owned(), value);
        }
    }
    let errors = check_value(FunctionDefinition::kind(), &Json::Object(renamed)).findings;
    let harmless = |finding: &Finding| matches!(finding.code, "engine-only" | "unknown-field");
    errors
        .into_iter()
        .filter(|finding| finding.is_error() && !harmless(finding))
        .chain(lints.into_iter().filter(|finding| !finding.is_error()))
        .collect()
}
