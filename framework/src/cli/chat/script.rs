//! A script: what the caller says, and what has to come of it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::ChatError;
use crate::swml::Json;

/// An example, for who has written one that cannot be read.
pub(super) const EXAMPLE: &str = r#"    caller: "+15551230000"
    turns:
      - expect:
          reply: "hello"
      - say: "Yes, send me a code."
        expect:
          called: send_mfa
          step: verify
      - say: "It is ${code}."
        expect:
          called: {function: verify_mfa, with: {token: "${code}"}}
          meta_data: {verified: true}"#;

/// What the caller says, line by line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Script {
    /// The number that the caller calls from; the command line's by default.
    pub(super) caller: Option<String>,
    pub(super) turns: Vec<ScriptTurn>,
}

/// One line of the caller, and what has to come of it. Without a line it is about what the agent says first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptTurn {
    pub(super) say: Option<String>,
    #[serde(default)]
    pub(super) expect: Expect,
}

/// What has to come of a line.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Expect {
    /// A function was called.
    called: Option<OneOrMore<Called>>,
    /// A function was not called.
    not_called: Option<OneOrMore<String>>,
    /// The agent's words have this in them, in upper or lower case.
    reply: Option<OneOrMore<String>>,
    /// The agent's words have not this in them.
    not_reply: Option<OneOrMore<String>>,
    /// The conversation is in this step.
    step: Option<String>,
    /// The conversation is in this context.
    context: Option<String>,
    /// `meta_data`, of any function, has these members.
    meta_data: Map<String, Value>,
    /// `global_data` has these members.
    global_data: Map<String, Value>,
    /// Whether the agent's part of the call has ended.
    over: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore<T> {
    More(Vec<T>),
    One(T),
}

