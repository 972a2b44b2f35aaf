//! What an agent says about its functions.

use std::collections::HashSet;

use super::contexts;
use super::place::Place;
use super::report::Finding;
use crate::swml::dynamic::has_placeholder;
use crate::swml::json::Json;

/// Functions that the platform itself gives the model, with contexts or by other switches.
const RESERVED: &[&str] = &[
    "adjust_response_latency",
    "change_context",
    "check_time",
    "gather_submit",
    "get_ideal_strategy",
    "get_visual_input",
    "next_step",
    "pause_conversation",
    "wait_for_user",
    "wait_seconds",
];

/// Those of them that an agent has to ask for, in `SWAIG.native_functions`.
const ON_REQUEST: &[&str] = &["adjust_response_latency", "check_time", "wait_for_user", "wait_seconds"];

/// Checks the body of an `ai` step, or of another verb with functions.
pub(super) fn check(ai: &Json, place: &str, findings: &mut Vec<Finding>) {
    let place = Place::At(place);
    let swaig = ai.get("SWAIG");
    if let Some(swaig) = swaig {
        functions(swaig, &place.key("SWAIG"), findings);
    }
    if let Some(contexts) = ai.get("prompt").and_then(|prompt| prompt.get("contexts")) {
        let prompt = place.key("prompt");
        contexts::check(contexts, &Callable::of(swaig), &prompt.key("contexts"), findings);
    }
    if ai.get("multilingual").is_some() && ai.get("languages").is_some() {
        findings.push(Finding::lint(
            "no-effect",
            &place.key("languages"),
            "the platform ignores `languages` beside `multilingual`",
            "keep one of them",
        ));
    }
}

fn functions(swaig: &Json, place: &Place<'_>, findings: &mut Vec<Finding>) {
    let list = place.key("functions");
    let default_url = swaig.get("defaults").and_then(|defaults| defaults.get("web_hook_url"));
    let mut names = HashSet::new();
    for (index, function) in items(swaig.get("functions")).enumerate() {
        let place = list.index(index);
        let Some(name) = function.get("function").and_then(Json::as_str) else { continue };
        if RESERVED.contains(&name) {
            findings.push(Finding::error(
                "reserved-name",
                &place.key("function"),
                format!("`{name}` is a function of the platform itself"),
                "choose another name",
            ));
        } else if !is_name(name) {
            findings.push(Finding::lint(
                "function-name",
                &place.key("function"),
                format!("`{name}` is no name that every model can call"),
                "use letters, digits and underscores, not a digit first",
            ));
        }
        if !names.insert(name) {
            findings.push(Finding::error(
                "duplicate-function",
                &place.key("function"),
                format!("there are two functions `{name}`"),
                "give each function a name of its own",
            ));
        }
        if function.get("web_hook_url").or(function.get("data_map")).or(default_url).is_none() {
            findings.push(Finding::lint(
                "no-webhook",
                &place,
                format!("nothing answers the function `{name}`"),
                "add `web_hook_url` or `data_map`, or set `defaults.web_hook_url`",
            ));
        }
    }
}

/// The functions that the model can call in the steps of an agent.
pub(super) struct Callable<'a> {
    names: HashSet<&'a str>,
    /// Whether other servers add functions that the document does not name.
    open: bool,
}

impl<'a> Callable<'a> {
    fn of(swaig: Option<&'a Json>) -> Self {
        let part = |key: &str| swaig.and_then(|swaig| swaig.get(key));
        let own = items(part("functions")).filter_map(|function| function.get("function")?.as_str());
        let included = items(part("includes")).flat_map(|include| texts(include.get("functions")));
        let native = texts(part("native_functions"));
        let names = own.chain(included.chain(native).map(|(_, name)| name)).collect();
        Self { names, open: part("includes").is_some() || part("mcp_servers").is_some() }
    }

    /// Checks the names in a list `functions`.
    pub(super) fn check(&self, functions: Option<&Json>, place: &Place<'_>, findings: &mut Vec<Finding>) {
        for (index, name) in texts(functions) {
            if name == "none" || self.names.contains(name) || has_placeholder(name) {
                continue;
            }
            let place = place.index(index);
            if ON_REQUEST.contains(&name) {
                findings.push(Finding::lint(
                    "unknown-function",
                    &place,
                    format!("the agent does not ask for the platform's function `{name}`"),
                    "add it to `SWAIG.native_functions`, or take it out here",
                ));
            } else if RESERVED.contains(&name) {
                // The platform gives it by itself, or by a switch in `params`.
            } else if self.open {
                findings.push(Finding::lint(
                    "unknown-function",
                    &place,
                    format!("nothing here names the function `{name}`, but another server may give it"),
                    "name it in the include that gives it, or take it out here",
                ));
            } else {
                findings.push(Finding::error(
                    "unknown-function",
                    &place,
                    format!("the agent has no function `{name}`"),
                    "add it to `SWAIG`, or take it out here",
                ));
            }
        }
    }
}

pub(super) fn items(json: Option<&Json>) -> impl Iterator<Item = &Json> {
    json.and_then(Json::as_array).into_iter().flatten()
}

/// The texts of a list with their places.
pub(super) fn texts(json: Option<&Json>) -> impl Iterator<Item = (usize, &str)> {
    items(json).enumerate().filter_map(|(index, item)| Some((index, item.as_str()?)))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
