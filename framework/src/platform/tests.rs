use serde_json::{Value, json};

use super::native::Native;
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
    let natives: Vec<_> = call.natives().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(natives, ["next_step"]);
    let wrong = call.run_native("next_step", json!({"step": "serve"}).as_object().unwrap()).unwrap();
    assert_eq!(wrong.words, "That is not possible from here. Possible: check.");
    assert!(call.run_native("next_step", &Map::new()).unwrap().words.contains("\"check\""));
    // The functions of the step before, and its sections as markdown.
    assert_eq!(callable(&call), ["send"]);
    assert!(call.prompt().ends_with("## Current step\n\n## Check\n\n- Be kind."), "{}", call.prompt());
    call.apply("send", &json!({"action": {"change_step": "next"}}));
    assert_eq!(call.place(), Some(("default", "serve")));
    // Allowed by the step, and switched off by the document.
    assert_eq!(callable(&call), [""; 0]);
    assert_eq!(call.function("balance").unwrap().why_not.unwrap(), "it is switched off");
    assert_eq!(call.natives()[0].0, "change_context");
    call.run_native("change_context", json!({"context": "loans"}).as_object().unwrap()).unwrap();
    assert_eq!(call.place(), Some(("loans", "sum")));
    assert!(call.prompt().contains("About loans.") && call.natives().is_empty());
    assert_eq!(call.run_native("send", &Map::new()), None);
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

/// An agent whose step asks three questions.
fn intake(gather: &Value, functions: &Value) -> PlatformCall {
    let mut asked = json!({"questions": [
        {"key": "name", "question": "What is your name?"},
        {"key": "seats", "question": "How many seats?", "type": "integer", "confirm": true, "functions": ["count"]},
        {"key": "window", "question": "By the window?", "type": "boolean", "prompt": "Be brief."},
    ]});
    asked.as_object_mut().unwrap().extend(gather.as_object().unwrap().clone());
    call(&json!({
        "prompt": {"text": "You take bookings.", "contexts": {"default": {"steps": [
            {"name": "ask", "text": "Sum it up.", "functions": functions, "valid_contexts": ["default"], "gather_info": asked},
            {"name": "check", "text": "Check."}, {"name": "done", "text": "Say goodbye."},
        ]}}},
        "SWAIG": {"functions": [
            {"function": "count", "description": "Count"}, {"function": "book", "description": "Book"},
        ]},
    }))
}

fn answer(call: &mut PlatformCall, arguments: &Value) -> Native {
    call.run_native("gather_submit", arguments.as_object().unwrap()).unwrap()
}

#[test]
fn questions_are_asked_one_after_the_other_and_nothing_else_can_be_done() {
    let mut call = intake(&json!({"prompt": "Be kind.", "output_key": "booking"}), &json!(["book"]));
    assert!(
        call.prompt().contains("Be kind.\n\nAsk the caller: \"What is your name?\""),
        "{}",
        call.prompt()
    );
    assert!(!call.prompt().contains("Sum it up."));
    assert_eq!(callable(&call), [""; 0]);
    assert_eq!(call.natives().iter().map(|(name, ..)| *name).collect::<Vec<_>>(), ["gather_submit"]);
    assert_eq!(call.run_native("next_step", &Map::new()).unwrap().words, "There is no way from here.");
    for wrong in [json!({}), json!({"answer": 7}), json!({"answer": " "})] {
        assert!(answer(&mut call, &wrong).words.contains("of the type string"), "{wrong}");
    }
    let kept = answer(&mut call, &json!({"answer": "Ada"}));
    assert_eq!(kept.done[0].outcome, Outcome::Unseen);
    assert_eq!(kept.done[0].words, "Keeps the answer as `booking.name` in `global_data`.");
    // The second one has a function, and is to be confirmed.
    assert_eq!(callable(&call), ["count"]);
    assert!(call.prompt().contains("have the caller confirm it"));
    let (_, _, schema) = call.natives().remove(0);
    assert_eq!(schema["properties"]["answer"]["type"], "integer");
    assert_eq!(schema["required"], json!(["answer", "confirmed_by_user"]));
    for unconfirmed in [json!({"answer": 2}), json!({"answer": 2, "confirmed_by_user": "false"})] {
        assert!(answer(&mut call, &unconfirmed).words.contains("let the caller confirm it"));
    }
    answer(&mut call, &json!({"answer": 2, "confirmed_by_user": "true"}));
    // The step begins again where another request finds it.
    let kept = serde_json::to_value(call.state()).unwrap();
    let mut call = PlatformCall::resume(&document(&call.ai), serde_json::from_value(kept).unwrap()).unwrap();
    assert!(call.prompt().contains("By the window?") && call.prompt().ends_with("Be brief."));
    answer(&mut call, &json!({"answer": false}));
    assert_eq!(call.global_data()["booking"], json!({"name": "Ada", "seats": 2, "window": false}));
    // Then the step is as any other.
    assert_eq!(call.place(), Some(("default", "ask")));
    assert_eq!(callable(&call), ["book"]);
    let told = "Sum it up.\n\nThe caller's answers: {\"name\":\"Ada\",\"seats\":2,\"window\":false}";
    assert!(call.prompt().ends_with(told), "{}", call.prompt());
    assert!(answer(&mut call, &json!({"answer": "x"})).words.contains("no question"));
}

#[test]
fn the_last_answer_leads_on() {
    for (action, place) in [("next_step", "check"), ("done", "done"), ("nowhere", "ask")] {
        let mut call = intake(&json!({"completion_action": action}), &json!("none"));
        answer(&mut call, &json!({"answer": "Ada"}));
        answer(&mut call, &json!({"answer": 2, "confirmed_by_user": "true"}));
        let last = answer(&mut call, &json!({"answer": true}));
        assert_eq!(call.place(), Some(("default", place)));
        assert_eq!(
            (&call.global_data()["name"], &call.global_data()["window"]),
            (&json!("Ada"), &json!(true))
        );
        assert_eq!(last.done.len(), if place == "ask" { 2 } else { 1 }, "{last:?}");
    }
}

#[test]
fn the_platforms_own_functions_are_there_where_the_agent_asks_for_them() {
    let mut call = call(&json!({"prompt": {"text": "x"}, "params": {"local_tz": "Europe/Lisbon"}, "SWAIG": {
        "native_functions": ["check_time", "wait_for_user", "wait_seconds", "dance"]}}));
    let names: Vec<_> = call.natives().into_iter().map(|(name, ..)| name.to_owned()).collect();
    assert_eq!(names, ["check_time", "wait_for_user", "wait_seconds"]);
    let time = call.run_native("check_time", &Map::new()).unwrap().words;
    assert!(time.starts_with("It is ") && time.contains("M on ") && !time.contains("${"), "{time}");
    assert_eq!(call.run_native("wait_for_user", &Map::new()).unwrap().done[0].outcome, Outcome::Wait);
    let waited = call.run_native("wait_seconds", json!({"seconds": 3}).as_object().unwrap()).unwrap();
    assert_eq!(waited.words, "3 seconds have passed.");
    for absent in ["adjust_response_latency", "dance"] {
        assert_eq!(call.run_native(absent, &Map::new()), None);
    }
    assert_eq!(bank().run_native("check_time", &Map::new()), None);
}
