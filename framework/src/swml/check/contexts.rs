//! Contexts and steps that fit together.

use std::collections::BTreeSet;

use super::agent::{Callable, items, texts};
use super::describe::list;
use super::place::Place;
use super::report::Finding;
use super::suggest::did_you_mean;
use crate::swml::dynamic::has_placeholder;
use crate::swml::json::Json;

/// The most contexts of an agent that the engine takes.
const MOST_CONTEXTS: usize = 50;

/// The most steps of a context that the engine takes.
const MOST_STEPS: usize = 100;

/// Checks `prompt.contexts` of an agent.
pub(super) fn check(
    contexts: &Json,
    functions: &Callable<'_>,
    place: &Place<'_>,
    findings: &mut Vec<Finding>,
) {
    let Some(members) = contexts.as_object() else { return };
    findings.extend(too_many("contexts", members.len(), MOST_CONTEXTS, place));
    let names: BTreeSet<&str> = members.keys().map(String::as_str).collect();
    for (name, context) in members {
        let place = place.key(name);
        let steps = place.key("steps");
        let mut step_names = BTreeSet::new();
        for (index, step) in items(context.get("steps")).enumerate() {
            let Some(name) = step.get("name").and_then(Json::as_str) else { continue };
            if !step_names.insert(name) {
                findings.push(Finding::error(
                    "duplicate-step",
                    &steps.index(index).key("name"),
                    format!("the context has two steps `{name}`"),
                    "give each step a name of its own",
                ));
            }
        }
        let count = items(context.get("steps")).count();
        findings.extend(too_many("steps", count, MOST_STEPS, &steps));
        let around = Around { functions, contexts: &names, steps: &step_names };
        around.ways(context, &place, findings);
        if let Some(start) = context.get("initial_step").and_then(Json::as_str) {
            findings.extend(around.step_name(start, None, &place.key("initial_step")));
        }
        for (index, step) in items(context.get("steps")).enumerate() {
            around.step(step, &steps.index(index), findings);
        }
    }
}

fn too_many(what: &str, count: usize, most: usize, place: &Place<'_>) -> Option<Finding> {
    (count > most).then(|| {
        Finding::error(
            "too-many",
            place,
            format!("{count} {what} are too many"),
            format!("the engine takes {most}: take some out, or divide them"),
        )
    })
}

/// What the steps of one context can name.
struct Around<'a> {
    functions: &'a Callable<'a>,
    contexts: &'a BTreeSet<&'a str>,
    steps: &'a BTreeSet<&'a str>,
}

impl Around<'_> {
    fn step(&self, step: &Json, place: &Place<'_>, findings: &mut Vec<Finding>) {
        self.ways(step, place, findings);
        self.functions.check(step.get("functions"), &place.key("functions"), findings);
        if step.get("end").and_then(Json::as_bool) == Some(true) && texts(step.get("valid_steps")).count() > 0
        {
            findings.push(Finding::lint(
                "no-effect",
                &place.key("valid_steps"),
                "nothing follows a step with `end`",
                "keep `end` or `valid_steps`",
            ));
        }
        if let Some(gather) = step.get("gather_info") {
            self.gather(gather, &place.key("gather_info"), findings);
        }
    }

    /// Checks where a step, or a whole context, may lead.
    fn ways(&self, from: &Json, place: &Place<'_>, findings: &mut Vec<Finding>) {
        let steps = place.key("valid_steps");
        for (index, name) in texts(from.get("valid_steps")) {
            findings.extend(self.step_name(name, Some("next"), &steps.index(index)));
        }
        for (index, name) in texts(from.get("valid_contexts")) {
            if !self.contexts.contains(name) && !has_placeholder(name) {
                findings.push(Finding::error(
                    "unknown-context",
                    &place.key("valid_contexts").index(index),
                    format!("there is no context `{name}`"),
                    did_you_mean(name, self.contexts.iter().copied())
                        .unwrap_or_else(|| format!("choose one of {}", list(self.contexts.iter().copied()))),
                ));
            }
        }
    }

    /// Checks a name that stands for a step of this context, or is the word that stands for the next one.
    fn step_name(&self, name: &str, word: Option<&str>, place: &Place<'_>) -> Option<Finding> {
        (!self.steps.contains(name) && word != Some(name) && !has_placeholder(name)).then(|| {
            let otherwise = || match word {
                Some(word) => format!("name a step of this context, or `{word}`"),
                None => "name a step of this context".to_owned(),
            };
            let remedy = did_you_mean(name, self.steps.iter().copied()).unwrap_or_else(otherwise);
            Finding::error("unknown-step", place, format!("the context has no step `{name}`"), remedy)
        })
    }

    fn gather(&self, gather: &Json, place: &Place<'_>, findings: &mut Vec<Finding>) {
        if let Some(action) = gather.get("completion_action").and_then(Json::as_str) {
            findings.extend(self.step_name(action, Some("next_step"), &place.key("completion_action")));
        }
        let questions = place.key("questions");
        let mut keys = BTreeSet::new();
        for (index, question) in items(gather.get("questions")).enumerate() {
            let place = questions.index(index);
            self.functions.check(question.get("functions"), &place.key("functions"), findings);
            let Some(key) = question.get("key").and_then(Json::as_str) else { continue };
            if !keys.insert(key) {
                findings.push(Finding::error(
                    "duplicate-key",
                    &place.key("key"),
                    format!("two questions have the key `{key}`, so one answer replaces the other"),
                    "give each question a key of its own",
                ));
            }
        }
    }
}
