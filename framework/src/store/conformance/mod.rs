//! What every store has to do, as tests that run against any of them. Each takes an empty store.

mod conversations;
mod events;
mod limits;
mod messages;
mod replies;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::{NewEvent, Store};

/// The whole contract.
pub(crate) async fn all(store: &Arc<dyn Store>) {
    store.ping().await.unwrap();
    events::keep(store).await;
    conversations::keep(&**store).await;
    replies::keep(store).await;
    messages::keep(&**store).await;
    limits::keep(&**store).await;
}

/// An event of an agent id.
pub(crate) fn event(agent_id: &str, data: Value) -> NewEvent {
    NewEvent {
        at: Timestamp::UNIX_EPOCH,
        agent: "mfa".into(),
        agent_id: agent_id.into(),
        call_id: None,
        kind: "test".into(),
        data: data.into(),
    }
}
