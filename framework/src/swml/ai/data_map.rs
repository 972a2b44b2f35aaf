//! Functions that the platform runs by itself.

use super::action::{Action, Actions};
use crate::swml::object::{object, push, union};
use crate::swml::{Data, Dyn, HttpMethod, List, Names};

object! {
    /// A function that the platform runs by itself: it matches expressions, or sends a request, and makes the
    /// reply out of what it finds. The webhook of the function is not called.
    ///
    /// The expressions come first, then the webhooks, then `output`; the first that gives an output wins.
    /// Texts may hold templates such as `${args.city}` and `${response.temp}`.
    ///
    /// ```
    /// use swaig::swml::HttpMethod;
    /// use swaig::swml::ai::{Action, DataMap, Expression, FunctionDefinition, Output, Parameters, StringProperty};
    /// use swaig::swml::ai::Webhook;
    ///
    /// let weather = DataMap::new()
    ///     .expression(Expression::new("${args.city}", "^$", Output::text("Ask for the city.")))
    ///     .webhook(
    ///         Webhook::new("https://weather.example.com/?q=${enc:url:args.city}")
    ///             .method(HttpMethod::Get)
    ///             .error_keys("error")
    ///             .output(Output::text("It is ${temp} degrees.").action(Action::say("Found it."))),
    ///     )
    ///     .output(Output::text("The weather is not known."));
    /// let function = FunctionDefinition::new("get_weather", "Tell the weather")
    ///     .parameters(Parameters::new().property("city", StringProperty::new().description("A city")).require("city"))
    ///     .data_map(weather);
    /// # let _ = function;
    /// ```
    DataMap
    optional {
        /// Texts to compare, in their order.
        expressions each expression: List<Expression>,
        /// Requests to send, in their order, until one succeeds.
        webhooks each webhook: List<Webhook>,
        /// The reply when nothing else gave one.
        output: Output,
    }
}

object! {
    /// A text, a pattern, and the reply when the text matches.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::Expression;
    ///
    /// let expression = Expression::new("${args.city}", "^Porto$", "We are in Porto.");
    /// assert_eq!(
    ///     Json::from(expression).to_value(),
    ///     json!({"string": "${args.city}", "pattern": "^Porto$", "output": {"response": "We are in Porto."}})
    /// );
    /// ```
    Expression
    required {
        /// The text, usually a template such as `${args.city}`.
        string: String,
        /// A regular expression (PCRE).
        pattern: String,
        /// The reply.
        output: Output,
    }
}

object! {
    /// A request that the platform sends, and the reply that it makes of the answer.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{HttpMethod, Json};
    /// use swaig::swml::ai::Webhook;
    ///
    /// let webhook = Webhook::new("https://api.example.com/sky?city=${enc:url:args.city}")
    ///     .method(HttpMethod::Get)
    ///     .output("It is ${response.sky}.");
    /// assert_eq!(
    ///     Json::from(webhook).to_value(),
    ///     json!({
    ///         "url": "https://api.example.com/sky?city=${enc:url:args.city}",
    ///         "method": "GET",
    ///         "output": {
    ///             "response": "It is ${response.sky}."
    ///         }
    ///     })
    /// );
    /// ```
    Webhook
    required {
        /// Where to send it. Credentials may stand in it as `https://user:password@host/…`.
        url: String,
    }
    optional {
        /// The HTTP method.
        method: HttpMethod,
        /// The headers.
        headers: Data,
        /// The body, sent as JSON.
        params: Data,
        /// Whether the function's arguments go into the body too. Default: false.
        input_args_as_params: Dyn<bool>,
        /// Arguments without which the request is not sent.
        require_args: Names,
        /// Keys of the answer that mean that the request failed.
        error_keys: Names,
        /// Makes one text out of a list in the answer; runs before `expressions` and `output`.
        foreach: ForEach,
        /// Texts to compare once the answer is there.
        expressions each expression: List<Expression>,
        /// The reply.
        output: Output,
    }
}

object! {
    /// Makes one text out of a list in an answer.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::ForEach;
    ///
    /// let for_each = ForEach::new("slots", "lines", "${this.time}; ").max(3);
    /// assert_eq!(
    ///     Json::from(for_each).to_value(),
    ///     json!({"input_key": "slots", "output_key": "lines", "append": "${this.time}; ", "max": 3})
    /// );
    /// ```
    ForEach
    required {
        /// The key of the list in the answer.
        input_key: String,
        /// The key under which `output` finds the text.
        output_key: String,
        /// What each item adds, with templates such as `${this.name}`.
        append: String,
    }
    optional {
        /// How many items are taken at most. Default: all.
        max: Dyn<i64>,
    }
}

object! {
    /// A reply: what the model reads, and what the platform does.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::Output;
    ///
    /// let output = Output::text("It is ${response.sky}.");
    /// assert_eq!(Json::from(output).to_value(), json!({"response": "It is ${response.sky}."}));
    /// ```
    Output
    optional {
        /// What the model reads.
        response: Response,
        /// What the platform does.
        actions as "action": Actions,
        /// Whether the actions wait until the agent has spoken. Default: false.
        post_process: bool,
    }
}

impl Output {
    /// A text for the model.
    pub fn text(response: impl Into<String>) -> Self {
        Self::new().response(response.into())
    }

    /// Appends an action.
    #[must_use]
    pub fn action(mut self, action: impl Into<Action>) -> Self {
        push(&mut self.0, "action", action.into().into());
        self
    }
}

impl From<&str> for Output {
    fn from(response: &str) -> Self {
        Self::text(response)
    }
}

union! {
    /// What the model reads.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::{Output, Response};
    ///
    /// let output = Output::new().response(Response::from("It is sunny."));
    /// assert_eq!(Json::from(output).to_value(), json!({"response": "It is sunny."}));
    /// ```
    Response {
        /// A text.
        Text(String),
        /// The result, and how to go on.
        Split(ToolResult),
    }
}

impl From<&str> for Response {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

object! {
    /// What the model reads, in two parts.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::Json;
    /// use swaig::swml::ai::ToolResult;
    ///
    /// let tool_result = ToolResult::new().tool_result("Verified.").tool_prompt("Go on with the order.");
    /// assert_eq!(
    ///     Json::from(tool_result).to_value(),
    ///     json!({"tool_result": "Verified.", "tool_prompt": "Go on with the order."})
    /// );
    /// ```
    ToolResult
    optional {
        /// The result.
        tool_result: String,
        /// How to go on, as an instruction.
        tool_prompt: String,
    }
}
