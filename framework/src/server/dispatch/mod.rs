//! From a function webhook to its reply: find the function, run it once, answer always.

mod bedrock;
mod carried_out;
mod gate;
mod input;
mod once;
mod places;
mod target;
#[cfg(test)]
mod tests;

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;

use super::app::App;
use super::metrics;
use crate::agent::CHECK_FOR_INPUT;
use crate::call::{Call, FunctionRequest};
use crate::done_by::done_by;
use crate::function::{Failure, Reply};
use crate::registry::RegisteredAgent;
use crate::store::{Event, OwnData, Told};
use crate::trace;
use carried_out::CarriedOut;
pub(crate) use places::Places;
use target::Target;

/// Runs the function that a webhook names and returns the reply as JSON. Whatever happens there is one: the model has
/// to be able to go on.
pub(crate) async fn dispatch(
    app: &Arc<App>,
    agent: &Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    request: FunctionRequest,
) -> Bytes {
    let reply = match begin(app, agent, agent_id, request) {
        Begun::Answered(reply) => reply,
        // A run contains the function's panics; this is for one of our own.
        Begun::Runs { run, failed } => run.await.unwrap_or_else(|_| encode(&Reply::text(failed))),
        Begun::Asks(call) => Box::pin(input::answer(app, &call)).await,
    };
    app.recorder.flush().await;
    reply
}

/// What became of a webhook at once. What it was begun with is not held here while the function runs.
enum Begun {
    Answered(Bytes),
    /// The function runs; `failed` is said where its run panics.
    Runs {
        run: CarriedOut<Bytes>,
        failed: &'static str,
    },
    /// The platform asks for messages that wait for the agent.
    Asks(Box<Call>),
}

fn begin(
    app: &Arc<App>,
    agent: &Arc<RegisteredAgent>,
    agent_id: Arc<str>,
    request: FunctionRequest,
) -> Begun {
    let name = request.function().unwrap_or_default().to_owned();
    let events = app.sink(agent, &agent_id);
    let call = app.call(agent, agent_id, request, events);
    let mount = agent.mount(&name);
    let target = match agent.definition.hook(&name) {
        Some(hook) => Some(Target::hook(agent, hook)),
        None => mount
            .filter(|mount| !mount.is_data_map())
            .and_then(|_| app.registry.function(&name))
            .map(Target::function),
    };
    match target {
        // Before anything is remembered: a reply from when the caller was verified is not given to one who is not.
        Some(target) => match gate::refuse(&target, &call) {
            Some(reply) => Begun::Answered(reply),
            None => carry_out(app, target, call),
        },
        None if name == CHECK_FOR_INPUT && agent.definition.accepts_input() => Begun::Asks(Box::new(call)),
        None if mount.is_some() => Begun::Answered(refuse_data_map(&name, &call)),
        None => Begun::Answered(refuse_unknown(agent, &name, &call)),
    }
}

/// The platform runs such a function by itself, so nothing here can.
fn refuse_data_map(name: &str, call: &Call) -> Bytes {
    let data = json!({"function": name, "reason": "the platform runs it by itself"});
    call.broadcast(Event::new("function_refused", data));
    metrics::function("data_map", "function_refused", Duration::ZERO);
    encode(&Reply::text(format!(
        "{name} is answered by the phone system itself and not here, so nothing was done. Go on without it."
    )))
}

fn refuse_unknown(agent: &RegisteredAgent, name: &str, call: &Call) -> Bytes {
    let shown: String = name.chars().filter(|letter| !letter.is_control()).take(NAME_SHOWN).collect();
    let known: Vec<_> = agent.definition.mounts().iter().map(crate::Mount::name).collect();
    let text = match (name.is_empty(), known.is_empty()) {
        (true, _) => "No function was named, so nothing was done. Call a function by its name.".to_owned(),
        (false, true) => {
            format!("There is no function named {shown}, so nothing was done. Go on without it.")
        }
        (false, false) => format!(
            "There is no function named {shown}, so nothing was done. The functions that can be called are: {}.",
            known.join(", ")
        ),
    };
    // The name is the model's own text, and it may hold anything: it is not shown.
    let data = json!({"reason": "unknown function"});
    call.broadcast(Event::new("function_refused", data));
    metrics::function("unknown", "unknown", Duration::ZERO);
    encode(&Reply::text(text))
}

/// It ends, and its reply is remembered, also when the platform hangs up: at any moment, a claim that was made is carried out.
fn carry_out(app: &Arc<App>, target: Target, call: Call) -> Begun {
    let (failed, call) = (target.failed, call.with_time(target.deadline));
    let run = CarriedOut::new(trace::carried(once::run_once(app.clone(), target, call)));
    Begun::Runs { run, failed }
}

/// A function that took longer has waited for something.
const WAITED: Duration = Duration::from_millis(1);

/// The reply of a run, and whether it is to be remembered.
struct Ended {
    reply: Bytes,
    effect: HadEffect,
}

