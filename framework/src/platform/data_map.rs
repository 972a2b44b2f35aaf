//! A `data_map`, run here as the platform runs it (SWML reference, `ai.SWAIG.functions[].data_map`): expressions, then
//! webhooks, then the output; the first that gives one wins.

use std::time::Duration;

use hyper::Method;
use regex::RegexBuilder;
use serde_json::{Map, Value, json};
use url::Url;

use super::template::Scope;
use super::{PlatformCall, Runs};
use crate::http::{HttpClient, HttpError};

/// What the model is told where nothing gave an output.
const NOTHING: &str = "The function gave no answer. Go on without it.";
/// The longest that a request may take: about that long the platform waits.
pub(super) const TIME: Duration = Duration::from_secs(30);

/// Why a part of a `data_map` gave nothing. The next part is tried; this is for who tries the document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataMapError {
    #[error(
        "the pattern {pattern:?} cannot be read here; the platform may read it, since its expressions are PCRE"
    )]
    Pattern { pattern: String, source: regex::Error },
    #[error("the address of webhook {number} cannot be taken once its variables are replaced: {source}")]
    Address { number: usize, source: url::ParseError },
    #[error("webhook {number} was not sent: the argument {argument:?} is not there")]
    NoArgument { number: usize, argument: String },
    #[error("webhook {number} failed")]
    Request { number: usize, source: HttpError },
    #[error("the answer of webhook {number} has the error key {key:?}")]
    ErrorKey { number: usize, key: String },
}

impl PlatformCall {
    /// The reply that a function's `data_map` gives, and what failed on the way; `None` where it has none.
    pub(crate) async fn run_data_map(
        &self,
        function: &str,
        arguments: &Map<String, Value>,
        client: &HttpClient,
    ) -> Option<(Value, Vec<DataMapError>)> {
        let Runs::DataMap(data_map) = self.function(function)?.runs else { return None };
        let meta_data = Value::from(self.meta_data(function));
        let scope = self.scope().with("args", arguments).with("meta_data", &meta_data);
        let mut problems = Vec::new();
        if let Some(reply) = expressions(&data_map["expressions"], &scope, &mut problems) {
            return Some((reply, problems));
        }
        for (index, webhook) in data_map["webhooks"].as_array().into_iter().flatten().enumerate() {
            match ask(webhook, index + 1, arguments, &scope, client).await {
                Ok(answer) => {
                    let scope = scope.clone().with("response", &answer).with("array", &answer).open(&answer);
                    let reply = expressions(&webhook["expressions"], &scope, &mut problems)
                        .or_else(|| output(&webhook["output"], &scope));
                    if let Some(reply) = reply {
                        return Some((reply, problems));
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
        let reply = output(&data_map["output"], &scope);
        Some((reply.unwrap_or_else(|| json!({"response": NOTHING})), problems))
    }
}

fn output(output: &Value, scope: &Scope<'_>) -> Option<Value> {
    output.is_object().then(|| scope.expand_value(output))
}

fn expressions(list: &Value, scope: &Scope<'_>, problems: &mut Vec<DataMapError>) -> Option<Value> {
    list.as_array().into_iter().flatten().find_map(|expression| {
        let text = scope.expand(expression["string"].as_str().unwrap_or_default());
        let pattern = expression["pattern"].as_str().unwrap_or_default();
        match RegexBuilder::new(pattern).size_limit(1 << 20).build() {
            Ok(regex) if regex.is_match(&text) => output(&expression["output"], scope),
            Ok(_) => None,
            Err(source) => {
                problems.push(DataMapError::Pattern { pattern: pattern.to_owned(), source });
                None
            }
        }
    })
}

/// Sends the request of a webhook: its answer, with the text of `foreach`.
async fn ask(
    webhook: &Value,
    number: usize,
    arguments: &Map<String, Value>,
    scope: &Scope<'_>,
    client: &HttpClient,
) -> Result<Value, DataMapError> {
    let is_given = |name: &str| arguments.get(name).is_some_and(|value| !value.is_null() && value != "");
    if let Some(argument) = names(&webhook["require_args"]).find(|name| !is_given(name)) {
        return Err(DataMapError::NoArgument { number, argument: argument.to_owned() });
    }
    let url = scope.expand(webhook["url"].as_str().unwrap_or_default());
    let url = Url::parse(&url).map_err(|source| DataMapError::Address { number, source })?;
    let method = match webhook["method"].as_str().unwrap_or("GET").to_ascii_uppercase().as_str() {
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "DELETE" => Method::DELETE,
        _ => Method::GET,
    };
    let mut request = client.request(method.clone(), &url).timeout(TIME);
    for (name, value) in webhook["headers"].as_object().into_iter().flatten() {
        if let Some(value) = value.as_str() {
            request = request.header(name, &scope.expand(value));
        }
    }
    let mut body = match scope.expand_value(&webhook["params"]) {
        Value::Object(params) => params,
        _ => Map::new(),
    };
    if super::is_true(&webhook["input_args_as_params"]) {
        body.extend(arguments.clone());
    }
    if !body.is_empty() || method == Method::POST {
        request = request.json(&body);
    }
    let failed = |source| DataMapError::Request { number, source };
    let reply = request.send().await.and_then(crate::http::HttpReply::success).map_err(failed)?;
    let mut answer: Value = reply.json().map_err(failed)?;
    if let Some(key) = names(&webhook["error_keys"]).find(|key| answer.get(*key).is_some()) {
        return Err(DataMapError::ErrorKey { number, key: key.to_owned() });
    }
    each(&webhook["foreach"], scope, &mut answer);
    Ok(answer)
}

/// Makes one text of a list in the answer.
fn each(foreach: &Value, scope: &Scope<'_>, answer: &mut Value) {
    let [Some(input), Some(output), Some(append)] =
        ["input_key", "output_key", "append"].map(|key| foreach[key].as_str())
    else {
        return;
    };
    let most = foreach["max"].as_u64().and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
    let items = answer.get(input).and_then(Value::as_array).cloned().unwrap_or_default();
    let text: String =
        items.iter().take(most).map(|item| scope.clone().with("this", item).expand(append)).collect();
    if let Value::Object(answer) = answer {
        answer.insert(output.to_owned(), text.into());
    }
}

fn names(value: &Value) -> impl Iterator<Item = &str> {
    let one = value.as_str().into_iter().filter(|name| !name.is_empty());
    one.chain(value.as_array().into_iter().flatten().filter_map(Value::as_str))
}
