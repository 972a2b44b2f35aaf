//! The bodies that SignalWire posts, as long as they are in a call. `number` tells one call from all others.

use serde_json::json;

/// A call of the function `order`.
pub fn order(number: &str) -> String {
    json!({
        "function": "order", "argument": {"parsed": [{"dish": "pizza", "count": 2, "size": "large"}],
        "raw": r#"{"dish":"pizza","count":2,"size":"large"}"#},
        "argument_desc": {"type": "object", "properties": {"dish": {"type": "string"}}},
        "call_id": format!("call-{number}"), "ai_session_id": "session", "app_name": "swml app",
        "caller_id_name": "Jane Doe", "caller_id_num": "+15551230000", "meta_data_token": "shop", "meta_data": {},
        "global_data": {}, "channel_active": true, "channel_offhook": true, "channel_ready": true,
        "content_type": "text/swaig", "content_disposition": "SWAIG Function", "conversation_type": "voice",
        "version": "2.0", "project_id": "11111111-2222-3333-4444-555555555555", "space_id": "space",
    })
    .to_string()
}

/// A document is asked for.
pub fn fetch(number: &str) -> String {
    json!({"call": {"call_id": format!("call-{number}"), "node_id": "node", "segment_id": "segment",
        "call_state": "created", "direction": "inbound", "type": "phone", "from": "+15551230000", "to": "+15550100009",
        "from_number": "+15551230000", "to_number": "+15550100009", "headers": [], "project_id": "project",
        "space_id": "space"}, "vars": {}, "envs": {}, "params": {}})
    .to_string()
}
