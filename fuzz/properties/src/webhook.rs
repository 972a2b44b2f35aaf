//! The bodies that the platform posts.

use serde_json::Value;
use swaig::swml::Document;

use crate::server::{AGENT, SENSITIVE, Server, server};

/// What a sensitive argument holds. It has no digits: only its name says that it is secret.
const SECRET: &str = "open, o sesame, and close again";

/// Any bytes that are posted to any of an agent's paths are answered: a JSON object in the way that the path answers, all
/// else with 400. What is written down of it does not show a sensitive argument, wherever it stands.
pub fn webhook(input: &[u8]) {
    let server = server();
    let object = match serde_json::from_slice::<Value>(input) {
        Ok(value @ Value::Object(_)) => Some(value),
        _ => None,
    };
    let before = server.latest();
    post_all(&server, input, object.is_some() || input.trim_ascii().is_empty());
    let written = server.written_after(before, 0);
    assert!(!written.contains(r#""kind":"function_failed""#), "a function failed: {written}");

    if let Some(mut object) = object {
        plant(&mut object, 0);
        let before = server.latest();
        post_all(&server, object.to_string().as_bytes(), true);
        let written = server.written_after(before, 2);
        assert!(!written.contains(SECRET), "the secret was written down: {written}");
    }
}

fn post_all(server: &Server, body: &[u8], is_object: bool) {
    for route in ["", "/swaig", "/post_prompt", "/debug", "/input"] {
        let answer = server.post(&format!("/{AGENT}{route}"), body);
        let shown = String::from_utf8_lossy(&answer.body);
        let Ok(json) = serde_json::from_slice::<Value>(&answer.body) else {
            panic!("{route} answered what is not JSON: {shown}");
        };
        // Of two members with one name it is not clear which one counts.
        let twice = answer.status == 400 && shown.contains("a key is there twice");
        match (is_object && !twice, route) {
            (false, _) => assert_eq!(answer.status, 400, "{route} answered {shown}"),
            // Taken, not a message, or too many of them.
            (true, "/input") => {
                assert!([202, 422, 429].contains(&answer.status), "{route} answered {shown}");
                continue;
            }
            (true, _) => assert_eq!(answer.status, 200, "{route} answered {shown}"),
        }
        let spoken = json["response"].as_str().is_some_and(|text| !text.is_empty());
        if !is_object || twice {
            assert!(json["error"].is_string(), "{route} answered {shown}");
        } else if json.get("sections").is_some() {
            let report = Document::parse(&shown).expect("a document").check();
            assert!(report.is_valid(), "{report:?} in {shown}");
        } else {
            // Signatures come as a list, and all else has something to say.
            assert!(spoken || json.is_array(), "{route} answered {shown}");
        }
    }
}

/// Puts the secret into every object, and into the objects in a model's own JSON.
fn plant(value: &mut Value, nested: usize) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                plant(member, nested);
                if let ("raw" | "command_arg", Value::String(text)) = (name.as_str(), member)
                    && nested < 2
                    && let Ok(mut inner @ Value::Object(_)) = serde_json::from_str(text)
                {
                    plant(&mut inner, nested + 1);
                    *text = inner.to_string();
                }
            }
            members.insert(SENSITIVE.to_owned(), SECRET.into());
        }
        Value::Array(items) => items.iter_mut().for_each(|item| plant(item, nested)),
        _ => {}
    }
}
