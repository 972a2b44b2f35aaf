//! What SignalWire posts, as long as it is in a call. Each call has an id of its own.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha1::Sha1;

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
    Request::new(&format!("/{agent}"), BASIC, "", &document(NUMBER))
}

/// What a server is told that checks signatures.
pub const CHECKED: [(&str, &str); 2] = [("SIGNALWIRE_SIGNING_KEY", KEY), ("SWML_PROXY_URL_BASE", BASE)];
const KEY: &str = "PSK_0123456789abcdef0123456789abcdef";
const BASE: &str = "http://bench.example:8080";
/// How many calls are signed. To sign each request anew would be most of what the load does.
const CALLS: usize = 4096;

/// The same, signed.
///
/// # Panics
/// Never: a digest takes any key.
pub fn signed_fetch(agent: &str) -> Request {
    let path = format!("/{agent}");
    Request::in_turns((0..CALLS).map(|call| {
        let body = document(&format!("{call:012}"));
        let digest = Hmac::<Sha1>::new_from_slice(KEY.as_bytes()).expect("any key will do");
        let digest = digest.chain_update(BASE).chain_update(&path).chain_update(&body).finalize();
        let header = format!("x-signalwire-signature: {}\r\n", hex::encode(digest.into_bytes()));
        Request::new(&path, BASIC, &header, &body)
    }))
}

fn document(number: &str) -> String {
    json!({"call": {"call_id": format!("call-{number}"), "node_id": "node", "segment_id": "segment",
        "call_state": "created", "direction": "inbound", "type": "phone", "from": "+15551230000", "to": "+15550100009",
        "from_number": "+15551230000", "to_number": "+15550100009", "headers": [], "project_id": "project",
        "space_id": "space"}, "vars": {}, "envs": {}, "params": {}})
    .to_string()
}
