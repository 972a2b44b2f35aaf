//! A function's arguments: what the model is told about them, and what is accepted from it.
//!
//! SWML carries the parameters of a function in a closed subset of JSON Schema (SWML reference,
//! `ai.SWAIG.functions[].parameters`): no `$ref`, no `additionalProperties`, no bounds, few formats.
//! [`Parameters`] takes a Rust type with [`schemars::JsonSchema`] into that subset. A constraint that
//! the subset has no key for is told to the model in words, and checked when arguments arrive.
//!
//! ```
//! use schemars::JsonSchema;
//! use serde::Deserialize;
//! use serde_json::json;
//! use swaig::function::parameters::Parameters;
//!
//! #[derive(Deserialize, JsonSchema)]
//! struct Booking {
//!     /// How many seats to book.
//!     #[schemars(range(min = 1, max = 20))]
//!     seats: u8,
//!     /// A name for the booking.
//!     name: Option<String>,
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let parameters = Parameters::of::<Booking>()?;
//! assert_eq!(
//!     parameters.to_json(),
//!     json!({
//!         "type": "object",
//!         "properties": {
//!             "seats": {"type": "integer", "description": "How many seats to book. Between 1 and 20."},
//!             "name": {"type": "string", "description": "A name for the booking."}
//!         },
//!         "required": ["seats"]
//!     })
//! );
//!
//! // A model often writes a number as a string. That is accepted; what is wrong is explained.
//! let booking: Booking = parameters.parse(json!({"seats": "4"}))?;
//! assert_eq!(booking.seats, 4);
//! let error = parameters.check(json!({"seats": "lots"})).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "The argument \"seats\" is wrong: expected an integer between 1 and 20, but got \"lots\". \
//!      Call the function again with a correct value."
//! );
//! # Ok(())
//! # }
//! ```
//!
//! # Sensitive properties
//!
//! A property that no log, event or message may show is marked with an extension that is never sent,
//! either where it is used or on the type:
//!
//! ```
//! use schemars::JsonSchema;
//! use serde::Deserialize;
//!
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(transparent)]
//! #[schemars(extend("x-swaig-sensitive" = true))]
//! struct Pin(#[schemars(regex(pattern = r"^\d{4}$"))] String);
//!
//! #[derive(Deserialize, JsonSchema)]
//! struct Payment {
//!     pin: Pin,
//!     #[schemars(extend("x-swaig-sensitive" = true))]
//!     card: String,
//! }
//! # let parameters = swaig::function::parameters::Parameters::of::<Payment>().unwrap();
//! # assert_eq!(parameters.sensitive(), ["pin", "card"]);
//! ```
//!
//! # What is accepted
//!
//! The platform sends what a language model wrote. These are read as what they mean: a string that
//! holds the integer, number or boolean asked for (`"42"`, `" 3.5 "`, `"yes"`); `4.0` for an integer;
//! a number or boolean for a string; a JSON text for an object or array; an enum's string in another
//! case; `null` and, where it is no right value, `""` for an optional property. Nothing is read that would
//! lose digits, and a single value is not taken for an array.

mod check;
mod coerce;
mod compile;
mod emit;
mod error;
mod format;
mod number;
mod parse;
mod place;
mod redact;
mod shape;
mod union;
mod words;

#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::swml::Json;

pub use error::{ArgumentError, SchemaError};

use shape::{Kind, Object, Shape};

/// The parameters of one function, compiled from the type of its arguments.
///
/// Compile once, at start-up: that is when a type that cannot be carried is reported. A clone is
/// cheap and shares the compiled form.
///
/// ```
/// use serde_json::json;
/// use swaig::function::Parameters;
///
/// /// What the model sends.
/// #[derive(Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
/// struct Args {
///     /// How many people will come.
///     guests: u8,
/// }
///
/// let parameters = Parameters::of::<Args>().expect("the model can send it");
/// // What it means is taken.
/// assert_eq!(parameters.parse::<Args>(json!({"guests": "4"})).ok(), Some(Args { guests: 4 }));
/// assert!(parameters.parse::<Args>(json!({"guests": "many"})).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct Parameters {
    compiled: Arc<Compiled>,
}

