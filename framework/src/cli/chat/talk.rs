//! A conversation with an agent: the caller's lines in, the model's words out, functions called in between.

use std::io::Write as _;

use serde_json::{Map, Value, json};

use super::error::ChatError;
use super::model::{Answer, FunctionCall, Model, Question};
use super::script::{Happened, Phone};
use crate::error_chain::chain;
use crate::platform::{Line, Outcome, Ran};

/// How often the model may call functions before it is the caller's turn again.
const ROUNDS: usize = 8;

pub(super) struct Talk {
    line: Line,
    model: Model,
    /// As the endpoint gets them, without the prompt: that changes from step to step.
    messages: Vec<Value>,
    /// The functions that were called since the caller's last line.
    called: Vec<(String, Value)>,
    /// What the agent said since then.
    said: String,
    /// The texts on the caller's phone that were shown.
    texts: usize,
    /// The question of a step that was asked last, and how many messages there were before it.
    question: Option<(String, String, usize)>,
    before_question: usize,
    /// The model waits for the caller, as it wanted.
    waits: bool,
}

impl Talk {
    pub(super) fn new(line: Line, model: Model) -> Self {
        let question = line.call.asked();
        Self {
            line,
            model,
            messages: Vec::new(),
            called: Vec::new(),
            said: String::new(),
            texts: 0,
            question,
            before_question: 0,
            waits: false,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.line.call.end().is_some()
    }

    /// The agent speaks first, unless its document says that it waits.
    pub(super) async fn greet(&mut self) -> Result<(), ChatError> {
        let greeting = self.line.call.param("static_greeting");
        if let Some(greeting) = greeting.as_str().map(|text| self.line.call.scope().expand(text)) {
            self.speak(&greeting);
            return Ok(());
        }
        let waits = self.line.call.param("wait_for_user");
        if waits == &Value::Bool(true) || waits == "true" {
            return Ok(());
        }
        self.turn().await
    }

    /// The caller says something, and the agent answers.
    pub(super) async fn hear(&mut self, text: &str) -> Result<(), ChatError> {
        self.called.clear();
        self.said.clear();
        self.line.hear("user", text);
        self.messages.push(json!({"role": "user", "content": text}));
        self.turn().await
    }

    /// What came of the caller's last line.
    pub(super) fn happened<'h>(&'h self, phone: &'h Phone) -> Happened<'h> {
        Happened {
            called: &self.called,
            said: &self.said,
            place: self.line.call.place(),
            meta_data: self.line.call.all_meta_data().values().collect(),
            global_data: self.line.call.global_data(),
            over: self.is_over(),
            phone,
        }
    }

    /// The newest text on the caller's phone.
    pub(super) fn phone(&self) -> Phone {
        Phone(self.line.texts().into_iter().next())
    }

    /// The call ends: the model is asked for its summary, and the report is posted.
    pub(super) async fn end(&mut self) -> Result<(), ChatError> {
        let mut fields = Map::new();
        let prompt = self.line.call.post_prompt();
        if !prompt.is_empty() {
            let mut messages = self.messages.clone();
            messages.push(json!({"role": "system", "content": prompt}));
            let question = Question { messages: &messages, tools: &[], settings: Map::new() };
            match self.model.ask(question, |_| ()).await {
                Ok(answer) => {
                    let parsed: Vec<Value> = serde_json::from_str(&answer.text).into_iter().collect();
                    fields
                        .insert("post_prompt_data".to_owned(), json!({"raw": answer.text, "parsed": parsed}));
                }
                // The conversation itself is worth a report.
                Err(error) => eprintln!("no summary: {}", chain(&error)),
            }
        }
        let (status, answer) = self.line.end(fields).await;
        if status != 200 {
            eprintln!("the report was answered with {status}: {answer}");
        }
        Ok(())
    }

    /// The report of the call as it is stored: masked.
    pub(super) async fn report(&self) -> Result<Option<Value>, ChatError> {
        let stored = self.line.app().store.list(Some(self.line.agent()), None, 20).await?;
        let call_id = self.line.call.call_id();
        let own = stored.iter().find(|it| it.report.call_id() == Some(call_id));
        Ok(own.map(|it| it.report.raw().clone()))
    }

    async fn turn(&mut self) -> Result<(), ChatError> {
        self.waits = false;
        for _ in 0..ROUNDS {
            if self.is_over() {
                break;
            }
            let answer = self.ask().await?;
            if !answer.text.is_empty() {
                self.said.push_str(&answer.text);
                self.said.push('\n');
                self.line.hear("assistant", &answer.text);
            }
            let begins = self.messages.len();
            self.messages.push(message(&answer));
            if answer.calls.is_empty() {
                return Ok(());
            }
            let context = self.line.call.place().map(|(context, _)| context.to_owned());
            let mut inputs = Vec::new();
            for call in &answer.calls {
                self.call(call, &mut inputs).await;
            }
            let new = self.line.call.place().map(|(context, _)| context.to_owned());
            if new != context && self.line.call.is_isolated() {
                // The context begins without what was said before it.
                self.messages.drain(..begins);
            }
            self.messages.extend(inputs.into_iter().map(|text| json!({"role": "user", "content": text})));
            let question = self.line.call.asked();
            if question != self.question {
                self.question = question;
                self.before_question = self.messages.len();
            }
            if self.waits {
                return Ok(());
            }
        }
        match self.line.call.end() {
            Some(end) => println!("        [{}]", end.words()),
            None => println!("        [the model called functions {ROUNDS} times in a row; it is your turn]"),
        }
        Ok(())
    }

    async fn ask(&self) -> Result<Answer, ChatError> {
        let call = &self.line.call;
        let mut messages = vec![json!({"role": "system", "content": call.prompt()})];
        // A question may be asked without what was said before it.
        let unseen = if call.is_question_isolated() { self.before_question } else { 0 };
        messages.extend(self.messages.iter().skip(unseen).cloned());
        let nothing = json!({"type": "object", "properties": {}});
        let own = call.functions().into_iter().filter(|it| it.why_not.is_none()).map(|function| {
            let parameters = function.parameters.filter(|it| it.is_object()).unwrap_or(&nothing);
            tool(function.name, function.description, parameters)
        });
        let natives = call.natives();
        let natives =
            natives.iter().map(|(name, description, parameters)| tool(name, description, parameters));
        let tools: Vec<_> = own.chain(natives).collect();
        let settings = call.model_settings();
        let mut begun = false;
        let answer = self
            .model
            .ask(Question { messages: &messages, tools: &tools, settings }, |piece| {
                print!("{}{piece}", if begun { "" } else { " agent  " });
                begun = true;
                // It is a terminal; where it is gone there is nobody to tell.
                let _ = std::io::stdout().flush();
            })
            .await;
        if begun {
            println!();
        }
        answer
    }

    /// Calls a function as the platform does, and says what came of it.
    async fn call(&mut self, call: &FunctionCall, inputs: &mut Vec<String>) {
        let arguments: Option<Map<String, Value>> = if call.arguments.trim().is_empty() {
            Some(Map::new())
        } else {
            serde_json::from_str(&call.arguments).ok()
        };
        println!("        → {} {}", call.name, call.arguments);
        let shown = arguments.clone().map_or_else(|| call.arguments.clone().into(), Value::from);
        self.called.push((call.name.clone(), shown));
        let ran = self.run(&call.name, arguments).await;
        let text = match ran {
            Ok(ran) => {
                println!("        ← {}", ran.text());
                self.carry_out(call, ran, inputs)
            }
            Err(refused) => {
                println!("        ← {refused}");
                Some(refused)
            }
        };
        match text {
            Some(text) => {
                self.messages.push(json!({"role": "tool", "tool_call_id": call.id, "content": text}));
            }
            None => self.take_back(&call.id),
        }
        for text in self.new_texts() {
            println!(" phone  {text}");
        }
    }

    /// The reply; or why nobody was asked, in words for the model.
    async fn run(&mut self, name: &str, arguments: Option<Map<String, Value>>) -> Result<Ran, String> {
        let Some(arguments) = arguments else {
            return Err("The arguments are not a JSON object. Call it again with one.".to_owned());
        };
        if let Some(ran) = self.line.run_native(name, &arguments) {
            return Ok(ran);
        }
        let function = self.line.call.function(name);
        match function.map(|function| function.why_not) {
            None => return Err(format!("There is no function {name}.")),
            Some(Some(why)) => return Err(format!("{name} cannot be called now: {why}.")),
            Some(None) => {}
        }
        self.line.call.count(name);
        Ok(self.line.run(name, &arguments).await)
    }

    /// Says what the actions of a reply do; the text that the model remembers, if it does remember it.
    fn carry_out(&mut self, call: &FunctionCall, ran: Ran, inputs: &mut Vec<String>) -> Option<String> {
        for problem in &ran.problems {
            println!("          ! {}", chain(problem));
        }
        let mut text = Some(ran.text());
        for done in ran.done {
            println!("          {}", done.words);
            match done.outcome {
                Outcome::Say(said) => self.speak(&said),
                Outcome::UserInput(said) => inputs.push(said),
                Outcome::Forget(instead) => {
                    text = Some(instead.unwrap_or_else(|| "Done.".to_owned()));
                    self.forget(&call.id);
                }
                Outcome::Unseen => text = None,
                Outcome::Wait => self.waits = true,
                Outcome::Done | Outcome::Refused(_) => {}
            }
        }
        text
    }

    /// The arguments of a function call leave the model's memory.
    fn forget(&mut self, id: &str) {
        for call in self.messages.iter_mut().filter_map(tool_calls).flatten() {
            if call["id"] == id {
                call["function"]["arguments"] = "{}".into();
            }
        }
    }

    /// A function call leaves the model's memory, and what it said with it stays.
    fn take_back(&mut self, id: &str) {
        self.messages.retain_mut(|message| {
            let Some(calls) = tool_calls(message) else { return true };
            calls.retain(|call| call["id"] != id);
            if !calls.is_empty() {
                return true;
            }
            if let Some(message) = message.as_object_mut() {
                message.shift_remove("tool_calls");
            }
            message["content"] != ""
        });
    }

    /// The agent says a text word for word.
    fn speak(&mut self, text: &str) {
        println!(" agent  {text}");
        self.said.push_str(text);
        self.said.push('\n');
        self.line.hear("assistant", text);
        self.messages.push(json!({"role": "assistant", "content": text}));
    }

    /// Texts that came to the caller's phone since the last look, oldest first.
    fn new_texts(&mut self) -> Vec<String> {
        let all = self.line.texts();
        let new = all.len().saturating_sub(self.texts);
        self.texts = all.len();
        all.into_iter().take(new).rev().collect()
    }
}

/// The functions that a message calls. Looking for them adds nothing to one that calls none.
fn tool_calls(message: &mut Value) -> Option<&mut Vec<Value>> {
    message.get_mut("tool_calls")?.as_array_mut()
}

fn tool(name: &str, description: &str, parameters: &Value) -> Value {
    json!({"type": "function",
           "function": {"name": name, "description": description, "parameters": parameters}})
}

/// An answer as the endpoint wants to have it back.
fn message(answer: &Answer) -> Value {
    if answer.calls.is_empty() {
        return json!({"role": "assistant", "content": answer.text});
    }
    let calls = answer.calls.iter().map(|call| {
        json!({"id": call.id, "type": "function",
               "function": {"name": call.name, "arguments": call.arguments}})
    });
    json!({"role": "assistant", "content": answer.text, "tool_calls": calls.collect::<Vec<_>>()})
}
