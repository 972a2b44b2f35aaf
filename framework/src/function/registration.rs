//! How a function becomes known: a constructor that `inventory` collects, and the erased form that is stored.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::parameters::{ArgumentError, SchemaError};
use super::{Effect, Function, FunctionError, Parameters, Reply, StepUp};
use crate::call::Call;
use crate::registry::Origin;
use crate::setup::{Setup, SetupError};
use crate::swml::ai::FunctionDefinition;

/// A function type that was registered. It holds constructors, not an instance: the instance is built when a server
/// starts.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct FunctionRegistration {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) effect: Effect,
    pub(crate) step_up: Option<StepUp>,
    pub(crate) deadline: Duration,
    pub(crate) max_concurrent: Option<usize>,
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "help and lists show it"))]
    pub(crate) settings: &'static [(&'static str, &'static str)],
    pub(crate) origin: Origin,
    pub(crate) parameters: fn() -> Result<Parameters, SchemaError>,
    pub(crate) describe: fn(FunctionDefinition) -> FunctionDefinition,
    pub(crate) build: Build,
}

type Build = fn(&Setup, Arc<Parameters>) -> Result<Arc<dyn ErasedFunction>, SetupError>;

inventory::collect!(FunctionRegistration);

impl FunctionRegistration {
    /// Called by [`register_function!`](crate::register_function), which knows the place.
    #[doc(hidden)]
    pub const fn of<F: Function>(krate: &'static str, file: &'static str, line: u32) -> Self {
        Self {
            name: F::NAME,
            description: F::DESCRIPTION,
            effect: F::EFFECT,
            step_up: F::STEP_UP,
            deadline: F::DEADLINE,
            max_concurrent: F::MAX_CONCURRENT,
            settings: F::SETTINGS,
            origin: Origin { type_name: std::any::type_name::<F>, krate, file, line },
            parameters: Parameters::of::<F::Args>,
            describe: F::describe,
            build: |setup, parameters| Ok(Arc::new(Typed { function: F::build(setup)?, parameters })),
        }
    }
}

/// A function whose type is forgotten.
#[async_trait]
pub(crate) trait ErasedFunction: Send + Sync {
    /// Checks the arguments and runs the function.
    async fn call(&self, arguments: Value, call: &Call) -> Result<Reply, Failure>;
}

/// Why an erased call gave no reply of its own.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The model sent arguments that do not fit; the function did not run.
    Arguments(ArgumentError),
    /// The function failed.
    Function(FunctionError),
}

struct Typed<F> {
    function: F,
    parameters: Arc<Parameters>,
}

#[async_trait]
impl<F: Function> ErasedFunction for Typed<F> {
    async fn call(&self, arguments: Value, call: &Call) -> Result<Reply, Failure> {
        let arguments = self.parameters.parse::<F::Args>(arguments).map_err(Failure::Arguments)?;
        self.function.call(arguments, call).await.map_err(Failure::Function)
    }
}

/// Makes a [`Function`](crate::Function) known to every server that links the crate.
///
/// Write it beside the type, at the level of the module. The crate must be linked: a binary says
/// `use my_functions as _;` where it names nothing else of the crate.
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
#[macro_export]
macro_rules! register_function {
    ($function:ty) => {
        $crate::inventory::submit! {
            $crate::function::FunctionRegistration::of::<$function>(
                ::core::env!("CARGO_PKG_NAME"),
                ::core::file!(),
                ::core::line!(),
            )
        }
    };
}
