//! The functions of `amazon_bedrock`.

use crate::swml::ai::{Actions, DataMap, ForEach, Parameters};
use crate::swml::object::{object, wrapper};
use crate::swml::{Data, Dyn, Field, HttpMethod, Kind, Names, Presence, Shape, Value};

object! {
    /// A function that the model of an [`AmazonBedrock`](crate::swml::AmazonBedrock) may call.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{BedrockFunction, Json};
    ///
    /// let bedrock_function =
    ///     BedrockFunction::new("hello", "Says hello").web_hook_url("https://example.com/swaig");
    /// assert_eq!(
    ///     Json::from(bedrock_function).to_value(),
    ///     json!({"function": "hello", "description": "Says hello", "web_hook_url": "https://example.com/swaig"})
    /// );
    /// ```
    BedrockFunction
    required {
        /// The name. `startup_hook`, `hangup_hook` and `summarize_conversation` have a meaning of their own.
        function: String,
        /// What it is for, as the model reads it.
        description: String,
    }
    optional {
        /// The arguments. A function without arguments leaves it out.
        parameters: Parameters,
        /// The URL that is called. Default: the one of [`Defaults`](crate::swml::ai::Defaults).
        web_hook_url: String where url(),
        /// Whether the model may call it. Default: true.
        active: Dyn<bool>,
        /// Data that travels with each call and that the model does not see. Default: empty.
        meta_data: Data,
        /// Which functions share `meta_data`: those with an equal token.
        meta_data_token: String,
        /// A call that the platform answers by itself.
        data_map: BedrockDataMap,
    }
}

wrapper! {
    /// A [`DataMap`] whose outputs have a text as their response and no `post_process`: this verb takes no
    /// more.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{BedrockDataMap, Json};
    /// use swaig::swml::ai::DataMap;
    ///
    /// let bedrock_data_map = BedrockDataMap::from(DataMap::new().output("Hello."));
    /// assert_eq!(Json::from(bedrock_data_map).to_value(), json!({"output": {"response": "Hello."}}));
    /// ```
    BedrockDataMap(DataMap) kind Kind::Object(DATA_MAP)
}

impl From<DataMap> for BedrockDataMap {
    fn from(data_map: DataMap) -> Self {
        Self(data_map)
    }
}

const DATA_MAP: &Shape = &Shape::closed(&[
    Field::new("expressions", Presence::Optional, || Kind::List(expression)),
    Field::new("webhooks", Presence::Optional, || Kind::List(webhook)),
    Field::new("output", Presence::Optional, output),
]);

fn expression() -> Kind {
    const EXPRESSION: &Shape = &Shape::closed(&[
        Field::new("string", Presence::Required, String::kind),
        Field::new("pattern", Presence::Required, String::kind),
        Field::new("output", Presence::Required, output),
    ]);
    Kind::Object(EXPRESSION)
}

fn webhook() -> Kind {
    const WEBHOOK: &Shape = &Shape::closed(&[
        Field::new("url", Presence::Required, String::kind),
        Field::new("method", Presence::Optional, HttpMethod::kind),
        Field::new("headers", Presence::Optional, Data::kind),
        Field::new("params", Presence::Optional, Data::kind),
        Field::new("input_args_as_params", Presence::Optional, <Dyn<bool>>::kind),
        Field::new("require_args", Presence::Optional, Names::kind),
        Field::new("error_keys", Presence::Optional, Names::kind),
        Field::new("foreach", Presence::Optional, ForEach::kind),
        Field::new("expressions", Presence::Optional, || Kind::List(expression)),
        Field::new("output", Presence::Optional, output),
    ]);
    Kind::Object(WEBHOOK)
}

fn output() -> Kind {
    const OUTPUT: &Shape = &Shape::closed(&[
        Field::new("response", Presence::Optional, String::kind),
        Field::new("action", Presence::Optional, Actions::kind),
    ]);
    Kind::Object(OUTPUT)
}
