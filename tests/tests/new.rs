//! `new`: what it writes compiles, passes its test, and serves.

use std::path::Path;
use std::process::{Command, Stdio};

use swaig_tests::{Employee, Program, target_folder, workspace};

fn cargo(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // What is built already for the workspace is not built again.
    Command::new(cargo)
        .args(arguments)
        .args(["--offline", "--quiet"])
        .env("CARGO_TARGET_DIR", target_folder())
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

    let target = target_folder();
    let program = Program::at(target.join("debug/front-desk"));
    let employee = program.arguments(["serve", "--watch", "--listen", "127.0.0.1:0"]).serve().await;
    let document = employee.client().get("/front_desk").await;
    assert_eq!(document.status, 200, "{}", document.text());
    assert!(document.text().contains("opening_hours"), "{}", document.text());
    a_prompt_is_read_again(&employee, &made.join("src/prompt.md")).await;
    drop(employee);
    // Without --watch it is the prompt that the program was built with, wherever the file is now.
    std::fs::remove_file(made.join("src/prompt.md")).unwrap();
    let program = Program::at(target.join("debug/front-desk"));
    let employee = program.arguments(["--listen", "127.0.0.1:0"]).serve().await;
    assert!(employee.client().get("/front_desk").await.text().contains("You are Ada"));
    drop(employee);
    let program = Program::at(target.join("debug/front-desk"));
    let ended = program.arguments(["serve", "--watch", "--listen", "127.0.0.1:0"]).run().await;
    assert!(ended.stderr.contains("start it without, or build it again"), "{}", ended.stderr);

    // A second time nothing is overwritten.
    let ended = Program::new(["new", made.to_str().unwrap()]).run().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("is there already, and nothing is overwritten"), "{}", ended.stderr);
}

/// Changes the file, and waits for what the log says.
async fn a_prompt_is_read_again(employee: &Employee, path: &Path) {
    let save = async |text: &str, line: &str| {
        let before = employee.log().lines().len();
        std::fs::write(path, text).expect("a file can be written");
        employee.log().find_after(before, line, |it| it.contains(line).then(|| it.to_owned())).await
    };
    let prompt = async || {
        let document = employee.client().get("/front_desk").await.json();
        let ai =
            document["sections"]["main"].as_array().expect("steps").iter().find_map(|step| step.get("ai"));
        ai.expect("the verb ai")["prompt"]["text"].as_str().expect("a text").to_owned()
    };
    save("You are Bob of SHOP_NAME.\n", "the prompt was read again").await;
    assert_eq!(prompt().await, "You are Bob of a small shop.");
    // What cannot be taken changes nothing, and is told.
    std::fs::rename(path, path.with_extension("away")).expect("a file can be moved");
    let line = "the prompt is as before";
    employee.log().find(line, |it| it.contains(line).then_some(())).await;
    assert_eq!(prompt().await, "You are Bob of a small shop.");
    save("You are Cleo.", "the prompt was read again").await;
    assert_eq!(prompt().await, "You are Cleo.");
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
