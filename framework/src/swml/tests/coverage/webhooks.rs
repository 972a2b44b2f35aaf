//! The chapters about what goes over the webhooks: the actions of a reply, and the requests.

use std::any::type_name;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;

use crate::swml::ai::{Action, Settings, Toggle};
use crate::swml::{Document, Presence};
use crate::{Inbound, Reply};

/// The chapters with their tables.
pub(super) fn chapters() -> [(&'static str, String); 2] {
    [("Actions of a reply", actions()), ("Requests that the platform sends", requests())]
}

/// A row for each action, with the methods of [`Reply`] that give it.
fn actions() -> String {
    // Calls a method of its own name, so that one that is gone does not compile.
    macro_rules! replies {
        ($($method:ident($($argument:expr),*),)+) => {
            [$((stringify!($method), Reply::text("Done").$method($($argument),*))),+]
        };
    }
    let second = Duration::from_secs(1);
    let replies = replies! {
        swml(Document::new()),
        transfer_to_swml(Document::new()),
        transfer("other"),
        change_context("other"),
        change_step("next"),
        context_switch("Speak German."),
        hangup(),
        hold(second),
        playback_bg("https://example.com/a.mp3"),
        say("Hello"),
        set_global_data("key", 1),
        set_meta_data("key", 1),
        stop(),
        stop_playback_bg(),
        toggle_function("pay", true),
        toggle_functions([Toggle::new("pay", true)]),
        unset_global_data("key"),
        unset_meta_data("key"),
        user_input("Hello"),
        add_dynamic_hints(["Ferris"]),
        back_to_back_functions(true),
        clear_dynamic_hints(),
        end_of_speech_timeout(second),
        extensive_data(true),
        functions_on_speaker_timeout(true),
        replace_in_history("A code was sent."),
        settings(Settings::new().temperature(0.2)),
        speech_event_timeout(second),
        user_event(json!({"kind": "paid"})),
        wait_for_user(true),
    };
    let mut text = String::from("| action | method of `Reply` | |\n|---|---|---|\n");
    let mut listed = BTreeSet::new();
    for field in Action::FIELDS {
        let gives = |reply: &Reply| reply.actions().iter().any(|action| action.name() == field.key);
        let methods: Vec<_> =
            replies.iter().filter(|(_, reply)| gives(reply)).map(|(name, _)| format!("`.{name}`")).collect();
        assert!(!methods.is_empty(), "no method gives {}", field.key);
        listed.extend(methods.iter().cloned());
        let note = if field.presence == Presence::EngineOnly { " engine only" } else { "" };
        let _ = writeln!(text, "| `{}` | {} |{note} |", field.key, methods.join(", "));
    }
    assert_eq!(listed.len(), replies.len());
    text
}

/// A row for each request.
fn requests() -> String {
    let rows = [
        ("the document of a call", "`call`", json!({"call": {}}), "`Agent::for_call`"),
        ("a function call", "`function`", json!({"function": "pay"}), "`Function::call`"),
        ("signatures", "`action`: `get_signature`", json!({"action": "get_signature"}), "the server"),
        (
            "the end-of-call report",
            "`action`: `post_conversation`",
            json!({"action": "post_conversation"}),
            "`Agent::on_report`",
        ),
        (
            "an earlier conversation",
            "`action`: `fetch_conversation`",
            json!({"action": "fetch_conversation"}),
            "the server",
        ),
        ("the debug feed", "`call_info`", json!({"call_info": {}}), "`Agent::on_event`"),
    ];
    let mut text =
        String::from("| request | told by | `Inbound` | type | taken by |\n|---|---|---|---|---|\n");
    for (request, told_by, body, taken_by) in rows {
        let (variant, carries) = match Inbound::read("desk", body) {
            Inbound::Document(value) => ("Document", name_of(&value)),
            Inbound::Function(value) => ("Function", name_of(&value)),
            Inbound::Signatures(value) => ("Signatures", name_of(&value)),
            Inbound::Report(value) => ("Report", name_of(&value)),
            Inbound::Conversation(value) => ("Conversation", name_of(&value)),
            Inbound::Debug(value) => ("Debug", name_of(&value)),
            Inbound::Other(_) => panic!("{request} is not told by its body"),
        };
        let _ = writeln!(text, "| {request} | {told_by} | `{variant}` | `{carries}` | {taken_by} |");
    }
    text
}

/// The name of a type without its path.
fn name_of<T>(_: &T) -> &'static str {
    let name = type_name::<T>();
    name.rsplit_once("::").map_or(name, |(_, name)| name)
}
