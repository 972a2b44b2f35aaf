//! The functions of `ai_sidecar`.

use crate::swml::ai::{McpServer, Parameters};
use crate::swml::object::{object, wrapper};
use crate::swml::{Field, Kind, List, Presence, Shape, Value};

object! {
    /// The functions that the model of an [`AiSidecar`](crate::swml::AiSidecar) may call.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SidecarFunction, SidecarSwaig};
    ///
    /// let sidecar_swaig =
    ///     SidecarSwaig::new().function(SidecarFunction::new("note").description("Keeps a note"));
    /// assert_eq!(
    ///     Json::from(sidecar_swaig).to_value(),
    ///     json!({"functions": [{"function": "note", "description": "Keeps a note"}]})
    /// );
    /// ```
    SidecarSwaig
    optional {
        /// What applies to each function that does not say otherwise.
        defaults: SidecarDefaults,
        /// The functions.
        functions each function: List<SidecarFunction>,
        /// MCP servers whose tools the model may call.
        mcp_servers each mcp_server: List<McpServer>,
    }
}

object! {
    /// What applies to each function that does not say otherwise.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SidecarDefaults};
    ///
    /// let sidecar_defaults = SidecarDefaults::new().web_hook_url("https://example.com/swaig");
    /// assert_eq!(
    ///     Json::from(sidecar_defaults).to_value(),
    ///     json!({"web_hook_url": "https://example.com/swaig"})
    /// );
    /// ```
    SidecarDefaults
    optional {
        /// The URL that is called.
        web_hook_url: String where url(),
        /// The user name for `web_hook_url`.
        web_hook_auth_user: String,
        /// The password for `web_hook_url`. It is written into the document in clear.
        web_hook_auth_password: String,
    }
}

object! {
    /// A function that the model may call.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SidecarFunction};
    /// use swaig::swml::ai::Parameters;
    ///
    /// let sidecar_function =
    ///     SidecarFunction::new("note").description("Keeps a note").parameters(Parameters::new());
    /// assert_eq!(
    ///     Json::from(sidecar_function).to_value(),
    ///     json!({
    ///         "function": "note",
    ///         "description": "Keeps a note",
    ///         "parameters": {
    ///             "type": "object",
    ///             "properties": {}
    ///         }
    ///     })
    /// );
    /// ```
    SidecarFunction
    required {
        /// The name.
        function: String,
    }
    optional {
        /// What it is for, as the model reads it.
        description: String,
        /// The arguments. A function without arguments leaves it out.
        parameters: SidecarParameters,
        /// The URL that is called. Default: the one of [`SidecarDefaults`].
        web_hook_url: String where url(),
        /// The user name for `web_hook_url`.
        web_hook_auth_user: String,
        /// The password for `web_hook_url`. It is written into the document in clear.
        web_hook_auth_password: String,
    }
    deprecated {
        /// Read only where there is no `description`.
        purpose: String => "description",
    }
}

wrapper! {
    /// The arguments of a [`SidecarFunction`]. The subset of JSON Schema is smaller than that of
    /// [`Parameters`]: no `nullable`, `pattern`, `format`, unions or constants, and lists without a default.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SidecarParameters};
    /// use swaig::swml::ai::{Parameters, StringProperty};
    ///
    /// let sidecar_parameters =
    ///     SidecarParameters::from(Parameters::new().property("text", StringProperty::new()));
    /// assert_eq!(
    ///     Json::from(sidecar_parameters).to_value(),
    ///     json!({"type": "object", "properties": {"text": {"type": "string"}}})
    /// );
    /// ```
    SidecarParameters(Parameters) kind Kind::Object(PARAMETERS)
}

impl<T: Into<Parameters>> From<T> for SidecarParameters {
    fn from(parameters: T) -> Self {
        Self(parameters.into())
    }
}

const PARAMETERS: &Shape = &Shape::closed(&[
    typed(|| Kind::Choice(&["object"])),
    Field::new("properties", Presence::Required, || Kind::Map(property)),
    optional("required", <List<String>>::kind),
]);

fn property() -> Kind {
    const TEXT: &Shape = &Shape::closed(&[
        typed(|| Kind::Choice(&["string"])),
        optional("description", String::kind),
        optional("enum", <List<String>>::kind),
        optional("default", String::kind),
    ]);
    const INTEGER: &Shape = &Shape::closed(&[
        typed(|| Kind::Choice(&["integer"])),
        optional("description", String::kind),
        optional("enum", <List<i64>>::kind),
        optional("default", i64::kind),
    ]);
    const NUMBER: &Shape = &Shape::closed(&[
        typed(|| Kind::Choice(&["number"])),
        optional("description", String::kind),
        optional("enum", <List<f64>>::kind),
        optional("default", f64::kind),
    ]);
    const BOOLEAN: &Shape = &Shape::closed(&[
        typed(|| Kind::Choice(&["boolean"])),
        optional("description", String::kind),
        optional("default", bool::kind),
    ]);
    const ARRAY: &Shape = &Shape::closed(&[
        typed(|| Kind::Choice(&["array"])),
        optional("description", String::kind),
        Field::new("items", Presence::Required, property),
    ]);
    const OBJECT: &Shape = &Shape::closed(&[
        typed(|| Kind::Choice(&["object"])),
        optional("description", String::kind),
        optional("properties", || Kind::Map(property)),
        optional("required", <List<String>>::kind),
    ]);
    Kind::OneOf(&[
        || Kind::Object(TEXT),
        || Kind::Object(INTEGER),
        || Kind::Object(NUMBER),
        || Kind::Object(BOOLEAN),
        || Kind::Object(ARRAY),
        || Kind::Object(OBJECT),
    ])
}

const fn typed(kind: fn() -> Kind) -> Field {
    Field::new("type", Presence::Required, kind)
}

const fn optional(key: &'static str, kind: fn() -> Kind) -> Field {
    Field::new(key, Presence::Optional, kind)
}
