//! What an agent says about itself: functions, contexts and steps that fit together.

use std::collections::HashSet;

use super::describe::list;
use super::place::Place;
use super::report::Finding;
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

/// Checks the body of an `ai` step, or of another verb with functions.
pub(super) fn check(ai: &Json, place: &str, findings: &mut Vec<Finding>) {
    let place = Place::At(place);
    let swaig = ai.get("SWAIG");
    if let Some(swaig) = swaig {
        functions(swaig, &place.key("SWAIG"), findings);
    }
    if let Some(contexts) = ai.get("prompt").and_then(|prompt| prompt.get("contexts")) {
        let prompt = place.key("prompt");
        Contexts { contexts, mounted: mounted(swaig) }.check(&prompt.key("contexts"), findings);
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

/// The names that the model can call; `None` when another server adds to them.
fn mounted(swaig: Option<&Json>) -> Option<HashSet<&str>> {
    let Some(swaig) = swaig else { return Some(HashSet::new()) };
    if swaig.get("mcp_servers").is_some() {
        return None;
    }
    let own = items(swaig.get("functions")).filter_map(|function| function.get("function")?.as_str());
    let included = items(swaig.get("includes")).flat_map(|include| texts(include.get("functions")));
    Some(own.chain(included.map(|(_, name)| name)).collect())
}

struct Contexts<'a> {
    contexts: &'a Json,
    mounted: Option<HashSet<&'a str>>,
}

impl Contexts<'_> {
    fn check(&self, place: &Place<'_>, findings: &mut Vec<Finding>) {
        for (name, context) in self.contexts.as_object().into_iter().flatten() {
            let context_place = place.key(name);
            let steps = context.get("steps");
            let mut names = HashSet::new();
            for (index, step) in items(steps).enumerate() {
                let Some(name) = step.get("name").and_then(Json::as_str) else { continue };
                if !names.insert(name) {
                    findings.push(Finding::error(
                        "duplicate-step",
                        &context_place.key("steps").index(index).key("name"),
                        format!("the context has two steps `{name}`"),
                        "give each step a name of its own",
                    ));
                }
            }
            for (index, step) in items(steps).enumerate() {
                self.step(step, &names, &context_place.key("steps").index(index), findings);
            }
        }
    }

    fn step(&self, step: &Json, steps: &HashSet<&str>, place: &Place<'_>, findings: &mut Vec<Finding>) {
        for (index, name) in texts(step.get("valid_steps")) {
            if name != "next" && !steps.contains(name) {
                findings.push(Finding::error(
                    "unknown-step",
                    &place.key("valid_steps").index(index),
                    format!("the context has no step `{name}`"),
                    "name a step of this context, or `next`",
                ));
            }
        }
        for (index, name) in texts(step.get("valid_contexts")) {
            if self.contexts.get(name).is_none() {
                let names = self.contexts.as_object().into_iter().flat_map(|contexts| contexts.keys());
                findings.push(Finding::error(
                    "unknown-context",
                    &place.key("valid_contexts").index(index),
                    format!("there is no context `{name}`"),
                    format!("choose one of {}", list(names.map(String::as_str))),
                ));
            }
        }
        for (index, name) in texts(step.get("functions")) {
            let known = name == "none"
                || RESERVED.contains(&name)
                || self.mounted.as_ref().is_none_or(|mounted| mounted.contains(name));
            if !known {
                findings.push(Finding::error(
                    "unknown-function",
                    &place.key("functions").index(index),
                    format!("the agent has no function `{name}`"),
                    "add it to `SWAIG`, or take it out of the step",
                ));
            }
        }
        if step.get("end").and_then(Json::as_bool) == Some(true) && texts(step.get("valid_steps")).count() > 0
        {
            findings.push(Finding::lint(
                "no-effect",
                &place.key("valid_steps"),
                "nothing follows a step with `end`",
                "keep `end` or `valid_steps`",
            ));
        }
    }
}

fn items(json: Option<&Json>) -> impl Iterator<Item = &Json> {
    json.and_then(Json::as_array).into_iter().flatten()
}

/// The texts of a list with their places.
fn texts(json: Option<&Json>) -> impl Iterator<Item = (usize, &str)> {
    items(json).enumerate().filter_map(|(index, item)| Some((index, item.as_str()?)))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
