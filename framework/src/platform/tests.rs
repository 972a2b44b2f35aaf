use serde_json::{Value, json};

use super::*;

fn document(ai: &Value) -> Value {
    json!({"version": "1.0.0", "sections": {"main": [{"answer": {}}, {"ai": ai}]}})
}

fn call(ai: &Value) -> PlatformCall {
    PlatformCall::start(&document(ai), "c-1", Some("+15551230000".to_owned())).unwrap()
}

fn callable(call: &PlatformCall) -> Vec<String> {
    let functions = call.functions().into_iter().filter(|function| function.why_not.is_none());
    functions.map(|function| function.name.to_owned()).collect()
}

fn bank() -> PlatformCall {
    call(&json!({
        "prompt": {"text": "You are Ada. Caller: ${caller_id_number}.", "contexts": {
            "default": {"steps": [
                {"name": "greet", "text": "Greet.", "step_criteria": "A name was said.", "functions": ["send"]},
                {"name": "check", "pom": [{"title": "Check", "bullets": ["Be kind."]}]},
                {"name": "serve", "text": "Serve.", "functions": ["balance"], "valid_contexts": ["loans"], "end": true},
            ]},
            "loans": {"text": "About loans.", "initial_step": "sum", "steps": [
                {"name": "ask", "text": "Ask."}, {"name": "sum", "text": "Sum.", "functions": "none"},
            ]},
        }},
        "global_data": {"tier": "gold"},
        "SWAIG": {"defaults": {"web_hook_url": "https://example.com/bank"}, "functions": [
            {"function": "send", "description": "Send", "meta_data_token": "t", "meta_data": {"tries": 0}},
            {"function": "balance", "purpose": "Tell", "argument": {"type": "object", "properties": {}},
             "meta_data_token": "t", "active": "false"},
            {"function": "other", "description": "Other"},
            {"function": "hangup_hook", "description": "End"},
        ]},
    }))
}

#[test]
fn a_document_without_an_agent_cannot_be_called() {
    let silent = json!({"sections": {"main": [{"hangup": {}}]}});
    assert_eq!(PlatformCall::start(&silent, "c", None).unwrap_err(), PlatformError::NoAgent);
}

