use serde_json::json;

use super::*;
use crate::function::Toggle;
use crate::swml::Document;
use crate::swml::ai::{Settings, WaitForUser};

#[test]
fn an_action_is_an_object_with_one_key_and_neighbours_of_a_kind_are_one() {
    let reply = Reply::text("done")
        .set_meta_data("a", 1)
        .set_meta_data("b", "two")
        .toggle_function("send_mfa", false)
        .toggle_function("verify_mfa", true)
        .set_global_data("tier", "gold")
        .unset_global_data("old")
        .say("Goodbye")
        .transfer("operator")
        .action(Action::raw("change_voice", "elevenlabs.josh"))
        .hangup()
        .post_process(true);
    assert_eq!(
        serde_json::to_value(&reply).unwrap(),
        json!({"response": "done", "action": [
            {"set_meta_data": {"a": 1, "b": "two"}},
            {"toggle_functions": [{"function": "send_mfa", "active": false}, {"function": "verify_mfa", "active": true}]},
            {"set_global_data": {"tier": "gold"}},
            {"unset_global_data": "old"},
            {"say": "Goodbye"},
            {"transfer": "operator"},
            {"change_voice": "elevenlabs.josh"},
            {"hangup": true},
        ], "post_process": true})
    );
}

#[test]
fn swml_and_transfer_share_an_object_and_transfer_comes_first() {
    let document = Document::new().step(crate::swml::Hangup::new());
    let text = serde_json::to_string(&Reply::text("bye").transfer_to_swml(document.clone())).unwrap();
    assert_eq!(
        text,
        r#"{"response":"bye","action":[{"transfer":true,"SWML":{"version":"1.0.0","sections":{"main":[{"hangup":{}}]}}}]}"#
    );
    let text = serde_json::to_string(&Reply::text("hm").swml(document)).unwrap();
    assert!(text.contains(r#""action":[{"SWML":{"version""#), "{text}");
}

#[test]
fn every_action_has_a_method_and_they_run_in_the_order_of_the_calls() {
    let reply = Reply::text("r")
        .set_meta_data("a", 1)
        .unset_meta_data("b")
        .set_global_data("c", 2)
        .unset_global_data("d")
        .swml(Document::new())
        .transfer("operator")
        .stop()
        .hangup()
        .hold(std::time::Duration::from_secs(30))
        .say("Hello")
        .playback_bg("https://example.com/a.mp3")
        .stop_playback_bg()
        .change_context("billing")
        .change_step("next")
        .context_switch("You sell tickets.")
        .user_input("Hi")
        .wait_for_user(WaitForUser::AnswerFirst)
        .replace_in_history("Done.")
        .extensive_data(true)
        .toggle_function(["send", "verify"], false)
        .toggle_functions([Toggle::new("pay", 2)])
        .back_to_back_functions(true)
        .functions_on_speaker_timeout(false)
        .settings(Settings::new().temperature(0.2).top_p(1))
        .settings(Settings::new().top_p(0.5))
        .end_of_speech_timeout(std::time::Duration::from_millis(300))
        .speech_event_timeout(std::time::Duration::from_millis(900))
        .add_dynamic_hints(["Ferris"])
        .add_dynamic_hints(["Crab"])
        .clear_dynamic_hints()
        .user_event([("type", "sold")]);
    let lines: Vec<String> =
        reply.actions().iter().map(|action| serde_json::to_string(action).unwrap()).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"set_meta_data":{"a":1}}
    {"unset_meta_data":"b"}
    {"set_global_data":{"c":2}}
    {"unset_global_data":"d"}
    {"SWML":{"version":"1.0.0","sections":{"main":[]}}}
    {"transfer":"operator"}
    {"stop":true}
    {"hangup":true}
    {"hold":30}
    {"say":"Hello"}
    {"playback_bg":{"file":"https://example.com/a.mp3"}}
    {"stop_playback_bg":true}
    {"change_context":"billing"}
    {"change_step":"next"}
    {"context_switch":{"system_prompt":"You sell tickets."}}
    {"user_input":"Hi"}
    {"wait_for_user":"answer_first"}
    {"replace_in_history":"Done."}
    {"extensive_data":true}
    {"toggle_functions":[{"function":["send","verify"],"active":false},{"function":"pay","active":2}]}
    {"back_to_back_functions":true}
    {"functions_on_speaker_timeout":false}
    {"settings":{"temperature":0.2,"top-p":0.5}}
    {"end_of_speech_timeout":300}
    {"speech_event_timeout":900}
    {"add_dynamic_hints":["Ferris","Crab"]}
    {"clear_dynamic_hints":{}}
    {"user_event":{"type":"sold"}}
    "#);
    let mut names: Vec<&str> = reply.actions().iter().map(Action::name).collect();
    let mut known: Vec<&str> = Action::FIELDS.iter().map(|field| field.key).collect();
    names.sort_unstable();
    known.sort_unstable();
    assert_eq!(names, known);
}

#[test]
fn only_direct_neighbours_become_one() {
    let reply = Reply::text("r").set_meta_data("a", 1).say("Hello").set_meta_data("b", 2);
    let reply = reply.action(Action::set_meta_data([("c", 3)]).extra("hangup", true)).set_meta_data("d", 4);
    assert_eq!(
        serde_json::to_value(reply.actions()).unwrap(),
        json!([
            {"set_meta_data": {"a": 1}},
            {"say": "Hello"},
            {"set_meta_data": {"b": 2}},
            {"set_meta_data": {"c": 3}, "hangup": true},
            {"set_meta_data": {"d": 4}},
        ])
    );
}
