//! The program `digital-employees`: built from the sources as they are now, and run in an empty folder.

use std::ffi::OsString;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Child;

use crate::{Employee, StandIn, soon};

/// The root of the workspace.
pub fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("the tests are a member of the workspace")
}

/// Where cargo puts what it builds.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), Into::into)
}

/// Builds with cargo and returns the path of the executable of each binary, by name.
///
/// Cargo is asked at run time, so that no stale program is ever tested.
pub(crate) fn cargo<'a>(
    folder: &Path,
    arguments: impl IntoIterator<Item = &'a str>,
) -> Vec<(String, PathBuf)> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .arg("build")
        .args(arguments)
        .args(["--quiet", "--message-format=json-render-diagnostics"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "cargo build in {} failed", folder.display());
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| {
            let path = message.get("executable")?.as_str()?.to_owned();
            Some((message.pointer("/target/name")?.as_str()?.to_owned(), path.into()))
        })
        .collect()
}

/// Builds this binary of a package of the workspace, with `more` arguments for cargo, and returns its path.
pub fn binary(package: &str, name: &str, more: &[&str]) -> PathBuf {
    let arguments = ["--package", package, "--bin", name];
    let built = cargo(workspace(), arguments.into_iter().chain(more.iter().copied()));
    let found = built.into_iter().find(|(built, _)| built == name);
    found.expect("cargo says where the program is").1
}

/// What the program is built with.
const FEATURES: &[&str] = if cfg!(feature = "otel") { &["--features", "otel"] } else { &[] };

/// The path of `digital-employees`, built once in this process.
fn digital_employees() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| binary("swaig-agents", "digital-employees", FEATURES))
}

/// One run of a program: its arguments, its environment (nothing else is inherited), and the files of its folder.
pub struct Program {
    path: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    input: Stdio,
    password: Option<String>,
    folder: TempDir,
}

/// How a program that was run to its end has ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status; `None` when a signal killed it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

impl Default for Program {
    fn default() -> Self {
        Self::at(digital_employees())
    }
}

impl Program {
    /// `digital-employees` with these arguments.
    pub fn new<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Self {
        Self::default().arguments(arguments)
    }

    /// Another program.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Self {
            path: path.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            input: Stdio::null(),
            password: None,
            folder,
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn arguments<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.arguments.extend(arguments.into_iter().map(OsString::from));
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Sets variables of the environment.
    #[must_use]
    pub fn settings<'a>(self, settings: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        settings.into_iter().fold(self, |program, (name, value)| program.set(name, value))
    }

    /// Serves https with this chain and this key, both in PEM: the files `chain.pem` and `key.pem` of its folder.
    #[must_use]
    pub fn tls(self, chain: &str, key: &str) -> Self {
        self.set("SWAIG_TLS_CERTIFICATE", "chain.pem")
            .set("SWAIG_TLS_KEY", "key.pem")
            .file("chain.pem", chain)
            .file("key.pem", key)
    }

    /// Sets the account of the stand-in and a password: live mode.
    #[must_use]
    pub fn account(self, stand_in: &StandIn) -> Self {
        self.set("SIGNALWIRE_PROJECT_ID", StandIn::PROJECT)
            .set("SIGNALWIRE_API_TOKEN", StandIn::TOKEN)
            .set("SIGNALWIRE_API_URL", stand_in.url())
            .set("SWML_BASIC_AUTH_PASSWORD", "try-me")
    }

    /// Writes a file into its folder.
    #[must_use]
    pub fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.folder.path().join(name), text).expect("a file can be written");
        self
    }

    /// Says which password its settings file sets.
    #[must_use]
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// Gives it a text on standard input, which is empty otherwise.
    #[must_use]
    pub fn input(mut self, text: &str) -> Self {
        let mut file = tempfile::tempfile().expect("a temporary file can be made");
        file.write_all(text.as_bytes()).and_then(|()| file.rewind()).expect("a file can be written");
        self.input = file.into();
        self
    }

    /// Lets no file of it grow beyond so many blocks of `ulimit -f`: 512 bytes or 1 KiB, as the shell has it.
    #[must_use]
    pub fn limit_file_size(mut self, blocks: u32) -> Self {
        let program = std::mem::replace(&mut self.path, "sh".into());
        // The signal that comes with it would end the process; without it a write fails, as on a full disk.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let own = std::mem::take(&mut self.arguments);
        self.arguments = ["-c".into(), script.into(), program.into()].into_iter().chain(own).collect();
        self
    }

    /// Gives it a socket that is listened on already, as a service manager does (`sd_listen_fds(3)`).
    #[must_use]
    pub fn activated(mut self, listener: &std::net::TcpListener) -> Self {
        let program = std::mem::replace(&mut self.path, "sh".into());
        // Only a shell can say which process it will be, and give a descriptor its number.
        let script = "exec 3<&0 </dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$0\" \"$@\"";
        let own = std::mem::take(&mut self.arguments);
        self.arguments = ["-c".into(), script.into(), program.into()].into_iter().chain(own).collect();
        let listener = listener.try_clone().expect("a descriptor can be copied");
        self.input = std::os::fd::OwnedFd::from(listener).into();
        self
    }

    /// Its working folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs it to its end.
    pub async fn run(self) -> Ended {
        let (child, _folder) = self.spawn();
        let output = soon("the end of the program", child.wait_with_output()).await.expect("it ends");
        let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
        Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Starts it as a server and waits until it listens.
    pub async fn serve(self) -> Employee {
        let password = self.environment.iter().rev().find(|(name, _)| name == "SWML_BASIC_AUTH_PASSWORD");
        let password = password.map(|(_, value)| value.to_string_lossy().into_owned());
        let password = password.or_else(|| self.password.clone());
        let (child, folder) = self.spawn();
        Employee::listening(child, folder, password).await
    }

    fn spawn(self) -> (Child, TempDir) {
        // A test that stops a server does not wait, unless it says so.
        let grace = [("SWAIG_STOP_GRACE", "0")];
        let child = tokio::process::Command::new(&self.path)
            .args(&self.arguments)
            .env_clear()
            .envs(grace)
            .envs(self.environment)
            .current_dir(self.folder.path())
            .stdin(self.input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program can be started");
        (child, self.folder)
    }
}
