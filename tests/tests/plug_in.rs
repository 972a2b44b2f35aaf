//! A function and an agent in files of a crate of their own appear in the program with no edit elsewhere than its `use`,
//! and whatever does not fit is told at start-up, with both places.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::{Value, json};
use swaig_tests::made::{self, Made};
use swaig_tests::{Employee, Ended, Program, function_request};

/// A function in a file.
fn function(type_name: &str, name: &str, arguments: &str) -> String {
    format!(
        r#"
struct {type_name};

#[async_trait]
impl Function for {type_name} {{
    const NAME: &'static str = "{name}";
    const DESCRIPTION: &'static str = "Says what time the shop opens";
    type Args = {arguments};

    fn build(_: &Setup) -> Result<Self, SetupError> {{
        Ok(Self)
    }}

    async fn call(&self, _: {arguments}, call: &Call) -> Result<Reply, FunctionError> {{
        Ok(Reply::text(format!("We open at nine, {{}}", call.agent_id())).set_meta_data("asked", true))
    }}
}}
swaig::register_function!({type_name});
"#
    )
}

/// An agent in a file.
fn agent(type_name: &str, name: &str, function: &str) -> String {
    format!(
        r#"
struct {type_name};

impl Agent for {type_name} {{
    const NAME: &'static str = "{name}";

    fn build(_: &Setup) -> Result<Self, SetupError> {{
        Ok(Self)
    }}

    fn define(&self) -> AgentDefinition {{
        AgentDefinition::new(Prompt::text("You answer the phone of a shop.")).function("{function}")
    }}
}}
swaig::register_agent!({type_name});
"#
    )
}

const RECURSIVE: &str = "
#[derive(Deserialize, JsonSchema)]
struct Tree {
    /// The branches.
    #[allow(dead_code)]
    branches: Vec<Tree>,
}
";

/// The programs of the crate: a name, and the files that it has besides `main.rs`.
fn programs() -> Vec<Made> {
    let hours = || ("opening_hours", function("OpeningHours", "opening_hours", "NoArgs"));
    vec![
        ("shop", vec![hours(), ("reception", agent("Reception", "reception", "opening_hours"))]),
        ("two_functions", vec![hours(), ("other", function("OtherHours", "opening_hours", "NoArgs"))]),
        ("two_agents", vec![("mine", agent("Mine", "mfa", "send_mfa"))]),
        ("reserved_function", vec![("hook", function("Hook", "startup_hook", "NoArgs"))]),
        ("reserved_agent", vec![hours(), ("page", agent("Page", "console", "opening_hours"))]),
        ("bad_name", vec![("bad", function("Bad", "opening-hours", "NoArgs"))]),
        ("unknown_function", vec![("lost", agent("Lost", "lost", "opening_ours"))]),
        ("recursive", vec![("forest", format!("{RECURSIVE}{}", function("Forest", "forest", "Tree")))]),
    ]
}

/// Builds the programs, once.
fn built() -> &'static [(String, PathBuf)] {
    static BUILT: OnceLock<Vec<(String, PathBuf)>> = OnceLock::new();
    BUILT.get_or_init(|| made::make(env!("CARGO_TARGET_TMPDIR"), "plug-in", programs()))
}

fn program(name: &str) -> Program {
    let found = built().iter().find(|(built, _)| built == name);
    Program::at(&found.unwrap_or_else(|| panic!("{name} was built")).1)
}

/// The line of a file of a program that holds this text.
fn place(name: &str, file: &str, text: &str) -> String {
    let (_, files) = programs().into_iter().find(|(it, _)| *it == name).expect("the program is there");
    let (_, body) = files.into_iter().find(|(it, _)| *it == file).expect("the file is there");
    let whole = made::file(&body);
    let line = whole.lines().position(|line| line.contains(text)).expect("the text is there") + 1;
    format!("src/bin/{name}/{file}.rs:{line}")
}

/// Asserts that the program does not start, whatever it is asked for, and that stderr names all this.
async fn assert_refused(name: &str, expected: &[&str]) {
    for arguments in [&["--listen", "127.0.0.1:0"][..], &["list"]] {
        let Ended { code, stdout, stderr } = program(name).arguments(arguments.iter().copied()).run().await;
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{arguments:?}: {stderr}");
        for text in expected {
            assert!(stderr.contains(text), "{text:?} is missing in: {stderr}");
        }
    }
}

