//! The command-line tool: what it prints, what it takes from where, and how it says what is wrong.

use serde_json::{Value, json};
use swaig_tests::{Ended, PhoneCall, Program, StandIn};

/// Asserts that a command failed with status 1, and that stderr holds all of these texts.
fn assert_failed(ended: &Ended, expected: &[&str]) {
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
    for text in expected {
        assert!(ended.stderr.contains(text), "{text:?} is missing in: {}", ended.stderr);
    }
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
}

/// The standard output of a command that went well.
fn printed(ended: &Ended) -> &str {
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    &ended.stdout
}

/// The settings of a whole account at an address where nobody answers.
fn account(program: Program) -> Program {
    program
        .set("SIGNALWIRE_PROJECT_ID", StandIn::PROJECT)
        .set("SIGNALWIRE_API_TOKEN", StandIn::TOKEN)
        .set("SIGNALWIRE_SPACE", "example")
}

#[tokio::test]
async fn list_shows_agents_functions_and_where_they_are_defined() {
    let ended = Program::new(["list"]).run().await;
    for text in [
        "mfa",
        "functions: send_mfa, verify_mfa",
        "agents/src/mfa.rs:",
        "functions/src/mfa/send.rs:",
        "functions/src/mfa/verify.rs:",
        "token (required)",
        "channel (optional)",
        "MFA_TOKEN_LENGTH",
    ] {
        assert!(printed(&ended).contains(text), "{text}: {}", ended.stdout);
    }
    assert_eq!(ended.stderr, "");
}

#[tokio::test]
async fn list_is_there_for_programs_too() {
    let ended = Program::new(["list", "--format", "json"]).run().await;
    let list: Value = serde_json::from_str(printed(&ended)).unwrap();
    let agent = &list["agents"][0];
    assert_eq!((&agent["name"], &agent["functions"]), (&json!("mfa"), &json!(["send_mfa", "verify_mfa"])));
    assert_eq!(list["agents"].as_array().unwrap().len(), 1, "the others are served on request");
    let others = list["not_served"].as_array().unwrap();
    assert!(others.iter().any(|agent| agent["name"] == "scheduler"), "{others:?}");
    assert!(agent["defined_at"].as_str().unwrap().contains("agents/src/mfa.rs:"), "{agent}");
    let functions = list["functions"].as_array().unwrap();
    let verify = functions.iter().find(|it| it["name"] == "verify_mfa").unwrap();
    assert_eq!(verify["parameters"]["required"], json!(["token"]));
}

#[tokio::test]
async fn help_names_every_command_and_every_setting() {
    let ended = Program::new(["--help"]).run().await;
    for text in [
        "serve",
        "list",
        "render",
        "call",
        "--listen",
        "--config",
        "--log-format",
        "SWAIG_LISTEN",
        "PORT",
        "SWML_PROXY_URL_BASE",
        "SWML_BASIC_AUTH_USER",
        "SWML_BASIC_AUTH_PASSWORD",
        "SWAIG_STORE",
        "SIGNALWIRE_PROJECT_ID",
        "SIGNALWIRE_API_TOKEN",
        "SIGNALWIRE_SPACE",
        "SIGNALWIRE_API_URL",
        "RUST_LOG",
        "MFA_FROM_NUMBER",
        "MFA_MESSAGE",
        "MFA_TOKEN_LENGTH",
        "MFA_VALID_FOR",
        "MFA_MAX_ATTEMPTS",
        "MFA_NUMBER_POLICY",
        "digital-employees.toml",
    ] {
        assert!(printed(&ended).contains(text), "{text}: {}", ended.stdout);
    }
    let ended = Program::new(["--version"]).run().await;
    assert!(printed(&ended).contains(env!("CARGO_PKG_VERSION")), "{}", ended.stdout);
}

