//! The step-up gate: what a function asks of its caller, seen to before it runs.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;

use super::target::Target;
use super::{App, encode_for, metrics};
use crate::call::Call;
use crate::function::Reply;
use crate::store::Event;

/// The reply to a caller who may not use the function; `None` where the caller may.
pub(super) fn refuse(target: &Target, call: &Call) -> Option<Bytes> {
    let step_up = target.step_up?;
    let name = target.name;
    let sentence = step_up.check(call.verification().as_ref(), Timestamp::now()).err()?;
    call.broadcast(Event::new(
        "function_refused",
        json!({"function": name, "reason": "the caller is not verified for it", "response": sentence}),
    ));
    tracing::warn!(function = name, call_id = &*call.shown_id(), agent = call.agent(), "step-up refused");
    metrics::function(name, "step_up_refused", Duration::ZERO);
    // The model was able to call it: it has been active since an earlier verification, or was never switched off.
    Some(encode_for(call, &Reply::text(sentence).toggle_function(name, false)))
}

/// Switches on what the verification in a reply opens.
pub(super) fn open(app: &App, agent: &str, reply: Reply) -> Reply {
    let (Some(verification), Some(agent)) = (reply.verification().cloned(), app.registry.agent(agent)) else {
        return reply;
    };
    let now = Timestamp::now();
    agent
        .definition
        .mounts()
        .iter()
        .filter_map(|mount| app.registry.function(mount.name()))
        .filter(|function| {
            let step_up = function.registration.step_up;
            step_up.is_some_and(|step_up| step_up.check(Some(&verification), now).is_ok())
        })
        .fold(reply, |reply, function| reply.toggle_function(function.registration.name, true))
}
