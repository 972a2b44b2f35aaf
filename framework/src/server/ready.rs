//! `GET /ready`: whether calls should come here.

use hyper::{Response, StatusCode};
use serde_json::json;

use super::app::App;
use super::response::{Body, json};

/// `ready`; `degraded` where the store is down, since calls go on without it and taking the instance out of service would
/// help nobody; `stopping`, with 503.
pub(super) async fn answer(app: &App) -> Response<Body> {
    if app.is_leaving() {
        let body = json!({"status": "stopping", "reasons": ["the server was told to stop"]});
        return json(StatusCode::SERVICE_UNAVAILABLE, &body);
    }
    let mut reasons = Vec::new();
    if !app.health.works().await {
        reasons.push("the store does not work: calls go on, and records wait for it".to_owned());
    }
    match app.recorder.waiting() {
        0 => {}
        1 => reasons.push("1 record waits for the store".to_owned()),
        waiting => reasons.push(format!("{waiting} records wait for the store")),
    }
    if reasons.is_empty() {
        return json(StatusCode::OK, &json!({"status": "ready"}));
    }
    json(StatusCode::OK, &json!({"status": "degraded", "reasons": reasons}))
}
