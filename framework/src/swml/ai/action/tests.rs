mod rows;

use std::collections::BTreeSet;

use proptest::prelude::*;

use rows::In::{EngineOnly, Published};
use rows::rows;

use super::*;
use crate::swml::ai::{
    Ai, Context, ContextStep, Contexts, DataMap, FunctionDefinition, Output, Prompt, Swaig,
};
use crate::swml::check::{Finding, check};
use crate::swml::tests::random::Random;
use crate::swml::tests::schema::validator;
use crate::swml::{Presence, Value};

#[test]
fn each_action_is_written_read_back_and_explained() {
    for (action, _, wire, words) in rows() {
        assert_eq!(Json::from(action.clone()).to_string(), wire);
        let read = Action::from_json(&Json::parse(wire).expect("JSON")).expect("an object");
        assert_eq!(read, action);
        assert_eq!(Json::from(read.clone()).to_string(), wire);
        assert_eq!(read.explain(), words, "{wire}");
        assert!(wire.contains(&format!("\"{}\":", read.name())), "{wire}");
    }
}

#[test]
fn the_table_holds_every_action() {
    let rows = rows();
    let in_table: BTreeSet<&str> = rows.iter().map(|(action, ..)| action.name()).collect();
    let known: BTreeSet<&str> = Action::FIELDS.iter().map(|field| field.key).collect();
    assert_eq!(in_table, known);
    assert_eq!(known.len(), 28);
    for field in Action::FIELDS.iter().filter(|field| field.presence == Presence::EngineOnly) {
        let published =
            rows.iter().any(|(action, place, ..)| action.name() == field.key && *place == Published);
        assert!(!published, "{} is engine only in every form", field.key);
    }
}

/// A document with an agent whose only function gives these actions out of a `data_map`.
fn in_data_map(actions: impl Into<Actions>) -> Json {
    let map = DataMap::new().output(Output::text("r").actions(actions));
    let function = FunctionDefinition::new("f", "d").data_map(map);
    let contexts = Contexts::new(Context::new([ContextStep::text("confirm", "Confirm.")]));
    let ai = Ai::new(Prompt::text("t").contexts(contexts)).swaig(Swaig::new().function(function));
    Document::new().step(ai).into()
}

#[test]
fn the_checker_reports_what_the_schema_rejects_inside_a_data_map() {
    for (action, place, wire, _) in rows() {
        let json = in_data_map(action);
        let findings = check(&json).findings;
        let errors: Vec<_> = findings.iter().filter(|finding| finding.is_error()).collect();
        match place {
            Published => assert!(errors.is_empty(), "{wire}: {errors:#?}"),
            EngineOnly => {
                assert!(!errors.is_empty(), "{wire}");
                assert!(errors.iter().all(|error| error.code == "engine-only"), "{wire}: {errors:#?}");
            }
        }
        if let Some(validator) = validator() {
            assert_eq!(validator.is_valid(&json.to_value()), place == Published, "{wire}");
        }
    }
}

#[test]
fn what_the_checker_says_about_an_action_helps() {
    let only = |action: Action| {
        let findings = check(&in_data_map([action])).findings;
        let errors: Vec<_> = findings.into_iter().filter(Finding::is_error).collect();
        let [error] = errors.as_slice() else { panic!("{errors:#?}") };
        let path = error.path.rsplit_once("/action/0").expect("an action").1;
        format!("{} {path}: {}; {}", error.code, error.message, error.remedy)
    };
    let table = [
        (
            Action::playback_bg(Playback::File("https://example.com/a.mp3".into())),
            "engine-only /playback_bg: the engine reads a text here, but the published schema refuses it; \
             write an object such as {\"file\": \"…\"}",
        ),
        (
            Action::unset_meta_data(["a"]),
            "engine-only /unset_meta_data: the engine reads a list here, but the published schema refuses it; \
             write a text, or an object",
        ),
        (
            Action::transfer("operator"),
            "engine-only /transfer: the engine reads the text \"operator\" here, but the published schema refuses \
             it; write true or false, or a variable such as `${vars.name}`",
        ),
        (
            Action::extensive_data(true),
            "engine-only /extensive_data: the engine reads `extensive_data`, but the published schema refuses it; \
             leave it out where documents are checked against the schema",
        ),
        (
            Action::raw("hold", "300"),
            "quoted-value /hold: expected a whole number, or a variable such as `${vars.name}`, or an object, \
             found the text \"300\"; write 300 without quotes",
        ),
        (
            Action::say("a").extra("hangup", true),
            "conflicting-fields : `hangup`, `say` exclude each other; keep one of them",
        ),
    ];
    for (action, words) in table {
        assert_eq!(only(action), words);
    }
}

#[test]
fn what_others_write_is_read_too_and_prints_back() {
    let rows = [
        (r#"{"hangup":"true"}"#, "Ends the call."),
        (r#"{"stop":false}"#, "Does not do this: ends the agent; the document goes on."),
        (r#"{"back_to_back_functions":"true"}"#, "Lets the model call one function after the other."),
        (r#"{"wait_for_user":"15"}"#, "Waits for the caller for 15 seconds."),
        (r#"{"hold":"300"}"#, "Puts the caller on hold for at most 300 seconds."),
        (r#"{"toggle_functions":[{"function":"f","active":"true"}]}"#, "Switches `f` on."),
        (r#"{"toggle_functions":[]}"#, "Switches nothing."),
        (
            r#"{"toggle_functions":[{"function":"f"}]}"#,
            "Does `toggle_functions` with a value that cannot be read.",
        ),
        (r#"{"transfer":true}"#, "Ends the agent."),
        (r#"{"transfer":"true","SWML":{"sections":{}}}"#, "Ends the agent and hands the call to a document."),
        (r#"{"SWML":"{\"sections\":{}}"}"#, "Runs a document; the agent goes on afterwards."),
        (r#"{"say":"Bye","hangup":true}"#, "Speaks a text. Ends the call."),
        (r#"{"hold":[1]}"#, "Does `hold` with a value that cannot be read."),
        (
            r#"{"change_voice":"a.b","x":1.50}"#,
            "Does `change_voice`, an action without a description. Does `x`, an action without a description.",
        ),
        ("{}", "Does nothing."),
    ];
    let text = format!("[{}]", rows.map(|(wire, _)| wire).join(","));
    let actions = Actions::from_json(&Json::parse(&text).expect("JSON")).expect("objects");
    assert_eq!(Json::from(actions.clone()).to_string(), text);
    for (action, (wire, words)) in actions.as_slice().iter().zip(rows) {
        assert_eq!(action.explain(), words, "{wire}");
    }
    let one = Actions::from_json(&Json::parse(rows[0].0).expect("JSON")).expect("an object");
    assert_eq!(one.as_slice()[0].name(), "hangup");
    assert_eq!(Actions::from_json(&"hangup".into()), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_actions_are_kept_and_explained(seed: u64) {
        let mut random = Random(seed);
        let rows = rows();
        let mut json = Json::from(rows[random.below(rows.len())].0.clone());
        random.change(&mut json);
        if let Some(action) = Action::from_json(&json) {
            prop_assert!(action.explain().ends_with('.'));
            prop_assert_eq!(Json::from(action).to_string(), json.to_string());
        }
    }
}
