//! What the reference says in words about the fields of a verb, and the published schema does not express.

use super::place::Place;
use super::report::Finding;
use super::walk::StepAt;
use crate::swml::dynamic::is_placeholder;
use crate::swml::json::Json;

/// The longest JavaScript condition that the platform evaluates, in characters.
const LONGEST_CONDITION: usize = 1024;

/// Checks one step.
pub(super) fn check(step: &StepAt<'_>, findings: &mut Vec<Finding>) {
    let place = Place::At(&step.place);
    let body = step.body;
    match step.verb {
        "ai" => agent(body, &place, findings),
        "ai_sidecar" => findings.extend(sides(body, &place)),
        "connect" => findings.extend(queue(body, &place)),
        "cond" => {
            for (index, branch) in body.as_array().into_iter().flatten().enumerate() {
                findings.extend(condition(branch, &place.index(index)));
            }
        }
        "detect_machine" => findings.extend(background_detection(body, &place)),
        "goto" => findings.extend(condition(body, &place)),
        "stream" => findings.extend(web_socket(body.get("url"), &place.key("url"))),
        "join_conference" => {
            let url = body.get("stream").and_then(|stream| stream.get("url"));
            findings.extend(web_socket(url, &place.key("stream").key("url")));
        }
        _ => {}
    }
}

fn agent(body: &Json, place: &Place<'_>, findings: &mut Vec<Finding>) {
    if let Some(params) = body.get("params") {
        let place = place.key("params");
        let on = |key: &str| params.get(key).and_then(Json::as_bool) == Some(true);
        if on("enable_pause") && on("speak_when_spoken_to") {
            findings.push(Finding::lint(
                "no-effect",
                &place.key("enable_pause"),
                "`enable_pause` does not work together with `speak_when_spoken_to`",
                "keep one of them",
            ));
        }
        if on("save_conversation") {
            let needed = [("conversation_id", params), ("post_prompt_url", body)];
            let missing = needed.into_iter().filter(|(key, holder)| holder.get(key).is_none());
            for (missing, _) in missing {
                findings.push(Finding::lint(
                    "no-effect",
                    &place.key("save_conversation"),
                    format!("`save_conversation` needs `{missing}`"),
                    format!("set `{missing}`"),
                ));
            }
        }
    }
    let multilingual = place.key("multilingual");
    if let Some(languages) = body.get("multilingual").and_then(|multi| multi.get("languages")?.as_array()) {
        let is_default =
            |language: &&Json| language.get("language").and_then(Json::as_str) == Some("default");
        let mut chosen = languages.first().into_iter().chain(languages.iter().find(is_default));
        if chosen.all(|language| language.get("voice").is_none()) {
            findings.push(Finding::lint(
                "missing-voice",
                &multilingual.key("languages"),
                "neither the first language nor `default` has a voice",
                "set `voice` there",
            ));
        }
    }
}

fn sides(body: &Json, place: &Place<'_>) -> Option<Finding> {
    let sides = body.get("direction")?.as_array()?;
    let both = ["remote-caller", "local-caller"]
        .iter()
        .all(|side| sides.iter().any(|given| given.as_str() == Some(side)));
    (!both).then(|| {
        Finding::error(
            "one-side",
            &place.key("direction"),
            "the platform listens to both sides or refuses",
            "name `remote-caller` and `local-caller`, or leave the field out",
        )
    })
}

fn queue(body: &Json, place: &Place<'_>) -> Option<Finding> {
    (calls_a_queue(body) && body.get("transfer_after_bridge").is_none()).then(|| {
        Finding::error(
            "missing-field",
            place,
            "a queue needs `transfer_after_bridge`",
            "add `transfer_after_bridge`: what to run when the calls come apart",
        )
    })
}

/// Whether a destination, or one in a list of them, is a queue.
fn calls_a_queue(body: &Json) -> bool {
    match body {
        Json::Array(items) => items.iter().any(calls_a_queue),
        _ => {
            body.get("to").and_then(Json::as_str).is_some_and(|to| to.starts_with("queue:"))
                || ["serial", "parallel", "serial_parallel"]
                    .iter()
                    .any(|key| body.get(key).is_some_and(calls_a_queue))
        }
    }
}

fn condition(body: &Json, place: &Place<'_>) -> Option<Finding> {
    let length = body.get("when")?.as_str()?.chars().count();
    (length > LONGEST_CONDITION).then(|| {
        Finding::error(
            "too-long",
            &place.key("when"),
            format!("the condition has {length} characters; the platform evaluates {LONGEST_CONDITION}"),
            "shorten it, or set a variable first",
        )
    })
}

fn background_detection(body: &Json, place: &Place<'_>) -> Option<Finding> {
    let in_background = body.get("wait").and_then(Json::as_bool) == Some(false);
    (in_background && body.get("status_url").is_none()).then(|| {
        Finding::error(
            "missing-field",
            place,
            "nobody learns the result: `wait` is false and there is no `status_url`",
            "add `status_url`, or leave `wait` out",
        )
    })
}

fn web_socket(url: Option<&Json>, place: &Place<'_>) -> Option<Finding> {
    let url = url?.as_str()?;
    (!url.starts_with("wss://") && !is_placeholder(url))
        .then(|| Finding::error("wrong-form", place, "expected a secure WebSocket address", "write wss://…"))
}
