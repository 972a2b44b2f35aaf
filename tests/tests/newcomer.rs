//! The page for the first agent, done as it is written: its commands are run, its files are written, and what it says is
//! printed is printed.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use swaig_tests::{Employee, Program, target_folder, workspace};

/// The address that the page has.
const ADDRESS: &str = "127.0.0.1:3000";

/// What the page says to do.
#[derive(Debug, PartialEq)]
enum Step {
    Run(String),
    Serve(String),
    Write {
        path: String,
        text: String,
    },
    Wait(String),
    /// What the step before has printed: parts, in this order.
    Printed(Vec<String>),
}

/// Reads the steps of the page: blocks below a mark, and what is said to be printed.
fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = page;
    let mut mark = None;
    while let Some((line, after)) = rest.split_once('\n') {
        rest = after;
        if let Some(named) = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->")) {
            match named.strip_prefix("wait: ") {
                Some(line) => steps.push(Step::Wait(line.to_owned())),
                None => mark = Some(named),
            }
        } else if line.starts_with("```") {
            let (block, after) = rest.split_once("\n```\n").expect("a block ends");
            rest = after;
            match (mark.take(), line) {
                (Some("run"), "```sh") => steps.push(Step::Run(block.to_owned())),
                (Some("serve"), "```sh") => steps.push(Step::Serve(block.to_owned())),
                (Some(file), "```rust") => {
                    let path = file.strip_prefix("file: ").expect("a file has a name").to_owned();
                    steps.push(Step::Write { path, text: format!("{block}\n") });
                }
                (None, "```text") => {
                    let parts = block.split("…").map(|part| part.trim_matches('\n').to_owned());
                    steps.push(Step::Printed(parts.filter(|part| !part.is_empty()).collect()));
                }
                _ => {}
            }
        }
    }
    steps
}

/// The variables that let the page's cargo use what the workspace has built and fetched already.
fn environment(cargo: &Path) -> Vec<(String, String)> {
    let target = target_folder().display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", cargo.parent().expect("cargo is in a folder").display());
    let home = ["HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];
    let home = home.into_iter().filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)));
    let own = [("CARGO_TARGET_DIR", target), ("CARGO_NET_OFFLINE", "true".to_owned()), ("PATH", path)];
    own.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(home).collect()
}

/// Runs commands in a folder: what they print, and where they end up.
fn run(commands: &str, folder: &Path, environment: &[(String, String)]) -> (String, PathBuf) {
    let output = Command::new("bash")
        .args(["-c", &format!("set -e\n{commands}\necho; pwd")])
        .current_dir(folder)
        .env_clear()
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .output()
        .expect("bash can be run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr);
    // A reply that tells the model of a mistake is a failure of `call`, and on the page on purpose.
    assert!(output.status.success(), "{commands}\n{text}{said}");
    let (text, folder) = text.trim_end().rsplit_once('\n').expect("the folder is printed last");
    (format!("{text}{said}"), folder.into())
}

#[tokio::test]
async fn the_first_agent_is_made_as_the_page_says() {
    let cargo = PathBuf::from(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let environment = environment(&cargo);
    let page = std::fs::read_to_string(workspace().join("docs/first-agent.md")).expect("the page is there");
    // The page makes it beside the repository.
    let beside = tempfile::tempdir().unwrap();
    let made = beside.path().join("my-desk");
    let mut folder = workspace().to_owned();
    let mut printed = String::new();
    let mut employee: Option<Employee> = None;
    let address = |employee: &Option<Employee>| employee.as_ref().map(|it| it.address().to_string());
    let steps = steps(&page);
    assert!(steps.len() > 12, "{steps:?}");
    for step in steps {
        match step {
            Step::Run(commands) => {
                let commands = commands.replace("../my-desk", made.to_str().expect("the path is UTF-8"));
                let commands = match address(&employee) {
                    Some(address) => commands.replace(ADDRESS, &address),
                    None => commands,
                };
                // The versions of the workspace are here without a network.
                let copied =
                    format!("cp '{}/Cargo.lock' . 2>/dev/null || true\ncargo test", workspace().display());
                (printed, folder) = run(&commands.replace("cargo test", &copied), &folder, &environment);
            }
            Step::Write { path, text } => std::fs::write(folder.join(path), text).unwrap(),
            Step::Serve(commands) => {
                assert_eq!(commands, "SWML_BASIC_AUTH_PASSWORD=try-me cargo run -q -- serve --watch");
                run("cargo build -q", &folder, &environment);
                let program = Program::at(target_folder().join("debug/my-desk"))
                    .set("SWML_BASIC_AUTH_PASSWORD", "try-me")
                    .arguments(["serve", "--watch", "--listen", "127.0.0.1:0"]);
                let served = program.serve().await;
                served.log().find("the banner", |line| line.contains("try next").then_some(())).await;
                let log = served.log().lines().join("\n");
                printed = format!("listening on http://{}\n{log}", served.address());
                employee = Some(served);
            }
            Step::Wait(line) => {
                let log = employee.as_ref().expect("it is served").log();
                log.find(&line, |it| it.contains(&line).then_some(())).await;
            }
            Step::Printed(parts) => {
                let mut rest = match address(&employee) {
                    Some(address) => printed.replace(&address, ADDRESS),
                    None => printed.clone(),
                };
                // In a document the breaks of the prompt's lines are escaped.
                rest = rest.replace("\\n", "\n");
                for part in parts {
                    let (_, after) = rest
                        .split_once(&part)
                        .unwrap_or_else(|| panic!("{part:?} is not printed, or not there: {printed}"));
                    rest = after.to_owned();
                }
            }
        }
    }
}