impl<T> OneOrMore<T> {
    fn iter(&self) -> std::slice::Iter<'_, T> {
        match self {
            Self::More(all) => all.iter(),
            Self::One(one) => std::slice::from_ref(one).iter(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Called {
    Name(String),
    With {
        function: String,
        /// Arguments that it was called with, among others.
        #[serde(default)]
        with: Map<String, Value>,
    },
}

/// What came of a line.
pub(super) struct Happened<'h> {
    /// The functions that were called, with their arguments.
    pub(super) called: &'h [(String, Value)],
    /// All that the agent said.
    pub(super) said: &'h str,
    pub(super) place: Option<(&'h str, &'h str)>,
    /// That of all tokens, one after the other.
    pub(super) meta_data: Vec<&'h Map<String, Value>>,
    pub(super) global_data: &'h Map<String, Value>,
    pub(super) over: bool,
    /// What `${code}` and `${text}` stand for.
    pub(super) phone: &'h Phone,
}

/// The newest text on the caller's phone.
#[derive(Clone, Debug, Default)]
pub(super) struct Phone(pub(super) Option<String>);

impl Phone {
    /// The text with `${code}`, the digits of the newest text, and `${text}`, the whole of it.
    pub(super) fn fill(&self, text: &str) -> String {
        let newest = self.0.as_deref().unwrap_or_default();
        let code: String = newest.chars().filter(char::is_ascii_digit).collect();
        text.replace("${code}", &code).replace("${text}", newest)
    }

    fn fill_value(&self, value: &Value) -> Value {
        value.as_str().map_or_else(|| value.clone(), |text| self.fill(text).into())
    }
}

impl Script {
    /// Reads a script in YAML or JSON.
    pub(super) fn read(path: &str) -> Result<Self, ChatError> {
        let problem = |problem: String| ChatError::Script { path: path.to_owned(), problem };
        let text = std::fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
        let json = Json::parse_yaml(&text).map_err(|error| problem(error.to_string()))?;
        let script: Self = serde_path_to_error::deserialize(Value::from(json)).map_err(|error| {
            let at = error.path().to_string();
            problem(format!("{at}: {}", error.into_inner()))
        })?;
        if script.turns.is_empty() {
            return Err(problem("it has no turns".to_owned()));
        }
        Ok(script)
    }
}

impl Expect {
    /// What did not happen as it should; empty where all did.
    pub(super) fn missed(&self, happened: &Happened<'_>) -> Vec<String> {
        let mut missed = Vec::new();
        let mut check = |holds: bool, words: &dyn Fn() -> String| {
            if !holds {
                missed.push(words());
            }
        };
        let called = happened.called;
        let names = || {
            let names: Vec<_> =
                called.iter().map(|(name, arguments)| format!("{name} {arguments}")).collect();
            if names.is_empty() { "no function".to_owned() } else { names.join(", ") }
        };
        for expected in self.called.iter().flat_map(OneOrMore::iter) {
            let (function, with) = match expected {
                Called::Name(name) => (name, &Map::new()),
                Called::With { function, with } => (function, with),
            };
            let fits = |arguments: &Value| {
                with.iter().all(|(key, value)| arguments.get(key) == Some(&happened.phone.fill_value(value)))
            };
            let is_there = called.iter().any(|(name, arguments)| name == function && fits(arguments));
            let with =
                if with.is_empty() { String::new() } else { format!(" with {}", Value::from(with.clone())) };
            check(is_there, &|| format!("{function} was to be called{with}; called: {}", names()));
        }
        for name in self.not_called.iter().flat_map(OneOrMore::iter) {
            check(called.iter().all(|(it, _)| it != name), &|| format!("{name} was not to be called"));
        }
        let said = happened.said.to_lowercase();
        for words in self.reply.iter().flat_map(OneOrMore::iter) {
            let words = happened.phone.fill(words);
            check(said.contains(&words.to_lowercase()), &|| {
                format!("the agent was to say {words:?}; it said {:?}", happened.said)
            });
        }
        for words in self.not_reply.iter().flat_map(OneOrMore::iter) {
            check(!said.contains(&words.to_lowercase()), &|| {
                format!("the agent was not to say {words:?}; it said {:?}", happened.said)
            });
        }
        let (context, step) = happened.place.unzip();
        for (what, expected, is) in [("step", &self.step, step), ("context", &self.context, context)] {
            if let Some(expected) = expected {
                check(is == Some(expected), &|| {
                    format!("the {what} was to be {expected:?}; it is {:?}", is.unwrap_or("none"))
                });
            }
        }
        for (key, value) in &self.meta_data {
            let is_there = happened.meta_data.iter().any(|data| data.get(key) == Some(value));
            check(is_there, &|| {
                let is = happened.meta_data.iter().find_map(|data| data.get(key)).unwrap_or(&Value::Null);
                format!("meta_data.{key} was to be {value}; it is {is}")
            });
        }
        for (key, value) in &self.global_data {
            let is = happened.global_data.get(key);
            check(is == Some(value), &|| {
                format!("global_data.{key} was to be {value}; it is {}", is.unwrap_or(&Value::Null))
            });
        }
        if let Some(over) = self.over {
            let words = if over { "the call was to be over" } else { "the call was not to be over" };
            check(happened.over == over, &|| words.to_owned());
        }
        missed
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn expect(value: Value) -> Expect {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_example_is_a_script() {
        let script: Script = serde_json::from_value(Json::parse_yaml(EXAMPLE).unwrap().into()).unwrap();
        assert_eq!(script.turns.len(), 3);
        assert!(serde_json::from_value::<Script>(json!({"turns": [{"says": "x"}]})).is_err());
    }

    #[test]
    fn each_expectation_is_met_or_says_what_was_there() {
        let called = [("verify_mfa".to_owned(), json!({"token": "482913", "other": 1}))];
        let (meta, global) = (json!({"verified": true}), json!({"tier": "gold"}));
        let phone = Phone(Some("Your code: 482913".to_owned()));
        let happened = Happened {
            called: &called,
            said: "You are Verified.",
            place: Some(("default", "wrap_up")),
            meta_data: vec![meta.as_object().unwrap()],
            global_data: global.as_object().unwrap(),
            over: false,
            phone: &phone,
        };
        for (met, missed) in [
            (json!({"called": "verify_mfa"}), json!({"called": "send_mfa"})),
            (
                json!({"called": [{"function": "verify_mfa", "with": {"token": "${code}"}}]}),
                json!({"called": {"function": "verify_mfa", "with": {"token": "1"}}}),
            ),
            (json!({"not_called": ["send_mfa"]}), json!({"not_called": "verify_mfa"})),
            (json!({"reply": ["you are verified", "VERIFIED"]}), json!({"reply": "goodbye"})),
            (json!({"not_reply": "sorry"}), json!({"not_reply": "verified"})),
            (json!({"step": "wrap_up", "context": "default"}), json!({"step": "greet"})),
            (json!({"meta_data": {"verified": true}}), json!({"meta_data": {"verified": false}})),
            (json!({"global_data": {"tier": "gold"}}), json!({"global_data": {"tier": "lead"}})),
            (json!({"over": false}), json!({"over": true})),
        ] {
            assert_eq!(expect(met.clone()).missed(&happened), [""; 0], "{met}");
            assert_eq!(expect(missed.clone()).missed(&happened).len(), 1, "{missed}");
        }
    }
}