#[derive(Debug)]
struct Compiled {
    root: Shape,
    sensitive: Vec<String>,
    /// What the model is told, once it was asked for.
    emitted: OnceLock<Json>,
}

/// The arguments of a function that takes none.
///
/// ```
/// use swaig::function::Parameters;
/// use swaig::NoArgs;
///
/// let parameters = Parameters::of::<NoArgs>().expect("the model can send nothing");
/// assert_eq!(parameters.properties().count(), 0);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct NoArgs {}

impl Parameters {
    /// Compiles the parameters of a type.
    ///
    /// # Errors
    ///
    /// [`SchemaError`] where the type is not an object, is recursive, has a tuple in it, or has a
    /// constraint that can be neither carried nor checked. It names the type and the property.
    pub fn of<T: JsonSchema>() -> Result<Parameters, SchemaError> {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        let schema = settings.into_generator().into_root_schema_for::<T>();
        let root = compile::arguments(std::any::type_name::<T>(), schema.as_value())?;
        let mut sensitive = Vec::new();
        root.sensitive_names(&mut sensitive);
        Ok(Parameters { compiled: Arc::new(Compiled { root, sensitive, emitted: OnceLock::new() }) })
    }

    /// The value of a function's `parameters` in SWML: `type`, `properties` and, unless it is empty,
    /// `required`; in the order in which the type declares them.
    pub fn to_json(&self) -> Value {
        match self.object() {
            Some(object) => emit::parameters(object),
            None => emit::parameters(&Object::default()),
        }
    }

    /// The same for a document. It is made once, and each clone of it shares the members.
    pub(crate) fn emitted(&self) -> Json {
        self.compiled.emitted.get_or_init(|| self.to_json().into()).clone()
    }

    /// Checks, coerces and deserializes arguments.
    ///
    /// # Errors
    ///
    /// [`ArgumentError`], whose text is meant for the model: see [`check`](Parameters::check). What
    /// `Deserialize` itself refuses, such as a newtype with rules of its own, is reported in the same way.
    pub fn parse<A: DeserializeOwned>(&self, arguments: Value) -> Result<A, ArgumentError> {
        let Compiled { root, sensitive, .. } = &*self.compiled;
        let checked = self.check(arguments)?;
        parse::parse(root, sensitive, &checked)
    }

    /// Checks and coerces arguments. `null` and an empty string count as no arguments.
    ///
    /// A property that the type does not name is kept, unless the type denies unknown ones: then it is
    /// dropped. A missing property with a default is left to `Deserialize`.
    ///
    /// # Errors
    ///
    /// [`ArgumentError`] for the first argument that is missing or wrong.
    pub fn check(&self, arguments: Value) -> Result<Value, ArgumentError> {
        check::arguments(&self.compiled.root, &self.compiled.sensitive, arguments)
    }

    /// A copy of the arguments that may be shown: the value of each sensitive property is the string
    /// `••••••`, everything else is as it was.
    ///
    /// The arguments need not be right. A value of a wrong type that may have a sensitive one in it is
    /// masked as a whole, and so is an unknown property whose name is that of a sensitive one but for
    /// case and punctuation.
    pub fn redact(&self, arguments: &Value) -> Value {
        redact::value(&self.compiled.root, &self.compiled.sensitive, arguments)
    }

    /// The names of the sensitive properties, at any depth.
    pub fn sensitive(&self) -> &[String] {
        &self.compiled.sensitive
    }

    /// The properties in declared order: name, whether it is required, and what the model is told.
    pub fn properties(&self) -> impl Iterator<Item = (&str, bool, Option<&str>)> {
        let fields = self.object().map_or(&[][..], |object| &object.fields);
        fields.iter().map(|field| {
            let description = field.shape.description.as_deref();
            (field.name.as_str(), field.required, description)
        })
    }

    fn object(&self) -> Option<&Object> {
        match &self.compiled.root.kind {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }
}
