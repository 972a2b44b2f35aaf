//! Functions that ask a web service, without a handler: the platform sends the request (`data_map`).
//!
//! [`HttpLookup`] builds one out of an address and an answer, each with places in braces, and finds what is wrong with
//! them when it is built. What a caller says only ever fills in a part of the path or of the query, percent-encoded: it
//! cannot lead the request to another host.

mod template;

use serde_json::Value;
use swaig::DataMapFunction;
use swaig::swml::HttpMethod;
use swaig::swml::ai::{DataMap, Output, Parameters, StringProperty, Webhook};
use url::Url;

use template::{Part, parts};

/// What the model hears where the service has no answer, unless it is told otherwise.
const OTHERWISE: &str = "That cannot be looked up now. Apologise, and go on without it.";

/// A function that asks a web service with `GET`, and answers with fields of the JSON that comes back.
///
/// ```
/// use swaig::swml::ai::Prompt;
/// use swaig::{Agent, AgentDefinition, DataMapFunction, Setup, SetupError};
/// use swaig_functions::http_lookup::HttpLookup;
///
/// struct Shop {
///     order_status: DataMapFunction,
/// }
///
/// impl Agent for Shop {
///     const NAME: &'static str = "shop_with_orders";
///
///     fn build(_: &Setup) -> Result<Self, SetupError> {
///         let order_status = HttpLookup::new("order_status", "Look up where an order is")
///             .argument("order", "The order's number, such as A17")
///             .url("https://orders.example.com/v1/orders/{order}?fields=status,day")
///             .answer("Order {order} is {status}. It arrives on {delivery.day}.")
///             .otherwise("There is no order of that number. Ask for it again.")
///             .build()
///             .map_err(|error| SetupError::failed("cannot make order_status", error))?;
///         Ok(Self { order_status })
///     }
///
///     fn define(&self) -> AgentDefinition {
///         AgentDefinition::new(Prompt::text("You tell callers where their orders are."))
///             .function(self.order_status.clone())
///     }
/// }
/// # let _ = Shop::build(&Setup::test([("A", "b")])).unwrap().define();
/// ```
#[derive(Clone, Debug)]
#[must_use = "build makes the function"]
pub struct HttpLookup {
    name: String,
    description: String,
    arguments: Vec<(String, String)>,
    url: String,
    headers: Vec<(String, String)>,
    error_keys: Vec<String>,
    answer: String,
    otherwise: String,
}

/// Why a lookup cannot be made.
///
/// ```
/// use swaig_functions::http_lookup::{HttpLookup, HttpLookupError};
///
/// let lookup = HttpLookup::new("order_status", "Look up an order").url("https://shop.example.com/{order}");
/// assert!(matches!(lookup.answer("It is {state}.").build(), Err(HttpLookupError::Unknown(name)) if name == "order"));
/// ```
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpLookupError {
    /// The address is none, or not `https`. On this machine `http` will do, for a try.
    #[error("the address is not one of https: write it as https://host/path/{{argument}}?query={{argument}}")]
    Url,
    /// What a caller says would choose the host.
    #[error(
        "{{{0}}} stands in the host of the address, so that a caller could choose whom to ask; move it into the path or the query"
    )]
    Host(String),
    /// A place in the address that no argument fills.
    #[error("the address has {{{0}}}, and there is no argument of that name: add .argument({0:?}, \"…\")")]
    Unknown(String),
    /// An argument that leads nowhere.
    #[error("the argument {0:?} is not in the address: add {{{0}}} to it, or leave the argument out")]
    Unused(String),
    /// A brace without its other one, or a name that is none.
    #[error(
        "{0:?} has a brace that belongs to no name: write {{name}}, with letters, digits, `_`, and in an answer `.` and [0]"
    )]
    Braces(String),
    /// There is no answer.
    #[error("there is no answer: add .answer(\"… {{field}} …\")")]
    NoAnswer,
}

