//! `GET /ready`: whether calls should come here.

use hyper::{Response, StatusCode};
use serde_json::json;

use super::app::App;
use super::response::{Body, json};

/// What `/ready` says.
pub(crate) struct Readiness {
    /// `ready`, `degraded` or `stopping`.
    pub(crate) status: &'static str,
    /// Why it is not `ready`.
    pub(crate) reasons: Vec<String>,
}

impl Readiness {
    /// `ready`; `degraded` where the store is down, since calls go on without it and taking the instance out of service would
    /// help nobody; `stopping`.
    pub(crate) async fn of(app: &App) -> Self {
        if app.is_leaving() {
            return Self { status: "stopping", reasons: vec!["the server was told to stop".to_owned()] };
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
        Self { status: if reasons.is_empty() { "ready" } else { "degraded" }, reasons }
    }
}

/// The status, with reasons where there are some; 503 from a server that stops.
pub(super) async fn answer(app: &App) -> Response<Body> {
    let Readiness { status, reasons } = Readiness::of(app).await;
    let code = if status == "stopping" { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    if reasons.is_empty() {
        return json(code, &json!({"status": status}));
    }
    json(code, &json!({"status": status, "reasons": reasons}))
}
