//! A testing kit: the platform's part of a call, played in the process of the test.
//!
//! [`Platform`] builds what the program links, in the sandbox and with a store in memory, and plays calls on it: it fetches
//! the document, calls functions as the model would, keeps `meta_data` and `global_data`, switches functions, goes through
//! contexts and steps, and reports the end. There is no socket, no model and no account.
//!
//! ```standalone_crate
//! # use swaig::swml::ai::Prompt;
//! # use swaig::{Agent, AgentDefinition, Call, Function, FunctionError, NoArgs, Reply, Setup, SetupError, async_trait};
//! # struct Count;
//! # #[async_trait]
//! # impl Function for Count {
//! #     const NAME: &'static str = "count";
//! #     const DESCRIPTION: &'static str = "Count";
//! #     type Args = NoArgs;
//! #     fn build(_: &Setup) -> Result<Self, SetupError> { Ok(Self) }
//! #     async fn call(&self, _: NoArgs, call: &Call) -> Result<Reply, FunctionError> {
//! #         let visits = call.meta::<u32>("visits")?.unwrap_or_default() + 1;
//! #         Ok(Reply::text(format!("This is visit {visits}.")).set_meta_data("visits", visits).allow_again("count"))
//! #     }
//! # }
//! # swaig::register_function!(Count);
//! # struct Door;
//! # impl Agent for Door {
//! #     const NAME: &'static str = "door";
//! #     fn build(_: &Setup) -> Result<Self, SetupError> { Ok(Self) }
//! #     fn define(&self) -> AgentDefinition {
//! #         AgentDefinition::new(Prompt::text("You open a door.")).function("count")
//! #     }
//! # }
//! # swaig::register_agent!(Door);
//! use serde_json::json;
//! use swaig::testing::Platform;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let platform = Platform::new([("GREETING", "Hello")]);
//! let mut call = platform.call("door").from("+15551230000").await;
//! call.say("It is me again.");
//! call.function("count", json!({})).await.assert_response("This is visit 1.");
//! assert_eq!(call.meta_data("count")["visits"], 1);
//! call.end().await;
//! # }
//! ```
//!
//! What is asserted here panics with what was expected and what was there, as an assertion of a test does.

mod call;
mod turn;

use std::sync::Arc;

use serde_json::Value;
use url::Url;

use crate::error_chain::chain;
use crate::registry::RegisteredAgent;
use crate::server::App;
use crate::setup::{Setup, TextMessage};

pub use call::{NewCall, TestCall};
pub use turn::Turn;

/// The address in the URLs of documents.
const BASE: &str = "https://agents.example.com";

/// The functions and agents of the program under test, and the platform that calls them.
///
/// Each has a store, limits and a sandbox of its own, so that tests do not see each other.
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
/// let mut call = platform.call("host").from("+15551230000").await;
/// call.function("greet", json!({})).await.assert_response("Welcome.");
/// call.end().await;
/// assert_eq!(platform.reports().await.len(), 1);
/// # }
/// ```
pub struct Platform {
    app: Arc<App>,
}

impl Platform {
    /// With these settings, and no others: neither a file nor the environment is read. The store is in memory unless
    /// `SWAIG_STORE` is set, and without an account it is the sandbox. It has to be called inside a tokio runtime.
    ///
    /// # Panics
    /// When the program does not start with them: it says why.
    pub fn new<K: Into<String>, V: Into<String>>(settings: impl IntoIterator<Item = (K, V)>) -> Self {
        let base = Url::parse(BASE);
        let app = base
            .map_err(|error| error.to_string())
            .and_then(|base| App::build(Setup::test(settings), &base).map_err(|error| chain(&error)));
        match app {
            Ok(app) => Self { app },
            Err(error) => panic!("the program does not start: {error}"),
        }
    }

    /// A call to this agent comes in: `platform.call("mfa").from("+15551230000").await`.
    ///
    /// # Panics
    /// Where there is no such agent.
    pub fn call(&self, agent: &str) -> NewCall {
        NewCall::to(self.app.clone(), self.agent(agent))
    }

    /// What the sandbox's phone shows, newest first: what would have been texted or spoken to anybody.
    pub fn phone(&self) -> Vec<TextMessage> {
        self.app.setup.phone().messages()
    }

    /// The end-of-call reports that are stored, newest first, as they are kept: masked.
    ///
    /// # Panics
    /// Where the store cannot be read.
    pub async fn reports(&self) -> Vec<Value> {
        match self.app.store.list(None, None, usize::from(u16::MAX)).await {
            Ok(stored) => stored.iter().map(|conversation| conversation.report.raw().clone()).collect(),
            Err(error) => panic!("the store cannot be read: {}", chain(&error)),
        }
    }

    fn agent(&self, name: &str) -> Arc<RegisteredAgent> {
        let Some(agent) = self.app.registry.agent(name) else {
            let known: Vec<_> = self.app.registry.agents().map(|agent| &*agent.name).collect();
            panic!("there is no agent named {name:?}; agents: {}", known.join(", "));
        };
        agent.clone()
    }
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let agents: Vec<_> = self.app.registry.agents().map(|agent| &*agent.name).collect();
        f.debug_struct("Platform").field("agents", &agents).finish_non_exhaustive()
    }
}
