//! What SignalWire posts, as long as it is in a call. Each call has an id of its own.

use serde_json::json;

use crate::load::{NUMBER, Request};
use crate::server::BASIC;

/// The function `order` is called.
pub fn order() -> Request {
    let body = json!({
        "function": "order", "argument": {"parsed": [{"dish": "pizza", "count": 2, "size": "large"}],
        "raw": r#"{"dish":"pizza","count":2,"size":"large"}"#},
        "argument_desc": {"type": "object", "properties": {"dish": {"type": "string"}}},
        "call_id": format!("call-{NUMBER}"), "ai_session_id": "session", "app_name": "swml app",
        "caller_id_name": "Jane Doe", "caller_id_num": "+15551230000", "meta_data_token": "shop", "meta_data": {},
        "global_data": {}, "channel_active": true, "channel_offhook": true, "channel_ready": true,
        "content_type": "text/swaig", "content_disposition": "SWAIG Function", "conversation_type": "voice",
        "version": "2.0", "project_id": "11111111-2222-3333-4444-555555555555", "space_id": "space",
    });
    Request::new("/shop/swaig", BASIC, "", &body.to_string())
}

/// The document of an agent is asked for.
pub fn fetch(agent: &str) -> Request {
    let body = json!({"call": {"call_id": format!("call-{NUMBER}"), "node_id": "node", "segment_id": "segment",
        "call_state": "created", "direction": "inbound", "type": "phone", "from": "+15551230000", "to": "+15550100009",
        "from_number": "+15551230000", "to_number": "+15550100009", "headers": [], "project_id": "project",
        "space_id": "space"}, "vars": {}, "envs": {}, "params": {}});
    Request::new(&format!("/{agent}"), BASIC, "", &body.to_string())
}
