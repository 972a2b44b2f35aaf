//! The command-line tool that every program with agents is.

mod args;
mod arguments;
mod call;
mod chat;
mod check;
mod fetch;
mod list;
mod log;
mod new;
mod reload;
mod render;
mod replay;
mod serve;
mod source;
mod watch;

use std::error::Error;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use url::Url;

use crate::http::HttpError;
use crate::redact::Redactor;
use crate::registry::watched::WATCH;
use crate::server::TLS_CERTIFICATE;
use crate::setup::{SettingsError, Setup, SetupError};
use crate::store::STORE;
use crate::swml::YamlError;
use crate::{RegistryError, StartError};
use args::{Cli, Command};
use reload::Sources;

/// Runs the program: the whole server and command-line tool around the agents and functions that the binary links.
///
/// ```no_run
/// // use my_agents as _;   // links the crate that registers them
///
/// fn main() -> std::process::ExitCode {
///     swaig::main()
/// }
/// ```
///
/// It exits with 0 when all went well, with 1 when it did not (the chain of causes and a remedy are on stderr), and with 2
/// for a command line that it does not understand.
pub fn main() -> ExitCode {
    let cli = arguments::parse();
    match run(cli) {
        Ok(status) => status,
        Err(error) => {
            eprintln!("error: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  caused by: {error}");
                cause = error.source();
            }
            error.exit_code()
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode, CliError> {
    if let Some(Command::New(args)) = &cli.command {
        // It needs no settings, and a file of them may belong to another program.
        new::run(args)?;
        return Ok(ExitCode::SUCCESS);
    }
    let sources = Sources { config: cli.config, listen: cli.listen };
    let mut settings = sources.read()?;
    let command = cli.command.unwrap_or(Command::Serve(args::Serve::default()));
    if matches!(command, Command::Serve(args::Serve { watch: true })) {
        settings.set_flag(WATCH, "true");
    }
    if command.forgets() {
        settings.set_flag(STORE, "memory:");
    }
    let default_level = match command {
        Command::Serve(_) => "info",
        Command::Call(_) => "warn,sandbox::phone=info",
        // It shows the phone itself.
        Command::Chat(_) | Command::Replay(_) => "error",
        Command::Check(_) | Command::List(_) | Command::New(_) | Command::Render(_) => "warn",
    };
    let log = log::start(&settings, default_level, cli.log_format)?;
    std::panic::set_hook(Box::new(log_panic));
    let setup = Setup::new(settings)?;
    match command {
        // It was run before the settings were read.
        Command::New(_) => {}
        Command::Check(args) => return check::run(&setup, &args),
        Command::Serve(_) => runtime()?.block_on(serve::run(setup, sources, log.level.clone()))?,
        Command::List(args) => list::run(&setup, &args)?,
        Command::Render(args) => render::run(&setup, &args)?,
        Command::Replay(args) => {
            return runtime()?.block_on(replay::run(&setup, || sources.read(), &args));
        }
        Command::Chat(args) => return runtime()?.block_on(chat::run(setup, args)),
        Command::Call(args) => runtime()?.block_on(call::run(setup, args))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What masks the words of a panic, once the secrets are known.
static REDACTOR: OnceLock<Arc<Redactor>> = OnceLock::new();

/// What a panic says may hold what a caller said, so it is masked as an event is. The server itself goes on.
fn log_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let said = panic.payload_as_str().unwrap_or("no message");
    let plain = Redactor::new();
    let said = REDACTOR.get().map_or(&plain, |redactor| redactor).text(said);
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "panic: {said}");
}

fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| SetupError::failed("cannot start the runtime", error).into())
}

/// The address that URLs start with before a server listens.
fn address_url(setup: &Setup) -> Result<Url, CliError> {
    let address = serve::address(setup);
    let scheme = if setup.setting(TLS_CERTIFICATE).is_some() { "https" } else { "http" };
    let url = Url::parse(&format!("{scheme}://{address}"));
    url.map_err(|error| SetupError::invalid(serve::LISTEN, &format_args!("{address:?}: {error}")).into())
}

/// Prints what a command was asked for. A reader that has gone away is no error.
fn print(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("there is no agent named {name:?}; agents: {known}")]
    UnknownAgent { name: String, known: String },
    #[error("{what} is not a JSON object; an example: {example}")]
    NotJson { what: &'static str, example: &'static str, source: Option<serde_json::Error> },
    #[error("the verification cannot be made")]
    Seal(#[from] crate::SealError),
    #[error("the document cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    #[error("cannot read {name}")]
    Unreadable { name: String, source: std::io::Error },
    #[error("the URL cannot be taken ({0}); expected https://host/path")]
    NotAUrl(url::ParseError),
    #[error("cannot read {url}")]
    Unreachable { url: String, source: HttpError },
    #[error("{name} is neither JSON nor YAML\n  as JSON: {as_json}\n  as YAML: {as_yaml}")]
    NotADocument { name: String, as_json: String, as_yaml: YamlError },
    #[error(
        "the store knows no phone call {0:?}: look for its id in the console or the log; where the call had an agent_id of its own, name it with --agent and --agent-id"
    )]
    NoSuchCall(String),
    #[error(transparent)]
    New(#[from] new::NewError),
    #[error(transparent)]
    Chat(#[from] chat::ChatError),
    #[error("there is neither a file nor an agent named {name:?}; agents: {known}")]
    NothingToCheck { name: String, known: String },
}

impl CliError {
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Unreadable { .. }
            | Self::NotAUrl(_)
            | Self::Unreachable { .. }
            | Self::NotADocument { .. }
            | Self::NothingToCheck { .. } => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}
