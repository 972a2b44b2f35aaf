//! What is found in documents that are wrong in one way each.

#![allow(clippy::needless_pass_by_value, reason = "each `json!` is made for one call")]

use serde_json::json;

use crate::swml::check::{Finding, check};
use crate::swml::{Json, Object};

/// The findings of a document with these steps in `main`.
fn findings(steps: serde_json::Value) -> Vec<Finding> {
    check(&Json::from(json!({"sections": {"main": steps}}))).findings
}

/// The only finding, as `code path`, and its remedy.
fn only(steps: serde_json::Value) -> (String, String) {
    let findings = findings(steps);
    let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
    let path = finding.path.strip_prefix("/sections/main").expect("a path in main");
    (format!("{} {path}", finding.code), finding.remedy.clone())
}

fn assert_only(steps: serde_json::Value, place: &str, remedy: &str) {
    assert_eq!(only(steps), (place.to_owned(), remedy.to_owned()));
}

fn agent(members: serde_json::Value) -> serde_json::Value {
    let mut ai = json!({"prompt": {"text": "t"}});
    ai.as_object_mut().expect("an object").extend(members.as_object().expect("an object").clone());
    json!([{"ai": ai}])
}

fn function(name: &str) -> serde_json::Value {
    json!({"function": name, "description": "d", "web_hook_url": "https://example.com"})
}

#[test]
fn quoted_booleans_and_numbers() {
    assert_only(
        json!([{"record_call": {"stereo": "true"}}]),
        "quoted-value /0/record_call/stereo",
        "write true without quotes",
    );
    assert_only(
        agent(json!({"params": {"end_of_speech_timeout": "250"}})),
        "quoted-value /0/ai/params/end_of_speech_timeout",
        "write 250 without quotes",
    );
    assert_only(
        json!([{"join_conference": {"name": "n", "beep": true}}]),
        "wrong-type /0/join_conference/beep",
        "write \"true\" with quotes",
    );
    assert_only(
        agent(json!({"pronounce": [{"replace": "a", "with": "b", "ignore_case": 0}]})),
        "wrong-type /0/ai/pronounce/0/ignore_case",
        "write false",
    );
}

#[test]
fn old_shorthands() {
    assert_only(
        json!([{"play": "say:Hi"}]),
        "wrong-type /0/play",
        "write an object such as {\"url\": \"…\"}",
    );
    assert_only(
        json!([{"ai": {"prompt": "Hi"}}]),
        "wrong-type /0/ai/prompt",
        "write an object such as {\"text\": \"…\"}",
    );
    assert_only(json!(["hangup"]), "not-a-step /0", "write {\"hangup\": {}}");
    assert_only(json!([{"say": "x"}]), "unknown-verb /0", "use `play` with a `url` of `say:…`");
    assert_only(json!([{"recordCall": {}}]), "unknown-verb /0", "did you mean `record_call`?");
    assert_only(json!([{"answer": {}, "hangup": {}}]), "not-a-step /0", "write one step for each verb");
    assert_only(json!([{"answer": null}]), "wrong-type /0/answer", "leave the field out");
    assert_only(
        agent(json!({"languages": [{"name": "n", "code": "c", "voice": "v", "function_fillers": "hold"}]})),
        "wrong-type /0/ai/languages/0/function_fillers",
        "write it as a list with one item",
    );
}

#[test]
fn fields() {
    assert_only(
        json!([{"answer": {"max-duration": 3}}]),
        "unknown-field /0/answer/max-duration",
        "did you mean `max_duration`? Otherwise take it out",
    );
    assert_only(json!([{"send_digits": {}}]), "missing-field /0/send_digits", "add `digits`: a text");
    assert_only(
        json!([{"play": {"url": "say:a", "urls": []}}]),
        "conflicting-fields /0/play",
        "keep one of them",
    );
    assert_only(
        json!([{"connect": {"serial": [], "username": "u"}}]),
        "missing-field /0/connect",
        "add `to`, or take `username` out",
    );
    assert_only(
        agent(json!({"post_prompt_auth_user": "u"})),
        "engine-only /0/ai/post_prompt_auth_user",
        "write the credentials into the URL: https://user:password@host/…",
    );
    assert_only(
        json!([{"goto": {"label": "${a}", "max": 101}}]),
        "out-of-range /0/goto/max",
        "choose a number from 1 to 100",
    );
    assert_only(
        json!([{"play": {"url": "ftp://a"}}]),
        "wrong-form /0/play/url",
        "write a web address, `say:TEXT`, `ring:SECONDS:COUNTRY` or `silence:SECONDS`, or a variable such as \
         `${vars.name}`",
    );
    assert_only(
        agent(json!({"params": {"hard_stop_time": "${vars.limit}"}})),
        "wrong-form /0/ai/params/hard_stop_time",
        "write a time such as `1h45m30s`",
    );
}

