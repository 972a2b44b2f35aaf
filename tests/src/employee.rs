//! A running program that serves digital employees.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use tokio::process::Child;

use crate::{Client, Credentials, Events, Log, Program, StandIn, soon};

/// A server in a process of its own. It is killed when this is dropped.
pub struct Employee {
    child: Child,
    stdout: Log,
    log: Log,
    address: SocketAddr,
    credentials: Credentials,
    folder: TempDir,
}

impl Employee {
    /// Starts a server in sandbox mode, with a password that it makes up itself.
    pub async fn sandbox() -> Self {
        Self::sandbox_with([]).await
    }

    /// Starts a server in sandbox mode with these settings.
    pub async fn sandbox_with<'a>(settings: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Program::new(["--listen", "127.0.0.1:0"]).settings(settings).serve().await
    }

    /// Starts a server in live mode whose SignalWire is the stand-in.
    pub async fn live(stand_in: &StandIn) -> Self {
        Self::live_with(stand_in, []).await
    }

    /// Starts a server in live mode with these settings.
    pub async fn live_with<'a>(
        stand_in: &StandIn,
        settings: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        Program::new(["--listen", "127.0.0.1:0"]).account(stand_in).settings(settings).serve().await
    }

    /// Waits until the program says on stdout where it listens, and on stderr which credentials it takes.
    pub(crate) async fn listening(mut child: Child, folder: TempDir, password: Option<String>) -> Self {
        let stdout = Log::of(child.stdout.take().expect("stdout is piped"));
        let log = Log::of(child.stderr.take().expect("stderr is piped"));
        let first = tokio::select! {
            line = stdout.find("the listening address", |line| Some(line.to_owned())) => line,
            lines = log.to_end() => panic!("the program ended early:\n{}", lines.join("\n")),
        };
        let url = first.strip_prefix("listening on ").and_then(|url| url.split_once("://"));
        let address = url.filter(|(scheme, _)| ["http", "https"].contains(scheme));
        let address = address.and_then(|(_, address)| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("the first line says the address: {first}"));
        let (user, password) = match password {
            Some(password) => {
                // The user is in the same line; what follows it depends on where the password came from.
                let user = log.find("the credentials", |line| words_after(line, "credentials  user ")).await;
                (user, password)
            }
            None => log.find("the made-up password", generated).await,
        };
        let credentials = Credentials { user, password };
        Self { child, stdout, log, address, credentials, folder }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its working folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The id of its process.
    pub fn process(&self) -> u32 {
        self.child.id().expect("it still runs")
    }

    /// What it writes on stderr.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// What it writes on stdout.
    pub fn stdout(&self) -> &Log {
        &self.stdout
    }

    /// The credentials that it takes.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// A client with these credentials.
    pub fn client(&self) -> Client {
        Client::new(self.address, Some(self.credentials.clone()))
    }

    /// A client without credentials.
    pub fn stranger(&self) -> Client {
        Client::new(self.address, None)
    }

    /// The events of the agent `mfa` with this query, such as `?after=0`.
    pub async fn events(&self, query: &str) -> Events {
        self.client().events(&format!("/mfa/events{query}"), &[]).await
    }

    /// The code in the sandbox phone's line of the log that comes after `skip` lines.
    pub async fn code_after(&self, skip: usize) -> String {
        self.log.find_after(skip, "a code on the sandbox's phone", code).await
    }

    /// How many messages the sandbox's phone got so far.
    pub fn codes(&self) -> usize {
        self.log.lines().iter().filter(|line| code(line).is_some()).count()
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&self, signal: &str) {
        let id = self.process().to_string();
        let status = Command::new("kill").args([&format!("-{signal}"), &id]).status();
        assert!(status.expect("kill can be run").success(), "the signal could not be sent");
    }

    /// Waits until the process has ended and returns its exit status.
    pub async fn exit(&mut self) -> Option<i32> {
        soon("the end of the program", self.child.wait()).await.expect("it ends").code()
    }
}

impl Drop for Employee {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the log of the program:\n{}", self.log.lines().join("\n"));
        }
    }
}

/// The code in a line of the sandbox's phone.
fn code(line: &str) -> Option<String> {
    let (_, text) = line.split_once(" sandbox::phone: ")?;
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter(|word| word.len() >= 4)
        .find(|word| word.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
}

fn words_after(line: &str, label: &str) -> Option<String> {
    let (_, rest) = line.split_once(label)?;
    Some(rest.split(", password").next()?.to_owned())
}

/// User and password of the line that says what was made up.
fn generated(line: &str) -> Option<(String, String)> {
    let (_, rest) = line.split_once("credentials  user ")?;
    let (user, password) = rest.split_once(", password ")?;
    Some((user.to_owned(), password.to_owned()))
}
