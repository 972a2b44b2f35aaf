//! Whatever JSON is posted, every accessor gives something and none panics.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Names that the platform uses, so that accessors find something of a wrong type.
const NAMES: [&str; 56] = [
    "call",
    "vars",
    "params",
    "headers",
    "name",
    "value",
    "parent",
    "peer",
    "sip_data",
    "sip_contact_port",
    "from",
    "to",
    "call_id",
    "direction",
    "type",
    "dial_winner",
    "function",
    "argument",
    "parsed",
    "raw",
    "substituted",
    "argument_desc",
    "meta_data",
    "global_data",
    "caller_id_num",
    "caller_id_number",
    "channel_active",
    "conversation_type",
    "fatal_error",
    "SWMLVars",
    "record_call_url",
    "call_log",
    "role",
    "content",
    "timestamp",
    "confidence",
    "latency",
    "tool_calls",
    "action",
    "functions",
    "call_start_date",
    "post_prompt_data",
    "call_timeline",
    "ts",
    "previous_contexts",
    "swaig_log",
    "epoch_time",
    "times",
    "tokens",
    "total_minutes",
    "call_info",
    "webhook_fail",
    "error",
    "request_url",
    "attempts",
    "http_code",
];

const WORDS: [&str; 14] = [
    "",
    "true",
    "get_signature",
    "post_conversation",
    "fetch_conversation",
    "f",
    "user",
    "inbound",
    "+15551230000",
    "sip:alice@example.com",
    "1700000000000000",
    "1e999",
    "{\"a\":1}",
    "ünï\0",
];

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(&WORDS[..]).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    let name = prop_oneof![4 => prop::sample::select(&NAMES[..]).prop_map(String::from), 1 => ".{0,6}"];
    leaf.prop_recursive(5, 96, 12, move |inner| {
        prop_oneof![
            1 => vec(inner.clone(), 0..4).prop_map(Value::from),
            4 => vec((name.clone(), inner), 0..12).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Reads all of a type's accessors and writes them down.
macro_rules! read {
    ($value:expr; $($accessor:ident)+) => {{
        let value = &$value;
        let mut text = String::new();
        $(text += &format!("{:?}", value.$accessor());)+
        text
    }};
}

fn incoming(body: Value) -> String {
    let call = IncomingCall::from_body("7", body);
    let mut text = read!(call; agent_id caller direction call_type call_id node_id segment_id tag call_state from to
        from_number to_number dial_winner project_id space_id vars envs params raw parent peer);
    for other in [call.parent(), call.peer()].into_iter().flatten() {
        text += &read!(other; call_id node_id device_type fields);
    }
    if let Some(sip) = call.sip_data() {
        text += &read!(sip; req_user req_host req_uri from_user from_host from_uri to_user to_host to_uri contact_user
            contact_host contact_port contact_uri contact_params fields);
    }
    format!("{text}{call:?}{:?}{:?}", call.headers().collect::<Vec<_>>(), call.header("x"))
}

fn entry(entry: LogEntry<'_>) -> String {
    let mut text = read!(entry; role content content_type lang timestamp start_timestamp end_timestamp tokens confidence
        latency utterance_latency audio_latency acoustic_latency function_name tool_call_id function_latency
        execution_latency action metadata fields);
    for call in entry.tool_calls() {
        text += &read!(call; id name arguments fields);
    }
    format!("{text}{entry:?}")
}

fn function(body: Value) -> String {
    let request = FunctionRequest::from_value(body).unwrap_or_default();
    let mut text = read!(request; function call_id arguments raw_argument argument_raw argument_substituted caller
        conversation_type argument_desc description ai_session_id conversation_id app_name global_data meta_data
        meta_data_token caller_name channel_active channel_offhook channel_ready content_type content_disposition
        version project_id space_id fatal_error error_reason swml_vars swml_call args input is_bedrock body);
    text.extend(request.call_log().chain(request.raw_call_log()).map(entry));
    format!("{text}{request:?}")
}

fn report(body: Value) -> String {
    let report = Report::new(body).with_field("x", 1);
    let mut text = read!(report; summary parsed caller conversation_type call_id ai_session_id app_name project_id
        space_id ai_id_tag conversation_id content_disposition call_start_date call_answer_date call_end_date
        ai_start_date ai_end_date caller_name call_ended_by hard_timeout post_prompt_data global_data swml_vars swml_call
        conversation_summary recording_url raw);
    text.extend(report.call_log().chain(report.raw_call_log()).map(entry));
    text.extend(report.previous_contexts().flatten().map(entry));
    for step in report.call_timeline() {
        text += &read!(step; at kind context step fields);
    }
    for called in report.swaig_log() {
        text += &read!(called; command_name command_arg epoch_time native active_count url post_data post_response
            delayed_post_response fields);
    }
    for written in report.times() {
        text +=
            &read!(written; response response_word_count answer_time token_time tokens avg_tps tps fields);
    }
    format!("{text}{:?}{:?}{report:?}", report.totals().collect::<Vec<_>>(), report.total("total_minutes"))
}

fn debug(body: Value) -> String {
    let post = DebugEvents::new(body);
    let mut text = format!("{post:?}");
    for event in post.events() {
        text += &read!(event; name payload call_id raw call_info);
        text += &read!(event.call_info(); conversation_type call_id project_id space_id content_type content_disposition
            fields);
        if let Some(fail) = event.webhook_fail() {
            text += &read!(fail; error request_url attempts request_payload parse_error raw_response parsed_response
                protocol_error curl_code http_code fields);
        }
    }
    text
}

fn others(body: Value) -> String {
    let signatures = SignatureRequest::new(body.clone());
    let conversation = ConversationRequest::new(body);
    let names = signatures.functions().map(|name| format!("{name} {}", signatures.asks_for(name)));
    let mut text: String = names.collect();
    text += &read!(signatures; meta_data meta_data_token content_type content_disposition version project_id space_id raw);
    text += &read!(conversation; caller conversation_type conversation_id call_id ai_session_id app_name caller_name
        content_disposition project_id space_id raw);
    format!("{text}{signatures:?}{conversation:?}")
}

proptest! {
    #[test]
    fn no_body_makes_an_accessor_panic(body in json()) {
        for read in [incoming, function, report, debug, others] {
            // What is read is also written: lazy views are looked into.
            prop_assert!(!read(body.clone()).is_empty());
        }
    }

    #[test]
    fn a_body_is_kept_whatever_it_is_taken_for(body in json()) {
        let inbound = Inbound::read("7", body.clone());
        let name = inbound.name();
        prop_assert_eq!(name == "function", body.get("function").is_some_and(Value::is_string));
        let shown = format!("{inbound:?}");
        prop_assert!(!shown.is_empty());
        prop_assert_eq!(inbound.into_raw(), body);
    }
}