impl HttpLookup {
    /// A lookup of this name, with what it does and when to call it, for the model.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            arguments: Vec::new(),
            url: String::new(),
            headers: Vec::new(),
            error_keys: Vec::new(),
            answer: String::new(),
            otherwise: OTHERWISE.to_owned(),
        }
    }

    /// An argument that the model has to give, with what it is.
    pub fn argument(mut self, name: impl Into<String>, description: impl Into<String>) -> Self {
        self.arguments.push((name.into(), description.into()));
        self
    }

    /// The address: `https`, with `{argument}` in its path or its query.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = url.into();
        self
    }

    /// A header of the request. It stands in the agent's document, which everybody can read who has the document's
    /// password: give a key that can do no more than look this up.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// A key that is in the JSON when there is no answer, such as `error`. A status of 400 and more is none either.
    pub fn error_key(mut self, key: impl Into<String>) -> Self {
        self.error_keys.push(key.into());
        self
    }

    /// What the model hears: `{argument}`, or a field of the JSON, such as `{status}`, `{delivery.day}` or `{days[0].text}`.
    pub fn answer(mut self, answer: impl Into<String>) -> Self {
        self.answer = answer.into();
        self
    }

    /// What the model hears where the service has no answer.
    pub fn otherwise(mut self, otherwise: impl Into<String>) -> Self {
        self.otherwise = otherwise.into();
        self
    }

    /// The function, for [`AgentDefinition::function`](swaig::AgentDefinition::function).
    ///
    /// # Errors
    /// [`HttpLookupError`]
    pub fn build(self) -> Result<DataMapFunction, HttpLookupError> {
        let url = self.url_template()?;
        let answer = self.answer_template()?;
        let mut parameters = Parameters::new();
        for (name, description) in &self.arguments {
            let property = StringProperty::new().description(description.clone());
            parameters = parameters.property(name.clone(), property).require(name.clone());
        }
        let mut webhook = Webhook::new(url).method(HttpMethod::Get).output(Output::text(answer));
        if !self.headers.is_empty() {
            let headers = self.headers.into_iter().map(|(name, value)| (name, Value::from(value)));
            webhook = webhook.headers(Value::Object(headers.collect()));
        }
        if !self.arguments.is_empty() {
            webhook =
                webhook.require_args(self.arguments.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
        }
        if !self.error_keys.is_empty() {
            webhook = webhook.error_keys(self.error_keys);
        }
        let data_map = DataMap::new().webhook(webhook).output(Output::text(self.otherwise));
        Ok(DataMapFunction::new(self.name, self.description, data_map).parameters(parameters))
    }

    /// The address as the platform reads it.
    fn url_template(&self) -> Result<String, HttpLookupError> {
        let parts = parts(&self.url).ok_or_else(|| HttpLookupError::Braces(self.url.clone()))?;
        let example = |part: &Part<'_>| match part {
            Part::Text(text) => (*text).to_owned(),
            Part::Name(_) => "x".to_owned(),
        };
        let url = Url::parse(&parts.iter().map(example).collect::<String>());
        let is_here = |url: &Url| matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        let is_good = |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && is_here(url));
        if !url.as_ref().is_ok_and(is_good) {
            return Err(HttpLookupError::Url);
        }
        let mut template = String::new();
        for part in &parts {
            match part {
                Part::Text(text) => template.push_str(text),
                Part::Name(name) => {
                    let host = template.split_once("://").map_or("", |(_, rest)| rest);
                    if !host.contains(['/', '?', '#']) {
                        return Err(HttpLookupError::Host((*name).to_owned()));
                    }
                    if !self.has_argument(name) {
                        return Err(HttpLookupError::Unknown((*name).to_owned()));
                    }
                    template.push_str("${enc:url:args.");
                    template.push_str(name);
                    template.push('}');
                }
            }
        }
        match self.arguments.iter().find(|(name, _)| !parts.contains(&Part::Name(name))) {
            Some((unused, _)) => Err(HttpLookupError::Unused(unused.clone())),
            None => Ok(template),
        }
    }

    /// The answer as the platform reads it.
    fn answer_template(&self) -> Result<String, HttpLookupError> {
        if self.answer.trim().is_empty() {
            return Err(HttpLookupError::NoAnswer);
        }
        let parts = parts(&self.answer).ok_or_else(|| HttpLookupError::Braces(self.answer.clone()))?;
        let written = |part: &Part<'_>| match part {
            Part::Text(text) => (*text).to_owned(),
            Part::Name(name) if self.has_argument(name) => format!("${{args.{name}}}"),
            Part::Name(name) => format!("${{{name}}}"),
        };
        Ok(parts.iter().map(written).collect())
    }

    fn has_argument(&self, name: &str) -> bool {
        self.arguments.iter().any(|(argument, _)| argument == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(url: &str, answer: &str) -> Result<DataMapFunction, HttpLookupError> {
        let lookup = HttpLookup::new("weather", "Tell the weather").argument("city", "A city");
        lookup.url(url).answer(answer).build()
    }

    #[test]
    fn what_is_wrong_is_found_when_it_is_built() {
        use HttpLookupError as Error;
        let fine = "It is {temp}.";
        for (url, answer, expected) in [
            ("https://{city}.example.com/", fine, Error::Host("city".to_owned())),
            ("https://example.com{city}/", fine, Error::Host("city".to_owned())),
            ("https://example.com/{town}", fine, Error::Unknown("town".to_owned())),
            ("https://example.com/", fine, Error::Unused("city".to_owned())),
            ("http://example.com/{city}", fine, Error::Url),
            ("example.com/{city}", fine, Error::Url),
            ("{city}", fine, Error::Url),
            ("https://example.com/{city", fine, Error::Braces("https://example.com/{city".to_owned())),
            ("https://example.com/{city}", "It is {temp", Error::Braces("It is {temp".to_owned())),
            (
                "https://example.com/{city}",
                "It is ${temp} {a b}",
                Error::Braces("It is ${temp} {a b}".to_owned()),
            ),
            ("https://example.com/{city}", " ", Error::NoAnswer),
        ] {
            assert_eq!(lookup(url, answer).err(), Some(expected), "{url} {answer}");
        }
        for url in ["https://example.com/{city}", "https://e.com?q={city}&x=/", "http://127.0.0.1:1/{city}"] {
            let made = lookup(url, fine);
            assert!(made.is_ok(), "{url}: {:?}", made.err());
        }
    }
}
