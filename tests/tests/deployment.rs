//! The files in `deploy/`: what they name has to be there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_yaml_ng::{Deserializer, Value};
use swaig_tests::{Employee, Program, workspace};

fn deploy() -> PathBuf {
    workspace().join("deploy")
}

/// All files in `deploy/`, with their text.
fn files() -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).expect("the file is as it should be") {
            let path = entry.expect("the file is as it should be").path();
            // What an operator has filled in is theirs.
            if path.is_dir() {
                collect(&path, files);
            } else if path.extension().is_none_or(|extension| extension != "env") {
                files.push((
                    path.clone(),
                    std::fs::read_to_string(&path).expect("the file is as it should be"),
                ));
            }
        }
    }
    let mut files = Vec::new();
    collect(&deploy(), &mut files);
    assert!(files.len() >= 8, "{files:?}");
    files
}

fn yaml(name: &str) -> Vec<Value> {
    use serde::Deserialize as _;
    let text = std::fs::read_to_string(deploy().join(name)).expect("the file is as it should be");
    let documents = Deserializer::from_str(&text).map(|document| {
        let mut value = Value::deserialize(document).unwrap_or_else(|error| panic!("{name}: {error}"));
        value.apply_merge().expect("the file is as it should be");
        value
    });
    documents.collect()
}

/// The names that a mapping has, such as those of environment variables.
fn names(mapping: &Value) -> impl Iterator<Item = String> {
    mapping
        .as_mapping()
        .expect("the file is as it should be")
        .keys()
        .map(|name| name.as_str().expect("the file is as it should be").to_owned())
}

/// The words of a text that look like a setting of the program.
fn settings(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
    let ours = ["SWAIG_", "SWML_", "SIGNALWIRE_", "MFA_"];
    words.filter(move |word| ours.iter().any(|prefix| word.len() > prefix.len() && word.starts_with(prefix)))
}

/// All settings that `--help` lists.
async fn known() -> BTreeSet<String> {
    let help = Program::new(["--help"]).run().await;
    assert_eq!(help.code, Some(0), "{}", help.stderr);
    settings(&help.stdout).map(str::to_owned).chain(["PORT".into(), "RUST_LOG".into()]).collect()
}

