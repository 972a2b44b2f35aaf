//! Try it: a call of an agent, played by hand. The page plays the platform, so that its state goes along in the form.

use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::overview::phone;
use super::page::{Place, json, shell, words};
use crate::platform::{CallState, Incoming as Call, Line, PlatformError, Ran, kind, typed};
use crate::registry::RegisteredAgent;
use crate::server::auth::{Session, is_cross_site};
use crate::server::query::Query;
use crate::server::response::{Body, refusal};
use crate::server::service::Visit;
use crate::server::{App, body};

/// How many bytes of a form are read.
const FORM: usize = 256 << 10;
/// How many turns are shown.
const TURNS: usize = 20;
/// What the caller's number is at first.
const CALLER: &str = "+15551230000";
/// What is before the name of an argument in the form.
const ARGUMENT: &str = "argument:";

/// What goes along from one form to the next.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    call: CallState,
    turns: Vec<Turn>,
}

/// A function call, as it is shown.
#[derive(Serialize, Deserialize)]
struct Turn {
    function: String,
    response: String,
    did: Vec<String>,
}

/// A call begins.
pub(super) async fn begin(
    app: &Arc<App>,
    session: Option<&Session>,
    agent: &Arc<RegisteredAgent>,
    query: &Query,
) -> Response<Body> {
    let caller = query.get("caller").unwrap_or(CALLER);
    // Letters: a run of digits would be masked wherever it is shown.
    let digits = Timestamp::now().as_millisecond().unsigned_abs().to_string();
    let letters: String = digits.bytes().map(|digit| char::from(b'a' + (digit - b'0'))).collect();
    let from = Some(caller.to_owned()).filter(|caller| caller != "anonymous");
    let incoming = Call { call_id: format!("try-{letters}"), from, ..Call::default() };
    match Line::begin(app.clone(), agent.clone(), agent.name.clone(), incoming).await {
        Ok(line) => show(app, session, agent, &line, Vec::new(), None),
        Err(error) => no_agent(&error),
    }
}

/// A form was sent: a function is called.
pub(super) async fn run(
    app: &Arc<App>,
    visit: &Visit,
    session: Option<&Session>,
    agent: &Arc<RegisteredAgent>,
    request: Request<Incoming>,
) -> Response<Body> {
    if is_cross_site(request.headers(), &visit.base) {
        return refusal(
            StatusCode::FORBIDDEN,
            "this request was made by another site; open /console and try again",
        );
    }
    let bytes = match body::read(request.into_body(), FORM).await {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal,
    };
    let fields = Query::read(&bytes);
    let token = fields.get("form_token").unwrap_or_default();
    if session.is_some_and(|session| !app.sessions.form_token_fits(session, token)) {
        return refusal(
            StatusCode::FORBIDDEN,
            "this form is not one of your session; open /console and try again",
        );
    }
    let kept: Kept =
        fields.get("state").and_then(|state| serde_json::from_str(state).ok()).unwrap_or_default();
    let mut turns = kept.turns;
    let line = Line::resume(app.clone(), agent.clone(), agent.name.clone(), kept.call).await;
    let mut line = match line {
        Ok(line) => line,
        Err(error) => return no_agent(&error),
    };
    let function = fields.get("function").unwrap_or_default().to_owned();
    let is_real = !app.setup.signalwire().is_sandbox();
    if is_real && fields.get("real").is_none() {
        let problem = "Nothing was done: this server acts for real. Tick that you know, and try again.";
        return show(app, session, agent, &line, turns, Some(&Shown::Problem(problem.to_owned())));
    }
    let arguments = match arguments(&line, &function, &fields) {
        Ok(arguments) => arguments,
        Err(problem) => return show(app, session, agent, &line, turns, Some(&Shown::Problem(problem))),
    };
    let ran = match line.go(&function, &arguments) {
        Some(ran) => ran,
        None => match line.call.function(&function).map(|function| function.why_not) {
            None => {
                let problem = format!("The document has no function {function:?}.");
                return show(app, session, agent, &line, turns, Some(&Shown::Problem(problem)));
            }
            Some(Some(why)) => {
                let problem = format!("The model cannot call {function} now: {why}.");
                return show(app, session, agent, &line, turns, Some(&Shown::Problem(problem)));
            }
            Some(None) => {
                line.call.count(&function);
                line.run(&function, &arguments).await
            }
        },
    };
    let did = ran.done.iter().map(|done| done.words.clone());
    let did = did
        .chain(ran.problems.iter().map(|problem| format!("Failed: {}", crate::error_chain::chain(problem))));
    turns.push(Turn { function, response: ran.text(), did: did.collect() });
    let begin = turns.len().saturating_sub(TURNS);
    turns.drain(..begin);
    show(app, session, agent, &line, turns, Some(&Shown::Ran(ran)))
}

/// What the page has to say of the form that was sent.
enum Shown {
    Problem(String),
    Ran(Ran),
}

/// The arguments that were typed, as the schema has them. An empty field is left out.
fn arguments(line: &Line, function: &str, fields: &Query) -> Result<Map<String, Value>, String> {
    let ways = line.call.ways();
    let way = ways.iter().find(|(name, ..)| *name == function).map(|(.., schema)| schema.clone());
    let schema = way.or_else(|| line.call.function(function)?.parameters.cloned()).unwrap_or_default();
    let mut arguments = Map::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let Some(text) = fields.get(&format!("{ARGUMENT}{name}")) else { continue };
        let value = typed(property, text).map_err(|problem| format!("{name}: {problem}."))?;
        let value = if kind(property) == "array" { Value::Array(vec![value]) } else { value };
        arguments.insert(name.clone(), value);
    }
    Ok(arguments)
}