#[test]
fn the_nearest_alternative_is_reported() {
    let start = json!({"from_lang": 1, "to_lang": "de", "direction": []});
    assert_only(
        json!([{"live_translate": {"action": {"start": start}}}]),
        "wrong-type /0/live_translate/action/start/from_lang",
        "write the number in quotes",
    );
}

#[test]
fn a_parameter_schema_outside_the_subset() {
    let with = |property: serde_json::Value| {
        let mut function = function("f");
        function["parameters"] = json!({"type": "object", "properties": {"p": property}});
        agent(json!({"SWAIG": {"functions": [function]}}))
    };
    let place = "/0/ai/SWAIG/functions/0/parameters/properties/p";
    let (found, _) = only(with(json!({"type": "string", "minLength": 3})));
    assert_eq!(found, format!("unknown-field {place}/minLength"));
    let (found, _) = only(with(json!({"type": "array", "items": {"type": "string", "title": "t"}})));
    assert_eq!(found, format!("unknown-field {place}/items/title"));
    let (found, _) = only(with(json!({"type": ["string", "null"]})));
    assert_eq!(found, format!("not-a-choice {place}/type"));
    let (found, _) = only(with(json!({"type": "string", "format": "date-time"})));
    assert_eq!(found, format!("not-a-choice {place}/format"));
}

#[test]
fn deprecated_fields_are_lints_unless_their_successor_is_missing() {
    let mut both = function("f");
    both["purpose"] = "p".into();
    let found = findings(agent(json!({"SWAIG": {"functions": [both]}})));
    assert!(
        matches!(found.as_slice(), [lint] if lint.code == "deprecated" && !lint.is_error()),
        "{found:#?}"
    );
    assert_eq!(found[0].remedy, "use `description`");

    let mut only = function("f");
    only.as_object_mut().expect("an object").remove("description");
    only["purpose"] = "p".into();
    let found = findings(agent(json!({"SWAIG": {"functions": [only]}})));
    let missing = found.iter().find(|finding| finding.is_error()).expect("an error");
    assert_eq!(missing.remedy, "rename `purpose` to `description`");
}

#[test]
fn an_open_object_takes_unknown_fields_with_a_lint() {
    let found = findings(agent(json!({"params": {"ai_modle": "m", "developer_prompt": "p"}})));
    assert!(found.iter().all(|finding| finding.code == "unknown-field" && !finding.is_error()), "{found:#?}");
    let remedies: Vec<_> = found.iter().map(|finding| finding.remedy.as_str()).collect();
    assert_eq!(remedies[0], "did you mean `ai_model`?");
    assert_eq!(remedies.len(), 2);
    assert_eq!(findings(json!([{"set": {"anything": 1}}])), []);
}

#[test]
fn labels_and_sections_must_exist() {
    let labelled = json!([
        {"label": "a"},
        {"cond": [{"when": "x", "then": [{"goto": {"label": "a"}}]}]},
        {"goto": {"label": "b"}},
        {"goto": {"label": "${vars.b}"}},
    ]);
    let (found, _) = only(labelled);
    assert_eq!(found, "unknown-label /2/goto/label");

    let dest = |dest: &str| json!([{"switch": {"variable": "v", "case": {}, "default": [{"execute": {"dest": dest}}]}}]);
    assert_only(dest("mian"), "unknown-section /0/switch/default/0/execute/dest", "did you mean `main`?");
    for fine in [
        "main",
        "https://example.com",
        "${vars.next}",
        "{\"sections\": {\"main\": []}}",
        "sections:\n  main: []",
    ] {
        assert_eq!(findings(dest(fine)), [], "{fine}");
    }
}

