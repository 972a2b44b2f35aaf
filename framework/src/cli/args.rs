//! The command line.
#![expect(clippy::doc_markdown, reason = "these comments are the help on a terminal")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde_json::{Map, Value};

use crate::function::FunctionRegistration;
use crate::setup::{Settings, SetupError};

/// SignalWire digital employees: serves AI phone agents, and tries them out.
#[derive(Debug, Parser)]
#[command(version, after_help = settings())]
pub(super) struct Cli {
    /// The address to listen on; port 0 takes any free one [env: SWAIG_LISTEN] [default: 127.0.0.1:3000]
    #[arg(long, global = true, value_name = "ADDR")]
    pub(super) listen: Option<String>,

    /// The settings file [default: digital-employees.toml, where it is there]
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) config: Option<PathBuf>,

    /// How the log on stderr looks; RUST_LOG sets what is in it [env: SWAIG_LOG_FORMAT] [default: text]
    #[arg(long, global = true, value_enum)]
    pub(super) log_format: Option<LogFormat>,

    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// All settings, which `--help` lists. Each is also read from the settings file, in lower case.
const SETTINGS: &str = "\
Settings, from the environment or the settings file (there in lower case); the environment wins:
  SWAIG_AGENTS               the agents that are served, such as mfa,survey, or all [default: all but those that
                               are served on request]
  SWAIG_WATCH                true: prompts that are kept in files are read again when those change, as with
                               serve --watch [default: false]
  SWAIG_LISTEN               address to listen on; PORT alone means 0.0.0.0:$PORT
  SWML_PROXY_URL_BASE        public URL, such as https://example.com, that emitted URLs start with
  SWML_BASIC_AUTH_USER       user name of the webhooks [default: signalwire]
  SWML_BASIC_AUTH_PASSWORD   their password [default: a random one, printed once at start-up]
  SWAIG_TLS_CERTIFICATE      PEM file of a certificate and its chain: the server speaks https
  SWAIG_TLS_KEY              PEM file of its key; both are read again when they change
  SWAIG_STOP_GRACE           seconds for which a server that is told to stop (SIGTERM) answers all while
                               /ready says 503 [default: 5]
  SWAIG_REUSE_PORT           true: a new process may listen before the old one stops [default: false]
  SWAIG_MAX_CONNECTIONS      connections at once [default: 10000]
  SWAIG_MAX_CONNECTIONS_PER_ADDRESS  the same from one address [default: half of all]
  SWAIG_IDLE_TIMEOUT         seconds that a connection without a request is kept [default: 75]
  SWAIG_MAX_CONCURRENT_CALLS calls of one function that run at once for one agent [default: 10000]
  SWAIG_MAX_VIEWERS          viewers of live events at once [default: 1000]
  SWAIG_MAX_VIEWERS_PER_AGENT  the same for one agent id [default: 100]
  SWML_BASIC_AUTH_PREVIOUS_PASSWORD  the password before it, accepted as well
  {AGENT}_BASIC_AUTH_PASSWORD  password of one agent alone, such as MFA_BASIC_AUTH_PASSWORD; also …_USER and
                               …_PREVIOUS_PASSWORD
  SIGNALWIRE_SIGNING_KEY     the project's signing key: documents are given to signed requests only
  SIGNALWIRE_PREVIOUS_SIGNING_KEY  the key before it, accepted as well
  SIGNALWIRE_REQUIRE_SIGNATURE  none, or a list of document, swaig, post_prompt, debug [default: document]
  SWAIG_SECRET               32 bytes or more that seal what must not be forged, the same on every instance
  SWAIG_PREVIOUS_SECRET      the secret before it, accepted as well
  SWAIG_SESSION_LIFETIME     seconds that a login at the console lasts [default: 43200]
  SWAIG_CALL_TOKEN_LIFETIME  seconds for which the URLs of an agent with call tokens are good [default: 86400]
  SWAIG_TRUSTED_PROXIES      addresses and networks of proxies whose X-Forwarded headers are believed
  SWAIG_STORE                sqlite:PATH, redis://… or memory: [default: sqlite:digital-employees.db]
  SWAIG_STORE_SYNC           sqlite: normal, or full to survive a loss of power too [default: normal]
  SWAIG_STORE_MAX_AGE        days for which events and conversations are kept; 0: for ever [default: 30]
  SWAIG_STORE_MAX_SIZE       sqlite: MiB of the file, the oldest goes; 0: any [default: 4096]
  SWAIG_STORE_MAX_EVENTS     redis: events that are kept for one agent id, about [default: 100000]
  SWAIG_STORE_PREFIX         redis: what the keys begin with [default: swaig]
  SWAIG_SPOOL                folder of records that wait for a store that is down, or memory:
                               [default: digital-employees.spool]
  SWAIG_SPOOL_SIZE           MiB that wait at most [default: 64]
  SWAIG_CONVERSATION_WINDOW  seconds for which a conversation is remembered; 0: never [default: 14400]
  SWAIG_FAILED_LOGINS        logins of one address that may fail before it has to wait; 0: any [default: 10]
  SWAIG_FAILED_LOGINS_WINDOW seconds within which they are counted [default: 300]
  SIGNALWIRE_PROJECT_ID      the SignalWire account; without it the server is in sandbox mode:
  SIGNALWIRE_API_TOKEN         nothing is sent, and it listens on loopback addresses only
  SIGNALWIRE_SPACE           its space: example, example.signalwire.com or a URL
  SIGNALWIRE_API_URL         scheme://host[:port] in place of https://SPACE.signalwire.com
  OPENAI_BASE_URL            chat: an OpenAI-compatible endpoint [default: https://api.openai.com/v1]
  OPENAI_API_KEY             chat: its key
  OPENAI_MODEL               chat: the model [default: the agent's own, or gpt-4o-mini]
  RUST_LOG                   what is logged, such as info or debug
  SWAIG_LOG_FORMAT           text, or json: one object a line [default: text]
";

/// The settings of the server and of all functions that the program links.
fn settings() -> String {
    let mut text = SETTINGS.to_owned();
    let functions: BTreeMap<_, _> = inventory::iter::<FunctionRegistration>()
        .flat_map(|function| function.settings)
        .map(|(name, meaning)| (*name, *meaning))
        .collect();
    for (name, meaning) in functions {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {name:<25}  {meaning}");
    }
    text.push_str("\nExit status: 0 done, 1 failed (stderr says why and what to do) or, for check, not valid,\n  2 wrong command line or, for check, not readable.");
    text
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve all agents (this is what happens without a command)
    Serve(Serve),
    /// Write a new crate with an agent, a function and a test
    New(New),
    /// List agents, functions, and where they are defined
    List(List),
    /// Print the SWML document of an agent, as SignalWire would get it
    Render(Render),
    /// Check a document, or that of an agent: what SignalWire would refuse, and what should not be there
    Check(Check),
    /// Call a function of an agent, through the same dispatch as SignalWire's webhooks
    Call(Call),
    /// Run the function calls of a stored phone call against the code as it is now, and show what differs
    Replay(Replay),
    /// Talk to an agent with a model of OPENAI_BASE_URL, or play a script with it, before it answers a phone
    Chat(Chat),
}

#[derive(Clone, Copy, Debug, Default, Args)]
pub(super) struct Serve {
    /// Read prompts that are kept in files again when those change (see swaig::prompt_file!), without a build
    #[arg(long)]
    pub(super) watch: bool,
}

impl Command {
    /// Whether it keeps nothing: what is tried out does not belong among the calls.
    pub(super) fn forgets(&self) -> bool {
        matches!(self, Self::Call(Call { keep: false, .. }) | Self::Chat(Chat { keep: false, .. }))
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

impl LogFormat {
    /// `SWAIG_LOG_FORMAT`; `None` where it is not set.
    pub(super) fn from_settings(settings: &Settings) -> Result<Option<Self>, SetupError> {
        let name = "SWAIG_LOG_FORMAT";
        let Some(text) = settings.get(name) else { return Ok(None) };
        let format = Self::from_str(&text, false);
        format.map(Some).map_err(|_| SetupError::invalid(name, &"expected text or json"))
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum DocumentFormat {
    /// As SignalWire gets it
    Json,
    /// For people, and for scripts that are kept in YAML
    Yaml,
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// The folder, whose name is that of the crate and of the agent, such as my-agent
    #[arg(value_name = "NAME")]
    pub(super) path: String,
    /// The folder of the framework [default: where this program was built]
    #[arg(long, value_name = "PATH")]
    pub(super) swaig: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// How the list looks
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// A file with a document in JSON or YAML, - for standard input, the URL of a document, or the name of an agent
    pub(super) document: String,
    /// How the findings look
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Render {
    /// The agent
    pub(super) agent: String,
    /// The agent_id that the URLs carry [default: the agent's name]
    #[arg(long, value_name = "ID")]
    pub(super) agent_id: Option<String>,
    /// Print the password in the URLs; without this it is masked, and all else is exact
    #[arg(long)]
    pub(super) reveal: bool,
    /// The language that the document is written in
    #[arg(long, value_enum, default_value_t = DocumentFormat::Json)]
    pub(super) format: DocumentFormat,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "a call id is called so everywhere")]
pub(super) struct Call {
    /// The agent
    pub(super) agent: String,
    /// The function
    pub(super) function: String,
    /// The arguments, such as '{"token": "123456"}'; each is an option of its own too: --help after the function lists them
    #[arg(long, value_name = "JSON", default_value = "{}")]
    pub(super) args: String,
    /// The arguments that were given as options.
    #[arg(skip)]
    pub(super) given: Map<String, Value>,
    /// How the reply looks
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// The number that the caller calls from, a SIP address, or anonymous
    #[arg(long, value_name = "NUMBER", default_value = "+15551230000")]
    pub(super) caller: String,
    /// The call's meta_data, such as what an earlier call of a function set
    #[arg(long, value_name = "JSON", default_value = "{}")]
    pub(super) meta_data: String,
    /// As if the caller had been verified by this channel, for a function that is for verified callers
    #[arg(long, value_name = "CHANNEL")]
    pub(super) verified: Option<String>,
    /// The call's global_data
    #[arg(long, value_name = "JSON", default_value = "{}")]
    pub(super) global_data: String,
    /// The call's id
    #[arg(long, value_name = "ID", default_value = "command-line")]
    pub(super) call_id: String,
    /// The agent_id [default: the agent's name]
    #[arg(long, value_name = "ID")]
    pub(super) agent_id: Option<String>,
    /// Keep its events in the store, among those of calls; without this nothing is kept
    #[arg(long)]
    pub(super) keep: bool,
}

#[derive(Debug, Args)]
pub(super) struct Replay {
    /// The id of the phone call, as events and conversations have it
    pub(super) call_id: String,
    /// The agent, where the call had an agent_id of its own and no report came
    #[arg(long, value_name = "NAME", requires = "agent_id")]
    pub(super) agent: Option<String>,
    /// The agent_id of the call [default: those of the agents' names]
    #[arg(long, value_name = "ID", requires = "agent")]
    pub(super) agent_id: Option<String>,
    /// The number that the caller calls from: that of the stored call is masked
    #[arg(long, value_name = "NUMBER", default_value = "+15551230000")]
    pub(super) caller: String,
    /// Run functions too that may change something. SignalWire is not asked in any case: it runs in the sandbox
    #[arg(long)]
    pub(super) with_effects: bool,
}

#[derive(Debug, Args)]
pub(super) struct Chat {
    /// The agent
    pub(super) agent: String,
    /// The model [env: OPENAI_MODEL] [default: the agent's own, or gpt-4o-mini]
    #[arg(long, value_name = "NAME")]
    pub(super) model: Option<String>,
    /// The number that the caller calls from, a SIP address, or anonymous
    #[arg(long, value_name = "NUMBER", default_value = "+15551230000")]
    pub(super) caller: String,
    /// The agent_id [default: the agent's name]
    #[arg(long, value_name = "ID")]
    pub(super) agent_id: Option<String>,
    /// A file in YAML with the caller's lines and what has to come of them; the exit status says whether it did
    #[arg(long, value_name = "FILE")]
    pub(super) script: Option<String>,
    /// Where the transcript goes, masked [default: a file in the working folder; with a script, nowhere]
    #[arg(long, value_name = "FILE")]
    pub(super) transcript: Option<String>,
    /// Keep its events and its report in the store, among those of calls; without this nothing is kept
    #[arg(long)]
    pub(super) keep: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
        assert!(Cli::try_parse_from(["x"]).unwrap().command.is_none());
        assert!(Cli::try_parse_from(["x", "render"]).is_err());
    }
}