fn no_agent(error: &PlatformError) -> Response<Body> {
    refusal(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string())
}

fn show(
    app: &App,
    session: Option<&Session>,
    agent: &RegisteredAgent,
    line: &Line,
    turns: Vec<Turn>,
    shown: Option<&Shown>,
) -> Response<Body> {
    let address = format!("/console/agents/{}/try", agent.name);
    let kept = Kept { call: line.call.state().clone(), turns };
    let state = serde_json::to_string(&kept).unwrap_or_default();
    let token = session.and_then(|session| app.sessions.form_token(session)).unwrap_or_default();
    let is_real = !app.setup.signalwire().is_sandbox();
    let hidden = || {
        html! {
            input type="hidden" name="form_token" value=(token);
            input type="hidden" name="state" value=(state);
            @if is_real {
                p { label { input type="checkbox" name="real" value="yes" required; " This acts for real" } }
            }
        }
    };
    let content = html! {
        p {
            "You play the model and the caller; the page plays SignalWire. "
            a href={ "/console/live?agent=" (agent.name) "&call_id=" (line.call.call_id()) } { "This call in Live" }
        }
        @if is_real { p .error role="alert" { "This server is live: what you call here is done, and messages are sent." } }
        @match shown {
            Some(Shown::Problem(problem)) => p .error role="alert" { (problem) },
            Some(Shown::Ran(ran)) => (reply(ran)),
            None => {}
        }
        div .columns {
            div {
                @if let Some(end) = line.call.end() { p role="status" { "The agent's part is over: " (end.words()) "." } }
                @if let Some((context, step)) = line.call.place() {
                    p { "Context " code { (context) } ", step " code { (step) } "." }
                }
                @for (name, description, schema) in line.call.ways() {
                    (form(&address, name, &description, &schema, None, &hidden()))
                }
                @for function in line.call.functions() {
                    @let nothing = Value::Null;
                    (form(&address, function.name, function.description, function.parameters.unwrap_or(&nothing), function.why_not.as_deref(), &hidden()))
                }
            }
            div {
                @if app.setup.signalwire().is_sandbox() { (phone(&app.setup.phone().messages())) }
                section aria-labelledby="so-far" {
                    h2 #so-far { "So far" }
                    @if kept.turns.is_empty() { p .empty { "The document was fetched, and nothing was called yet." } }
                    ol {
                        @for turn in &kept.turns {
                            li { code { (turn.function) } ": " (turn.response) ul { @for did in &turn.did { li { (words(did)) } } } }
                        }
                    }
                }
                section aria-labelledby="data" {
                    h2 #data { "What SignalWire keeps" }
                    h3 { "meta_data" }
                    (json(&serde_json::to_value(line.call.all_meta_data()).unwrap_or_default()))
                    h3 { "global_data" }
                    (json(&Value::from(line.call.global_data().clone())))
                }
                form .filter method="get" action=(address) {
                    label for="caller" { "Caller" }
                    input #caller name="caller" value=(line.call.state().caller.as_deref().unwrap_or("anonymous"));
                    button type="submit" { "Begin a new call" }
                }
            }
        }
    };
    shell(app, session, Place::Agents, &format!("Try {}", agent.name), &content)
}

fn reply(ran: &Ran) -> Markup {
    html! {
        section .reply aria-labelledby="reply" {
            h2 #reply { "Reply" }
            p .text role="status" { (ran.text()) }
            ul { @for done in &ran.done { li { (words(&done.words)) } } }
            details { summary { "The reply as it was sent" } (json(&ran.reply)) }
        }
    }
}

/// A form that calls a function.
fn form(
    address: &str,
    name: &str,
    description: &str,
    schema: &Value,
    why_not: Option<&str>,
    hidden: &Markup,
) -> Markup {
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let properties = schema["properties"].as_object();
    html! {
        section .card aria-labelledby={ "function-" (name) } {
            h2 id={ "function-" (name) } { code { (name) } }
            p { (description) }
            @if let Some(why) = why_not {
                p .empty { "The model cannot call it now: " (why) "." }
            } @else {
                form method="post" action=(address) {
                    (hidden)
                    input type="hidden" name="function" value=(name);
                    @for (property, schema) in properties.into_iter().flatten() {
                        (field(name, property, schema, required.iter().any(|it| it == property)))
                    }
                    button type="submit" { "Call " (name) }
                }
            }
        }
    }
}

fn field(function: &str, name: &str, schema: &Value, required: bool) -> Markup {
    let id = format!("{function}-{name}");
    let hint = format!("{id}-hint");
    let key = format!("{ARGUMENT}{name}");
    let description = schema["description"].as_str().unwrap_or_default();
    let choices = schema["enum"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    html! {
        p .field {
            label for=(id) { (name) @if !required { small { " (may be left out)" } } }
            @if !choices.is_empty() || kind(schema) == "boolean" {
                select id=(id) name=(key) aria-describedby=(hint) {
                    @if !required { option value="" { "–" } }
                    @for choice in choices { option value=(text(choice)) { (text(choice)) } }
                    @if choices.is_empty() { option value="true" { "true" } option value="false" { "false" } }
                }
            } @else {
                input id=(id) name=(key) type=(if matches!(kind(schema), "integer" | "number") { "number" } else { "text" })
                    step=[(kind(schema) == "number").then_some("any")] required[required] autocomplete="off" aria-describedby=(hint);
            }
            small id=(hint) { (description) }
        }
    }
}
