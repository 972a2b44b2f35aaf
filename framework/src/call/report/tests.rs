use super::*;
use crate::call::Role;

/// A report with all that the reference documents.
fn report() -> Report {
    Report::new(json!({
        "action": "post_conversation", "content_type": "text/json", "content_disposition": "agent.summary",
        "conversation_type": "voice", "call_id": "c1", "ai_session_id": "s1", "app_name": "swml app",
        "project_id": "p1", "space_id": "e1", "ai_id_tag": "t1", "conversation_id": "v1",
        "call_start_date": 1_700_000_000_000_000_i64, "call_answer_date": 0, "call_end_date": 1_700_000_090_000_000_i64,
        "ai_start_date": 1_700_000_002_000_000_i64, "ai_end_date": "1700000088000000",
        "caller_id_name": "Jane Doe", "caller_id_number": "+15551230000", "call_ended_by": "caller", "hard_timeout": true,
        "post_prompt_data": {"parsed": [{"verified": true}], "raw": "{\"verified\":true}", "substituted": "They said: {\"verified\":true}"},
        "global_data": {"caller_id_number": "+15551230000"},
        "call_log": [{"role": "user", "content": "It is 123456", "confidence": 0.9}],
        "raw_call_log": [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "It is 123456"}],
        "call_timeline": [
            {"ts": 1_700_000_002_000_000_i64, "type": "session_start", "context": "default", "step": "greet", "model": "gpt"},
            {"ts": 1_700_000_088_000_000_i64, "type": "session_end", "reason": "hangup"},
        ],
        "previous_contexts": [[{"role": "assistant", "content": "Hi"}, 7], "x", []],
        "swaig_log": [{
            "command_name": "verify_mfa", "command_arg": "{\"token\":\"123456\"}", "epoch_time": 1_700_000_015,
            "native": false, "active_count": "endless", "url": "https://user:hunter2@example.com/mfa/swaig",
            "post_data": {"function": "verify_mfa"}, "post_response": {"response": "ok"},
            "delayed_post_response": {"response": "later"}, "mcp_server": "x",
        }],
        "times": [{"response": "Hi!", "response_word_count": 1, "answer_time": 0.5, "token_time": 0.4, "tokens": 14, "avg_tps": 88, "tps": 90.0}],
        "SWMLVars": {"record_call_url": "https://example.com/c1.wav"}, "SWMLCall": {"from": "+15551230000"},
        "total_minutes": 2, "total_input_tokens": 1500, "total_tts_chars_per_min": 110.5, "total_note": "none",
        "conversation_summary": "They verified",
    }))
}

#[test]
fn its_fields_are_read() {
    let report = report();
    assert_eq!(
        [
            report.call_id(),
            report.ai_session_id(),
            report.app_name(),
            report.project_id(),
            report.space_id(),
            report.ai_id_tag(),
            report.conversation_id(),
            report.content_disposition(),
            report.caller_name(),
            report.call_ended_by(),
            report.conversation_summary(),
            report.recording_url(),
        ],
        [
            "c1",
            "s1",
            "swml app",
            "p1",
            "e1",
            "t1",
            "v1",
            "agent.summary",
            "Jane Doe",
            "caller",
            "They verified",
            "https://example.com/c1.wav"
        ]
        .map(Some)
    );
    assert_eq!(report.conversation_type(), Some(ConversationType::Voice));
    assert_eq!(report.caller().phone().unwrap().expose(), "+15551230000");
    assert_eq!(report.hard_timeout(), Some(true));
    assert_eq!(report.global_data().len(), 1);
    assert_eq!(report.swml_call()["from"], "+15551230000");
}

#[test]
fn times_are_in_microseconds_and_never_is_none() {
    let report = report();
    let shown = [
        report.call_start_date(),
        report.call_answer_date(),
        report.call_end_date(),
        report.ai_start_date(),
        report.ai_end_date(),
    ]
    .map(|time| time.map(|time| time.to_string()));
    assert_eq!(
        shown,
        [
            Some("2023-11-14T22:13:20Z".to_owned()),
            None,
            Some("2023-11-14T22:14:50Z".to_owned()),
            Some("2023-11-14T22:13:22Z".to_owned()),
            Some("2023-11-14T22:14:48Z".to_owned())
        ]
    );
}

