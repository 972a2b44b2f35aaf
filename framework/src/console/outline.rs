//! A document as a person reads it: what the model is told, where the conversation goes, what it can do.

use maud::{Markup, html};
use serde_json::{Map, Value};

/// The outline of a document.
pub(super) fn of(document: &Value) -> Markup {
    let main = document["sections"]["main"].as_array().map(Vec::as_slice).unwrap_or_default();
    let place = main.iter().position(|step| step.get("ai").is_some());
    let (before, after) = match place {
        Some(place) => (&main[..place], &main[place + 1..]),
        None => (main, &[][..]),
    };
    let others = document["sections"].as_object().into_iter().flatten().filter(|(name, _)| *name != "main");
    html! {
        div .outline {
            (verbs("Before the agent talks", before))
            @if let Some(ai) = place.and_then(|place| main[place].get("ai")) { (agent(ai)) }
            (verbs("When it has ended", after))
            @for (name, section) in others {
                (verbs(&format!("Section {name}"), section.as_array().map(Vec::as_slice).unwrap_or_default()))
            }
        }
    }
}

fn agent(ai: &Value) -> Markup {
    let prompt = &ai["prompt"];
    let swaig = &ai["SWAIG"];
    let settings = without(prompt, &["text", "pom", "contexts"]);
    html! {
        (part("Prompt", &html! {
            (said(prompt))
            (settings_of(&settings))
        }))
        @if let Some(contexts) = prompt["contexts"].as_object() {
            (part("Contexts and steps", &html! { @for (name, context) in contexts { (context_of(name, context)) } }))
        }
        (part("Functions", &functions(swaig)))
        @if !ai["post_prompt"].is_null() { (part("Asked when the call has ended", &said(&ai["post_prompt"]))) }
        @if let Some(languages) = ai["languages"].as_array() {
            (part("Languages", &html! { ul { @for language in languages { li {
                (text(&language["name"])) " (" (text(&language["code"])) "), voice " code { (text(&language["voice"])) }
                (settings_of(&without(language, &["name", "code", "voice"])))
            } } } }))
        }
        @if let Some(hints) = ai["hints"].as_array() {
            (part("Words that the recogniser should expect", &html! { ul { @for hint in hints { li { (brief(hint)) } } } }))
        }
        @for (key, name) in [("params", "Parameters"), ("global_data", "Data at the beginning"), ("pronounce", "Pronunciations")] {
            @match &ai[key] {
                Value::Object(members) if !members.is_empty() => (part(name, &settings_of(members))),
                Value::Array(items) => (part(name, &html! { ul { @for item in items { li { (brief(item)) } } } })),
                _ => {},
            }
        }
    }
}

fn part(name: &str, content: &Markup) -> Markup {
    html! { details open { summary { h3 { (name) } } div { (content) } } }
}

/// The text of a prompt, a context or a step.
fn said(prompt: &Value) -> Markup {
    html! {
        @if let Some(sections) = prompt["pom"].as_array() {
            @for section in sections { (pom(section, 0)) }
        } @else {
            p .said { (prompt["text"].as_str().or(prompt.as_str()).unwrap_or_default()) }
        }
    }
}

/// How deep sections are shown.
const DEPTH: usize = 8;

fn pom(section: &Value, depth: usize) -> Markup {
    html! {
        div .pom {
            @if let Some(title) = section["title"].as_str() { p { strong { (title) } } }
            @if let Some(body) = section["body"].as_str() { p .said { (body) } }
            @if let Some(bullets) = section["bullets"].as_array() {
                ul { @for bullet in bullets { li { (text(bullet)) } } }
            }
            @if depth < DEPTH { @for inner in section["subsections"].as_array().into_iter().flatten() { (pom(inner, depth + 1)) } }
        }
    }
}

fn context_of(name: &str, context: &Value) -> Markup {
    html! {
        p { strong { "Context " (name) } }
        @if context["pom"].is_array() || context["text"].is_string() { (said(context)) }
        @if !context["prompt"].is_null() { (said(&context["prompt"])) }
        (settings_of(&without(context, &["steps", "pom", "text", "prompt"])))
        ol .steps {
            @for step in context["steps"].as_array().into_iter().flatten() {
                li {
                    p { strong { (text(&step["name"])) } (ways(step)) }
                    (said(step))
                    @if let Some(done) = step["step_criteria"].as_str() { p { em { "Done when: " } (done) } }
                    p { em { "Functions: " } @match &step["functions"] {
                        Value::Array(names) if !names.is_empty() => { @for name in names { code { (text(name)) } " " } },
                        Value::Array(_) | Value::String(_) => "none",
                        _ => "those of the step before",
                    } }
                    (settings_of(&without(step, &["name", "text", "pom", "step_criteria", "functions", "valid_steps", "valid_contexts", "end"])))
                }
            }
        }
    }
}

/// Where the conversation may go from a step.
fn ways(step: &Value) -> Markup {
    let names = |key: &str| {
        let names = step[key].as_array().into_iter().flatten().map(text);
        names.collect::<Vec<_>>().join(", ")
    };
    let (steps, contexts) = (names("valid_steps"), names("valid_contexts"));
    html! {
        @if step["end"] == true { " " span .tag { "the last one" } }
        @if !steps.is_empty() { span .way { " → " (steps) } }
        @if !contexts.is_empty() { span .way { " → context " (contexts) } }
    }
}

