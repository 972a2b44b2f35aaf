//! A framework for SignalWire **digital employees**: AI phone agents defined in code.
//!
//! SignalWire fetches an agent's SWML document (the prompt and the signatures of its functions) from this server while a
//! call comes in, and posts a SWAIG webhook to it when the model calls a function. Here a function is a type, an agent
//! is a type, and a program that links them is a complete server and command-line tool.
//!
//! # An agent with a function, in full
//!
#![cfg_attr(feature = "cli", doc = "```no_run")]
#![cfg_attr(not(feature = "cli"), doc = "```ignore")]
//! use swaig::swml::ai::{Language, Prompt};
//! use swaig::{
//!     Agent, AgentDefinition, Call, Function, FunctionError, Reply, Setup, SetupError, async_trait,
//! };
//!
//! struct RollDice;
//!
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! struct RollDiceArgs {
//!     /// How many dice to roll.
//!     #[schemars(range(min = 1, max = 6))]
//!     dice: u8,
//! }
//!
//! #[async_trait]
//! impl Function for RollDice {
//!     const NAME: &'static str = "roll_dice";
//!     const DESCRIPTION: &'static str = "Roll dice for the caller";
//!     type Args = RollDiceArgs;
//!
//!     fn build(_: &Setup) -> Result<Self, SetupError> {
//!         Ok(Self)
//!     }
//!
//!     async fn call(&self, args: RollDiceArgs, _: &Call) -> Result<Reply, FunctionError> {
//!         Ok(Reply::text(format!("{} dice rolled, and all show a four", args.dice)))
//!     }
//! }
//! swaig::register_function!(RollDice);
//!
//! struct Croupier;
//!
//! impl Agent for Croupier {
//!     const NAME: &'static str = "croupier";
//!
//!     fn build(_: &Setup) -> Result<Self, SetupError> {
//!         Ok(Self)
//!     }
//!
//!     fn define(&self) -> AgentDefinition {
//!         AgentDefinition::new(Prompt::text("You are Rick, a croupier. Roll dice for the caller."))
//!             .language(Language::new("English", "en-US", "elevenlabs.josh"))
//!             .function("roll_dice")
//!     }
//! }
//! swaig::register_agent!(Croupier);
//!
//! fn main() -> std::process::ExitCode {
//!     swaig::main()
//! }
//! ```
//!
//! # Where things are
//!
//! | module | what it is for |
//! |---|---|
//! | [`swml`] | the document: verbs, prompt, languages; pure data, usable alone |
//! | [`function`](mod@function) | write a function: arguments, replies, actions, errors |
//! | [`agent`] | write an agent: its definition, and what it does for one call |
//! | [`call`] | what a webhook says about a call |
//! | [`setup`] | what functions and agents are built from: settings, account, shared resources |
//! | [`server`] | the hyper server that serves documents, webhooks and events |
//! | [`http`] | requests to other servers, with limits |
//! | [`breaker`] | a service that fails again and again is left alone for a while |
//! | [`remote`] | functions of another server |
//! | [`store`] | events, conversations, and replies that are given again |
//! | [`limit`] | how often something may be done |
//! | [`testing`] | the platform's part of a call, for tests of functions and agents |
//! | [`redact`], [`spoken`] | masking of codes and numbers; digits out of speech |
//!
//! # Cargo features
//!
//! `server` (functions, agents, the server), `console` (its page), `tls` (HTTPS) and `cli` (`swaig::main()`) are on by
//! default. With none of them the crate is the document builder alone. `otel`, which is not, exports spans to OpenTelemetry.

pub mod swml;

#[cfg(feature = "server")]
pub mod agent;
#[cfg(feature = "server")]
pub mod breaker;
#[cfg(feature = "server")]
pub mod call;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "console")]
mod console;
#[cfg(feature = "server")]
mod done_by;
#[cfg(feature = "server")]
mod error_chain;
#[cfg(feature = "server")]
pub mod function;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "server")]
pub mod http;
#[cfg(feature = "server")]
pub mod limit;
#[cfg(feature = "server")]
mod phone_number;
#[cfg(feature = "server")]
mod platform;
#[cfg(feature = "server")]
pub mod redact;
#[cfg(feature = "server")]
mod registry;
#[cfg(feature = "server")]
pub mod remote;
#[cfg(feature = "server")]
pub(crate) mod seal;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod setup;
#[cfg(feature = "server")]
pub mod spoken;
#[cfg(feature = "server")]
pub mod store;
#[cfg(feature = "server")]
pub mod testing;
#[cfg(feature = "server")]
mod trace;

