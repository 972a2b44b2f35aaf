use super::data_map::DataMap;
use super::fillers::Fillers;
use super::parameters::Parameters;
use crate::swml::object::{object, union};
use crate::swml::{Data, Dyn};

object! {
    /// A function that the model may call: its name, what it is for, and where a call goes.
    ///
    /// # Secrets
    ///
    /// The document crosses the network and is logged by the platform. Do not put what must stay secret into
    /// it in clear: a sealed value in `meta_data` stays out of the model's sight, but not out of the logs.
    /// Credentials in `web_hook_url` arrive as HTTP Basic.
    ///
    /// # One token for functions that share state
    ///
    /// Functions with one `meta_data_token` share their `meta_data`. Without one the platform derives it from
    /// the URL *and its credentials*: functions with different signed URLs would not see each other's data.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::ai::FunctionDefinition;
    ///
    /// let function = FunctionDefinition::new("verify_code", "Verify the code that the caller reads back")
    ///     .parameters(json!({
    ///         "type": "object",
    ///         "properties": {"code": {"type": "string", "description": "The digits"}},
    ///         "required": ["code"],
    ///     }))
    ///     .meta_data_token("codes");
    /// # let _ = function;
    /// ```
    FunctionDefinition
    required {
        /// The name. The engine wants letters, digits and underscores, not a digit first. `startup_hook`,
        /// `hangup_hook`, `summarize_conversation` and `check_for_input` have a meaning of their own.
        function: String,
        /// What it is for, as the model reads it.
        description: String,
    }
    optional {
        /// The arguments. A function without arguments leaves it out.
        parameters: Parameters,
        /// The URL that is called. Default: the one of [`Defaults`](super::Defaults).
        web_hook_url: String where url(),
        /// Whether the model may call it; a reply of another function can change that. Default: true.
        active: Dyn<bool>,
        /// Data that travels with each call and that the model does not see. Default: empty.
        meta_data: Data,
        /// Which functions share `meta_data`: those with an equal token.
        meta_data_token: String,
        /// Phrases while the function runs, by language.
        fillers: Fillers,
        /// Whether the fillers of the language are left out. Default: false.
        skip_fillers: Dyn<bool>,
        /// Whether the function waits until the filler has been spoken. Default: false.
        wait_for_fillers: Dyn<bool>,
        /// The URL of a sound that plays while the function runs.
        wait_file: String where url(),
        /// How often `wait_file` plays.
        wait_file_loops: LoopCount,
        /// A call that the platform answers by itself, from expressions or by a request of its own, without
        /// the webhook.
        data_map: DataMap where not_empty(),
    }
    deprecated {
        /// The former name of [`description`](Self::description).
        purpose: String => "description",
        /// The former name of [`parameters`](Self::parameters).
        argument: Parameters => "parameters",
    }
    engine_only {
        /// The user name for `web_hook_url`.
        web_hook_auth_user: String,
        /// The password for `web_hook_url`. It is written into the document in clear.
        web_hook_auth_password: String,
    }
}

union! {
    /// A number of repetitions, as a number or as text.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::LoopCount;
    ///
    /// let loop_count = LoopCount::from(3);
    /// assert_eq!(Json::from(loop_count).to_value(), json!(3));
    /// ```
    LoopCount {
        /// A number.
        Count(i64),
        /// Text.
        Text(String),
    }
}

impl From<i32> for LoopCount {
    fn from(count: i32) -> Self {
        Self::Count(count.into())
    }
}