fn functions(swaig: &Value) -> Markup {
    let functions = swaig["functions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let includes = swaig["includes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let native = swaig["native_functions"].as_array().map(Vec::as_slice).unwrap_or_default();
    html! {
        @if functions.is_empty() && includes.is_empty() && native.is_empty() { p .empty { "It has none: it only talks." } }
        @for function in functions { (function_of(function)) }
        @for include in includes {
            p { "Of another server, " code { (text(&include["url"])) } ": "
                @for name in include["functions"].as_array().into_iter().flatten() { code { (text(name)) } " " } }
        }
        @if !native.is_empty() { p { "Of the platform itself: " @for name in native { code { (text(name)) } " " } } }
    }
}

fn function_of(function: &Value) -> Markup {
    let parameters =
        ["parameters", "argument"].into_iter().find_map(|key| function.get(key)).unwrap_or(&Value::Null);
    let required =
        |name: &str| parameters["required"].as_array().is_some_and(|names| names.iter().any(|it| it == name));
    let properties = parameters["properties"].as_object();
    let known = ["function", "description", "purpose", "parameters", "argument", "data_map", "active"];
    html! {
        div .function {
            p {
                strong { code { (text(&function["function"])) } }
                @if function.get("data_map").is_some() { " " span .tag { "run by SignalWire" } }
                @if function["active"] == false { " " span .tag { "switched off at first" } }
            }
            p { (function["description"].as_str().or(function["purpose"].as_str()).unwrap_or_default()) }
            @if let Some(properties) = properties.filter(|it| !it.is_empty()) {
                dl .parameters {
                    @for (name, schema) in properties {
                        dt { code { (name) } " " small { (kind(schema)) @if required(name) { ", required" } } }
                        dd { (text(&schema["description"])) }
                    }
                }
            } @else {
                p .empty { "No parameters." }
            }
            (settings_of(&without(function, &known)))
        }
    }
}

/// The type of a parameter, in words.
fn kind(schema: &Value) -> String {
    let name = match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => "any".to_owned(),
    };
    match schema["enum"].as_array() {
        Some(choices) => format!("{name}: {}", choices.iter().map(text).collect::<Vec<_>>().join(", ")),
        None => name,
    }
}

fn verbs(name: &str, steps: &[Value]) -> Markup {
    html! {
        @if !steps.is_empty() {
            (part(name, &html! { ol .verbs { @for step in steps { li { (verb(step)) } } } }))
        }
    }
}

fn verb(step: &Value) -> Markup {
    html! {
        @match step {
            Value::Object(members) => { @for (name, body) in members {
                strong { code { (name) } }
                @match body {
                    Value::Object(settings) => (settings_of(settings)),
                    Value::Null => {},
                    body => { " " (brief(body)) },
                }
            } },
            step => strong { code { (text(step)) } },
        }
    }
}

/// Names and values, one in a line.
fn settings_of(settings: &Map<String, Value>) -> Markup {
    html! {
        @if !settings.is_empty() {
            dl .settings { @for (name, value) in settings { dt { code { (name) } } dd { (brief(value)) } } }
        }
    }
}

/// How long a value is before it is cut.
const LONG: usize = 300;

fn brief(value: &Value) -> String {
    let whole = text(value);
    match whole.char_indices().nth(LONG) {
        Some((end, _)) => format!("{}…", &whole[..end]),
        None => whole,
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

fn without(value: &Value, keys: &[&str]) -> Map<String, Value> {
    let members = value.as_object().into_iter().flatten();
    members
        .filter(|(key, _)| !keys.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_that_a_reader_asks_for_is_there_and_hostile_text_is_text() {
        let document = json!({"version": "1.0.0", "sections": {"main": ["answer", {"record_call": {"format": "wav"}}, {"ai": {
            "prompt": {"pom": [{"title": "Role", "body": "You are <b>Ada</b>", "subsections": [{"title": "Deeper", "bullets": ["one"]}]}],
                "temperature": 0.3,
                "contexts": {"default": {"steps": [
                    {"name": "greet", "text": "Greet", "functions": "none", "valid_steps": ["ask"]},
                    {"name": "ask", "text": "Ask", "functions": ["find"], "step_criteria": "It was answered", "end": true}]}}},
            "post_prompt": {"text": "Sum it up"}, "params": {"ai_name": "Ada"}, "hints": ["code"],
            "languages": [{"name": "English", "code": "en-US", "voice": "v"}],
            "SWAIG": {"functions": [{"function": "find", "description": "Finds it", "active": false, "parameters": {
                "type": "object", "properties": {"what": {"type": "string", "enum": ["a", "b"], "description": "The thing"}}, "required": ["what"]}},
                {"function": "hours", "purpose": "Says when", "data_map": {}}],
                "includes": [{"url": "https://other.example/swaig", "functions": ["far"]}], "native_functions": ["check_time"]}}},
            {"hangup": {}}], "later": [{"play": {"url": "say:bye"}}]}});
        let shown = of(&document).into_string();
        for expected in [
            "Before the agent talks",
            "record_call",
            "wav",
            "Role",
            "You are &lt;b&gt;Ada&lt;/b&gt;",
            "Deeper",
            "temperature",
            "greet",
            " → ask",
            "the last one",
            "Done when: </em>It was answered",
            "Finds it",
            "string: a, b, required",
            "The thing",
            "switched off at first",
            "run by SignalWire",
            "Says when",
            "https://other.example/swaig",
            "far",
            "check_time",
            "Sum it up",
            "ai_name",
            "English (en-US)",
            "When it has ended",
            "hangup",
            "Section later",
            "say:bye",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
    }

    #[test]
    fn what_is_no_document_has_an_outline_all_the_same() {
        for document in [
            json!(null),
            json!({"sections": 7}),
            json!({"sections": {"main": [7, "x", {"ai": 3}]}}),
            json!([]),
        ] {
            assert!(of(&document).into_string().starts_with("<div"), "{document}");
        }
        assert_eq!(brief(&json!("é".repeat(301))).chars().count(), 301);
    }
}