#[cfg(feature = "server")]
pub use {
    agent::{Agent, AgentDefinition, DataMapFunction, Mount},
    async_trait::async_trait,
    breaker::{Breaker, BreakerOpen},
    call::{
        Call, ConversationRequest, DebugEvent, FunctionRequest, Inbound, IncomingCall, InputError,
        InputQueue, Inputs, MetaDataError, Report, SignatureRequest, Verification,
    },
    function::{Action, Effect, Function, FunctionError, NoArgs, Reply, StepUp},
    limit::{Limit, LimitError, LimitReached, Limiter, Permit},
    phone_number::{CallerNumber, PhoneNumber, PhoneNumberError},
    registry::{Origin, Problem, RegistryError},
    remote::{IncludeError, RemoteFunctions},
    seal::SealError,
    server::{Server, StartError},
    setup::{Setup, SetupError},
    store::Event,
};

#[cfg(feature = "server")]
#[doc(hidden)]
pub use inventory;

/// What the macros' code names. No part of the API.
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod __private {
    pub use {schemars, serde};

    pub use crate::function::is_argument;
}

/// Makes a function that the model calls out of an `async fn`, and registers it: the short form beside the trait
/// [`Function`].
///
/// ```
/// use swaig::{Call, FunctionError, Reply};
///
/// /// Book a table for tonight
/// #[swaig::function(effect = OncePerCall)]
/// async fn reserve_table(
///     /// How many people will come.
///     #[schemars(range(min = 1, max = 20))]
///     guests: u8,
///     /// When they will come, such as "19:30".
///     time: String,
///     #[setting("RESTAURANT_SEATS", "seats at the largest table", default = 8)] seats: u8,
///     call: &Call,
/// ) -> Result<Reply, FunctionError> {
///     if guests > seats {
///         return Err(FunctionError::new(format!("The largest table has {seats} seats. Offer two tables.")));
///     }
///     Ok(Reply::text(format!("A table for {guests} at {time} is booked")).set_meta_data("booked", true))
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// // It is a function still, and a test calls it.
/// let reply = reserve_table(2, "19:30".into(), 8, &Call::test()).await.unwrap();
/// assert_eq!(reply.spoken(), "A table for 2 at 19:30 is booked");
/// // An agent mounts it by the name of its type.
/// assert_eq!(<ReserveTable as swaig::Function>::NAME, "reserve_table");
/// # }
/// ```
///
/// * The doc comment is what the model reads of it, and the doc comments of the parameters are what it reads of the
///   arguments. `#[schemars(…)]` and `#[serde(…)]` on a parameter mean what they mean on a field; an `Option` may be left
///   out. Instead of single arguments there may be one struct, marked with `#[args]`.
/// * `#[setting("NAME", "meaning", default = …)]` is a setting that is read once, at start-up. Without a default it has to
///   be there; an `Option` need not; a `SecretString` is never shown.
/// * `&Call` is the call.
/// * It returns a [`Reply`], a text, or a `Result` of one of them.
/// * The options are the constants of the trait: `name`, `description`, `effect` (`None`, `ONCE`, `OncePerCall`, or an
///   [`Effect`]), `deadline` (in seconds), `max_concurrent`, `step_up`.
///
/// It makes a type of the same name in camel case, here `ReserveTable`, and `ReserveTableArgs`.
#[cfg(feature = "server")]
pub use swaig_macros::function;

/// Requests and their JSON are many small allocations.
#[cfg(feature = "fast-allocator")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(feature = "cli")]
pub use cli::main;

/// The README's code is compiled as well.
#[cfg(all(doctest, feature = "cli"))]
#[doc = include_str!("../../README.md")]
struct Readme;
