//! Every action in every form.

use std::time::Duration;

use crate::swml::ai::action::*;
use crate::swml::ai::{Hint, HintPattern, PomSection};
use crate::swml::{Document, Hangup, Variable};

/// Whether the published schema takes it inside a `data_map`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum In {
    Published,
    EngineOnly,
}
use In::{EngineOnly, Published};

/// Every action in every form: what it is written as, and what it does.
#[allow(clippy::too_many_lines, reason = "a table")]
pub(super) fn rows() -> Vec<(Action, In, &'static str, &'static str)> {
    let document = || Document::new().step(Hangup::new());
    let ms = Duration::from_millis;
    let secs = Duration::from_secs;
    vec![
        (
            Action::swml(document()),
            Published,
            r#"{"SWML":{"version":"1.0.0","sections":{"main":[{"hangup":{}}]}}}"#,
            "Runs a document; the agent goes on afterwards.",
        ),
        (
            Action::transfer_to_swml(document()),
            Published,
            r#"{"transfer":true,"SWML":{"version":"1.0.0","sections":{"main":[{"hangup":{}}]}}}"#,
            "Ends the agent and hands the call to a document.",
        ),
        (
            Action::swml(Document::new()).with_transfer(Variable::new("args.leave")),
            Published,
            r#"{"transfer":"${args.leave}","SWML":{"version":"1.0.0","sections":{"main":[]}}}"#,
            "Runs a document, and ends the agent if a variable says so.",
        ),
        (
            Action::transfer("operator"),
            EngineOnly,
            r#"{"transfer":"operator"}"#,
            "Ends the agent and goes to the section `operator`.",
        ),
        (
            Action::transfer(TransferDestination::new("https://u:p@example.com/swml").summarize(true)),
            EngineOnly,
            r#"{"transfer":{"dest":"https://u:p@example.com/swml","summarize":true}}"#,
            "Sums up, ends the agent and goes to another document.",
        ),
        (
            Action::set_meta_data([("verified", true)]),
            Published,
            r#"{"set_meta_data":{"verified":true}}"#,
            "Sets `verified` in `meta_data`.",
        ),
        (
            Action::unset_meta_data("mfa"),
            Published,
            r#"{"unset_meta_data":"mfa"}"#,
            "Removes `mfa` from `meta_data`.",
        ),
        (
            Action::unset_meta_data(["mfa", "tries"]),
            EngineOnly,
            r#"{"unset_meta_data":["mfa","tries"]}"#,
            "Removes `mfa` and `tries` from `meta_data`.",
        ),
        (
            Action::unset_meta_data(Unsetting::everything()),
            Published,
            r#"{"unset_meta_data":{}}"#,
            "Removes everything from `meta_data`.",
        ),
        (
            Action::set_global_data([("a", 1), ("b", 2), ("c", 3)]),
            Published,
            r#"{"set_global_data":{"a":1,"b":2,"c":3}}"#,
            "Sets `a`, `b` and `c` in `global_data`.",
        ),
        (
            Action::unset_global_data("tier"),
            Published,
            r#"{"unset_global_data":"tier"}"#,
            "Removes `tier` from `global_data`.",
        ),
        (
            Action::unset_global_data(vec!["tier"]),
            EngineOnly,
            r#"{"unset_global_data":["tier"]}"#,
            "Removes `tier` from `global_data`.",
        ),
        (
            Action::unset_global_data(Unsetting::everything()),
            Published,
            r#"{"unset_global_data":{}}"#,
            "Removes everything from `global_data`.",
        ),
        (Action::say("Hello"), Published, r#"{"say":"Hello"}"#, "Speaks a text."),
        (Action::stop(), Published, r#"{"stop":true}"#, "Ends the agent; the document goes on."),
        (Action::hangup(), Published, r#"{"hangup":true}"#, "Ends the call."),
        (
            Action::hold(secs(120)),
            Published,
            r#"{"hold":120}"#,
            "Puts the caller on hold for at most 120 seconds.",
        ),
        (
            Action::hold(Duration::ZERO),
            Published,
            r#"{"hold":1}"#,
            "Puts the caller on hold for at most 1 second.",
        ),
        (
            Action::hold(secs(901)),
            Published,
            r#"{"hold":900}"#,
            "Puts the caller on hold for at most 900 seconds.",
        ),
        (
            Action::hold(HoldTime::new().timeout(secs(60))),
            Published,
            r#"{"hold":{"timeout":60}}"#,
            "Puts the caller on hold for at most 60 seconds.",
        ),
        (
            Action::hold(HoldTime::new().timeout(secs(60)).step("back").timeout_step("late")),
            EngineOnly,
            r#"{"hold":{"timeout":60,"step":"back","timeout_step":"late"}}"#,
            "Puts the caller on hold for at most 60 seconds, then goes to the step `back`.",
        ),
        (
            Action::hold(Hold::Text(secs(300).into())),
            EngineOnly,
            r#"{"hold":"5m"}"#,
            "Puts the caller on hold for at most 300 seconds.",
        ),
        (
            Action::toggle_functions([Toggle::new("pay", true), Toggle::new(["send", "verify"], false)]),
            Published,
            r#"{"toggle_functions":[{"function":"pay","active":true},{"function":["send","verify"],"active":false}]}"#,
            "Switches `pay` on, switches `send` and `verify` off.",
        ),
        (
            Action::toggle_functions([Toggle::new("pay", 1), Toggle::new("send", -1)]),
            EngineOnly,
            r#"{"toggle_functions":[{"function":"pay","active":1},{"function":"send","active":-1}]}"#,
            "Allows `pay` 1 time more, allows `send` without a limit.",
        ),
        (
            Action::playback_bg("https://example.com/a.mp3"),
            Published,
            r#"{"playback_bg":{"file":"https://example.com/a.mp3"}}"#,
            "Plays a file behind the conversation.",
        ),
        (
            Action::playback_bg(PlaybackBackground::new("https://example.com/a.mp3").wait(true)),
            Published,
            r#"{"playback_bg":{"file":"https://example.com/a.mp3","wait":true}}"#,
            "Plays a file and waits until it is over.",
        ),
        (
            Action::playback_bg(Playback::File("https://example.com/a.mp3".into())),
            EngineOnly,
            r#"{"playback_bg":"https://example.com/a.mp3"}"#,
            "Plays a file behind the conversation.",
        ),
        (
            Action::stop_playback_bg(),
            Published,
            r#"{"stop_playback_bg":true}"#,
            "Ends what plays behind the conversation.",
        ),
        (
            Action::context_switch("You sell tickets."),
            Published,
            r#"{"context_switch":{"system_prompt":"You sell tickets."}}"#,
            "Replaces the prompt.",
        ),
        (
            Action::context_switch(ContextSwitch::new("You sell.").user_prompt("Hi").consolidate(true)),
            Published,
            r#"{"context_switch":{"system_prompt":"You sell.","user_prompt":"Hi","consolidate":true}}"#,
            "Replaces the prompt, and sums the conversation up.",
        ),
        (
            Action::context_switch(
                ContextSwitch::new("You sell.")
                    .full_reset(true)
                    .system_section(PomSection::new("Role").body("Sell."))
                    .user_pom([PomSection::untitled().body("Hi.")]),
            ),
            EngineOnly,
            r#"{"context_switch":{"system_prompt":"You sell.","full_reset":true,"system_pom":[{"title":"Role","body":"Sell."}],"user_pom":[{"body":"Hi."}]}}"#,
            "Replaces the prompt, and forgets the conversation.",
        ),
        (
            Action::context_switch(NewContext::Prompt("You sell.".into())),
            EngineOnly,
            r#"{"context_switch":"You sell."}"#,
            "Replaces the prompt.",
        ),
        (
            Action::change_context("billing"),
            Published,
            r#"{"change_context":"billing"}"#,
            "Goes to the context `billing`.",
        ),
        (
            Action::change_step("confirm"),
            Published,
            r#"{"change_step":"confirm"}"#,
            "Goes to the step `confirm`.",
        ),
        (Action::change_step("next"), Published, r#"{"change_step":"next"}"#, "Goes to the next step."),
        (
            Action::user_input("I would like to pay"),
            Published,
            r#"{"user_input":"I would like to pay"}"#,
            "Gives the model a text as if the caller had said it.",
        ),
        (
            Action::back_to_back_functions(true),
            EngineOnly,
            r#"{"back_to_back_functions":true}"#,
            "Lets the model call one function after the other.",
        ),
        (
            Action::back_to_back_functions(BackToBack::Forever),
            EngineOnly,
            r#"{"back_to_back_functions":"forever"}"#,
            "Lets the model call one function after the other for the rest of the call.",
        ),
        (
            Action::extensive_data(true),
            EngineOnly,
            r#"{"extensive_data":true}"#,
            "Shows the model the full result in this turn only.",
        ),
        (
            Action::replace_in_history("The caller was verified."),
            EngineOnly,
            r#"{"replace_in_history":"The caller was verified."}"#,
            "Puts a text in the place of this function call in the model's memory.",
        ),
        (
            Action::replace_in_history(ReplaceInHistory::Remove),
            EngineOnly,
            r#"{"replace_in_history":true}"#,
            "Takes this function call out of the model's memory.",
        ),
        (
            Action::wait_for_user(false),
            EngineOnly,
            r#"{"wait_for_user":false}"#,
            "Does not wait for the caller.",
        ),
        (
            Action::wait_for_user(secs(10)),
            EngineOnly,
            r#"{"wait_for_user":10}"#,
            "Waits for the caller for 10 seconds.",
        ),
        (
            Action::wait_for_user(WaitForUser::AnswerFirst),
            EngineOnly,
            r#"{"wait_for_user":"answer_first"}"#,
            "Speaks first, then waits for the caller.",
        ),
        (
            Action::user_event([("type", "verified")]),
            EngineOnly,
            r#"{"user_event":{"type":"verified"}}"#,
            "Sends an event to those who follow the call.",
        ),
        (
            Action::settings(
                Settings::new()
                    .temperature(0.5)
                    .top_p(0.9)
                    .max_tokens(200)
                    .presence_penalty(-1)
                    .frequency_penalty(1)
                    .confidence(0.6)
                    .barge_confidence(0.1)
                    .extra("new-key", "x"),
            ),
            EngineOnly,
            r#"{"settings":{"temperature":0.5,"top-p":0.9,"max-tokens":200,"presence-penalty":-1.0,"frequency-penalty":1.0,"confidence":0.6,"barge-confidence":0.1,"new-key":"x"}}"#,
            "Changes the settings `temperature`, `top-p`, `max-tokens`, `presence-penalty`, `frequency-penalty`, \
             `confidence`, `barge-confidence` and `new-key`.",
        ),
        (
            Action::end_of_speech_timeout(ms(450)),
            EngineOnly,
            r#"{"end_of_speech_timeout":450}"#,
            "Takes what was said as complete after 450 ms of silence.",
        ),
        (
            Action::speech_event_timeout(Duration::ZERO),
            EngineOnly,
            r#"{"speech_event_timeout":1}"#,
            "Takes what was said as complete after 1 ms without news.",
        ),
        (
            Action::functions_on_speaker_timeout(true),
            EngineOnly,
            r#"{"functions_on_speaker_timeout":true}"#,
            "Lets the model call functions when the caller has not spoken in time.",
        ),
        (
            Action::add_dynamic_hints([
                Hint::from("Ferris"),
                HintPattern::new("SWML", "swimmel", "SWML").into(),
            ]),
            EngineOnly,
            r#"{"add_dynamic_hints":["Ferris",{"hint":"SWML","pattern":"swimmel","replace":"SWML"}]}"#,
            "Lets the recognition expect 2 more phrases.",
        ),
        (
            Action::clear_dynamic_hints(),
            EngineOnly,
            r#"{"clear_dynamic_hints":{}}"#,
            "Takes out the phrases that the recognition was to expect.",
        ),
    ]
}
