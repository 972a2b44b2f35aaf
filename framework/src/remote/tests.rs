//! What is read out of answers, and what an include makes of the document.

use serde_json::{Value, json};

use super::answer::read;
use super::*;
use crate::swml::ai::{Context, ContextStep, Contexts, Prompt};
use crate::{AgentDefinition, Mount};

/// A whole definition.
fn definition(name: &str) -> Value {
    json!({"function": name, "description": "A test", "web_hook_url": "https://u:p@example.com/swaig"})
}

/// The definition with some keys changed; `null` takes a key away.
fn changed(name: &str, changes: &[(&str, Value)]) -> Value {
    let mut definition = definition(name);
    let members = definition.as_object_mut().unwrap();
    for (key, value) in changes {
        members.shift_remove(*key);
        if !value.is_null() {
            members.insert((*key).to_owned(), value.clone());
        }
    }
    definition
}

#[track_caller]
fn assert_read(answer: &Value, names: &[&str], lints: usize) {
    let answer = read(&answer.to_string()).unwrap();
    assert_eq!((answer.names, answer.lints.len()), (names.iter().map(ToString::to_string).collect(), lints));
}

#[track_caller]
fn assert_refused(answer: &Value, expected: &[&str]) {
    let error = read(&answer.to_string()).unwrap_err().to_string();
    for part in expected {
        assert!(error.contains(part), "{part} is not in: {error}");
    }
    assert!(!error.contains("u:p"), "{error}");
}

#[test]
fn an_answer_has_one_of_three_forms() {
    assert_read(&json!([definition("a"), definition("b")]), &["a", "b"], 0);
    assert_read(&json!([]), &[], 0);
    assert_read(&definition("a"), &["a"], 0);
    let bare = changed("a", &[("web_hook_url", Value::Null)]);
    assert_read(
        &json!({"functions": [bare], "defaults": {"web_hook_url": "https://example.com"}}),
        &["a"],
        0,
    );
    assert_read(&json!({"functions": [definition("a")]}), &["a"], 0);
    for other in [
        json!({}),
        json!({"response": "hello"}),
        json!("a"),
        json!(null),
        json!(["a"]),
        json!({"functions": "a"}),
    ] {
        assert_refused(&other, &["holds no signatures"]);
    }
    assert!(matches!(read("<html>"), Err(IncludeError::NotJson(_))));
    assert!(matches!(read(""), Err(IncludeError::NotJson(_))));
}

#[test]
fn a_definition_that_the_platform_would_pass_over_is_told() {
    let refused =
        |definition: Value, what| assert_refused(&json!([definition]), &["definition 1", what, "add it"]);
    refused(changed("a", &[("function", Value::Null)]), "`function`");
    refused(changed("a", &[("function", json!(" "))]), "`function`");
    refused(changed("a", &[("description", Value::Null)]), "(\"a\") has no `description`");
    refused(changed("a", &[("description", json!(""))]), "`description`");
    refused(changed("a", &[("web_hook_url", Value::Null)]), "`web_hook_url` or `data_map`");
    let data_map = json!({"expressions": [{"string": "a", "pattern": "a", "output": {"response": "b"}}]});
    assert_read(&json!([changed("a", &[("web_hook_url", Value::Null), ("data_map", data_map)])]), &["a"], 0);
    assert_refused(&json!([definition("a"), definition("a")]), &["\"a\" twice"]);
}

#[test]
fn a_definition_is_checked_as_the_platform_does_and_old_names_are_taken_with_a_lint() {
    let bad =
        changed("a", &[("parameters", json!({"type": "object", "properties": {"n": {"type": "int"}}}))]);
    assert_refused(&json!([bad]), &["\"a\" is not valid at /parameters/properties/n/type", "over there"]);
    assert_refused(&json!([changed("a", &[("active", json!("soon"))])]), &["/active"]);

    let parameters =
        json!({"type": "object", "properties": {"n": {"type": "integer", "description": "A number"}}});
    let old =
        changed("a", &[("description", Value::Null), ("purpose", json!("A test")), ("argument", parameters)]);
    assert_read(&json!([old]), &["a"], 2);
    // Servers in Perl send these, and others keys of their own.
    let more =
        [("web_hook_auth_user", json!("u")), ("web_hook_auth_password", json!("p")), ("x-version", json!(2))];
    assert_read(&json!([changed("a", &more)]), &["a"], 0);
}

fn entry(remote: &RemoteFunctions) -> Value {
    serde_json::to_value(remote.to_include().unwrap()).unwrap()
}

