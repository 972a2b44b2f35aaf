//! Contexts and steps: where the conversation is, what the model is told there, and where it may go.

#[cfg(feature = "cli")]
use serde_json::Map;
use serde_json::Value;

use super::PlatformCall;
use crate::swml::ai::{PomSection, render_markdown};
use crate::swml::{Json, Value as _};

impl PlatformCall {
    /// Where the conversation is: context and step.
    pub(crate) fn place(&self) -> Option<(&str, &str)> {
        Some((self.state.context.as_deref()?, self.state.step.as_deref()?))
    }

    pub(super) fn enter_first_step(&mut self) {
        if self.ai["prompt"]["contexts"]["default"].is_object() {
            // A context without steps is no way that can be gone.
            let _ = self.enter_context("default");
        }
    }

    pub(super) fn enter_context(&mut self, name: &str) -> Result<(), String> {
        let context = &self.ai["prompt"]["contexts"][name];
        if !context.is_object() {
            return Err(format!("there is no context {name:?}"));
        }
        let steps = context["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
        let first = context["initial_step"].as_str().or_else(|| steps.first()?["name"].as_str());
        let first = first.ok_or_else(|| format!("the context {name:?} has no step"))?.to_owned();
        if let Some(prompt) = context["system_prompt"].as_str() {
            self.state.prompt = Some(prompt.to_owned());
        }
        self.state.context = Some(name.to_owned());
        self.enter_step(&first)
    }

    /// `next` is the step after this one.
    pub(super) fn enter_step(&mut self, name: &str) -> Result<(), String> {
        let next;
        let name = if name == "next" {
            next = self.following().ok_or("no step follows")?;
            next.as_str()
        } else {
            name
        };
        let step = self.steps().iter().find(|step| step["name"] == name);
        let step = step.ok_or_else(|| format!("there is no step {name:?}"))?;
        // Without a list, a step has the functions of the one before.
        let functions = match &step["functions"] {
            Value::Array(names) => Some(names.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            Value::String(none) if none == "none" => Some(Vec::new()),
            _ => self.state.step_functions.clone(),
        };
        let asks = step["gather_info"]["questions"].as_array().is_some_and(|questions| !questions.is_empty());
        self.state.step_functions = functions;
        self.state.question = asks.then_some(0);
        self.state.step = Some(name.to_owned());
        Ok(())
    }

    /// What the model is told now: the prompt, and the step where there is one.
    pub(crate) fn prompt(&self) -> String {
        let prompt = &self.ai["prompt"];
        let mut parts = vec![self.state.prompt.clone().unwrap_or_else(|| text_of(prompt))];
        if let Some((context, step)) = self.place() {
            parts.push(text_of(&prompt["contexts"][context]));
            parts.push(text_of(&prompt["contexts"][context]["prompt"]));
            if let Some(question) = self.question_prompt() {
                parts.push(format!("## Current step\n\n{question}"));
            } else if let Some(step) = self.steps().iter().find(|it| it["name"] == step) {
                parts.push(format!("## Current step\n\n{}", text_of(step)));
                if let Some(criteria) = step["step_criteria"].as_str() {
                    parts.push(format!("The step is done when: {criteria}"));
                }
                parts.extend(self.answers_prompt());
            }
        }
        parts.retain(|part| !part.trim().is_empty());
        self.scope().expand(&parts.join("\n\n"))
    }

    /// What the model is asked at the end of the call; empty where it is asked nothing.
    pub(crate) fn post_prompt(&self) -> String {
        self.scope().expand(&text_of(&self.ai["post_prompt"]))
    }

    fn steps(&self) -> &[Value] {
        let context = self.state.context.as_deref().unwrap_or_default();
        self.ai["prompt"]["contexts"][context]["steps"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn step(&self) -> &Value {
        let step = self.state.step.as_deref().unwrap_or_default();
        self.steps().iter().find(|it| it["name"] == step).unwrap_or(&Value::Null)
    }

    /// The name of the step after this one.
    fn following(&self) -> Option<String> {
        let current = self.state.step.as_deref()?;
        let mut steps = self.steps().iter().filter_map(|step| step["name"].as_str());
        steps.find(|name| *name == current)?;
        steps.next().map(str::to_owned)
    }

    /// Where the model may go from here; nowhere while a question is asked.
    pub(super) fn next_steps(&self) -> Vec<String> {
        let step = self.step();
        if super::is_true(&step["end"]) || self.question().is_some() {
            return Vec::new();
        }
        match step["valid_steps"].as_array() {
            Some(names) => {
                let names = names.iter().filter_map(Value::as_str);
                names
                    .filter_map(|name| if name == "next" { self.following() } else { Some(name.to_owned()) })
                    .collect()
            }
            None => self.following().into_iter().collect(),
        }
    }

    /// The contexts that the model may change to; none while a question is asked.
    pub(super) fn next_contexts(&self) -> Vec<String> {
        if self.question().is_some() {
            return Vec::new();
        }
        let context = self.state.context.as_deref().unwrap_or_default();
        let of_context = &self.ai["prompt"]["contexts"][context]["valid_contexts"];
        let names = self.step()["valid_contexts"].as_array().or_else(|| of_context.as_array());
        names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

/// For who asks a real model.
#[cfg(feature = "cli")]
impl PlatformCall {
    /// Whether the context begins without what was said before it.
    pub(crate) fn is_isolated(&self) -> bool {
        let context = self.state.context.as_deref().unwrap_or_default();
        super::is_true(&self.ai["prompt"]["contexts"][context]["isolated"])
    }

    /// `temperature` and the like, as the prompt has them.
    pub(crate) fn model_settings(&self) -> Map<String, Value> {
        let names = ["temperature", "top_p", "presence_penalty", "frequency_penalty"];
        let numbers = names.into_iter().filter_map(|name| Some((name, self.ai["prompt"].get(name)?)));
        numbers
            .filter(|(_, value)| value.is_number())
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect()
    }
}

/// The text of a prompt, a context or a step: `pom` where it is there.
fn text_of(prompt: &Value) -> String {
    match (prompt["pom"].as_array(), &prompt["text"], prompt) {
        (Some(sections), ..) => markdown(sections),
        (None, Value::String(text), _) | (None, _, Value::String(text)) => text.clone(),
        _ => String::new(),
    }
}

/// Sections as the platform shows them to the model.
pub(super) fn markdown(sections: &[Value]) -> String {
    let sections = sections.iter().map(|section| Json::from(section.clone()));
    let sections: Vec<_> = sections.filter_map(|section| PomSection::from_json(&section)).collect();
    render_markdown(&sections).trim_end().to_owned()
}