#[test]
fn documents_in_a_destination_are_checked() {
    let inner = r#"{"sections": {"main": [{"answer": {"x": 1}}, {"goto": {"label": "no"}}, {"execute": {"dest": "far"}}]}}"#;
    let yaml = "# A document\nversion: 1.0.0\nsections:\n  main:\n    - answer: {x: 1}\n    - goto:\n        label: \"no\"\n    - execute:\n        dest: far\n";
    let flow = "{sections: {main: [{answer: {x: 1}}, {goto: {label: 'no'}}, {execute: {dest: far}}]}}";
    let place = |path: &str| format!("/sections/main/0/{path}");
    for (steps, field) in [
        (json!([{"transfer": {"dest": inner}}]), "transfer/dest"),
        (json!([{"execute": {"dest": format!("\n {inner}")}}]), "execute/dest"),
        (json!([{"execute": {"dest": yaml}}]), "execute/dest"),
        (json!([{"execute": {"dest": flow}}]), "execute/dest"),
        (
            json!([{"enter_queue": {"queue_name": "q", "transfer_after_bridge": inner}}]),
            "enter_queue/transfer_after_bridge",
        ),
        (
            json!([{"connect": {"to": "+1555", "transfer_after_bridge": inner}}]),
            "connect/transfer_after_bridge",
        ),
    ] {
        let found = findings(steps);
        let rows: Vec<_> =
            found.iter().map(|finding| (finding.code, finding.path.clone(), finding.is_error())).collect();
        let place = place(field);
        assert_eq!(
            rows,
            [
                ("unknown-field", format!("{place}/sections/main/0/answer/x"), true),
                ("unknown-label", format!("{place}/sections/main/1/goto/label"), true),
                ("unknown-section", format!("{place}/sections/main/2/execute/dest"), false),
            ]
        );
        assert!(found[0].message.starts_with("in the document in `"), "{}", found[0].message);
    }
    // The schema wants text; what is in the object is said all the same.
    let object = findings(json!([{"transfer": {"dest": {"sections": {"main": [{"answer": null}]}}}}]));
    let rows: Vec<_> = object.iter().map(|finding| (finding.code, finding.path.clone())).collect();
    assert_eq!(
        rows,
        [
            ("wrong-type", place("transfer/dest")),
            ("wrong-type", place("transfer/dest/sections/main/0/answer"))
        ]
    );
    let broken = json!([{"transfer": {"dest": "{\"sections\": "}}]);
    assert_eq!(only(broken).0, "unreadable-document /0/transfer/dest");
    let broken = json!([{"transfer": {"dest": "sections:\n  main: ["}}]);
    assert_eq!(only(broken).0, "unreadable-document /0/transfer/dest");
    assert_eq!(findings(json!([{"transfer": {"dest": "{\"sections\": ${vars.sections}}"}}])), []);
}

#[test]
fn a_label_of_another_section_does_not_count() {
    let document = json!({"sections": {"main": [{"goto": {"label": "a"}}], "other": [{"label": "a"}]}});
    let report = check(&Json::from(document));
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].code, "unknown-label");
}

#[test]
fn functions_have_names_of_their_own() {
    let functions = |names: [&str; 2]| agent(json!({"SWAIG": {"functions": names.map(function)}}));
    let second = "/0/ai/SWAIG/functions/1/function";
    assert_eq!(only(functions(["a", "a"])).0, format!("duplicate-function {second}"));
    assert_eq!(only(functions(["a", "next_step"])).0, format!("reserved-name {second}"));
    assert_eq!(only(functions(["a", "no-name"])).0, format!("function-name {second}"));
    assert_eq!(findings(functions(["startup_hook", "hangup_hook"])), []);
    let silent = json!({"functions": [{"function": "a", "description": "d"}]});
    assert_eq!(only(agent(json!({"SWAIG": silent}))).0, "no-webhook /0/ai/SWAIG/functions/0");
}

