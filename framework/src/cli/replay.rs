//! `replay`: the function calls of a stored phone call, run against the code as it is now.

use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::args::Replay;
use super::chat::ChatError;
use super::{CliError, REDACTOR, address_url, print, render};
use crate::error_chain::chain;
use crate::platform::{Incoming, Line, response_text};
use crate::redact::MASK;
use crate::server::App;
use crate::setup::{SettingsError, Setup};
use crate::store::{self, STORE, Store};

/// How many records are read at once.
const PAGE: usize = 500;
/// What an account is set by. A replay never has one: nothing is sent to anybody.
const ACCOUNT: [&str; 4] =
    ["SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN", "SIGNALWIRE_SPACE", "SIGNALWIRE_API_URL"];

/// A function call of the stored phone call.
struct Past {
    function: String,
    arguments: Map<String, Value>,
    /// What the model read, masked; `None` where that is not known.
    response: Option<String>,
    /// The names of the actions.
    actions: Vec<String>,
}

/// A phone call that was found in the store.
struct Found {
    agent: String,
    agent_id: Arc<str>,
    calls: Vec<Past>,
}

pub(super) async fn run(
    setup: &Setup,
    read_again: impl FnOnce() -> Result<crate::setup::Settings, SettingsError>,
    args: &Replay,
) -> Result<ExitCode, CliError> {
    let store = store::open(setup).map_err(crate::StartError::from)?;
    let registry = crate::registry::Registry::load(setup)?;
    let mut ids: Vec<(String, Arc<str>)> =
        registry.agents().map(|agent| (agent.name.to_string(), agent.name.clone())).collect();
    if let (Some(id), Some(agent)) = (&args.agent_id, &args.agent) {
        ids = vec![(agent.clone(), id.as_str().into())];
    }
    let found = find(&*store, &ids, &args.call_id).await.map_err(ChatError::from)?;
    store.close().await;
    let Some(found) = found else { return Err(CliError::NoSuchCall(args.call_id.clone())) };

    let mut settings = read_again()?;
    for name in ACCOUNT {
        settings.unset(name);
    }
    settings.set_flag(STORE, "memory:");
    let setup = Setup::new(settings)?;
    let address = address_url(&setup)?;
    let app = App::build(setup, &address)?;
    let _ = REDACTOR.set(app.redactor.clone());
    let agent = render::find(&app.registry, &found.agent)?.clone();
    let from = Some(args.caller.clone()).filter(|caller| caller != "anonymous");
    let incoming = Incoming { call_id: "replay".to_owned(), from, ..Incoming::default() };
    let mut line =
        Line::begin(app.clone(), agent, found.agent_id, incoming).await.map_err(ChatError::from)?;
    let mut differing = 0;
    for (number, past) in found.calls.iter().enumerate() {
        let shown = Value::from(past.arguments.clone());
        let head = format!("{:>3}  {} {shown}", number + 1, past.function);
        let function = app.registry.function(&past.function);
        if let Some(effect) = function.map(|function| function.registration.effect)
            && effect != crate::Effect::None
            && !args.with_effects
        {
            print(&format!("{head}\n       not run: it may change something; --with-effects runs it"));
            continue;
        }
        let arguments = unmasked(&past.arguments, line.texts().first());
        let ran = line.run(&past.function, &arguments).await;
        for problem in &ran.problems {
            print(&format!("       ! {}", chain(problem)));
        }
        let now = app.redactor.text(&ran.text()).into_owned();
        let actions: Vec<_> = ran.done.iter().map(|done| done.name.clone()).collect();
        let same_text = past.response.as_ref().is_none_or(|was| *was == now);
        if same_text && past.actions == actions {
            print(&format!("{head}\n       same     {now}"));
            continue;
        }
        differing += 1;
        let with = |text: &str, actions: &[String]| match actions {
            [] => text.to_owned(),
            actions => format!("{text}  [{}]", actions.join(", ")),
        };
        let was = with(past.response.as_deref().unwrap_or("(not known)"), &past.actions);
        print(&format!("{head}\n       was      {was}\n       now      {}", with(&now, &actions)));
    }
    print(&match (found.calls.len(), differing) {
        (0, _) => "no function was called in this phone call".to_owned(),
        (_, 0) => "nothing differs".to_owned(),
        (_, 1) => "one function call differs".to_owned(),
        (_, count) => format!("{count} function calls differ"),
    });
    Ok(if differing == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Values that were masked before they were stored: the sandbox's own code stands in for them, where one was sent.
fn unmasked(arguments: &Map<String, Value>, text: Option<&String>) -> Map<String, Value> {
    let code: String =
        text.map(|text| text.chars().filter(char::is_ascii_digit).collect()).unwrap_or_default();
    let fill = |value: &Value| match value.as_str() {
        Some(masked) if masked.contains(MASK) && !code.is_empty() => Value::from(code.clone()),
        _ => value.clone(),
    };
    arguments.iter().map(|(key, value)| (key.clone(), fill(value))).collect()
}

/// Looks for a phone call: in the events, which are there while it goes on, and else in the reports.
async fn find(
    store: &dyn Store,
    ids: &[(String, Arc<str>)],
    call_id: &str,
) -> Result<Option<Found>, store::StoreError> {
    let mut reported = None;
    let mut before = None;
    'reports: loop {
        let page = store.list(None, before, PAGE).await?;
        for it in &page {
            if it.call_id.as_deref() == Some(call_id) || it.report.call_id() == Some(call_id) {
                let found = Found {
                    agent: it.agent.to_string(),
                    agent_id: it.agent_id.clone(),
                    calls: of_report(it.report.raw()),
                };
                reported = Some(found);
                break 'reports;
            }
        }
        match page.last() {
            Some(last) => before = Some(last.id),
            None => break,
        }
    }
    let reported_id = reported.as_ref().map(|found| (found.agent.clone(), found.agent_id.clone()));
    for (agent, agent_id) in reported_id.iter().chain(ids) {
        let (mut after, mut calls, mut is_known) = (0, Vec::new(), false);
        loop {
            let page = store.after(agent_id, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for event in page.iter().filter(|event| event.call_id.as_deref() == Some(call_id)) {
                is_known = true;
                if let Ok(event) = serde_json::from_slice::<Value>(&event.json) {
                    add(&mut calls, &event);
                }
            }
        }
        if is_known {
            return Ok(Some(Found { agent: agent.clone(), agent_id: agent_id.clone(), calls }));
        }
    }
    Ok(reported)
}

/// Adds what an event says of a function call.
fn add(calls: &mut Vec<Past>, event: &Value) {
    let data = &event["data"];
    let Some(function) = data["function"].as_str() else { return };
    match event["kind"].as_str() {
        Some("function_called") => calls.push(Past {
            function: function.to_owned(),
            arguments: data["arguments"].as_object().cloned().unwrap_or_default(),
            response: None,
            actions: Vec::new(),
        }),
        Some("function_replied" | "function_failed" | "function_refused") => {
            let open =
                calls.iter_mut().rev().find(|past| past.function == function && past.response.is_none());
            if let Some(past) = open {
                past.response = data["response"].as_str().map(str::to_owned);
                past.actions = names(&data["actions"]);
            }
        }
        _ => {}
    }
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The function calls of a report (SWAIG webhook reference, `swaig_log`).
fn of_report(report: &Value) -> Vec<Past> {
    let entries = report["swaig_log"].as_array().into_iter().flatten();
    let object = |value: &Value| match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        other => other.clone(),
    };
    entries
        .filter_map(|entry| {
            let function = entry["command_name"].as_str()?.to_owned();
            let reply = object(&entry["post_response"]);
            let actions = match &reply["action"] {
                Value::Array(actions) => actions.iter().filter_map(Value::as_object).collect(),
                Value::Object(action) => vec![action],
                _ => Vec::new(),
            };
            let actions = actions.into_iter().filter_map(|action| action.keys().next_back().cloned());
            Some(Past {
                function,
                arguments: object(&entry["command_arg"]).as_object().cloned().unwrap_or_default(),
                response: reply.is_object().then(|| response_text(&reply)),
                actions: actions.collect(),
            })
        })
        .collect()
}