#[tokio::test]
async fn a_command_line_that_is_not_understood_is_status_2() {
    for arguments in
        [&["dance"][..], &["--lisen", "x"], &["render"], &["call", "mfa"], &["list", "--format", "xml"]]
    {
        let ended = Program::new(arguments.iter().copied()).run().await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.stderr.contains("--help"), "{arguments:?}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn call_runs_a_function_without_a_server() {
    let ended = Program::new(["call", "mfa", "send_mfa", "--format", "json"]).run().await;
    let reply: Value = serde_json::from_str(printed(&ended)).unwrap();
    assert_eq!(reply["response"], "6 digit number sent");
    assert_eq!(reply["action"][0]["set_meta_data"]["mfa"]["to"], "+1••••••0000");
    assert!(ended.stderr.contains("sandbox::phone"), "the code shows on the phone: {}", ended.stderr);

    // For people: what the model reads, and what the platform does.
    let ended = Program::new(["call", "mfa", "send_mfa", "--channel", "call"]).run().await;
    assert_eq!(printed(&ended), "6 digit number sent\n  Sets `mfa` in `meta_data`.\n");
    assert!(ended.stderr.contains("channel=call"), "{}", ended.stderr);

    let ended = Program::new(["call", "mfa", "send_mfa", "--caller", "sip:alice@example.com"]).run().await;
    assert!(printed(&ended).contains("number is not shown"), "{}", ended.stdout);

    let token = ["--args", r#"{"token": "123456"}"#];
    let call = || Program::new(["call", "mfa", "verify_mfa"]).arguments(token);
    let ended = call().arguments(["--verified", "sms"]).run().await;
    assert!(printed(&ended).contains("verified already"), "{}", ended.stdout);
    // Saying so is not enough.
    let ended = call().arguments(["--meta-data", r#"{"verified": true}"#]).run().await;
    assert!(printed(&ended).contains("the caller is not verified"), "{}", ended.stdout);

    // What the model would hear is printed, and is no failure of the command.
    let ended = Program::new(["call", "mfa", "send_money"]).run().await;
    assert!(printed(&ended).contains("send_mfa, verify_mfa"), "{}", ended.stdout);
}

#[tokio::test]
async fn the_arguments_of_a_function_are_options_of_call() {
    let ended = Program::new(["call", "mfa", "verify_mfa", "--help"]).run().await;
    let help = printed(&ended);
    for text in ["Arguments of the function:", "--token <STRING>", "The digits", "--meta-data"] {
        assert!(help.contains(text), "{text}: {help}");
    }
    let ended = Program::new(["call", "mfa", "send_mfa", "--help"]).run().await;
    assert!(printed(&ended).contains("[possible values: sms, call]"), "{}", ended.stdout);
    let call = ["call", "mfa", "verify_mfa", "--token", "123456", "--verified", "sms"];
    let ended = Program::new(call).run().await;
    assert!(printed(&ended).contains("verified already"), "{}", ended.stdout);
    // An option of another function.
    let ended = Program::new(["call", "mfa", "send_mfa", "--token", "123456"]).run().await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("unexpected argument '--token'"), "{}", ended.stderr);
    // What is tried out leaves nothing behind.
    let program = Program::new(call);
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.db");
    let ended = program.set("SWAIG_STORE", format!("sqlite:{}", store.display())).run().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(!store.exists());
}

#[tokio::test]
async fn arguments_that_are_no_json_object_are_refused_with_an_example() {
    for text in ["{", "[1]", "7", "token=1", ""] {
        for flag in ["--args", "--meta-data", "--global-data"] {
            let ended = Program::new(["call", "mfa", "verify_mfa", flag, text]).run().await;
            assert_failed(&ended, &[flag, "not a JSON object", "an example: {"]);
        }
    }
}

#[tokio::test]
async fn an_unknown_agent_is_told_with_those_that_are_there() {
    for arguments in [&["render", "nobody"][..], &["call", "nobody", "send_mfa"]] {
        let ended = Program::new(arguments.iter().copied()).run().await;
        assert_failed(&ended, &["no agent named \"nobody\"", "agents: mfa"]);
    }
}

#[tokio::test]
async fn half_set_credentials_are_an_error_and_never_a_sandbox() {
    let all = [
        ("SIGNALWIRE_PROJECT_ID", StandIn::PROJECT),
        ("SIGNALWIRE_API_TOKEN", StandIn::TOKEN),
        ("SIGNALWIRE_SPACE", "example"),
    ];
    for subset in 1..7_usize {
        let is_set = |place: usize| subset & (1 << place) != 0;
        let settings = all.into_iter().enumerate().filter(|(place, _)| is_set(*place));
        let program =
            Program::new(["--listen", "127.0.0.1:0"]).settings(settings.map(|(_, setting)| setting));
        let ended = program.run().await;
        let names = all.map(|(name, _)| name);
        assert_failed(&ended, &names);
        assert!(!ended.stderr.contains(StandIn::TOKEN), "{}", ended.stderr);
    }
    // A value that holds nothing counts as none.
    let ended =
        account(Program::new(["--listen", "127.0.0.1:0"])).set("SIGNALWIRE_API_TOKEN", "  ").run().await;
    assert_failed(&ended, &["SIGNALWIRE_API_TOKEN missing"]);
}

#[tokio::test]
async fn the_sandbox_listens_on_loopback_only() {
    for address in ["0.0.0.0:0", "[::]:0"] {
        let ended = Program::new(["--listen", address]).run().await;
        assert_failed(&ended, &["loopback", address, "SIGNALWIRE_PROJECT_ID", "--listen 127.0.0.1:"]);
    }
    for (name, value) in [("PORT", "0"), ("SWAIG_LISTEN", "0.0.0.0:0")] {
        assert_failed(&Program::new([]).set(name, value).run().await, &["loopback", "0.0.0.0:0"]);
    }
    Program::new(["--listen", "localhost:0"]).serve().await;
}

#[tokio::test]
async fn a_port_alone_means_all_addresses() {
    let employee = account(Program::new([])).set("PORT", "0").serve().await;
    assert!(
        employee.address().ip().is_unspecified() && employee.address().port() != 0,
        "{}",
        employee.address()
    );
    // The address that is emitted is one that can be reached from here.
    let url = employee
        .log()
        .find("the agent's address", |line| {
            line.split("  ").last().filter(|it| it.ends_with("/mfa")).map(str::to_owned)
        })
        .await;
    assert_eq!(url, format!("http://127.0.0.1:{}/mfa", employee.address().port()));

    let employee =
        account(Program::new([])).set("PORT", "1").set("SWAIG_LISTEN", "127.0.0.1:0").serve().await;
    assert!(employee.address().ip().is_loopback(), "SWAIG_LISTEN counts more than PORT");
    let employee = Program::new(["--listen", "127.0.0.1:0"]).set("SWAIG_LISTEN", "0.0.0.0:1").serve().await;
    assert!(employee.address().ip().is_loopback(), "--listen counts more than SWAIG_LISTEN");
}

#[tokio::test]
async fn all_addresses_of_ipv6_are_reached_by_loopback_too() {
    if std::net::TcpListener::bind("[::]:0").is_err() {
        eprintln!("skipped: this machine has no IPv6");
        return;
    }
    let employee = account(Program::new(["--listen", "[::]:0"])).serve().await;
    let line = employee
        .log()
        .find("the agent's address", |line| line.contains("  agent  ").then(|| line.to_owned()))
        .await;
    assert!(!line.contains("//[::]:"), "nobody can reach this: {line}");
}

#[tokio::test]
async fn an_address_that_cannot_be_listened_on_is_named_with_the_reason() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Program::new(["--listen", &address]).run().await;
    assert_failed(&ended, &[&format!("cannot listen on {address}"), "in use"]);
    for address in ["nonsense", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:x"] {
        assert_failed(&Program::new(["--listen", address]).run().await, &[address]);
    }
    assert_failed(&Program::new([]).set("PORT", "http").run().await, &["0.0.0.0:http"]);
}

#[tokio::test]
async fn settings_come_from_a_file_and_the_environment_wins() {
    let text =
        "swaig_listen = '127.0.0.1:0'\nswml_basic_auth_password = 'from-the-file'\n[mfa]\ntoken_length = 8\n";
    let ended = Program::new(["call", "mfa", "send_mfa"]).file("digital-employees.toml", text).run().await;
    assert!(printed(&ended).contains("8 digit number sent"), "{}", ended.stdout);
    let program = Program::new(["call", "mfa", "send_mfa"]).file("digital-employees.toml", text);
    let ended = program.set("MFA_TOKEN_LENGTH", "5").run().await;
    assert!(printed(&ended).contains("5 digit number sent"), "{}", ended.stdout);
    // An empty variable is how a container says that it is not set.
    let program = Program::new(["call", "mfa", "send_mfa"]).file("digital-employees.toml", text);
    let ended = program.set("MFA_TOKEN_LENGTH", "").run().await;
    assert!(printed(&ended).contains("8 digit number sent"), "{}", ended.stdout);

    let program = Program::new(["--config", "other.toml"]).file("other.toml", text);
    let employee = program
        .file("digital-employees.toml", "not read")
        .set("SWML_BASIC_AUTH_PASSWORD", "try-me")
        .serve()
        .await;
    PhoneCall::from(&employee, "+15551230000").await;
    employee.log().find("the settings file", |line| line.contains("other.toml").then_some(())).await;
    employee
        .log()
        .find("where the password is from", |line| {
            line.contains("password from the environment").then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_settings_file_that_cannot_be_used_is_named() {
    assert_failed(
        &Program::new(["list", "--config", "missing.toml"]).run().await,
        &["missing.toml", "caused by"],
    );
    for (text, expected) in
        [("a = [", "line 1"), ("mfa = [[1]]", "setting mfa"), ("\u{0}", "digital-employees.toml")]
    {
        for arguments in [&["list"][..], &["--listen", "127.0.0.1:0"]] {
            let program = Program::new(arguments.iter().copied()).file("digital-employees.toml", text);
            assert_failed(&program.run().await, &["digital-employees.toml", expected]);
        }
    }
}

#[tokio::test]
async fn a_settings_file_with_a_slip_is_told_without_its_secrets() {
    let text = format!("signalwire_api_token = \"{}\nmfa_token_length = 6\n", StandIn::TOKEN);
    let ended = Program::new(["--listen", "127.0.0.1:0"]).file("digital-employees.toml", &text).run().await;
    assert_failed(&ended, &["digital-employees.toml", "line 1"]);
    assert!(!ended.stderr.contains(StandIn::TOKEN), "{}", ended.stderr);
}

#[tokio::test]
async fn a_misspelt_setting_is_warned_about() {
    let text = "mfa_form_number = '+15550001111'\nmfa_token_length = 6\nnothing_like_it = 1\n";
    let employee =
        Program::new(["--listen", "127.0.0.1:0"]).file("digital-employees.toml", text).serve().await;
    let warning = async |part: &str| {
        employee.log().find(part, |line| line.contains(part).then(|| line.to_owned())).await
    };
    assert!(warning("mfa_form_number").await.contains("is mfa_from_number meant?"));
    assert!(warning("nothing_like_it").await.contains("is it misspelt?"));
    assert!(!employee.log().lines().iter().any(|line| line.contains("mfa_token_length")));
}

#[tokio::test]
async fn a_setting_that_is_not_valid_is_named_with_what_is_expected() {
    let table = [
        ("MFA_TOKEN_LENGTH", "3", "between 4 and 20"),
        ("MFA_VALID_FOR", "soon", "between 1 and 604800"),
        ("MFA_MAX_ATTEMPTS", "0", "between 1 and 20"),
        ("MFA_NUMBER_POLICY", "nobody", "caller, any"),
        ("MFA_FROM_NUMBER", "5551234", "E.164"),
        ("SWML_PROXY_URL_BASE", "https://user:hunter2@example.com", "without credentials"),
        ("SWML_BASIC_AUTH_USER", "a:b", "no colon"),
        ("RUST_LOG", "a=b=c", "RUST_LOG"),
    ];
    for (name, value, expected) in table {
        let ended = Program::new(["--listen", "127.0.0.1:0"]).set(name, value).run().await;
        assert_failed(&ended, &[name, expected]);
        assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
    }
    // A text of one's own needs a number of one's own.
    let ended = Program::new(["--listen", "127.0.0.1:0"]).set("MFA_MESSAGE", "Your code:").run().await;
    assert_failed(&ended, &["MFA_MESSAGE is not valid", "needs MFA_FROM_NUMBER"]);
    let ended = account(Program::new(["--listen", "127.0.0.1:0"]))
        .set("SIGNALWIRE_API_URL", "http://u:hunter2@h")
        .run()
        .await;
    assert_failed(&ended, &["SIGNALWIRE_API_URL", "scheme://host"]);
    assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_public_address_without_its_scheme_is_told_with_what_is_expected() {
    for value in ["example.com", "//example.com", "https://", "ftp://example.com"] {
        let ended = Program::new(["--listen", "127.0.0.1:0"]).set("SWML_PROXY_URL_BASE", value).run().await;
        assert_failed(&ended, &["SWML_PROXY_URL_BASE", "https://host"]);
    }
}

#[tokio::test]
async fn an_unknown_store_is_refused_and_its_password_is_not_shown() {
    for store in ["nosuchstore://user:hunter2@example.com/0", "user:hunter2@example.com"] {
        let ended = Program::new(["--listen", "127.0.0.1:0"]).set("SWAIG_STORE", store).run().await;
        assert_failed(&ended, &["SWAIG_STORE", "memory:"]);
        assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_password_of_ones_own_is_never_shown_and_a_made_up_one_once() {
    let employee = Program::new(["--listen", "127.0.0.1:0"])
        .set("SWML_BASIC_AUTH_PASSWORD", "s3cret-of-mine")
        .serve()
        .await;
    employee.log().find("what to try next", |line| line.contains("try next").then_some(())).await;
    let log = employee.log().lines().join("\n");
    assert!(log.contains("SANDBOX") && !log.contains("s3cret-of-mine"), "{log}");

    let employee = Program::new(["--listen", "127.0.0.1:0"]).serve().await;
    employee.log().find("what to try next", |line| line.contains("try next").then_some(())).await;
    let password = &employee.credentials().password;
    assert!(password.len() >= 20, "{password}");
    assert_eq!(employee.log().lines().join("\n").matches(password.as_str()).count(), 1);
}

#[tokio::test]
async fn live_mode_says_so_and_shows_no_token() {
    let employee = account(Program::new(["--listen", "127.0.0.1:0"])).serve().await;
    employee.log().find("what to try next", |line| line.contains("try next").then_some(())).await;
    let log = employee.log().lines().join("\n");
    assert!(log.contains("live") && log.contains("https://example.signalwire.com"), "{log}");
    assert!(!log.contains("SANDBOX") && !log.contains(StandIn::TOKEN), "{log}");
}

#[tokio::test]
async fn the_log_can_be_json() {
    let employee = Program::new(["--listen", "127.0.0.1:0", "--log-format", "json"]).serve().await;
    let mut call = PhoneCall::from(&employee, "+15551230000").await;
    call.call("send_mfa", json!({})).await;
    let entry = employee
        .log()
        .find("a line of JSON", |line| {
            serde_json::from_str::<Value>(line).ok().filter(|entry| entry["target"] == "sandbox::phone")
        })
        .await;
    assert_eq!(entry["level"], "INFO");
    assert!(entry["message"].as_str().unwrap().contains("Code is"), "{entry}");
}

#[tokio::test]
async fn check_tells_by_its_exit_status_whether_a_document_is_valid() {
    let ended = Program::new(["check", "mfa"]).run().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("valid (errors: 0, lints: 0)"), "{}", ended.stdout);

    let invalid =
        r#"{"sections": {"main": [{"record_call": {"stereo": "true"}}, {"execute": {"dest": "nowhere"}}]}}"#;
    let ended = Program::new(["check", "call.json"]).file("call.json", invalid).run().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for part in
        ["/sections/main/0/record_call/stereo", "write true without quotes", "/sections/main/1/execute/dest"]
    {
        assert!(ended.stdout.contains(part), "{}", ended.stdout);
    }
    let ended =
        Program::new(["check", "call.json", "--format", "json"]).file("call.json", invalid).run().await;
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        (&report["valid"], report["findings"].as_array().unwrap().len()),
        (&serde_json::json!(false), 2)
    );

    let ended = Program::new(["check", "call.json"]).file("call.json", "{").run().await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    let ended = Program::new(["check", "nothing.json"]).run().await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("agents: mfa"), "{}", ended.stderr);
}

/// A document in YAML with one slip, and one that YAML 1.2 makes of a word.
const YAML: &str = "\
# Records, then hangs up.
sections:
  main:
    - record_call: { stereo: yes }
    - execute: { dest: nowhere }
";

#[tokio::test]
async fn check_reads_yaml_from_a_file_and_from_standard_input() {
    let file = Program::new(["check", "call.yaml"]).file("call.yaml", YAML).run().await;
    assert_eq!((file.code, file.stderr.as_str()), (Some(1), ""), "{}", file.stdout);
    for part in ["error at /sections/main/0/record_call/stereo", "error at /sections/main/1/execute/dest"] {
        assert!(file.stdout.contains(part), "{}", file.stdout);
    }
    // The content decides, not the name.
    let input = Program::new(["check", "-"]).input(YAML).run().await;
    assert_eq!((input.code, input.stdout, input.stderr), (file.code, file.stdout, file.stderr));

    let fixed = YAML.replace("yes", "true").replace("nowhere", "main");
    let ended = Program::new(["check", "-"]).input(&fixed).run().await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{}", ended.stdout);
}

#[tokio::test]
async fn check_reads_json_from_standard_input() {
    let ended = Program::new(["check", "-"]).input(r#"{"sections": {"main": [{"answer": {}}]}}"#).run().await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{}", ended.stdout);
}

#[tokio::test]
async fn what_is_neither_json_nor_yaml_is_told_for_both() {
    let text = "sections:\n  main: [\n";
    let ended = Program::new(["check", "call.yaml"]).file("call.yaml", text).run().await;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    for part in ["call.yaml is neither JSON nor YAML", "as JSON: expected", "as YAML: line 3, column 1: "] {
        assert!(ended.stderr.contains(part), "{part:?}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn json_with_a_slip_that_yaml_forgives_is_warned_about() {
    let text = r#"{"sections": {"main": [{"answer": {}},]}}"#;
    let ended = Program::new(["check", "call.json"]).file("call.json", text).run().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
    assert!(ended.stderr.contains("call.json looks like JSON but is not"), "{}", ended.stderr);
}

#[tokio::test]
async fn what_is_rendered_in_yaml_is_the_same_document() {
    let json = Program::new(["render", "mfa"]).run().await;
    let yaml = Program::new(["render", "mfa", "--format", "yaml"]).run().await;
    assert!(
        printed(&yaml).starts_with("version: \"1.0.0\"\nsections:\n  main:\n    - answer: {}\n"),
        "{}",
        yaml.stdout
    );
    assert!(!yaml.stdout.ends_with("\n\n"));
    let read: Value = serde_yaml_ng::from_str(&yaml.stdout).unwrap();
    assert_eq!(read.to_string(), serde_json::from_str::<Value>(printed(&json)).unwrap().to_string());

    // And `check` takes it.
    let ended = Program::new(["check", "-"]).input(&yaml.stdout).run().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stdout);
}
