//! `POST /{agent}/swaig`: function calls and the discovery of signatures.

use std::sync::Arc;

use hyper::{Response, StatusCode};
use serde_json::json;
use url::Url;

use super::app::App;
use super::dispatch;
use super::response::{Body, json, json_bytes};
use crate::agent::render;
use crate::call::{FunctionRequest, SignatureRequest};
use crate::registry::RegisteredAgent;
use crate::store::Event;

/// Runs the function that the model calls.
pub(crate) async fn call(
    app: &Arc<App>,
    agent: &Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    request: FunctionRequest,
) -> Response<Body> {
    json_bytes(dispatch::dispatch(app, agent, agent_id, request).await)
}

/// Answers `get_signature`: the definitions that were asked for, or all, each with its own URL or its `data_map`. Names
/// that are not known are left out.
pub(crate) async fn signatures(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: &Arc<str>,
    base: &Url,
    request: &SignatureRequest,
) -> Response<Body> {
    let urls = app.urls(base, agent, agent_id, None);
    // The agent's own hooks are for its own calls: another document gets them only if it asks for them by name.
    let everything = request.functions().next().is_none();
    let is_own = |name: &str| agent.definition.reserved_functions().any(|own| own == name);
    let found: Vec<_> = render::signatures(&agent.definition, &app.registry, &agent.name)
        .into_iter()
        .filter(|signature| {
            let name = signature.read().function();
            name.is_some_and(|name| request.asks_for(&name) && !(everything && is_own(&name)))
        })
        .map(|signature| render::with_url(signature, &urls))
        .collect();
    let asked: Vec<_> = request.functions().collect();
    let data = json!({"asked": asked, "given": found.len()});
    app.sink(agent, agent_id).emit(Event::new("signatures_fetched", data), None);
    app.recorder.flush().await;
    json(StatusCode::OK, &found)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use serde_json::Value;
    use url::Url;

    use super::*;
    use crate::Setup;

    /// The signatures that the agent of the dispatch's tests gives: it mounts `experiment`, `by_itself` (a `data_map`) and
    /// `repeat`.
    async fn given(request: Value) -> Value {
        given_by("lab", request).await
    }

    async fn given_by(agent: &str, request: Value) -> Value {
        let app = App::build(Setup::test([("X", "y")]), &Url::parse("http://127.0.0.1:1").unwrap()).unwrap();
        let agent = app.registry.agent(agent).unwrap();
        let response = signatures(&app, agent, &"7".into(), &app.base, &SignatureRequest::new(request)).await;
        serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
    }

    #[tokio::test]
    async fn the_agents_own_hooks_are_given_by_name_only() {
        let all = given_by("desk", json!({"action": "get_signature", "functions": []})).await;
        assert_eq!(all, json!([]));
        let asked = json!({"action": "get_signature", "functions": ["hangup_hook", "check_for_input"]});
        assert_eq!(given_by("desk", asked).await.as_array().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_signature_has_its_address_or_its_data_map_and_never_both() {
        let all = given(json!({"action": "get_signature"})).await;
        let names: Vec<_> = all.as_array().unwrap().iter().map(|signature| &signature["function"]).collect();
        assert_eq!(names, ["experiment", "by_itself", "repeat"]);
        for signature in all.as_array().unwrap() {
            let has = |key: &str| signature.get(key).is_some();
            assert_ne!(has("web_hook_url"), has("data_map"), "{signature}");
            assert_eq!(signature["meta_data_token"], "lab");
        }
        let some = json!({"action": "get_signature", "functions": ["by_itself", "no_such"]});
        let description = "Answered by the platform";
        assert_eq!(
            given(some).await,
            json!([{
                "function": "by_itself", "description": description, "meta_data_token": "lab",
                "data_map": {"output": {"response": "By itself"}},
            }])
        );
    }
}