async fn run(app: &App, target: &Target, call: &Call) -> Ended {
    let Some(place) = app.places.take(target, call) else {
        return Ended { reply: places::refuse(target, call), effect: HadEffect::No };
    };
    let arguments = call.request().arguments();
    call.tell(target.called(call, &arguments, &app.redactor));
    let started = Instant::now();
    let mut outcome = match &target.instance {
        Some(instance) => attempt(instance.call(arguments, call), call.deadline(), target).await,
        // Every mounted function is built before the server accepts its first request.
        None => Outcome::failed(target.failed, "the function was not built"),
    };
    drop(place);
    let took = started.elapsed();
    // Those that were begun together end together, too.
    if took > WAITED {
        app.turns.mine().await;
    }
    outcome.reply = gate::open(app, call.agent(), outcome.reply);
    let again = outcome.reply.functions_allowed_again().to_vec();
    let ended = tell(app, target, call, outcome, took);
    if !again.is_empty() {
        Box::pin(once::forget(app, call, &again)).await;
    }
    ended
}

/// Tells those who watch how a call of a function ended.
fn tell(app: &App, target: &Target, call: &Call, outcome: Outcome, took: Duration) -> Ended {
    let name = target.name;
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let masked = |text: &str| app.redactor.text(text).into_owned();
    let mut data = OwnData::new()
        .with("function", name)
        .with("response", &masked(outcome.reply.spoken()))
        .with("duration_ms", &milliseconds);
    let actions: Vec<_> = outcome.reply.actions().iter().map(|action| masked(action.name())).collect();
    if !actions.is_empty() {
        data = data.with("actions", &actions);
    }
    let reason = outcome.reason.as_deref().map(masked);
    log(call, name, milliseconds, outcome.kind, reason.as_deref());
    if let Some(reason) = reason {
        data = data.with("reason", &reason);
    }
    call.tell(Told::own(outcome.kind, data));
    metrics::function(name, outcome.kind, took);
    Ended { reply: encode_for(call, &outcome.reply), effect: outcome.effect }
}

/// One line for each call of a function, with what correlates it.
fn log(call: &Call, function: &str, milliseconds: u64, kind: &str, reason: Option<&str>) {
    let (call_id, agent) = (call.shown_id(), call.agent());
    let call_id = &*call_id;
    if kind == "function_failed" {
        tracing::warn!(function, call_id, agent, milliseconds, reason, "{kind}");
    } else {
        tracing::info!(function, call_id, agent, milliseconds, reason, "{kind}");
    }
}

/// How a call of a function ended.
struct Outcome {
    reply: Reply,
    /// The kind of its event.
    kind: &'static str,
    /// For the log.
    reason: Option<String>,
    effect: HadEffect,
}

enum HadEffect {
    No,
    Perhaps,
}

impl Outcome {
    fn failed(words: &str, reason: &str) -> Self {
        Self {
            reply: Reply::text(words),
            kind: "function_failed",
            reason: Some(reason.to_owned()),
            effect: HadEffect::Perhaps,
        }
    }
}

/// How much of a name that the model made up is repeated to it.
const NAME_SHOWN: usize = 64;

/// Runs a function within its time and contains its panic.
async fn attempt(
    function: impl Future<Output = Result<Reply, Failure>>,
    deadline: Instant,
    target: &Target,
) -> Outcome {
    match done_by(|| deadline, pin!(AssertUnwindSafe(function).catch_unwind())).await {
        Ok(Ok(Ok(reply))) => {
            Outcome { reply, kind: "function_replied", reason: None, effect: HadEffect::Perhaps }
        }
        Ok(Ok(Err(Failure::Arguments(error)))) => Outcome {
            reply: Reply::text(error.to_string()),
            kind: "function_refused",
            reason: Some("the arguments do not fit".to_owned()),
            effect: HadEffect::No,
        },
        Ok(Ok(Err(Failure::Function(error)))) => Outcome {
            reply: error.reply().cloned().unwrap_or_else(|| Reply::text(target.failed)),
            // Without a cause nothing is broken: the function said no.
            kind: if error.cause().is_some() { "function_failed" } else { "function_refused" },
            reason: error.cause(),
            effect: if error.may_have_had_effect() { HadEffect::Perhaps } else { HadEffect::No },
        },
        // What a panic says may hold arguments.
        Ok(Err(_)) => Outcome::failed(target.failed, "the function panicked"),
        Err(_) => Outcome::failed(target.too_long, "the function missed its deadline"),
    }
}

/// A reply in the form that the call's engine reads.
fn encode_for(call: &Call, reply: &Reply) -> Bytes {
    if call.request().is_bedrock() { bedrock::encode(reply) } else { encode(reply) }
}

/// A reply as JSON, for all agents but those of Amazon Bedrock.
fn encode(reply: &impl Serialize) -> Bytes {
    match serde_json::to_vec(reply) {
        Ok(bytes) => bytes.into(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a reply is not JSON");
            Bytes::from_static(
                br#"{"response":"This could not be done because of a technical problem on our side."}"#,
            )
        }
    }
}
