//! What a parameter of a function in the attribute form may be.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// What the model can fill in: a type that says its own schema, and is read from JSON.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a function",
    label = "the model would not know how to write it",
    note = "derive both on the type: `#[derive(serde::Deserialize, schemars::JsonSchema)]`"
)]
pub trait Argument {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema + Send> Argument for T {}

/// Compiles for arguments alone.
pub const fn is_argument<T: Argument>() {}
