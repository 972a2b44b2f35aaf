//! `serve`: listen, say what is served, and go on until told to stop.

use std::fmt::Write as _;

use secrecy::ExposeSecret as _;
use tokio::sync::{mpsc, watch};

use super::log::Level;
use super::reload::{Reload, Sources};
use super::{CliError, REDACTOR, print};
use crate::server::{App, Server, is_in_the_clear};
use crate::setup::{Setup, SetupError, SignalWire};
use crate::store::STORE;

/// The setting that holds the address.
pub(super) const LISTEN: &str = "SWAIG_LISTEN";

/// The address to listen on: `SWAIG_LISTEN`, else all addresses with `PORT`, else loopback.
pub(super) fn address(setup: &Setup) -> String {
    setup
        .setting(LISTEN)
        .or_else(|| setup.setting("PORT").map(|port| format!("0.0.0.0:{port}")))
        .unwrap_or_else(|| "127.0.0.1:3000".to_owned())
}

pub(super) async fn run(setup: Setup, sources: Sources, level: Level) -> Result<(), CliError> {
    let address = address(&setup);
    // Before anything else: a signal that comes during start-up is not lost.
    let signals = stop_signals()?;
    let mut hangups = hangups()?;
    let stop = {
        let mut signals = signals.clone();
        async move { drop(signals.wait_for(|seen| *seen > 0).await) }
    };
    // Who presses Ctrl-C, or asks a second time, does not want to wait.
    let hurry = {
        let mut signals = signals;
        async move { drop(signals.wait_for(|seen| *seen > 1).await) }
    };
    let server = Server::start(setup, &address).await?;
    let _ = REDACTOR.set(server.app().redactor.clone());
    print(&format!("listening on {}", server.url()));
    eprintln!("{}", banner(server.app()));
    for sentence in server.app().setup.settings().misspelt() {
        tracing::warn!("{sentence}");
    }
    if is_in_the_clear(&server.app().base) {
        tracing::warn!(
            "{} is not https: the password and what callers say would travel in the clear; set SWML_PROXY_URL_BASE to the https:// address (every tunnel has one)",
            server.app().base
        );
    }
    for sentence in server.app().setup.settings().without_effect() {
        tracing::warn!("{sentence}");
    }
    if server.app().setup.sealer().is_of_this_run_only() && !server.app().setup.signalwire().is_sandbox() {
        tracing::warn!(
            "SWAIG_SECRET is not set: who is verified now is not after a restart, and not on another instance; make a secret with `openssl rand -base64 32`"
        );
    }
    if server.app().registry.is_watching() {
        tokio::spawn(super::watch::run(server.app().clone()));
    }
    let mut reload = Reload::new(sources, server.reloader(), level);
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            reload.run().await;
        }
    });
    server.run(stop, hurry).await;
    tracing::info!("stopped");
    Ok(())
}

/// Counts how often the process was asked to stop: SIGTERM counts once, SIGINT twice.
#[cfg(unix)]
fn stop_signals() -> Result<watch::Receiver<u32>, SetupError> {
    use tokio::signal::unix::{SignalKind, signal};
    let watch = |kind| signal(kind).map_err(|error| SetupError::failed("cannot watch for signals", error));
    let (mut terminate, mut interrupt) = (watch(SignalKind::terminate())?, watch(SignalKind::interrupt())?);
    let (seen, signals) = watch::channel(0);
    tokio::spawn(async move {
        loop {
            let counts = tokio::select! {
                _ = terminate.recv() => 1,
                _ = interrupt.recv() => 2,
            };
            seen.send_modify(|seen| *seen += counts);
        }
    });
    Ok(signals)
}

/// The SIGHUPs of this process, which end it no more. Those that come while settings are read are one.
#[cfg(unix)]
fn hangups() -> Result<mpsc::Receiver<()>, SetupError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut signals = signal(SignalKind::hangup())
        .map_err(|error| SetupError::failed("cannot watch for signals", error))?;
    let (seen, hangups) = mpsc::channel(1);
    tokio::spawn(async move {
        while signals.recv().await.is_some() {
            // Where there is no room, one is waiting that has read nothing yet.
            let _ = seen.try_send(());
        }
    });
    Ok(hangups)
}

