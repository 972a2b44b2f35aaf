//! The example programs as a user runs them: what they render is valid SWML, and their functions can be called.
#![expect(clippy::unwrap_used, reason = "a test may unwrap what it has just made")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/conformance/swml-schema.json");
const PROGRAMS: [(&str, &str, &[&str]); 4] = [
    ("hello", env!("CARGO_BIN_EXE_hello"), &["opening_hours"]),
    ("weather", env!("CARGO_BIN_EXE_weather"), &["find_place", "current_weather"]),
    ("bank", env!("CARGO_BIN_EXE_bank"), &["branch_hours", "send_mfa", "verify_mfa", "transfer_money"]),
    (
        "concierge",
        env!("CARGO_BIN_EXE_concierge"),
        &["order_taxi", "startup_hook", "hangup_hook", "summarize_conversation", "check_for_input"],
    ),
];

/// Runs a program with just these settings.
fn run(program: &str, args: &[&str], settings: &[(&str, &str)]) -> Output {
    // A folder without a settings file.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).env_clear().env("SWAIG_STORE", "memory:");
    command.envs(settings.iter().copied());
    command.output().unwrap()
}

fn stdout(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_the_examples_render_is_valid_swml() {
    let schema = std::fs::read_to_string(SCHEMA).ok();
    let validator = schema.map(|text| {
        let schema: Value = serde_json::from_str(&text).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    if validator.is_none() {
        eprintln!("skipped: the examples are not checked against the published schema, {SCHEMA} is absent");
    }
    for (agent, program, mounted) in &PROGRAMS {
        let document = stdout(&run(program, &["render", agent], &[]));
        let ai =
            document["sections"]["main"].as_array().unwrap().iter().find_map(|step| step.get("ai")).unwrap();
        let functions: Vec<_> = ai["SWAIG"]["functions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|signature| &signature["function"])
            .collect();
        assert_eq!(functions, *mounted, "{agent}");
        if let Some(validator) = &validator {
            let errors: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{agent}: {errors:?}");
        }
    }
}

#[test]
fn a_program_holds_its_own_agent_and_no_other() {
    for (agent, program, mounted) in &PROGRAMS {
        let list = stdout(&run(program, &["list", "--format", "json"], &[]));
        let names: Vec<_> = list["agents"].as_array().unwrap().iter().map(|agent| &agent["name"]).collect();
        assert_eq!(names, [agent]);
        // What the platform calls of itself is signed, and not mounted.
        let reserved = ["startup_hook", "hangup_hook", "summarize_conversation", "check_for_input"];
        let mounted: Vec<_> = mounted.iter().filter(|name| !reserved.contains(name)).collect();
        assert_eq!(list["agents"][0]["functions"], serde_json::json!(mounted));
    }
}

#[test]
fn a_function_can_be_called_from_the_command_line() {
    let [(_, hello, _), (_, weather, _), ..] = PROGRAMS;
    let reply = stdout(&run(
        hello,
        &["call", "hello", "opening_hours", "--day", "Saturday", "--format", "json"],
        &[],
    ));
    assert_eq!(reply["response"], "The bakery is open from 8 to 14 o'clock");

    let settings = [("WEATHER_API_URL", "http://127.0.0.1:1")];
    let args = r#"{"latitude": 123, "longitude": 0}"#;
    let reply = stdout(&run(
        weather,
        &["call", "weather", "current_weather", "--args", args, "--format", "json"],
        &settings,
    ));
    assert!(reply["response"].as_str().unwrap().contains("\"latitude\" is wrong"), "{reply}");
}

#[test]
fn a_function_that_signalwire_runs_is_listed_and_run_as_signalwire_runs_it() {
    let [_, (_, weather, _), ..] = PROGRAMS;
    let list = stdout(&run(weather, &["list", "--format", "json"], &[]));
    assert_eq!(list["agents"][0]["data_map_functions"][0]["name"], "find_place");
    let text = run(weather, &["list"], &[]);
    let text = String::from_utf8_lossy(&text.stdout);
    assert!(text.contains("find_place (run by SignalWire, data_map): Find the latitude"), "{text}");

    let document = stdout(&run(weather, &["render", "weather"], &[]));
    let functions = &document["sections"]["main"][1]["ai"]["SWAIG"]["functions"];
    assert!(functions[0]["data_map"]["webhooks"].is_array() && functions[0]["web_hook_url"].is_null());
    assert_eq!(functions[0]["meta_data_token"], functions[1]["meta_data_token"]);

    // Without the town nobody is asked, and the last output is left.
    let output = run(weather, &["call", "weather", "find_place", "--format", "json"], &[]);
    assert_eq!(stdout(&output)["response"], "Places cannot be looked up now. Apologise, and do not guess.");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("webhook 1 was not sent: the argument \"town\" is not there"), "{stderr}");
}

#[test]
fn a_wrong_setting_stops_the_start_and_is_named() {
    let [_, (_, weather, _), ..] = PROGRAMS;
    let output = run(weather, &["serve", "--listen", "127.0.0.1:0"], &[("WEATHER_API_URL", "open-meteo")]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("WEATHER_API_URL is not valid"), "{stderr}");
}