#[test]
fn a_webhook_has_what_the_platform_knows() {
    let body = bank().webhook("balance", json!({"account": "x"}).as_object().unwrap());
    for (pointer, expected) in [
        ("/function", json!("balance")),
        ("/argument/raw", json!(r#"{"account":"x"}"#)),
        ("/argument/parsed/0/account", json!("x")),
        ("/description", json!("Tell")),
        ("/argument_desc/type", json!("object")),
        ("/meta_data", json!({"tries": 0})),
        ("/global_data/tier", json!("gold")),
        ("/caller_id_num", json!("+15551230000")),
    ] {
        assert_eq!(body.pointer(pointer), Some(&expected), "{pointer}");
    }
    let other = bank().webhook("other", &Map::new());
    assert_eq!(other["meta_data_token"], "https://example.com/bank");
    assert_eq!(other["meta_data"], json!({}));
}

#[test]
fn steps_decide_what_the_model_hears_and_may_call() {
    let mut call = bank();
    assert_eq!(call.place(), Some(("default", "greet")));
    assert_eq!(callable(&call), ["send"]);
    assert_eq!(
        call.prompt(),
        "You are Ada. Caller: +15551230000.\n\n## Current step\n\nGreet.\n\nThe step is done when: A name was said."
    );
    let ways: Vec<_> = call.ways().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(ways, ["next_step"]);
    let wrong = call.go("next_step", json!({"step": "serve"}).as_object().unwrap()).unwrap();
    assert_eq!(wrong, "That is not possible from here. Possible: check.");
    assert!(call.go("next_step", &Map::new()).unwrap().contains("\"check\""));
    // The functions of the step before, and its sections as markdown.
    assert_eq!(callable(&call), ["send"]);
    assert!(call.prompt().ends_with("## Current step\n\n## Check\n\n- Be kind."), "{}", call.prompt());
    call.apply("send", &json!({"action": {"change_step": "next"}}));
    assert_eq!(call.place(), Some(("default", "serve")));
    // Allowed by the step, and switched off by the document.
    assert_eq!(callable(&call), [""; 0]);
    assert_eq!(call.function("balance").unwrap().why_not.unwrap(), "it is switched off");
    assert_eq!(call.ways()[0].0, "change_context");
    call.go("change_context", json!({"context": "loans"}).as_object().unwrap()).unwrap();
    assert_eq!(call.place(), Some(("loans", "sum")));
    assert!(call.prompt().contains("About loans.") && call.ways().is_empty());
    assert_eq!(call.go("send", &Map::new()), None);
    let done = call.apply("send", &json!({"action": [{"change_step": "nowhere"}, {"change_context": "x"}]}));
    let words: Vec<_> = done.iter().map(|done| done.words.as_str()).collect();
    assert_eq!(words, ["Nothing: there is no step \"nowhere\".", "Nothing: there is no context \"x\"."]);
}

#[test]
fn data_is_changed_by_token_and_functions_are_switched_in_it() {
    let mut call = bank();
    let done = call.apply(
        "send",
        &json!({"response": "ok", "action": [
            {"set_meta_data": {"code": {"id": 7}, "tries": 1}},
            {"unset_meta_data": "tries"},
            {"set_global_data": {"seen": true}},
            {"toggle_functions": [{"function": ["balance", "other"], "active": 2}]},
            {"say": "One moment."},
            {"user_input": "go on"},
            {"replace_in_history": true},
            {"dance": "tango"},
        ]}),
    );
    assert_eq!(call.meta_data("balance"), *json!({"code": {"id": 7}}).as_object().unwrap());
    assert_eq!(call.global_data()["seen"], true);
    assert_eq!(
        done[3].outcome,
        Outcome::Refused("\"other\" is no function of the same meta_data_token".to_owned())
    );
    assert_eq!(done[4].outcome, Outcome::Say("One moment.".to_owned()));
    assert_eq!(done[5].outcome, Outcome::UserInput("go on".to_owned()));
    assert_eq!(done[6].outcome, Outcome::Forget(None));
    assert_eq!(done[7].words, "Does `dance`, an action without a description.");
    call.apply("send", &json!({"action": {"change_step": "serve"}}));
    assert_eq!(callable(&call), ["balance"]);
    call.count("balance");
    call.count("balance");
    assert_eq!(callable(&call), [""; 0]);
    // A call is kept between two requests.
    let kept = serde_json::to_string(call.state()).unwrap();
    let again = PlatformCall::resume(&document(&call.ai), serde_json::from_str(&kept).unwrap()).unwrap();
    assert_eq!(again.state(), call.state());
    call.apply(
        "send",
        &json!({"action": [{"unset_meta_data": {}}, {"unset_global_data": ["seen", "tier"]}]}),
    );
    assert!(call.meta_data("send").is_empty() && call.global_data().is_empty());
}

#[test]
fn what_the_agent_forbids_does_not_happen() {
    let mut call = call(&json!({"prompt": {"text": "x"}, "params":
        {"swaig_allow_swml": false, "swaig_set_global_data": "false"}, "SWAIG": {"functions": []}}));
    let done = call.apply(
        "f",
        &json!({"action": [
        {"transfer": true, "SWML": {"sections": {"main": []}}}, {"set_global_data": {"a": 1}}]}),
    );
    assert!(done.iter().all(|done| matches!(done.outcome, Outcome::Refused(_))), "{done:?}");
    assert_eq!((call.end(), call.global_data().len()), (None, 0));
}

#[test]
fn a_call_ends_once() {
    for (action, end) in [
        (json!({"hangup": true}), Some(End::HungUp)),
        (json!({"hangup": false}), None),
        (json!({"stop": true}), Some(End::Stopped)),
        (json!({"transfer": "other"}), Some(End::Transferred)),
        (json!({"transfer": true, "SWML": {"sections": {"main": []}}}), Some(End::Transferred)),
        (json!({"transfer": false, "SWML": {"sections": {"main": []}}}), None),
    ] {
        let mut call = bank();
        call.apply("send", &json!({"action": [action]}));
        assert_eq!(call.end(), end.as_ref(), "{action}");
        assert_eq!(callable(&call).is_empty(), end.is_some());
    }
}

#[test]
fn the_prompt_can_be_replaced() {
    let mut call = call(&json!({"prompt": {"text": "Old"}}));
    let done = call
        .apply("f", &json!({"action": {"context_switch": {"system_prompt": "New", "user_prompt": "Hi"}}}));
    assert_eq!((call.prompt().as_str(), &done[0].outcome), ("New", &Outcome::UserInput("Hi".to_owned())));
}
