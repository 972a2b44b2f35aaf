//! What the model can call: write one function, in one file.
//!
//! A function is a type that implements [`Function`]; [`register_function!`](crate::register_function) makes it
//! known to every server that links the crate, and an agent mounts it by its name. The signature that the model
//! sees is made from the type of its arguments; what the model sends is checked against the same type before
//! [`call`](Function::call) runs.
//!
//! ```
//! use swaig::{Call, Function, FunctionError, Reply, Setup, SetupError, async_trait};
//!
//! pub struct OpeningHours {
//!     city: String,
//! }
//!
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! pub struct OpeningHoursArgs {
//!     /// The day of the week.
//!     pub day: Day,
//! }
//!
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! #[serde(rename_all = "lowercase")]
//! pub enum Day {
//!     Weekday,
//!     Weekend,
//! }
//!
//! #[async_trait]
//! impl Function for OpeningHours {
//!     const NAME: &'static str = "opening_hours";
//!     const DESCRIPTION: &'static str = "Say when the shop is open";
//!     type Args = OpeningHoursArgs;
//!
//!     fn build(setup: &Setup) -> Result<Self, SetupError> {
//!         Ok(Self { city: setup.setting("SHOP_CITY").unwrap_or_else(|| "Lisbon".into()) })
//!     }
//!
//!     async fn call(&self, args: Self::Args, _call: &Call) -> Result<Reply, FunctionError> {
//!         Ok(Reply::text(match args.day {
//!             Day::Weekday => format!("The shop in {} is open from 9 to 6", self.city),
//!             Day::Weekend => format!("The shop in {} is closed", self.city),
//!         }))
//!     }
//! }
//! swaig::register_function!(OpeningHours);
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! // A test needs no server.
//! let function = OpeningHours { city: "Porto".into() };
//! let reply = function.call(OpeningHoursArgs { day: Day::Weekend }, &Call::test()).await;
//! assert_eq!(reply.unwrap().spoken(), "The shop in Porto is closed");
//! # }
//! ```

mod answer;
mod argument;
mod effect;
mod error;
pub mod parameters;
mod registration;
mod reply;
mod step_up;

use std::time::Duration;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::setup::{Setup, SetupError};
use crate::swml::ai::FunctionDefinition;

pub use crate::swml::ai::{Action, Toggle};
pub use answer::Answer;
#[doc(hidden)]
pub use argument::{Argument, is_argument};
pub use effect::Effect;
pub use error::FunctionError;
pub use parameters::{NoArgs, Parameters};
pub use registration::FunctionRegistration;
pub(crate) use registration::{ErasedFunction, Failure};
pub use reply::Reply;
pub use step_up::StepUp;

/// A function that the model calls while it talks to the caller.
///
/// See the [module's page](self) for one in full.
///
/// ```
/// use swaig::{Call, Function, FunctionError, NoArgs, Reply, Setup, SetupError, async_trait};
///
/// struct Greet {
///     house: String,
/// }
///
/// #[async_trait]
/// impl Function for Greet {
///     const NAME: &'static str = "greet";
///     const DESCRIPTION: &'static str = "Greet the caller";
///     type Args = NoArgs;
///
///     fn build(setup: &Setup) -> Result<Self, SetupError> {
///         Ok(Self { house: setup.require("HOUSE")? })
///     }
///
///     async fn call(&self, _: NoArgs, _: &Call) -> Result<Reply, FunctionError> {
///         Ok(Reply::text(format!("Welcome to {}.", self.house)))
///     }
/// }
///
/// swaig::register_function!(Greet);
/// ```
#[async_trait]
pub trait Function: Sized + Send + Sync + 'static {
    /// The name that the model calls it by: `^[A-Za-z_][A-Za-z0-9_]*$`, not one that the platform reserves.
    const NAME: &'static str;

    /// What it does and when to call it, for the model.
    const DESCRIPTION: &'static str;

    /// What a second, equal call does. By default the first reply is given again for 30 seconds and the
    /// function runs once: the platform retries webhooks, and a model that was interrupted asks again.
    const EFFECT: Effect = Effect::ONCE;

    /// What the caller has to have shown before it runs. The server refuses the call otherwise, with a sentence that makes
    /// the model start the verification. Until then the function is not active, so that the model does not see it. By
    /// default it is for everybody.
    const STEP_UP: Option<StepUp> = None;

    /// How long it may take, from the arrival of its webhook. At the end of it the work is dropped where it is waiting, and
    /// the model hears that it took too long. By default 8 seconds; no more than 9, since the platform gives up after about
    /// 10, and more than zero: otherwise the program does not start.
    const DEADLINE: Duration = crate::call::DEADLINE;

    /// How many calls of it may run at once for one agent. More of them are not run: the model hears at once that it is
    /// busy now. By default it is the setting `SWAIG_MAX_CONCURRENT_CALLS`. Each agent that mounts the function has its own
    /// count, so that one whose calls hang leaves the others alone. With 0 the program does not start.
    const MAX_CONCURRENT: Option<usize> = None;

    /// The settings that [`build`](Self::build) reads, each with its meaning, for `--help` and `list`.
    const SETTINGS: &'static [(&'static str, &'static str)] = &[];

    /// Its arguments: doc comments become descriptions. [`NoArgs`] for a function without any.
    type Args: DeserializeOwned + JsonSchema + Send + 'static;

    /// Makes the function, once, at start-up.
    ///
    /// # Errors
    /// A setting that is missing or not valid, or a resource that cannot be made. The server does not start.
    fn build(setup: &Setup) -> Result<Self, SetupError>;

    /// Does the work. A panic and a missed deadline are answered with a sentence that lets the model go on.
    ///
    /// There are 8 seconds for it, or [`DEADLINE`](Self::DEADLINE); [`Call::remaining`] says how much of it is left. Then
    /// the future is dropped at the `await` where it stands: what comes after that is not done, and guards are released.
    /// Two things go on all the same: a task that was spawned, and code that blocks its thread instead of waiting. Keep
    /// such code short, or use `tokio::task::spawn_blocking`. When the platform hangs up, the function runs to its end.
    ///
    /// # Errors
    /// A [`FunctionError`]: the sentence that the model hears, and for the log what went wrong.
    async fn call(&self, args: Self::Args, call: &Call) -> Result<Reply, FunctionError>;

    /// Adds to the signature what the type cannot say: fillers, a `wait_file`, `active`.
    ///
    /// ```
    /// # use swaig::swml::ai::{Fillers, FunctionDefinition};
    /// fn describe(definition: FunctionDefinition) -> FunctionDefinition {
    ///     definition.fillers(Fillers::new().language("en-US", ["One moment, please."]))
    /// }
    /// ```
    fn describe(definition: FunctionDefinition) -> FunctionDefinition {
        definition
    }
}
