//! `call`: one function call through the dispatch of the server, without a socket.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::args::Call;
use super::{CliError, REDACTOR, address_url, print, render};
use crate::call::FunctionRequest;
use crate::registry::RegisteredAgent;
use crate::server::{App, dispatch};
use crate::setup::Setup;
use crate::store::EventSink;
use crate::{Reply, Verification};

pub(super) async fn run(setup: Setup, args: Call) -> Result<(), CliError> {
    let arguments = object("--args", &args.args, r#"{"token": "123456"}"#)?;
    let meta_data = object("--meta-data", &args.meta_data, r#"{"visits": 3}"#)?;
    let global_data = object("--global-data", &args.global_data, r#"{"tier": "gold"}"#)?;
    let address = address_url(&setup)?;
    let app = App::build(setup, &address)?;
    let _ = REDACTOR.set(app.redactor.clone());
    let agent = render::find(&app.registry, &args.agent)?;
    let raw = Value::from(arguments.clone()).to_string();
    let body = json!({
        "function": args.function,
        "argument": {"parsed": [arguments], "raw": raw},
        "call_id": args.call_id,
        "ai_session_id": args.call_id,
        "caller_id_num": args.caller,
        "meta_data_token": &*agent.name,
        "meta_data": meta_data,
        "global_data": global_data,
        "content_type": "text/swaig",
        "content_disposition": "SWAIG Function",
        "conversation_type": "voice",
        "version": "2.0",
    });
    let mut request = FunctionRequest::from_value(body).unwrap_or_default();
    let agent_id: Arc<str> = args.agent_id.unwrap_or_else(|| agent.name.to_string()).into();
    if let Some(channel) = args.verified {
        request = verified(&app, agent, &agent_id, request, channel)?;
    }
    let reply = dispatch(&app, agent, agent_id, request).await;
    let reply: Value = serde_json::from_slice(&reply)?;
    print(&serde_json::to_string_pretty(&reply)?);
    Ok(())
}

/// The same request from a caller who was verified. Who runs the program has its secret anyway.
fn verified(
    app: &App,
    agent: &RegisteredAgent,
    agent_id: &Arc<str>,
    request: FunctionRequest,
    channel: String,
) -> Result<FunctionRequest, CliError> {
    let nobody = EventSink::new(|_, _| {});
    let call = app.call(agent, agent_id.clone(), request, nobody);
    let masked = call.caller().to_string();
    let reply = Reply::text("").verified(&call, Verification::with_masked(channel, masked))?;
    Ok(reply.applied_to(call).request().clone())
}

fn object(what: &'static str, text: &str, example: &'static str) -> Result<Map<String, Value>, CliError> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(CliError::NotJson { what, example, source: None }),
        Err(error) => Err(CliError::NotJson { what, example, source: Some(error) }),
    }
}
