use super::fillers::Fillers;
use super::function::FunctionDefinition;
use crate::swml::object::{choice, object};
use crate::swml::{Data, Dyn, List, Map};

object! {
    /// The functions that the model may call (`SWAIG`: SignalWire AI Gateway).
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{FunctionDefinition, Swaig};
    ///
    /// let swaig = Swaig::new().function(
    ///     FunctionDefinition::new("hello", "Says hello").web_hook_url("https://example.com/swaig"),
    /// );
    /// assert_eq!(
    ///     Json::from(swaig).to_value(),
    ///     json!({
    ///         "functions": [
    ///             {
    ///                 "function": "hello",
    ///                 "description": "Says hello",
    ///                 "web_hook_url": "https://example.com/swaig"
    ///             }
    ///         ]
    ///     })
    /// );
    /// ```
    Swaig
    optional {
        /// What applies to each function that does not say otherwise.
        defaults: Defaults,
        /// The functions.
        functions each function: List<FunctionDefinition>,
        /// Functions whose definitions another server gives.
        includes each include: List<Include>,
        /// Functions of the platform itself.
        native_functions each native_function: List<NativeFunction>,
        /// Phrases while the platform's own functions run.
        internal_fillers: InternalFillers,
        /// MCP servers whose tools the model may call.
        mcp_servers each mcp_server: List<McpServer>,
    }
}

object! {
    /// What applies to each function that does not say otherwise.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Defaults, Swaig};
    ///
    /// let swaig = Swaig::new().defaults(Defaults::new().web_hook_url("https://example.com/swaig"));
    /// assert_eq!(
    ///     Json::from(swaig).to_value(),
    ///     json!({"defaults": {"web_hook_url": "https://example.com/swaig"}})
    /// );
    /// ```
    Defaults
    optional {
        /// The URL that is called.
        web_hook_url: String where url(),
    }
    engine_only {
        /// The user name for `web_hook_url`.
        web_hook_auth_user: String,
        /// The password for `web_hook_url`. It is written into the document in clear.
        web_hook_auth_password: String,
    }
}

object! {
    /// Functions whose definitions another server gives.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::Include;
    ///
    /// let include =
    ///     Include::new("https://example.com/swaig", ["find_slot"]).meta_data(json!({"branch": "Porto"}));
    /// assert_eq!(
    ///     Json::from(include).to_value(),
    ///     json!({
    ///         "url": "https://example.com/swaig",
    ///         "functions": [
    ///             "find_slot"
    ///         ],
    ///         "meta_data": {
    ///             "branch": "Porto"
    ///         }
    ///     })
    /// );
    /// ```
    Include
    required {
        /// The URL that answers with the definitions and takes the calls.
        url: String where url(),
        /// The names of the functions to take.
        functions each function: List<String>,
    }
    optional {
        /// Data that travels with each call to this server and that the model does not see.
        meta_data: Data,
    }
    engine_only {
        /// The user name for `url`.
        auth_user: String,
        /// The password for `url`. It is written into the document in clear.
        auth_password: String,
    }
}

choice! {
    /// A function of the platform itself.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{NativeFunction, Swaig};
    ///
    /// let swaig = Swaig::new().native_function(NativeFunction::CheckTime);
    /// assert_eq!(Json::from(swaig).to_value(), json!({"native_functions": ["check_time"]}));
    /// ```
    NativeFunction {
        /// Tells the time.
        CheckTime = "check_time",
        /// Waits for some seconds.
        WaitSeconds = "wait_seconds",
        /// Waits until the caller speaks.
        WaitForUser = "wait_for_user",
        /// Changes how quickly the agent answers.
        AdjustResponseLatency = "adjust_response_latency",
    }
}

object! {
    /// Phrases while the platform's own functions run.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Fillers, InternalFillers};
    ///
    /// let internal_fillers =
    ///     InternalFillers::new().check_time(Fillers::new().phrase("en-US", "Let me look."));
    /// assert_eq!(
    ///     Json::from(internal_fillers).to_value(),
    ///     json!({"check_time": {"en-US": ["Let me look."]}})
    /// );
    /// ```
    InternalFillers
    optional {
        /// While it looks up the time.
        check_time: Fillers,
        /// While it starts to wait for the caller.
        wait_for_user: Fillers,
        /// While it starts to wait.
        wait_seconds: Fillers,
        /// While it changes its pace.
        adjust_response_latency: Fillers,
        /// While it goes to the next step.
        next_step: Fillers,
        /// While it goes to another context.
        change_context: Fillers,
        /// While it looks at the video.
        get_visual_input: Fillers,
        /// While it thinks about how to go on.
        get_ideal_strategy: Fillers,
        /// While it pauses.
        pause_conversation: Fillers,
    }
    engine_only {
        /// While it hangs up.
        hangup: Fillers,
    }
}

object! {
    /// A server of the Model Context Protocol, whose tools the model may call.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::McpServer;
    ///
    /// let mcp_server = McpServer::new("https://example.com/mcp").resources(true);
    /// assert_eq!(
    ///     Json::from(mcp_server).to_value(),
    ///     json!({"url": "https://example.com/mcp", "resources": true})
    /// );
    /// ```
    McpServer
    required {
        /// The address of the server.
        url: String where url(),
    }
    optional {
        /// Headers for each request, such as one with a token. They are written into the document in clear.
        headers: Map<String>,
        /// Whether the server's resources are fetched too. Default: false.
        resources: Dyn<bool>,
        /// Values for the variables in the resources' addresses.
        resource_vars: Map<String>,
    }
}