#[test]
fn addresses_that_are_none_are_a_lint_that_does_not_repeat_them() {
    for (steps, place) in [
        (json!([{"record": {"status_url": "example.com/hunter2"}}]), "/0/record/status_url"),
        (json!([{"play": {"url": "say:a", "status_url": "https://a b"}}]), "/0/play/status_url"),
        (agent(json!({"params": {"hold_music": "hunter2"}})), "/0/ai/params/hold_music"),
        (
            agent(json!({"SWAIG": {"defaults": {"web_hook_url": "//example.com"}}})),
            "/0/ai/SWAIG/defaults/web_hook_url",
        ),
        (
            json!([{"enter_queue": {"queue_name": "q", "transfer_after_bridge": "x", "wait_url": "hunter2"}}]),
            "/0/enter_queue/wait_url",
        ),
    ] {
        let found = findings(steps);
        let [lint] = found.as_slice() else { panic!("{found:#?}") };
        assert_eq!((lint.code, lint.is_error()), ("malformed-url", false));
        assert_eq!(lint.path, format!("/sections/main{place}"));
        assert!(!format!("{lint:?}").contains("hunter2"));
    }
    for fine in ["https://u:p@example.com:8443/a?b=%20#c", "https://example.com/${vars.a b}", "%{url}"] {
        assert_eq!(findings(json!([{"record": {"status_url": fine}}])), [], "{fine}");
    }
}

#[test]
fn what_documents_in_the_wild_get_wrong_has_a_path_and_a_remedy() {
    let document = agent(json!({
        "params": {"verbose_logs": "true"},
        "post_prompt_url": "user:pass@https://example.com",
        "SWAIG": {"functions": [{
            "function": "f", "purpose": "p", "description": "d", "web_hook_url": "https://example.com", "x": 1,
        }]},
    }));
    let found = findings(document);
    let rows: Vec<_> = found.iter().map(|finding| (finding.code, finding.path.as_str())).collect();
    assert_eq!(
        rows,
        [
            ("quoted-value", "/sections/main/0/ai/params/verbose_logs"),
            ("malformed-credentials", "/sections/main/0/ai/post_prompt_url"),
            ("deprecated", "/sections/main/0/ai/SWAIG/functions/0/purpose"),
            ("unknown-field", "/sections/main/0/ai/SWAIG/functions/0/x"),
        ]
    );
    assert!(found.iter().all(|finding| !finding.remedy.is_empty()));
}

#[test]
fn credentials_before_a_url_are_a_lint_that_does_not_repeat_them() {
    let found = findings(agent(json!({"post_prompt_url": "user:hunter2@https://example.com"})));
    assert!(
        matches!(found.as_slice(), [lint] if lint.code == "malformed-credentials" && !lint.is_error()),
        "{found:#?}"
    );
    assert!(!format!("{found:?}").contains("hunter2"));
    assert_eq!(findings(agent(json!({"post_prompt_url": "https://user:hunter2@example.com"}))), []);
    assert_eq!(findings(agent(json!({"prompt": {"text": "Mail a b@https://example.com"}}))), []);
}

#[test]
fn long_texts_are_not_repeated() {
    let secret = "hunter2:correct/horse+battery";
    let found = findings(json!([{"hangup": {"reason": secret}}, {"answer": {"max_duration": secret}}]));
    assert_eq!(found.len(), 2);
    assert!(!format!("{found:?}").contains("hunter2"));
}

#[test]
fn documents_in_actions_are_checked() {
    let inner =
        json!({"version": "1", "sections": {"main": [{"goto": {"label": "x"}}, {"execute": {"dest": "y"}}]}});
    let map = json!({"output": {"response": "r", "action": [{"SWML": inner}]}});
    let function = json!({"function": "f", "description": "d", "data_map": map});
    let found = findings(agent(json!({"SWAIG": {"functions": [function]}})));
    let codes: Vec<_> = found.iter().map(|finding| (finding.code, finding.is_error())).collect();
    assert_eq!(codes, [("not-a-choice", true), ("unknown-label", true), ("unknown-section", false)]);
    assert!(found[0].path.ends_with("/data_map/output/action/0/SWML/version"));
}

#[test]
fn the_document_itself() {
    let codes = |json: serde_json::Value| -> Vec<_> {
        let report = check(&Json::from(json));
        report.findings.into_iter().map(|finding| format!("{} {}", finding.code, finding.path)).collect()
    };
    assert_eq!(codes(json!([])), ["wrong-type "]);
    assert_eq!(codes(json!({})), ["missing-field "]);
    assert_eq!(codes(json!({"sections": []})), ["wrong-type /sections"]);
    assert_eq!(codes(json!({"sections": {}})), ["missing-field /sections"]);
    // What else is wrong is told once.
    assert_eq!(codes(json!({"sections": {"a": 5}})), ["missing-field /sections", "wrong-type /sections/a"]);
    assert_eq!(codes(json!({"sections": {"main": {}}})), ["wrong-type /sections/main"]);
    assert_eq!(
        codes(json!({"x": 1, "version": "1.0", "sections": {"main": []}})),
        ["unknown-field /x", "not-a-choice /version"]
    );
}