/// There is no such signal.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "where there are signals it can fail")]
fn hangups() -> Result<mpsc::Receiver<()>, SetupError> {
    Ok(mpsc::channel(1).1)
}

#[cfg(not(unix))]
fn stop_signals() -> Result<watch::Receiver<u32>, SetupError> {
    let (seen, signals) = watch::channel(0);
    tokio::spawn(async move {
        // Without a handler the process ends at once, which is a stop as well.
        let _ = tokio::signal::ctrl_c().await;
        seen.send_replace(2);
    });
    Ok(signals)
}

/// What is served, and what to try next.
fn banner(app: &App) -> String {
    let base = app.base.as_str().trim_end_matches('/');
    let settings = app.setup.settings();
    let mut text = String::new();
    // Writing to a string cannot fail.
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:>12}  {value}");
    };
    match app.setup.signalwire() {
        SignalWire::Sandbox => {
            line("mode", "SANDBOX: no SignalWire credentials are set, so nothing is sent to anybody.");
            line("", "Codes that would be texted appear in this log and on the console's phone panel.");
        }
        SignalWire::Live(account) => {
            line("mode", &format!("live, with the SignalWire REST API at {}", account.base_url));
            if app.base.scheme() != "https" {
                line(
                    "",
                    &format!(
                        "SignalWire cannot reach {base} safely: set SWML_PROXY_URL_BASE to a public https URL."
                    ),
                );
            }
        }
    }
    for agent in app.registry.agents() {
        let own: Vec<_> = agent.definition.mounts().iter().map(crate::Mount::name).collect();
        let own = (!own.is_empty()).then(|| own.join(", "));
        let included = agent.definition.includes().iter();
        let included = included.map(|it| format!("{} of {}", it.names().join(", "), it.shown()));
        let functions: Vec<_> = own.into_iter().chain(included).collect();
        let functions = if functions.is_empty() { "no functions".to_owned() } else { functions.join("; ") };
        line("agent", &format!("{} ({functions})  {base}/{}", agent.name, agent.name));
    }
    let more: Vec<_> = app.registry.not_chosen().iter().map(|agent| agent.name).collect();
    if !more.is_empty() {
        line("more agents", &format!("{} (name them in SWAIG_AGENTS, or all)", more.join(", ")));
    }
    let access = &app.live().access;
    let user = &access.operator.user;
    if access.operator.generated {
        let password = access.operator.password.expose_secret();
        line("credentials", &format!("user {user}, password {password}"));
        line("", "(made up for this run; set SWML_BASIC_AUTH_PASSWORD to keep one)");
    } else {
        let source = settings.source("SWML_BASIC_AUTH_PASSWORD").map(|source| source.to_string());
        line("credentials", &format!("user {user}, password from the {}", source.unwrap_or_default()));
    }
    let store = settings.source(STORE).map_or_else(|| "default".to_owned(), |source| source.to_string());
    let place = match app.store.place() {
        Some(place) => format!("{} at {place} ({store})", app.store.name()),
        None => {
            format!("{} ({store}): events and conversations are gone when the process ends", app.store.name())
        }
    };
    line("store", &place);
    match settings.path() {
        Some(path) => line("settings", &format!("environment, {}", path.display())),
        None => line("settings", "environment (no settings file)"),
    }
    line("console", &format!("{base}/console"));
    if let Some(agent) = app.registry.agents().next() {
        let password = match settings.source("SWML_BASIC_AUTH_PASSWORD") {
            Some(crate::setup::Source::Environment) => ":$SWML_BASIC_AUTH_PASSWORD",
            _ => "",
        };
        line("try next", &format!("curl -u \"{user}{password}\" {base}/{}", agent.name));
    }
    text.truncate(text.trim_end().len());
    text
}
