//! What is found in contexts that do not fit together.

use serde_json::{Value, json};

use crate::swml::Json;
use crate::swml::check::{Finding, check};

const CONTEXTS: &str = "/sections/main/0/ai/prompt/contexts";

/// The findings of an agent with these contexts and these members of `SWAIG` beside its function `mine`, without those
/// that say that a field is the engine's own.
fn findings(contexts: &Value, swaig: &Value) -> Vec<Finding> {
    let function = json!({"function": "mine", "description": "d", "web_hook_url": "https://example.com"});
    let data_map =
        json!({"function": "mapped", "description": "d", "data_map": {"output": {"response": "r"}}});
    let mut all = json!({"functions": [function, data_map]});
    all.as_object_mut().expect("an object").extend(swaig.as_object().expect("an object").clone());
    let ai = json!({"prompt": {"text": "t", "contexts": contexts}, "SWAIG": all});
    let report = check(&Json::from(json!({"sections": {"main": [{"ai": ai}]}})));
    report.findings.into_iter().filter(|finding| finding.code != "engine-only").collect()
}

/// Two contexts; these members are added to the first step of the first one, and to that context itself.
fn contexts(step: &Value, context: &Value) -> Value {
    let merge = |mut whole: Value, part: &Value| {
        whole.as_object_mut().expect("an object").extend(part.as_object().expect("an object").clone());
        whole
    };
    let first = merge(json!({"name": "first", "text": "t"}), step);
    let default = merge(json!({"steps": [first, {"name": "second", "text": "t"}]}), context);
    json!({"default": default, "other": {"steps": [{"name": "elsewhere", "text": "t"}]}})
}

#[track_caller]
fn assert_only(found: &[Finding], code: &str, path: &str, is_error: bool) {
    let [finding] = found else { panic!("{found:#?}") };
    let path = format!("{CONTEXTS}{path}");
    assert_eq!((finding.code, finding.path.as_str(), finding.is_error()), (code, path.as_str(), is_error));
}

#[test]
fn steps_and_contexts_that_are_named_exist() {
    let fine = contexts(
        &json!({
            "valid_steps": ["second", "next", "${vars.step}"], "valid_contexts": ["other", "default"],
            "functions": ["mine", "mapped", "none", "next_step"],
            "gather_info": {"completion_action": "next_step", "questions": [
                {"key": "a", "question": "?", "functions": ["mine"]}, {"key": "b", "question": "?"},
            ]},
        }),
        &json!({"valid_steps": ["first"], "valid_contexts": ["other"], "initial_step": "second"}),
    );
    assert_eq!(findings(&fine, &json!({})), []);

    let none = json!({});
    for (step, context, code, path) in [
        (
            json!({"valid_steps": ["elsewhere"]}),
            none.clone(),
            "unknown-step",
            "/default/steps/0/valid_steps/0",
        ),
        (
            json!({"valid_contexts": ["c"]}),
            none.clone(),
            "unknown-context",
            "/default/steps/0/valid_contexts/0",
        ),
        (json!({"functions": ["c"]}), none.clone(), "unknown-function", "/default/steps/0/functions/0"),
        (json!({"name": "second"}), none.clone(), "duplicate-step", "/default/steps/1/name"),
        (none.clone(), json!({"valid_steps": ["third"]}), "unknown-step", "/default/valid_steps/0"),
        (none.clone(), json!({"valid_contexts": ["third"]}), "unknown-context", "/default/valid_contexts/0"),
        (none.clone(), json!({"initial_step": "next"}), "unknown-step", "/default/initial_step"),
        (
            json!({"gather_info": {"questions": [{"key": "a", "question": "?"}, {"key": "a", "question": "?"}]}}),
            none.clone(),
            "duplicate-key",
            "/default/steps/0/gather_info/questions/1/key",
        ),
        (
            json!({"gather_info": {"completion_action": "next", "questions": [{"key": "a", "question": "?"}]}}),
            none.clone(),
            "unknown-step",
            "/default/steps/0/gather_info/completion_action",
        ),
        (
            json!({"gather_info": {"questions": [{"key": "a", "question": "?", "functions": ["c"]}]}}),
            none.clone(),
            "unknown-function",
            "/default/steps/0/gather_info/questions/0/functions/0",
        ),
    ] {
        assert_only(&findings(&contexts(&step, &context), &none), code, path, true);
    }
    let found = findings(&contexts(&json!({"valid_steps": ["secnd"]}), &none), &none);
    assert_eq!(found[0].remedy, "did you mean `second`?");
}

#[test]
fn what_the_engine_reserves_and_limits() {
    let none = json!({});
    assert_only(
        &findings(&contexts(&json!({"name": "next"}), &none), &none),
        "wrong-form",
        "/default/steps/0/name",
        true,
    );
    assert_only(&findings(&json!({"other": {"steps": []}}), &none), "missing-field", "", true);
    assert_only(
        &findings(&contexts(&json!({"end": true, "valid_steps": ["second"]}), &none), &none),
        "no-effect",
        "/default/steps/0/valid_steps",
        false,
    );

    let step = |index: usize| json!({"name": format!("s{index}"), "text": "t"});
    let with_steps = |count: usize| json!({"default": {"steps": (0..count).map(step).collect::<Vec<_>>()}});
    assert_eq!(findings(&with_steps(100), &none), []);
    assert_only(&findings(&with_steps(101), &none), "too-many", "/default/steps", true);
    let with_contexts = |count: usize| -> Value {
        let names = (1..count).map(|index| format!("c{index}")).chain(["default".to_owned()]);
        Value::Object(names.map(|name| (name, json!({"steps": []}))).collect())
    };
    assert_eq!(findings(&with_contexts(50), &none), []);
    assert_only(&findings(&with_contexts(51), &none), "too-many", "", true);
}

#[test]
fn functions_of_other_servers_and_of_the_platform() {
    let names = |name: &str| contexts(&json!({"functions": [name]}), &json!({}));
    let place = "/default/steps/0/functions/0";
    let includes = json!({"includes": [{"url": "https://example.com", "functions": ["theirs"]}]});
    assert_eq!(findings(&names("theirs"), &includes), []);
    // Another server may give more than it is asked for.
    assert_only(&findings(&names("unnamed"), &includes), "unknown-function", place, false);
    let mcp = json!({"mcp_servers": [{"url": "https://example.com"}]});
    assert_only(&findings(&names("tool"), &mcp), "unknown-function", place, false);

    assert_only(&findings(&names("check_time"), &json!({})), "unknown-function", place, false);
    assert_eq!(findings(&names("check_time"), &json!({"native_functions": ["check_time"]})), []);
}
