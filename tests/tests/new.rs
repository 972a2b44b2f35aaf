//! `new`: what it writes compiles, passes its test, and serves.

use std::path::Path;
use std::process::{Command, Stdio};

use swaig_tests::{Program, workspace};

fn cargo(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // What is built already for the workspace is not built again.
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| workspace().join("target").into());
    Command::new(cargo)
        .args(arguments)
        .args(["--offline", "--quiet"])
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("cargo can be run")
}

#[tokio::test]
async fn what_it_writes_compiles_tests_and_serves_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("front-desk");
    let ended = Program::new(["new", made.to_str().unwrap()]).run().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for text in ["front-desk is ready", "cargo test", "cargo run"] {
        assert!(ended.stdout.contains(text), "{text}: {}", ended.stdout);
    }
    // The versions of the workspace, which are there without a network.
    std::fs::copy(workspace().join("Cargo.lock"), made.join("Cargo.lock")).unwrap();
    let tested = cargo(&made, &["test"]);
    let said = String::from_utf8_lossy(&tested.stdout);
    assert!(tested.status.success(), "{said}{}", String::from_utf8_lossy(&tested.stderr));
    assert!(said.contains("1 passed"), "{said}");
    let built = cargo(&made, &["build"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    // Nothing to be ashamed of.
    assert_eq!(String::from_utf8_lossy(&built.stderr), "");

    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), Into::into);
    let program = Program::at(target.join("debug/front-desk")).arguments(["--listen", "127.0.0.1:0"]);
    let employee = program.serve().await;
    let document = employee.client().get("/front_desk").await;
    assert_eq!(document.status, 200, "{}", document.text());
    assert!(document.text().contains("opening_hours"), "{}", document.text());

    // A second time nothing is overwritten.
    let ended = Program::new(["new", made.to_str().unwrap()]).run().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("is there already, and nothing is overwritten"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_name_that_cannot_be_one_is_refused_with_an_example() {
    for name in ["My-Agent", "2fast", "console", "match"] {
        let ended = Program::new(["new", name]).run().await;
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.stderr.contains("choose one such as my-agent"), "{}", ended.stderr);
    }
    let ended = Program::new(["new", "desk", "--swaig", "/nowhere"]).run().await;
    assert!(ended.stderr.contains("--swaig PATH"), "{}", ended.stderr);
}
