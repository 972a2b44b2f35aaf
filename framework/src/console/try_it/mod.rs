//! `/console/agents/{agent}/try`: a call on an agent, with a person in the model's place. The functions run through the
//! server's own dispatch, and the platform is played ([`crate::platform`]). Nothing of the call is kept here: it travels in
//! the page's forms, sealed.

mod fields;
mod kept;
mod view;

use std::sync::Arc;

use hyper::body::Incoming as RequestBody;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::events;
use super::missing;
use super::page::Shell;
use crate::CallerNumber;
use crate::platform::{Incoming, Line, Ran};
use crate::registry::RegisteredAgent;
use crate::server::auth::is_cross_site;
use crate::server::body;
use crate::server::query::Query;
use crate::server::response::Body;
use crate::store::StoreError;
use kept::{Kept, KeptError};
use view::View;

/// How many bytes of a form are read: what is kept of the call, and arguments.
const FORM: usize = 128 << 10;
/// How many events of the call are looked for, among how many of its agent id.
const LOOKED_AT: usize = 500;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("This request was made by another site, so nothing was done. Begin again.")]
    CrossSite,
    #[error("This form is not one of your session, or it is out of date, so nothing was done. Begin again.")]
    Stale,
    #[error("In live mode this acts for real. Nothing was done: tick the box first.")]
    NotConfirmed,
    #[error(
        "{0:?} is no number to call from: write it as +15551230000, as sip:ada@example.com, or leave it empty."
    )]
    NoCaller(String),
    #[error("The agent id is longer than 128 bytes, or holds control characters.")]
    NoAgentId,
    #[error("{0}")]
    Arguments(#[from] fields::FieldError),
    #[error("The model cannot call {0} now: {1}.")]
    NotNow(String, String),
    #[error("{0}")]
    Kept(#[from] KeptError),
    #[error("The end could not be reported: {0}. Hang up again.")]
    NotReported(String),
    #[error("{0}")]
    NoCall(#[from] crate::platform::PlatformError),
}

/// What was done.
struct Turn {
    name: String,
    ran: Ran,
}

/// What comes of a form.
enum Step {
    Begun(Line),
    Ran(Line, Turn),
    Ended(Line),
    /// Nothing was done, and the call is where it was.
    Stays(Line, Refused),
}

pub(super) async fn answer(
    shell: &Shell<'_>,
    name: &str,
    request: Request<RequestBody>,
) -> Result<Response<Body>, StoreError> {
    let Some(agent) = shell.app.registry.agent(name) else { return Ok(missing::agent(shell)) };
    if request.method() != Method::POST {
        return Ok(view::beginning(shell, agent, None, &Query::read(b"")));
    }
    if is_cross_site(request.headers(), &shell.visit.base) {
        return Ok(view::beginning(shell, agent, Some(&Refused::CrossSite), &Query::read(b"")));
    }
    let bytes = match body::read(request.into_body(), FORM).await {
        Ok(bytes) => bytes,
        Err(refusal) => return Ok(refusal),
    };
    let form = Query::read(&bytes);
    match step(shell, agent, &form).await {
        Ok(step) => Ok(show(shell, agent, step).await),
        Err(refused) => Ok(view::beginning(shell, agent, Some(&refused), &form)),
    }
}

async fn step(shell: &Shell<'_>, agent: &Arc<RegisteredAgent>, form: &Query) -> Result<Step, Refused> {
    let token = form.get("form_token").unwrap_or_default();
    if shell.session.is_some_and(|session| !shell.app.sessions.form_token_fits(session, token)) {
        return Err(Refused::Stale);
    }
    let confirmed = shell.is_sandbox() || form.get("real") == Some("yes");
    if form.get("do") == Some("begin") {
        return if confirmed {
            begin(shell, agent, form).await.map(Step::Begun)
        } else {
            Err(Refused::NotConfirmed)
        };
    }
    let kept = Kept::open(shell.app, &agent.name, form.get("call").unwrap_or_default())?;
    let agent_id = kept.agent_id.as_str().into();
    let mut line = Line::resume(shell.app.clone(), agent.clone(), agent_id, kept.state).await?;
    line.log = kept.log;
    if !confirmed {
        return Ok(Step::Stays(line, Refused::NotConfirmed));
    }
    if form.get("do") == Some("end") {
        let raw = form.get("summary").unwrap_or_default();
        let parsed: Option<Value> = serde_json::from_str(raw).ok().filter(Value::is_object);
        let data = json!({"raw": raw, "parsed": parsed.into_iter().collect::<Vec<_>>()});
        let (status, answer) = line.end(Map::from_iter([("post_prompt_data".to_owned(), data)])).await;
        return Ok(if status == 200 {
            Step::Ended(line)
        } else {
            let why = answer["error"].as_str().unwrap_or("the server did not take it");
            Step::Stays(line, Refused::NotReported(why.to_owned()))
        });
    }
    let name = form.get("function").unwrap_or_default().to_owned();
    Ok(match run(&mut line, &name, form).await {
        Ok(ran) => Step::Ran(line, Turn { name, ran }),
        Err(refused) => Step::Stays(line, refused),
    })
}

async fn begin(shell: &Shell<'_>, agent: &Arc<RegisteredAgent>, form: &Query) -> Result<Line, Refused> {
    let agent_id = form.agent_id(&agent.name).map_err(|_| Refused::NoAgentId)?;
    let from = form.get("caller").map(str::trim).filter(|text| !text.is_empty());
    if let Some(text) = from
        && CallerNumber::from_caller_id(from) == CallerNumber::Anonymous
    {
        return Err(Refused::NoCaller(text.to_owned()));
    }
    let incoming = Incoming {
        call_id: Uuid::new_v4().to_string(),
        from: from.map(str::to_owned),
        ..Incoming::default()
    };
    Ok(Line::begin(shell.app.clone(), agent.clone(), agent_id.into(), incoming).await?)
}

/// Calls a function as the model would, or goes through the steps.
async fn run(line: &mut Line, name: &str, form: &Query) -> Result<Ran, Refused> {
    let not_now = |why: &str| Refused::NotNow(name.to_owned(), why.to_owned());
    let native = line.call.natives().into_iter().find(|(native, ..)| *native == name);
    if let Some((_, _, schema)) = native {
        let arguments = fields::read(&schema, form)?;
        return line.run_native(name, &arguments).ok_or_else(|| not_now("the agent has no such function"));
    }
    let offered = line.call.function(name).ok_or_else(|| not_now("the document has no such function"))?;
    if let Some(why) = &offered.why_not {
        return Err(not_now(why));
    }
    let arguments = fields::read(offered.parameters.unwrap_or(&Value::Null), form)?;
    if line.is_elsewhere(name) {
        return Err(not_now("another server answers it, which is not asked here"));
    }
    line.call.count(name);
    let ran = line.run(name, &arguments).await;
    for said in view::said(&ran) {
        line.hear("assistant", &said);
    }
    Ok(ran)
}

async fn show(shell: &Shell<'_>, agent: &RegisteredAgent, step: Step) -> Response<Body> {
    let (line, turn, problem, ended) = match step {
        Step::Begun(line) => (line, None, None, false),
        Step::Ran(line, turn) => (line, Some(turn), None, false),
        Step::Ended(line) => (line, None, None, true),
        Step::Stays(line, refused) => (line, None, Some(refused), false),
    };
    shell.app.recorder.flush().await;
    // What was done is shown in any case, since it may not be done twice.
    let events = match events::newest(shell.app, line.agent_id(), LOOKED_AT).await {
        Ok(mut events) => {
            events.retain(|event| event.call_id.as_deref() == Some(line.call.call_id()));
            Some(events)
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "events cannot be read");
            None
        }
    };
    let sealed = Kept::of(&line).seal(shell.app, &agent.name);
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = View {
        line: &line,
        sealed: sealed.as_deref(),
        turn: turn.as_ref(),
        problem: problem.as_ref(),
        events: events.as_deref(),
        ended,
    };
    view.page(shell, agent, status)
}
