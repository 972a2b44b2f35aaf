//! `call`: one function call through the dispatch of the server, without a socket.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::args::{Call, Format};
use super::{CliError, REDACTOR, address_url, print, render};
use crate::call::FunctionRequest;
use crate::error_chain::chain;
use crate::platform::{self, Incoming, Line};
use crate::registry::RegisteredAgent;
use crate::server::{App, dispatch};
use crate::setup::Setup;
use crate::store::EventSink;
use crate::{Reply, Verification};

pub(super) async fn run(setup: Setup, args: Call) -> Result<(), CliError> {
    let mut arguments = object("--args", &args.args, r#"{"token": "123456"}"#)?;
    arguments.extend(args.given.clone());
    let meta_data = object("--meta-data", &args.meta_data, r#"{"visits": 3}"#)?;
    let global_data = object("--global-data", &args.global_data, r#"{"tier": "gold"}"#)?;
    let address = address_url(&setup)?;
    let app = App::build(setup, &address)?;
    let _ = REDACTOR.set(app.redactor.clone());
    let agent = render::find(&app.registry, &args.agent)?.clone();
    let agent_id: Arc<str> = args.agent_id.clone().unwrap_or_else(|| agent.name.to_string()).into();
    let is_data_map = agent.mount(&args.function).is_some_and(crate::Mount::is_data_map);
    let reply = if is_data_map {
        by_the_platform(app, agent, agent_id, &args, &arguments).await?
    } else {
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
        if let Some(channel) = args.verified {
            request = verified(&app, &agent, &agent_id, request, channel)?;
        }
        serde_json::from_slice(&dispatch(&app, &agent, agent_id, request).await)?
    };
    match args.format {
        Format::Json => print(&serde_json::to_string_pretty(&reply)?),
        Format::Text => print(&as_text(&reply)),
    }
    Ok(())
}

/// What the model reads, and what the platform does then.
fn as_text(reply: &Value) -> String {
    let mut lines = vec![platform::response_text(reply)];
    lines.extend(platform::explain(reply).into_iter().map(|words| format!("  {words}")));
    lines.join("\n")
}

/// A function that the platform runs by itself, run here as the platform runs it.
async fn by_the_platform(
    app: Arc<App>,
    agent: Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    args: &Call,
    arguments: &Map<String, Value>,
) -> Result<Value, CliError> {
    let from = Some(args.caller.clone()).filter(|caller| caller != "anonymous");
    let incoming = Incoming { call_id: args.call_id.clone(), from, ..Incoming::default() };
    let mut line = Line::begin(app, agent, agent_id, incoming).await.map_err(super::chat::ChatError::from)?;
    let ran = line.run(&args.function, arguments).await;
    for problem in &ran.problems {
        eprintln!("{}  {}", Timestamp::now(), chain(problem));
    }
    Ok(ran.reply)
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