#[tokio::test]
async fn every_setting_that_is_named_is_one_of_the_program() {
    let known = known().await;
    let mut named = 0;
    for (path, text) in files() {
        for setting in settings(&text) {
            assert!(known.contains(setting), "{}: {setting}", path.display());
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
}

#[tokio::test]
async fn the_environment_of_an_instance_holds_settings_and_nothing_else() {
    let known = known().await;
    let mut given = BTreeSet::new();
    let example = std::fs::read_to_string(deploy().join("digital-employees.env.example"))
        .expect("the file is as it should be");
    for line in example.lines().filter(|line| !line.is_empty()) {
        if let Some((name, _)) = line.strip_prefix('#').unwrap_or(line).split_once('=') {
            given.insert(name.to_owned());
        } else {
            assert!(line.starts_with("# "), "{line}");
        }
    }
    for line in
        std::fs::read_to_string(deploy().join("Dockerfile")).expect("the file is as it should be").lines()
    {
        given.extend(
            line.strip_prefix("ENV ").and_then(|line| line.split_once('=')).map(|it| it.0.to_owned()),
        );
    }
    let unit = std::fs::read_to_string(deploy().join("systemd/digital-employees@.service"))
        .expect("the file is as it should be");
    for line in unit.lines() {
        let set = line.strip_prefix("Environment=").and_then(|line| line.split_once('='));
        given.extend(set.map(|it| it.0.to_owned()));
    }
    for (name, service) in
        yaml("compose.yaml")[0]["services"].as_mapping().expect("the file is as it should be")
    {
        if name.as_str().expect("the file is as it should be").starts_with("employee") {
            given.extend(names(&service["environment"]));
        }
    }
    for document in yaml("kubernetes.yaml") {
        match document["kind"].as_str().expect("the file is as it should be") {
            "Secret" => given.extend(names(&document["stringData"])),
            "ConfigMap" => given.extend(names(&document["data"])),
            _ => {}
        }
    }
    assert!(given.len() > 8, "{given:?}");
    assert_eq!(given.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[tokio::test]
async fn paths_that_are_probed_are_answered_without_credentials() {
    let mut paths = BTreeSet::new();
    for document in yaml("kubernetes.yaml").iter().filter(|it| it["kind"] == "Deployment") {
        let container = &document["spec"]["template"]["spec"]["containers"][0];
        for probe in ["readinessProbe", "livenessProbe"] {
            paths.insert(
                container[probe]["httpGet"]["path"].as_str().expect("the file is as it should be").to_owned(),
            );
            assert_eq!(container[probe]["httpGet"]["port"], container["ports"][0]["name"]);
        }
    }
    let caddy =
        std::fs::read_to_string(deploy().join("proxy/Caddyfile")).expect("the file is as it should be");
    let uri = caddy.lines().find_map(|line| line.trim().strip_prefix("health_uri "));
    paths.insert(uri.expect("Caddy asks for readiness").to_owned());
    let image = std::fs::read_to_string(deploy().join("Dockerfile")).expect("the file is as it should be");
    let check = image.split("GET ").nth(1).and_then(|rest| rest.split(' ').next());
    paths.insert(check.expect("the image has a check").to_owned());
    assert_eq!(paths.iter().collect::<Vec<_>>(), ["/health", "/ready"]);
    let employee = Employee::sandbox().await;
    for path in paths {
        assert_eq!(employee.stranger().get(&path).await.status, 200, "{path}");
    }
}

/// The command of the image's check, as the shell of the image gets it.
#[tokio::test]
async fn the_check_of_the_image_tells_a_server_from_none() {
    let image = std::fs::read_to_string(deploy().join("Dockerfile")).expect("the file is as it should be");
    let check = image.lines().find_map(|line| line.trim().strip_prefix("CMD [\"bash\""));
    let command: Vec<String> =
        serde_json::from_str(&format!("[\"bash\"{}", check.expect("the file is as it should be")))
            .expect("the file is as it should be");
    let run = |port: u16| {
        let command = command.clone();
        async move {
            let child = tokio::process::Command::new(&command[0])
                .args(&command[1..])
                .env("PORT", port.to_string())
                .stderr(std::process::Stdio::null())
                .status();
            child.await.expect("bash is there").success()
        }
    };
    let employee = Employee::sandbox().await;
    assert!(run(employee.address().port()).await);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("the file is as it should be")
        .local_addr()
        .expect("the file is as it should be")
        .port();
    assert!(!run(nobody).await);
}

/// Seconds of a duration such as `30s`.
fn seconds(text: &str) -> u64 {
    text.trim_end_matches('s').parse().unwrap_or_else(|_| panic!("{text} is not in seconds"))
}

#[test]
fn whoever_stops_an_instance_gives_it_the_time_that_it_takes() {
    // The grace, 10 seconds for what is under way, and 5 for clients that do not close.
    let needed = |grace: u64| grace + 10 + 5;
    for service in ["employee-1", "employee-2"] {
        let service = &yaml("compose.yaml")[0]["services"][service];
        let grace = service["environment"]["SWAIG_STOP_GRACE"].as_str().expect("the file is as it should be");
        assert!(
            seconds(service["stop_grace_period"].as_str().expect("the file is as it should be"))
                > needed(seconds(grace))
        );
    }
    let documents = yaml("kubernetes.yaml");
    let find =
        |kind: &str| documents.iter().find(|it| it["kind"] == kind).expect("the file is as it should be");
    let grace = find("ConfigMap")["data"]["SWAIG_STOP_GRACE"].as_str().expect("the file is as it should be");
    let period = find("Deployment")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"].as_u64();
    assert!(period.expect("the file is as it should be") > needed(seconds(grace)));
    let unit = std::fs::read_to_string(deploy().join("systemd/digital-employees@.service"))
        .expect("the file is as it should be");
    let stop = unit
        .lines()
        .find_map(|line| line.strip_prefix("TimeoutStopSec="))
        .expect("the file is as it should be");
    assert!(seconds(stop) > needed(5), "the default grace is 5 seconds");
}
