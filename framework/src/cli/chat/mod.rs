//! `chat`: talk to an agent in the terminal, with a real model and without a phone.

mod error;
mod model;
mod script;
mod talk;

use std::io::{BufRead as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;

use super::args::Chat;
use super::{CliError, REDACTOR, address_url, render};
use crate::error_chain::chain;
use crate::platform::{Incoming, Line};
use crate::server::App;
use crate::setup::Setup;
pub(super) use error::ChatError;
use model::Model;
use script::Script;
use talk::Talk;

/// The platform's own choice (SWML reference, `ai.params.ai_model`).
const MODEL: &str = "gpt-4o-mini";

pub(super) async fn run(setup: Setup, args: Chat) -> Result<ExitCode, CliError> {
    let script = args.script.as_deref().map(Script::read).transpose()?;
    let address = address_url(&setup)?;
    let named = args.model.clone().or_else(|| setup.setting("OPENAI_MODEL"));
    let app = App::build(setup, &address)?;
    let _ = REDACTOR.set(app.redactor.clone());
    let agent = render::find(&app.registry, &args.agent)?.clone();
    let agent_id: Arc<str> = args.agent_id.clone().map_or_else(|| agent.name.clone(), Into::into);
    // Letters alone: a long run of digits would be masked wherever it is shown.
    let call_id = format!("chat-{}", letters(Timestamp::now().as_second()));
    let from = script.as_ref().and_then(|script| script.caller.clone()).unwrap_or(args.caller);
    let from = (from != "anonymous").then_some(from);
    let incoming = Incoming { call_id: call_id.clone(), from, ..Incoming::default() };
    let mut line =
        Line::begin(app.clone(), agent.clone(), agent_id, incoming).await.map_err(ChatError::from)?;
    let of_agent = line.call.param("ai_model").as_str().map(str::to_owned);
    let name = named.or(of_agent).unwrap_or_else(|| MODEL.to_owned());
    let model = Model::from_setup(&app.setup, name)?;
    for (server, given) in line.reach_others().await {
        match given {
            Ok(given) => {
                println!("        [functions of {server}, which are called there: {}]", given.join(", "));
            }
            Err(error) => println!("        [without the functions of {server}: {}]", chain(&error)),
        }
    }
    let mut talk = Talk::new(line, model);
    talk.greet().await?;
    let missed = match &script {
        Some(script) => play(&mut talk, script).await?,
        None => by_hand(&mut talk).await.map(|()| 0)?,
    };
    talk.end().await?;
    let path = match (args.transcript, &script) {
        (Some(path), _) => Some(path),
        (None, None) => Some(format!("{}-{call_id}.json", agent.name)),
        (None, Some(_)) => None,
    };
    if let (Some(path), Some(report)) = (path, talk.report().await?) {
        let text = serde_json::to_string_pretty(&report)? + "\n";
        std::fs::write(&path, text).map_err(|source| ChatError::Transcript { path: path.clone(), source })?;
        println!("        [the transcript is in {path}]");
    }
    if missed > 0 {
        println!("{missed} expectation{} not met", if missed == 1 { " was" } else { "s were" });
        return Ok(ExitCode::FAILURE);
    }
    if script.is_some() {
        println!("all expectations were met");
    }
    Ok(ExitCode::SUCCESS)
}

/// Plays a script: how many of its expectations were not met.
async fn play(talk: &mut Talk, script: &Script) -> Result<usize, ChatError> {
    let mut count = 0;
    for (number, turn) in script.turns.iter().enumerate() {
        if let Some(say) = &turn.say {
            let say = talk.phone().fill(say);
            println!("caller  {say}");
            if talk.is_over() {
                println!("        ✗ turn {}: the call is over, and the caller is not heard", number + 1);
                count += 1;
                continue;
            }
            talk.hear(&say).await?;
        }
        let phone = talk.phone();
        for missed in turn.expect.missed(&talk.happened(&phone)) {
            println!("        ✗ turn {}: {missed}", number + 1);
            count += 1;
        }
    }
    Ok(count)
}

/// Reads the caller's lines from the terminal, until the call or the input ends.
async fn by_hand(talk: &mut Talk) -> Result<(), ChatError> {
    println!("        [type what the caller says; an empty line or Ctrl-D hangs up]");
    let (lines, mut typed) = tokio::sync::mpsc::channel(1);
    // A thread of its own, which may go on waiting for a line when the chat is over.
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    });
    while !talk.is_over() {
        print!("caller  ");
        let _ = std::io::stdout().flush();
        match typed.recv().await {
            Some(line) if !line.trim().is_empty() => talk.hear(line.trim()).await?,
            Some(_) => break,
            None => {
                println!();
                break;
            }
        }
    }
    Ok(())
}

/// A number in letters.
fn letters(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    digits.bytes().map(|digit| char::from(b'a' + (digit - b'0'))).collect()
}
