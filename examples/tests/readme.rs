//! The README's commands do what the README says: they are run as they stand, with another address and the built binary.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may unwrap what it has just made")]

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

const README: &str = include_str!("../../README.md");
/// The settings of the ready-made functions and agents are in their pages.
const PAGES: [&str; 3] =
    [README, include_str!("../../docs/functions.md"), include_str!("../../docs/agents.md")];
const ADDRESS: &str = "127.0.0.1:3000";

/// The text of the block of this language that follows a line.
fn block(after: &str, language: &str) -> Option<(&'static str, &'static str)> {
    let rest = &README[README.find(after)? + after.len()..];
    let start = format!("```{language}\n");
    let rest = &rest[rest.find(&start)? + start.len()..];
    rest.split_once("```")
}

/// All commands of one side of the walk-through.
fn walk_through(side: &str) -> String {
    let marker = format!("<!-- walk-through: {side} -->\n```sh\n");
    let blocks = README.split(&marker).skip(1).map(|rest| rest.split_once("```").unwrap().0);
    blocks.collect()
}

/// The reference program, built once.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
            .args(["build", "-p", "swaig-agents", "--locked", "--message-format=json"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let messages = output.stdout.split(|byte| *byte == b'\n');
        let mut messages = messages.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
        let found = messages.find_map(|message| Some(message["executable"].as_str()?.into()));
        found.unwrap()
    })
}

/// Whether the tools that the commands use are there.
fn tools() -> bool {
    let missing: Vec<_> = ["bash", "curl", "sed", "tee"]
        .into_iter()
        .filter(|tool| {
            let run =
                Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            run.is_err()
        })
        .collect();
    if missing.is_empty() {
        return true;
    }
    assert!(std::env::var_os("REQUIRE_SERVICES").is_none_or(|it| it != "1"), "not installed: {missing:?}");
    eprintln!("skipped: the README's commands are not run, {missing:?} not installed");
    false
}

/// A folder for one test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Bash with these commands, in this folder, and no settings of this machine.
fn bash(commands: &str, folder: &Path) -> Command {
    let mut bash = Command::new("bash");
    bash.args(["-c", commands]).current_dir(folder).env_clear();
    bash.envs(std::env::vars_os().filter(|(name, _)| name == "PATH"));
    bash
}

/// A server, in a process group of its own, that ends with the test.
struct Server {
    child: Child,
    // The pipe has to stay open: `tee` ends without it.
    output: BufReader<ChildStdout>,
    address: String,
}

impl Server {
    fn start(commands: &str, folder: &Path) -> Self {
        let served = format!("'{}' --listen 127.0.0.1:0", program().display());
        let commands = commands.replace("cargo run", &served);
        let mut child = bash(&commands, folder).process_group(0).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert!(output.read_line(&mut line).unwrap() > 0, "the server ended before it listened");
            if let Some(address) = line.trim_end().strip_prefix("listening on http://") {
                break address.to_owned();
            }
        };
        Self { child, output, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stop = format!("kill -TERM -- -{}", self.child.id());
        let _ = Command::new("bash").args(["-c", &stop]).status();
        let _ = self.child.wait();
        // Until the last process of the group has closed it.
        while self.output.read_line(&mut String::new()).is_ok_and(|read| read > 0) {}
    }
}

#[test]
fn the_walk_through_works_as_it_stands() {
    if !tools() {
        return;
    }
    let folder = folder("walk-through");
    let server = Server::start(&walk_through("server"), &folder);
    let client = walk_through("client").replace(ADDRESS, &server.address);
    let output = bash(&client, &folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let promised = [
        r#"{"version":"1.0.0","sections":{"main":[{"answer":{}},{"ai":{"prompt":{"pom":[{"title":"Your name is Jim","#,
        r#"{"response":"6 digit number sent","action":[{"set_meta_data":{"mfa":{"id":""#,
        r#""to":"+1••••••0000","channel":"sms","#,
        r#"{"response":"Verification successful","action":[{"set_meta_data":{"verified":true,"#,
        r#""verification":{"by":"sms","to":"+1••••••0000","at":""#,
        r#"{"unset_meta_data":"mfa"}]}"#,
        r#"{"response":"data received"}"#,
        r#""kind":"document_fetched""#,
        r#""call_id":"demo-1","kind":"function_called","data":{"function":"send_mfa","arguments":{},"caller":"+1••••••0000"}}"#,
        r#""kind":"function_replied","data":{"function":"verify_mfa","response":"Verification successful""#,
        r#""kind":"conversation_ended""#,
    ];
    for promise in promised {
        assert!(text.contains(promise), "{promise} is not in\n{text}");
    }
    let code = text.split("the code is ").nth(1).unwrap().get(..6).unwrap();
    assert!(code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");
    assert_eq!(text.matches(code).count(), 1, "the code {code} shows elsewhere in\n{text}");
    let left =
        std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let left: Vec<_> = left.filter(|name| !name.starts_with("digital-employees.db")).collect();
    assert!(left.is_empty(), "the walk-through cleans up: {left:?}");
}

#[test]
fn what_the_program_says_at_its_start_is_in_the_readme() {
    if !tools() {
        return;
    }
    let folder = folder("banner");
    let mut server = Server::start("exec cargo run 2>&1", &folder);
    let mut said = vec![format!("listening on http://{}", server.address)];
    while said.last().is_some_and(|line| !line.contains("try next")) {
        let mut line = String::new();
        assert!(server.output.read_line(&mut line).unwrap() > 0, "{said:?}");
        said.push(line.trim_end().to_owned());
    }
    let comparable = |line: &str| {
        let line = line.replace(&server.address, ADDRESS);
        // The password is a new one each time.
        line.split_once("password ").map_or(line.clone(), |(before, _)| before.to_owned())
    };
    let said: Vec<_> = said.iter().map(|line| comparable(line)).collect();
    let (written, _) = block("cargo run\n", "text").unwrap();
    let written: Vec<_> = written.lines().map(comparable).collect();
    assert_eq!(said, written);
}

#[test]
fn the_commands_without_a_server_work_as_they_stand() {
    if !tools() {
        return;
    }
    let folder = folder("commands");
    let (commands, _) = block("Without a server", "sh").unwrap();
    let commands = commands.replace("cargo run --", &format!("'{}'", program().display()));
    let output = bash(&format!("set -e\n{commands}"), &folder).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for promise in ["  send_mfa  Send a one-time", "\"version\": \"1.0.0\"", "6 digit number sent\n"] {
        assert!(text.contains(promise), "{promise} is not in\n{text}");
    }
}

#[test]
fn every_setting_of_the_program_is_in_a_table() {
    let help = Command::new(program()).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let settings = help.split_once("Settings,").unwrap().1.lines();
    let names = settings.filter_map(|line| line.strip_prefix("  ")?.split_once(' ')).map(|(name, _)| name);
    let is_name =
        |name: &&str| name.contains('_') && name.bytes().all(|it| it == b'_' || it.is_ascii_uppercase());
    let names: Vec<_> = names.filter(is_name).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        let row = format!("\n| `{name}` |");
        assert!(PAGES.iter().any(|page| page.contains(&row)), "{name} is in no table of settings");
    }
}
