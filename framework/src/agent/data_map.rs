//! Functions that the platform runs by itself, beside those that are Rust types.

use std::sync::Arc;

use schemars::JsonSchema;

use crate::function::parameters::{Parameters, SchemaError};
use crate::swml::ai;
use crate::swml::ai::{DataMap, FunctionDefinition};

/// A function without a handler: the platform answers it from a [`DataMap`] (expressions, requests of its own, a fixed
/// output), and this server is not asked. [`AgentDefinition::function`](crate::AgentDefinition::function) mounts it.
///
/// ```
/// use swaig::DataMapFunction;
/// use swaig::swml::HttpMethod;
/// use swaig::swml::ai::{DataMap, Expression, ForEach, Output, Webhook};
///
/// #[derive(schemars::JsonSchema)]
/// struct Forecast {
///     /// The city that the caller asks about.
///     city: String,
/// }
///
/// let forecast = DataMap::new()
///     .expression(Expression::new("${args.city}", "^$", Output::text("Ask for the city.")))
///     .webhook(
///         Webhook::new("https://weather.example.com/days?q=${lc:enc:url:args.city}")
///             .method(HttpMethod::Get)
///             .require_args("city")
///             .error_keys("error")
///             .foreach(ForEach::new("days", "list", "${this.day}: ${this.text}. "))
///             .output(Output::text("The forecast is: ${list}")),
///     )
///     .output(Output::text("The forecast is not known. Apologise, and go on."));
/// let function = DataMapFunction::new("forecast", "Tell the weather of the next days", forecast).arguments::<Forecast>();
/// assert_eq!(function.name(), "forecast");
/// ```
#[derive(Clone)]
pub struct DataMapFunction {
    signature: FunctionDefinition,
    name: String,
    data_map: DataMap,
    arguments: Option<Result<Arc<Parameters>, Arc<SchemaError>>>,
}

impl DataMapFunction {
    /// A function without arguments: its name (`^[A-Za-z_][A-Za-z0-9_]*$`, not one that the platform reserves), what it
    /// does and when to call it, for the model, and how the platform answers it.
    pub fn new(name: impl Into<String>, description: impl Into<String>, data_map: DataMap) -> Self {
        let name = name.into();
        let signature = FunctionDefinition::new(name.clone(), description);
        Self { signature, name, data_map, arguments: None }
    }

    /// Its arguments, from a type: doc comments become descriptions. The platform does not check them; `data_map` reads
    /// them as `${args.city}`. A type that cannot be carried stops the start.
    #[must_use]
    pub fn arguments<T: JsonSchema>(self) -> Self {
        let arguments = Parameters::of::<T>();
        let function = match &arguments {
            Ok(arguments) => self.parameters(arguments.to_json()),
            Err(_) => self,
        };
        Self { arguments: Some(arguments.map(Arc::new).map_err(Arc::new)), ..function }
    }

    /// Its arguments, as the signature holds them.
    #[must_use]
    pub fn parameters(self, parameters: impl Into<ai::Parameters>) -> Self {
        Self { signature: self.signature.parameters(parameters), arguments: None, ..self }
    }

    /// Changes what else its signature holds: fillers, a `wait_file`, `active`.
    ///
    /// ```
    /// # use swaig::DataMapFunction;
    /// # use swaig::swml::ai::{DataMap, Fillers, Output};
    /// let function = DataMapFunction::new("joke", "Tell a joke", DataMap::new().output(Output::text("Knock, knock.")))
    ///     .with(|signature| signature.fillers(Fillers::new().language("en-US", ["Let me think."])));
    /// # let _ = function;
    /// ```
    #[must_use]
    pub fn with(self, change: impl FnOnce(FunctionDefinition) -> FunctionDefinition) -> Self {
        Self { signature: change(self.signature), ..self }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its description.
    #[cfg(feature = "cli")]
    pub(crate) fn description(&self) -> String {
        self.signature.read().description().unwrap_or_default()
    }

    /// Why its arguments cannot be told to the model.
    pub(crate) fn problem(&self) -> Option<&Arc<SchemaError>> {
        self.arguments.as_ref()?.as_ref().err()
    }

    /// The names of its arguments that must not be seen.
    pub(crate) fn sensitive(&self) -> &[String] {
        match &self.arguments {
            Some(Ok(arguments)) => arguments.sensitive(),
            _ => &[],
        }
    }

    /// Its signature, with the token of the agent's `meta_data`.
    pub(super) fn signature(&self, meta_data_token: &str) -> FunctionDefinition {
        self.signature.clone().meta_data_token(meta_data_token).data_map(self.data_map.clone())
    }
}
