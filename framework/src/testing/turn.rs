//! What came of one function call.

use serde_json::Value;

use crate::error_chain::chain;
use crate::platform::{Done, Outcome, Ran};

/// A function's reply, and what the platform did with it.
///
/// ```standalone_crate
/// # use swaig::swml::ai::Prompt;
/// # use swaig::{Agent, AgentDefinition, Call, Function, FunctionError, NoArgs, Reply, Setup, SetupError, async_trait};
/// # struct Greet;
/// # #[async_trait]
/// # impl Function for Greet {
/// #     const NAME: &'static str = "greet";
/// #     const DESCRIPTION: &'static str = "Greet";
/// #     type Args = NoArgs;
/// #     fn build(_: &Setup) -> Result<Self, SetupError> { Ok(Self) }
/// #     async fn call(&self, _: NoArgs, _: &Call) -> Result<Reply, FunctionError> {
/// #         Ok(Reply::text("Welcome.").set_meta_data("greeted", true))
/// #     }
/// # }
/// # swaig::register_function!(Greet);
/// # struct Host;
/// # impl Agent for Host {
/// #     const NAME: &'static str = "host";
/// #     fn build(_: &Setup) -> Result<Self, SetupError> { Ok(Self) }
/// #     fn define(&self) -> AgentDefinition {
/// #         AgentDefinition::new(Prompt::text("You are a host.")).function("greet")
/// #     }
/// # }
/// # swaig::register_agent!(Host);
/// use serde_json::json;
/// use swaig::testing::Platform;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let platform = Platform::new([("HOUSE", "the Swan")]);
/// let mut call = platform.call("host").await;
/// let turn = call.function("greet", json!({})).await;
/// turn.assert_contains("Welcome").assert_action("set_meta_data", json!({"greeted": true})).assert_done();
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Turn {
    function: String,
    reply: Value,
    done: Vec<Done>,
    problems: Vec<String>,
}

impl Turn {
    pub(super) fn of(function: &str, ran: Ran) -> Self {
        let problems = ran.problems.iter().map(|problem| chain(problem)).collect();
        Self { function: function.to_owned(), reply: ran.reply, done: ran.done, problems }
    }

    /// What the model reads: `response`, or its `tool_result`.
    pub fn response(&self) -> &str {
        let response = &self.reply["response"];
        response.as_str().or_else(|| response["tool_result"].as_str()).unwrap_or_default()
    }

    /// The whole reply, as it was sent.
    pub fn reply(&self) -> &Value {
        &self.reply
    }

    /// The value of the first action of this name, such as `set_meta_data` or `SWML`.
    pub fn action(&self, name: &str) -> Option<&Value> {
        match &self.reply["action"] {
            Value::Array(actions) => actions.iter().find_map(|action| action.get(name)),
            action => action.get(name),
        }
    }

    /// The names of the actions, in order.
    pub fn actions(&self) -> Vec<&str> {
        self.done.iter().map(|done| done.name.as_str()).collect()
    }

    /// What the agent says at once (the action `say`).
    pub fn said(&self) -> Vec<&str> {
        let said = self.done.iter().filter_map(|done| match &done.outcome {
            Outcome::Say(text) => Some(text.as_str()),
            _ => None,
        });
        said.collect()
    }

    /// What the platform did, in words: one sentence for each action.
    pub fn explained(&self) -> Vec<&str> {
        self.done.iter().map(|done| done.words.as_str()).collect()
    }

    /// What failed in a function's `data_map` on the way to its reply: a webhook that was not reached, a pattern that cannot
    /// be read.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The model reads exactly this.
    ///
    /// # Panics
    /// Where it reads something else.
    #[track_caller]
    pub fn assert_response(&self, expected: &str) -> &Self {
        assert_eq!(
            self.response(),
            expected,
            "the reply of {} is another one: {}",
            self.function,
            self.reply
        );
        self
    }

    /// What the model reads has this in it.
    ///
    /// # Panics
    /// Where it has not.
    #[track_caller]
    pub fn assert_contains(&self, expected: &str) -> &Self {
        let is_there = self.response().contains(expected);
        assert!(is_there, "{expected:?} is not in the reply of {}: {}", self.function, self.reply);
        self
    }

    /// The reply has this action with this value.
    ///
    /// # Panics
    /// Where it has not, or has another value.
    #[track_caller]
    pub fn assert_action(&self, name: &str, value: impl Into<Value>) -> &Self {
        let Some(found) = self.action(name) else {
            panic!(
                "the reply of {} has no action {name:?}; it has: {}",
                self.function,
                self.actions().join(", ")
            );
        };
        assert_eq!(*found, value.into(), "the action {name} of {}", self.function);
        self
    }

    /// The reply has no action of this name.
    ///
    /// # Panics
    /// Where it has one.
    #[track_caller]
    pub fn assert_no_action(&self, name: &str) -> &Self {
        assert!(
            self.action(name).is_none(),
            "the reply of {} has the action {name:?}: {}",
            self.function,
            self.reply
        );
        self
    }

    /// The platform carried out all actions: none names what is not there, and the agent forbids none.
    ///
    /// # Panics
    /// Where one was refused.
    #[track_caller]
    pub fn assert_done(&self) -> &Self {
        let refused = self.done.iter().find(|done| matches!(done.outcome, Outcome::Refused(_)));
        assert!(refused.is_none(), "an action of {} came to nothing: {refused:?}", self.function);
        self
    }
}
