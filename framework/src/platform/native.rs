//! The functions of the platform itself: those that lead through steps and questions, which are there with contexts, and
//! those that an agent asks for in `SWAIG.native_functions` (SWML reference, "contexts", "SWAIG").

#[cfg(any(feature = "cli", feature = "console"))]
use serde_json::json;
use serde_json::{Map, Value};

use super::{Done, Outcome, PlatformCall};

/// Goes to the next step.
pub(crate) const NEXT_STEP: &str = "next_step";
/// Goes to another context.
pub(crate) const CHANGE_CONTEXT: &str = "change_context";
/// Hands in the answer to a question.
pub(crate) const GATHER_SUBMIT: &str = "gather_submit";
const CHECK_TIME: &str = "check_time";
const WAIT_SECONDS: &str = "wait_seconds";
const WAIT_FOR_USER: &str = "wait_for_user";
const ADJUST_RESPONSE_LATENCY: &str = "adjust_response_latency";

/// What came of a function of the platform.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Native {
    /// What the model reads.
    pub(crate) words: String,
    pub(crate) done: Vec<Done>,
}

impl From<String> for Native {
    fn from(words: String) -> Self {
        Self { words, done: Vec::new() }
    }
}

impl Native {
    fn of(words: impl Into<String>, done: Done) -> Self {
        Self { words: words.into(), done: vec![done] }
    }
}

impl PlatformCall {
    /// Runs a function of the platform; `None` where `function` is none, or none that the agent has.
    pub(crate) fn run_native(&mut self, function: &str, arguments: &Map<String, Value>) -> Option<Native> {
        match function {
            NEXT_STEP => return Some(self.go("step", &self.next_steps(), arguments, Self::enter_step)),
            CHANGE_CONTEXT => {
                return Some(self.go("context", &self.next_contexts(), arguments, Self::enter_context));
            }
            GATHER_SUBMIT => return Some(self.submit(arguments)),
            _ => {}
        }
        let name = self.asked_for().find(|name| *name == function)?.to_owned();
        if self.question().is_some() {
            return Some(format!("Not now: a question is to be answered, with {GATHER_SUBMIT}.").into());
        }
        let done = |words: &str, outcome| Done { name: name.clone(), words: words.to_owned(), outcome };
        Some(match name.as_str() {
            CHECK_TIME => self.scope().expand("It is ${local_time} on ${spoken_date}.").into(),
            WAIT_SECONDS => {
                let seconds = arguments.get("seconds").and_then(Value::as_f64).unwrap_or_default();
                let done = done(&format!("Waits {seconds} s, which is passed over here."), Outcome::Done);
                Native::of(format!("{seconds} seconds have passed."), done)
            }
            WAIT_FOR_USER => {
                let done = done("Waits until the caller speaks.", Outcome::Wait);
                Native::of("Wait until the caller speaks.", done)
            }
            _ => {
                let done = done("Changes the agent's pace, which is not heard here.", Outcome::Done);
                Native::of("Done.", done)
            }
        })
    }

    /// Goes to one of these places.
    fn go(
        &mut self,
        key: &str,
        allowed: &[String],
        arguments: &Map<String, Value>,
        enter: impl Fn(&mut Self, &str) -> Result<(), String>,
    ) -> Native {
        let named = arguments.get(key).and_then(Value::as_str);
        let Some(to) = named.map(str::to_owned).or_else(|| allowed.first().cloned()) else {
            return "There is no way from here.".to_owned().into();
        };
        if !allowed.contains(&to) {
            return format!("That is not possible from here. Possible: {}.", allowed.join(", ")).into();
        }
        match enter(self, &to) {
            Ok(()) => {
                format!("You are in the step {:?} now.", self.state.step.as_deref().unwrap_or_default())
                    .into()
            }
            Err(why) => why.into(),
        }
    }

    /// The functions that the agent asks for, and that are known here.
    fn asked_for(&self) -> impl Iterator<Item = &str> {
        const KNOWN: [&str; 4] = [CHECK_TIME, WAIT_SECONDS, WAIT_FOR_USER, ADJUST_RESPONSE_LATENCY];
        let names = self.ai["SWAIG"]["native_functions"].as_array().into_iter().flatten();
        names.filter_map(Value::as_str).filter(|name| KNOWN.contains(name))
    }
}

/// For who chooses what to do, a model or a person.
#[cfg(any(feature = "cli", feature = "console"))]
impl PlatformCall {
    /// The functions of the platform that may be called now: name, description, parameters.
    pub(crate) fn natives(&self) -> Vec<(&str, String, Value)> {
        if self.end().is_some() {
            return Vec::new();
        }
        if let Some(parameters) = self.answer_schema() {
            return vec![(
                GATHER_SUBMIT,
                "Hand in the caller's answer to the question.".to_owned(),
                parameters,
            )];
        }
        let one_of = |key: &str, names: Vec<String>| json!({"type": "object", "properties": {key: {"type": "string", "enum": names}}, "required": [key]});
        let mut natives = Vec::new();
        let steps = self.next_steps();
        if !steps.is_empty() {
            let words = "Go to the next step, once the current one is done.".to_owned();
            natives.push((NEXT_STEP, words, one_of("step", steps)));
        }
        let contexts = self.next_contexts();
        if !contexts.is_empty() {
            let words = "Change to another subject of the conversation.".to_owned();
            natives.push((CHANGE_CONTEXT, words, one_of("context", contexts)));
        }
        // What the platform writes to the model about these is not public: the words are ours.
        let nothing = json!({"type": "object", "properties": {}});
        let seconds = json!({"type": "object", "properties": {"seconds": {"type": "integer", "description": "How many seconds to wait."}}, "required": ["seconds"]});
        natives.extend(self.asked_for().map(|name| match name {
            CHECK_TIME => (name, "Tells the date and the time.".to_owned(), nothing.clone()),
            WAIT_SECONDS => (name, "Waits for some seconds.".to_owned(), seconds.clone()),
            WAIT_FOR_USER => (name, "Waits until the caller speaks.".to_owned(), nothing.clone()),
            _ => (name, "Changes how quickly you answer.".to_owned(), nothing.clone()),
        }));
        natives
    }
}
