//! `gather_info`: the questions of a step, which the platform has asked one after the other. Facts are from the SWML
//! reference ("contexts"), and from "Gather Info Mode" of the steps guide of the public SDKs.

#[cfg(any(feature = "cli", feature = "console"))]
use serde_json::json;
use serde_json::{Map, Value};

use super::native::{GATHER_SUBMIT, NEXT_STEP, Native};
use super::{Done, Outcome, PlatformCall, is_true};

impl PlatformCall {
    /// The question that is asked now.
    pub(super) fn question(&self) -> Option<&Value> {
        self.step()["gather_info"]["questions"].get(self.state.question?)
    }

    /// Whether a function may be called while this question is asked: only those that it names.
    pub(super) fn question_allows(question: &Value, function: &str) -> bool {
        question["functions"].as_array().into_iter().flatten().any(|name| name == function)
    }

    /// What the model is told in place of the step's own text.
    pub(super) fn question_prompt(&self) -> Option<String> {
        let question = self.question()?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut words = format!(
            "Ask the caller: {:?} When you have the answer, a {}, call {GATHER_SUBMIT}. Ask nothing else.",
            text(&question["question"]),
            answer_type(question)
        );
        if is_true(&question["confirm"]) {
            words.push_str(" Read the answer back, and have the caller confirm it before you call it.");
        }
        let parts = [text(&self.step()["gather_info"]["prompt"]), words, text(&question["prompt"])];
        Some(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n"))
    }

    /// What the model is told of the answers, once all are there and the step goes on.
    pub(super) fn answers_prompt(&self) -> Option<String> {
        let gather = &self.step()["gather_info"];
        let questions = gather["questions"].as_array()?;
        let all = match gather["output_key"].as_str() {
            Some(key) => self.state.global_data.get(key)?.as_object()?,
            None => &self.state.global_data,
        };
        let keys = questions.iter().filter_map(|question| question["key"].as_str());
        let answers: Map<_, _> =
            keys.filter_map(|key| Some((key.to_owned(), all.get(key)?.clone()))).collect();
        Some(format!("The caller's answers: {}", Value::from(answers)))
    }

    /// Takes an answer, and goes on to the next question or the next step.
    pub(super) fn submit(&mut self, arguments: &Map<String, Value>) -> Native {
        let Some(question) = self.question() else {
            return "There is no question to answer now.".to_owned().into();
        };
        let kind = answer_type(question);
        let Some(answer) = arguments.get("answer").filter(|answer| is_of(kind, answer)).cloned() else {
            return format!("The answer has to be of the type {kind}. Call {GATHER_SUBMIT} again.").into();
        };
        if is_true(&question["confirm"]) && !arguments.get("confirmed_by_user").is_some_and(is_true) {
            return "Read the answer back and let the caller confirm it; then call it again."
                .to_owned()
                .into();
        }
        let key = question["key"].as_str().unwrap_or_default().to_owned();
        let gather = &self.step()["gather_info"];
        let under = gather["output_key"].as_str().map(str::to_owned);
        let asked = self.state.question.unwrap_or_default() + 1;
        let is_last = gather["questions"].as_array().is_none_or(|questions| questions.len() <= asked);
        let then = gather["completion_action"].as_str().filter(|_| is_last).map(str::to_owned);

        let data = &mut self.state.global_data;
        let place = if let Some(under) = under {
            let answers = data.entry(under.clone()).or_insert_with(|| Map::new().into());
            // What stood there before and is no object makes way.
            if !answers.is_object() {
                *answers = Map::new().into();
            }
            answers[&key] = answer;
            format!("{under}.{key}")
        } else {
            data.insert(key.clone(), answer);
            key
        };
        self.state.question = (!is_last).then_some(asked);
        let done = |words: String, outcome| Done { name: GATHER_SUBMIT.to_owned(), words, outcome };
        let mut came =
            vec![done(format!("Keeps the answer as `{place}` in `global_data`."), Outcome::Unseen)];
        if let Some(step) = then {
            let to = if step == NEXT_STEP { "next" } else { &step };
            if let Err(why) = self.enter_step(to) {
                came.push(done(format!("Nothing: {why}."), Outcome::Refused(why)));
            }
        }
        Native { words: "The answer is kept.".to_owned(), done: came }
    }
}

/// For who asks a real model.
#[cfg(feature = "cli")]
impl PlatformCall {
    /// Which question is asked, to see when it is another one: context, step and number.
    pub(crate) fn asked(&self) -> Option<(String, String, usize)> {
        let (context, step) = self.place()?;
        self.question()
            .map(|_| (context.to_owned(), step.to_owned(), self.state.question.unwrap_or_default()))
    }

    /// Whether the question is asked without the conversation so far.
    pub(crate) fn is_question_isolated(&self) -> bool {
        let of_all = &self.step()["gather_info"]["isolated"];
        self.question().is_some_and(|question| is_true(question.get("isolated").unwrap_or(of_all)))
    }
}

/// For who answers, a model or a person.
#[cfg(any(feature = "cli", feature = "console"))]
impl PlatformCall {
    /// The schema of the answer, while a question is asked.
    pub(super) fn answer_schema(&self) -> Option<Value> {
        let question = self.question()?;
        let answer = json!({"type": answer_type(question), "description": question["question"]});
        Some(if is_true(&question["confirm"]) {
            json!({"type": "object", "required": ["answer", "confirmed_by_user"], "properties": {
                "answer": answer,
                "confirmed_by_user": {"type": "string", "enum": ["true", "false"],
                                      "description": "Whether the caller has confirmed the answer."}}})
        } else {
            json!({"type": "object", "properties": {"answer": answer}, "required": ["answer"]})
        })
    }
}

/// The type of the answer to a question.
fn answer_type(question: &Value) -> &str {
    question["type"].as_str().unwrap_or("string")
}

fn is_of(kind: &str, answer: &Value) -> bool {
    match kind {
        "integer" => answer.is_i64() || answer.is_u64(),
        "number" => answer.is_number(),
        "boolean" => answer.is_boolean(),
        _ => answer.as_str().is_some_and(|text| !text.trim().is_empty()),
    }
}