#[test]
fn the_document_carries_credentials_in_the_url_and_nowhere_else_are_they_seen() {
    let remote = RemoteFunctions::new("https://example.com/a/swaig?x=1").functions(["f"]);
    assert_eq!(entry(&remote), json!({"url": "https://example.com/a/swaig?x=1", "functions": ["f"]}));
    let secret = remote.credentials("s w", "p@ss:/%41".into()).meta_data("k", 7);
    assert_eq!(
        entry(&secret),
        json!({"url": "https://s%20w:p%40ss%3A%2F%2541@example.com/a/swaig?x=1", "functions": ["f"], "meta_data": {"k": 7}})
    );
    let in_url = RemoteFunctions::new("https://s%20w:p%40ss@example.com/a/swaig").functions(["f"]);
    assert_eq!(entry(&in_url.clone().masked())["url"], "https://s%20w:****@example.com/a/swaig");
    assert_eq!(entry(&secret.clone().masked())["url"], "https://s%20w:****@example.com/a/swaig?x=1");
    for text in [format!("{secret:?}{in_url:?}"), secret.shown(), in_url.shown()] {
        assert!(text.contains("https://example.com/a/swaig") && !text.contains("p%40ss"), "{text}");
    }
    // Those that are given apart win.
    assert_eq!(entry(&in_url.credentials("u", "new".into()))["url"], "https://u:new@example.com/a/swaig");
}

#[test]
fn what_cannot_be_included_is_known_without_asking() {
    let problem = |remote: RemoteFunctions| remote.problem().map(|it| it.to_string()).unwrap_or_default();
    for url in [
        "",
        "example.com/swaig",
        "ftp://example.com/",
        "https://",
        "https://u:hunter2@exa mple/",
        "https://u:hunter2@h/#x",
    ] {
        let problem = problem(RemoteFunctions::new(url).functions(["f"]));
        assert!(problem.contains("https://host/agent/swaig") && !problem.contains("hunter2"), "{problem}");
    }
    assert!(problem(RemoteFunctions::new("https://h/swaig")).contains("no function is named"));
    let remote = RemoteFunctions::new("https://h/swaig").functions(["f"]);
    assert!(problem(remote.clone().credentials("a:b", "c".into())).contains("colon"));
    assert_eq!(problem(remote), "");

    let setup = Setup::test([("GOOD", "https://u:p@h/swaig"), ("BAD", "hunter2")]);
    assert_eq!(RemoteFunctions::from_setting(&setup, "GOOD").unwrap().shown(), "https://h/swaig");
    let error = RemoteFunctions::from_setting(&setup, "BAD").unwrap_err().to_string();
    assert!(error.starts_with("the setting BAD is not valid") && !error.contains("hunter2"), "{error}");
    assert!(matches!(
        RemoteFunctions::from_setting(&setup, "NONE"),
        Err(SetupError::Missing { name }) if name == "NONE"
    ));
}

#[test]
fn an_include_that_is_left_out_leaves_no_name_behind() {
    let steps = Contexts::new(Context::new([
        ContextStep::text("one", "Help.").functions(["mine", "theirs"]),
        ContextStep::text("two", "Help more.").functions(["theirs", "others"]),
    ]));
    let theirs = RemoteFunctions::new("https://h/theirs").functions(["theirs", "more"]);
    let others = RemoteFunctions::new("https://h/others").functions(["others"]);
    let mut definition = AgentDefinition::new(Prompt::text("Hello").contexts(steps))
        .function(Mount::new("mine"))
        .include(theirs.clone())
        .include(others);
    assert_eq!(definition.function_names(), ["mine", "theirs", "more", "others"]);
    assert_eq!(definition.clone().without_function("others").includes().len(), 1);
    assert_eq!(definition.clone().without_function("more").function_names(), ["mine", "theirs", "others"]);
    definition.leave_out(&theirs);
    assert_eq!(definition.function_names(), ["mine", "others"]);
    definition = definition.ai(|ai| {
        let prompt = ai.as_object().get("prompt").unwrap().to_value();
        let steps = &prompt["contexts"]["default"]["steps"];
        assert_eq!((&steps[0]["functions"], &steps[1]["functions"]), (&json!(["mine"]), &json!(["others"])));
        ai
    });
    assert_eq!(definition.includes().len(), 1);
}

#[test]
fn for_one_call_an_include_may_only_shrink() {
    let whole = RemoteFunctions::new("https://h/swaig").functions(["a", "b"]);
    assert!(RemoteFunctions::new("https://h/swaig").functions(["b"]).meta_data("k", 1).is_part_of(&whole));
    assert!(!RemoteFunctions::new("https://h/swaig").functions(["c"]).is_part_of(&whole));
    assert!(!RemoteFunctions::new("https://other/swaig").functions(["a"]).is_part_of(&whole));
}
