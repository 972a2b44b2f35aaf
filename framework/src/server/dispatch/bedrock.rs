//! Replies to Amazon Bedrock agents (SWAIG webhook reference, "Bedrock variant").

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::function::Reply;

/// A reply as JSON that a Bedrock agent understands: its `response` is one text, and there is no `post_process`.
pub(super) fn encode(reply: &Reply) -> Bytes {
    match serde_json::to_value(reply) {
        Ok(reply) => super::encode(&plain(reply)),
        // It cannot be written down either way; the common encoder says so.
        Err(_) => super::encode(reply),
    }
}

fn plain(mut reply: Value) -> Value {
    if let Value::Object(reply) = &mut reply {
        reply.shift_remove("post_process");
        if let Some(response) = reply.get_mut("response")
            && let Value::Object(parts) = response
        {
            *response = joined(parts).into();
        }
    }
    reply
}

/// The result, and after it what the model is to do with it.
fn joined(parts: &Map<String, Value>) -> String {
    let parts = ["tool_result", "tool_prompt"].into_iter().filter_map(|key| parts.get(key)?.as_str());
    parts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn encoded(reply: &Reply) -> Value {
        serde_json::from_slice(&encode(reply)).unwrap()
    }

    #[test]
    fn a_reply_in_two_parts_becomes_one_text() {
        let reply = Reply::tool_result("balance: 12.50 EUR").tool_prompt("Say it as an amount of money");
        assert_eq!(encoded(&reply), json!({"response": "balance: 12.50 EUR\nSay it as an amount of money"}));
        assert_eq!(
            encoded(&Reply::tool_result("balance: 12.50 EUR")),
            json!({"response": "balance: 12.50 EUR"})
        );
        assert_eq!(encoded(&Reply::tool_result("").tool_prompt("Go on")), json!({"response": "Go on"}));
    }

    #[test]
    fn actions_stay_and_post_process_goes() {
        let reply = Reply::text("done").set_meta_data("a", 1).hangup().post_process(true);
        assert_eq!(
            encoded(&reply),
            json!({"response": "done", "action": [{"set_meta_data": {"a": 1}}, {"hangup": true}]})
        );
    }
}