#[test]
fn findings_stand_in_the_order_of_the_document_and_escape_their_paths() {
    let mut sections = Object::new();
    let bad = || Json::from(json!([{"answer": {"x": 1}}]));
    for name in ["z", "a/b~c", "main"] {
        sections.insert(name.to_owned(), bad());
    }
    let report = check(&Json::Object(Object::from([("sections".to_owned(), Json::Object(sections))])));
    let paths: Vec<_> = report.findings.iter().map(|finding| finding.path.as_str()).collect();
    assert_eq!(
        paths,
        ["/sections/z/0/answer/x", "/sections/a~1b~0c/0/answer/x", "/sections/main/0/answer/x"]
    );
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(json["findings"][0]["severity"], "error");
}

#[test]
fn the_deepest_document_that_parses_is_checked() {
    let nested =
        |open: &str, close: &str, count: usize| format!("{}{}", open.repeat(count), close.repeat(count));
    let conditions =
        format!(r#"{{"sections":{{"main":[{}]}}}}"#, nested(r#"{"cond":[{"else":["#, "]}]}", 31));
    let report = check(&Json::parse(&conditions).expect("JSON"));
    assert_eq!(report.findings, []);

    let arrays = format!(
        r#"{{"sections":{{"main":[{{"ai":{{"prompt":{{"text":"t"}},"SWAIG":{{"functions":[{{"function":"f",
        "description":"d","web_hook_url":"https://a","parameters":{{"type":"object","properties":{{"p":{}}}}}}}]}}}}}}]}}}}"#,
        nested(r#"{"type":"array","items":"#, "}", 110).replacen(":}", ":{}}", 1)
    );
    let report = check(&Json::parse(&arrays).expect("JSON"));
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].path.matches("/items").count(), 110);
}

#[test]
fn what_the_reference_says_in_words() {
    for (steps, expected) in [
        (json!([{"connect": {"to": "queue:a"}}]), "missing-field /0/connect"),
        (json!([{"connect": {"serial_parallel": [[{"to": "queue:a"}]]}}]), "missing-field /0/connect"),
        (json!([{"detect_machine": {"wait": false}}]), "missing-field /0/detect_machine"),
        (
            json!([{"ai_sidecar": {"lang": "en-US", "direction": ["local-caller"]}}]),
            "one-side /0/ai_sidecar/direction",
        ),
        (json!([{"stream": {"url": "ws://example.com"}}]), "wrong-form /0/stream/url"),
        (
            json!([{"join_conference": {"name": "n", "stream": {"url": "https://example.com"}}}]),
            "wrong-form /0/join_conference/stream/url",
        ),
        (json!([{"cond": [{"when": "1".repeat(1025), "then": []}]}]), "too-long /0/cond/0/when"),
        (
            agent(json!({"params": {"enable_pause": true, "speak_when_spoken_to": true}})),
            "no-effect /0/ai/params/enable_pause",
        ),
        (
            agent(json!({"params": {"save_conversation": true}, "post_prompt_url": "https://example.com"})),
            "no-effect /0/ai/params/save_conversation",
        ),
        (
            agent(
                json!({"multilingual": {"languages": [{"language": "en"}, {"language": "de", "voice": "v"}]}}),
            ),
            "missing-voice /0/ai/multilingual/languages",
        ),
    ] {
        assert_eq!(only(steps).0, expected);
    }
    for fine in [
        json!([{"connect": {"to": "queue:a", "transfer_after_bridge": "https://example.com"}}]),
        json!([{"detect_machine": {"wait": false, "status_url": "https://example.com"}}]),
        json!([{"ai_sidecar": {"lang": "en-US", "direction": ["local-caller", "remote-caller"]}}]),
        json!([{"stream": {"url": "${vars.url}"}}]),
        json!([{"cond": [{"when": "1".repeat(1024), "then": []}]}]),
        agent(
            json!({"multilingual": {"languages": [{"language": "en"}, {"language": "default", "voice": "v"}]}}),
        ),
    ] {
        assert_eq!(findings(fine), []);
    }
}