#[test]
fn the_summary_is_the_replaced_text_else_the_raw_one() {
    let summary =
        |data: Value| Report::test().with_field("post_prompt_data", data).summary().map(str::to_owned);
    assert_eq!(summary(json!({"raw": "a", "substituted": "b"})).as_deref(), Some("b"));
    assert_eq!(summary(json!({"raw": "a", "substituted": " "})).as_deref(), Some("a"));
    assert_eq!([json!({"raw": 7}), json!("x"), json!(null)].map(summary), [None, None, None]);
    let parsed = |data: Value| {
        Report::test().with_field("post_prompt_data", json!({ "parsed": data })).parsed().cloned()
    };
    assert_eq!(report().parsed(), Some(&json!({"verified": true})));
    assert_eq!(parsed(json!({"a": 1})), Some(json!({"a": 1})));
    assert_eq!([json!([]), json!("x"), json!(null)].map(parsed), [None, None, None]);
}

#[test]
fn its_logs_are_read() {
    let report = report();
    let said: Vec<_> = report.call_log().map(|it| (it.role(), it.content(), it.confidence())).collect();
    assert_eq!(said, [(Some(Role::User), Some("It is 123456"), Some(0.9))]);
    assert_eq!(report.raw_call_log().count(), 2);
    let contexts: Vec<_> = report.previous_contexts().map(|context| context.len()).collect();
    assert_eq!(contexts, [1, 0]);

    let steps: Vec<_> = report.call_timeline().collect();
    assert_eq!(
        (steps[0].kind(), steps[0].context(), steps[0].step()),
        (Some("session_start"), Some("default"), Some("greet"))
    );
    assert_eq!((steps[1].at(), &steps[1].fields()["reason"]), (report.ai_end_date(), &json!("hangup")));

    let called = report.swaig_log().next().unwrap();
    assert_eq!(
        (called.command_name(), called.command_arg()),
        (Some("verify_mfa"), Some("{\"token\":\"123456\"}"))
    );
    assert_eq!(called.epoch_time().unwrap().to_string(), "2023-11-14T22:13:35Z");
    assert_eq!((called.native(), called.active_count()), (Some(false), Some(&json!("endless"))));
    assert_eq!(called.url(), Some("https://user:hunter2@example.com/mfa/swaig"));
    assert_eq!(called.post_data().unwrap()["function"], "verify_mfa");
    assert_eq!(called.post_response().unwrap()["response"], "ok");
    assert_eq!(called.delayed_post_response().unwrap()["response"], "later");
    assert_eq!(called.fields()["mcp_server"], "x");

    let written = report.times().next().unwrap();
    assert_eq!(
        (written.response(), written.response_word_count(), written.tokens()),
        (Some("Hi!"), Some(1), Some(14))
    );
    assert_eq!(
        [written.answer_time(), written.token_time(), written.avg_tps(), written.tps()],
        [Some(0.5), Some(0.4), Some(88.0), Some(90.0)]
    );
}

#[test]
fn totals_are_numbers() {
    let report = report();
    let totals: Vec<_> = report.totals().collect();
    assert_eq!(
        totals,
        [("total_minutes", 2.0), ("total_input_tokens", 1500.0), ("total_tts_chars_per_min", 110.5)]
    );
    assert_eq!(
        (report.total("total_minutes"), report.total("total_note"), report.total("call_id")),
        (Some(2.0), None, None)
    );
}

#[test]
fn debug_shows_nothing_that_was_said_and_no_secret() {
    let report = report();
    let shown = format!(
        "{report:?} {:?} {:?} {:?} {:?}",
        report.call_log().collect::<Vec<_>>(),
        report.swaig_log().collect::<Vec<_>>(),
        report.call_timeline().collect::<Vec<_>>(),
        report.times().collect::<Vec<_>>()
    );
    assert!(
        shown.contains("c1") && shown.contains("verify_mfa") && shown.contains("session_start"),
        "{shown}"
    );
    for secret in ["123456", "hunter2", "5551230000", "Hi!", "Jane"] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
}