#[tokio::test]
async fn a_new_file_is_all_that_a_new_function_and_agent_need() {
    let ended = program("shop").arguments(["list", "--format", "json"]).run().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let list: Value = serde_json::from_str(&ended.stdout).unwrap();
    let names =
        |kind: &str| list[kind].as_array().unwrap().iter().map(|it| it["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names("agents"), ["mfa", "reception"]);
    for name in ["opening_hours", "send_mfa", "verify_mfa"] {
        assert!(names("functions").contains(&json!(name)), "{name}: {list}");
    }
    let functions = list["functions"].as_array().unwrap();
    let defined =
        functions.iter().find(|it| it["name"] == "opening_hours").unwrap()["defined_at"].as_str().unwrap();
    for text in ["OpeningHours", "shop-employees", &place("shop", "opening_hours", "register_function!")] {
        assert!(defined.contains(text), "{text}: {defined}");
    }
}

#[tokio::test]
async fn a_new_agent_is_served_and_its_function_called() {
    let employee: Employee = program("shop").arguments(["--listen", "127.0.0.1:0"]).serve().await;
    let client = employee.client();
    let document = client.get("/reception?agent_id=front+desk").await;
    assert_eq!(document.status, 200);
    let ai = &document.json()["sections"]["main"];
    let ai = ai.as_array().unwrap().iter().find_map(|step| step.get("ai")).unwrap();
    assert_eq!(ai["SWAIG"]["functions"][0]["function"], "opening_hours");
    assert_eq!(ai["SWAIG"]["functions"].as_array().unwrap().len(), 1);
    let reply = client
        .post("/reception/swaig?agent_id=front+desk", &function_request("opening_hours", &json!({})))
        .await;
    assert_eq!(reply.json()["response"], "We open at nine, front desk");
    // Each agent has its own functions only, and the reference agent is still there.
    let reply = client.post("/reception/swaig", &function_request("send_mfa", &json!({}))).await;
    assert!(
        reply.json()["response"].as_str().unwrap().contains("no function named send_mfa"),
        "{}",
        reply.text()
    );
    assert_eq!(client.get("/mfa").await.status, 200);
    assert_eq!(employee.codes(), 0);
}

#[tokio::test]
async fn two_functions_of_one_name_are_told_with_both_places() {
    let name = "two_functions";
    let places =
        [place(name, "opening_hours", "register_function!"), place(name, "other", "register_function!")];
    let expected = [
        "two functions",
        "\"opening_hours\"",
        "OpeningHours",
        "OtherHours",
        "crate shop-employees",
        &places[0],
        &places[1],
    ];
    assert_refused(name, &expected).await;
}

#[tokio::test]
async fn two_agents_of_one_name_are_told_with_both_crates() {
    let mine = place("two_agents", "mine", "register_agent!");
    let expected =
        ["two agents", "\"mfa\"", "crate shop-employees", &mine, "crate swaig-agents", "agents/src/mfa.rs:"];
    assert_refused("two_agents", &expected).await;
}

#[tokio::test]
async fn reserved_names_are_refused() {
    let hook = place("reserved_function", "hook", "register_function!");
    assert_refused(
        "reserved_function",
        &["\"startup_hook\"", "reserved", "Hook", "crate shop-employees", &hook],
    )
    .await;
    let page = place("reserved_agent", "page", "register_agent!");
    assert_refused("reserved_agent", &["\"console\"", "reserved", "Page", "crate shop-employees", &page])
        .await;
}

#[tokio::test]
async fn a_name_that_is_none_is_refused() {
    let bad = place("bad_name", "bad", "register_function!");
    assert_refused(
        "bad_name",
        &["\"opening-hours\"", "not valid", "letter", "Bad", "crate shop-employees", &bad],
    )
    .await;
}

#[tokio::test]
async fn an_unknown_function_is_told_with_those_that_are_there() {
    let lost = place("unknown_function", "lost", "register_agent!");
    let expected =
        ["\"lost\"", "\"opening_ours\"", "send_mfa, ", "verify_mfa", "Lost", "crate shop-employees", &lost];
    assert_refused("unknown_function", &expected).await;
}

#[tokio::test]
async fn arguments_that_contain_themselves_are_refused() {
    let forest = place("recursive", "forest", "register_function!");
    let expected = ["\"forest\"", "Forest", "Tree", "branches", "crate shop-employees", &forest];
    assert_refused("recursive", &expected).await;
}
