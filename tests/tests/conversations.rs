//! Conversations that go on from call to call, messages that reach an agent while it talks, and hooks: the example
//! program over real sockets.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::{Value, json};
use swaig_tests::{Client, Employee, LiveEvent, PhoneCall, Program, binary};

const CALLER: &str = "+15551230000";

/// The example program, built once.
fn concierge() -> Program {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    let path = PATH.get_or_init(|| binary("swaig-examples", "concierge", &[]));
    Program::at(path).arguments(["--listen", "127.0.0.1:0"])
}

async fn serve() -> Employee {
    concierge().serve().await
}

/// A call's webhook in the conversation of a caller, as the platform replaces the variable.
fn webhook(call: &PhoneCall, function: &str, caller: &str) -> Value {
    let mut body = call.webhook(function, &json!({}));
    body["conversation_id"] = caller.into();
    body
}

/// Asks for earlier conversations.
async fn fetch(client: &Client, path: &str, conversation_id: &Value) -> Value {
    let body = json!({
        "action": "fetch_conversation", "content_type": "text/json", "content_disposition": "agent.load_conversation",
        "call_id": "fetching", "conversation_id": conversation_id,
    });
    let answer = client.post(path, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn report(client: &Client, path: &str, call_id: &str, conversation_id: &str, summary: &str) {
    let body = json!({
        "action": "post_conversation", "call_id": call_id, "conversation_id": conversation_id,
        "conversation_summary": summary, "call_log": [], "post_prompt_data": {"raw": ""},
    });
    assert_eq!(client.post(path, &body).await.status, 200);
}

async fn queue(client: &Client, path: &str, conversation_id: &str, text: &str) -> u16 {
    client.post(path, &json!({"conversation_id": conversation_id, "text": text})).await.status
}

fn nothing_found() -> Value {
    json!({"response": "no conversation found"})
}

fn of_kind<'a>(events: &'a [LiveEvent], kind: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event.kind() == kind).map(LiveEvent::data).collect()
}

#[tokio::test]
async fn the_document_asks_for_what_the_agent_wants() {
    let employee = serve().await;
    let call = PhoneCall::incoming(&employee, "/concierge", Some(CALLER)).await;
    let params = &call.ai()["params"];
    assert_eq!(params["conversation_id"], "${call.from}");
    assert_eq!((&params["save_conversation"], &params["input_poll_freq"]), (&json!(true), &json!(2000)));
    // Without a post_prompt too: the summary comes with the report.
    assert!(
        call.ai()["post_prompt_url"].as_str().unwrap().ends_with("/concierge/post_prompt?agent_id=concierge")
    );
    let functions = call.ai()["SWAIG"]["functions"].as_array().unwrap();
    let names: Vec<_> = functions.iter().map(|it| it["function"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["order_taxi", "startup_hook", "hangup_hook", "summarize_conversation", "check_for_input"]
    );
    assert!(functions.iter().all(|it| it["meta_data_token"] == "concierge"));
}

#[tokio::test]
async fn a_later_call_hears_what_the_earlier_ones_were_about() {
    let employee = serve().await;
    let client = employee.client();
    let path = "/concierge/post_prompt";
    assert_eq!(fetch(&client, path, &json!(CALLER)).await, nothing_found());
    report(&client, path, "c1", CALLER, "The guest asked for\na taxi and read out 4 8 1 5 1 6.").await;
    // A report that is sent again is told once.
    report(&client, path, "c1", CALLER, "The guest asked for\na taxi and read out 4 8 1 5 1 6.").await;
    report(&client, path, "c2", CALLER, "The guest has left an umbrella.").await;
    report(&client, path, "c3", CALLER, " ").await;
    let found = fetch(&client, path, &json!(CALLER)).await;
    assert_eq!(found["response"], "conversation found");
    let lines: Vec<_> = found["conversation_summary"].as_str().unwrap().lines().collect();
    let texts: Vec<_> = lines.iter().map(|line| line.split_once(" - ").unwrap()).collect();
    assert_eq!(texts[0].1, "The guest asked for a taxi and read out ••••••.");
    assert_eq!(texts[1].1, "The guest has left an umbrella.");
    assert_eq!(texts.len(), 2);
    assert!(texts.iter().all(|(created, _)| created.len() == 20 && created.ends_with('Z')), "{lines:?}");
    assert!(texts[0].0 <= texts[1].0, "{lines:?}");
}

#[tokio::test]
async fn nobody_hears_of_the_conversations_of_another() {
    let employee = serve().await;
    let client = employee.client();
    let path = "/concierge/post_prompt?agent_id=7";
    report(&client, path, "c1", CALLER, "A secret.").await;
    // The masked form of this number is the same.
    assert_eq!(fetch(&client, path, &json!("+15559990000")).await, nothing_found());
    assert_eq!(fetch(&client, path, &json!("+1••••••0000")).await, nothing_found());
    for other in ["/concierge/post_prompt", "/concierge/post_prompt?agent_id=8"] {
        assert_eq!(fetch(&client, other, &json!(CALLER)).await, nothing_found(), "{other}");
    }
    // What callers share, or what is no id, is not a conversation.
    for id in ["", "anonymous", "${call.from}", "sip:anonymous@anonymous.invalid", "a\0b"] {
        report(&client, path, "c2", id, "A secret.").await;
        assert_eq!(fetch(&client, path, &json!(id)).await, nothing_found(), "{id:?}");
    }
    for id in [json!(null), json!(7), json!([CALLER]), json!({"id": CALLER})] {
        assert_eq!(fetch(&client, path, &id).await, nothing_found(), "{id}");
    }
    let without_id = client.post(path, &json!({"action": "fetch_conversation"})).await;
    assert_eq!(without_id.json(), nothing_found());
    assert_eq!(fetch(&client, path, &json!(CALLER)).await["response"], "conversation found");
}

#[tokio::test]
async fn a_flood_of_summaries_does_not_flood_the_prompt() {
    let employee = serve().await;
    let client = employee.client();
    let path = "/concierge/post_prompt";
    for number in 0..25 {
        report(&client, path, &format!("c{number}"), CALLER, &"word ".repeat(10_000)).await;
    }
    let found = fetch(&client, path, &json!(CALLER)).await;
    let text = found["conversation_summary"].as_str().unwrap();
    assert!(text.len() <= 16 << 10, "{} bytes", text.len());
    assert!(text.lines().count() > 3);
}

#[tokio::test]
async fn the_window_can_be_closed_and_a_wrong_one_stops_the_start() {
    let employee = concierge().set("SWAIG_CONVERSATION_WINDOW", "0").serve().await;
    let client = employee.client();
    report(&client, "/concierge/post_prompt", "c1", CALLER, "A taxi.").await;
    assert_eq!(fetch(&client, "/concierge/post_prompt", &json!(CALLER)).await, nothing_found());
    let ended = concierge().set("SWAIG_CONVERSATION_WINDOW", "4h").run().await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("SWAIG_CONVERSATION_WINDOW is not valid"), "{}", ended.stderr);
}

#[tokio::test]
async fn messages_from_another_program_reach_the_call_in_order_and_once() {
    let employee = serve().await;
    let client = employee.client();
    let call = PhoneCall::incoming(&employee, "/concierge", Some(CALLER)).await;
    let poll = webhook(&call, "check_for_input", CALLER);
    assert_eq!(call.post(&poll).await.0, json!({}));

    let first = client
        .post("/concierge/input", &json!({"conversation_id": CALLER, "text": "I am\r\nada@example.com"}))
        .await;
    assert_eq!((first.status, first.json()), (202, json!({"response": "message queued", "waiting": 1})));
    let second = client
        .post("/concierge/input", &json!({"conversation_id": CALLER, "text": "my code is 481516"}))
        .await;
    assert_eq!((second.status, &second.json()["waiting"]), (202, &json!(2)));
    assert_eq!(queue(&client, "/concierge/input", "+15559990000", "of another").await, 202);
    assert_eq!(queue(&client, "/concierge/input?agent_id=8", CALLER, "of another").await, 202);

    let given = call.post(&poll).await.0;
    assert_eq!(
        given,
        json!({"action": [{"user_input": "I am  ada@example.com"}, {"user_input": "my code is 481516"}]})
    );
    assert_eq!(call.post(&poll).await.0, json!({}));

    let mut events = client.events("/concierge/events?after=0", &[]).await;
    let seen = events.until("input_given").await;
    let queued = of_kind(&seen, "input_queued");
    assert_eq!(queued.len(), 3, "{queued:?}");
    assert_eq!(
        queued[1],
        &json!({"conversation_id": "+1••••••0000", "text": "my code is ••••••", "waiting": 2})
    );
    assert_eq!(of_kind(&seen, "input_given")[0]["texts"][1], "my code is ••••••");
    assert_eq!(seen.last().unwrap().json["call_id"], call.call_id());
    assert!(!events.seen().contains("481516") && !events.seen().contains(CALLER));
    let log = employee.log().lines().join("\n");
    assert!(!log.contains("481516") && !log.contains(CALLER), "{log}");
}

#[tokio::test]
async fn polls_at_the_same_moment_get_each_message_once() {
    let employee = serve().await;
    let client = employee.client();
    let call = PhoneCall::incoming(&employee, "/concierge", Some(CALLER)).await;
    for number in 0..10 {
        assert_eq!(queue(&client, "/concierge/input", CALLER, &format!("message {number}")).await, 202);
    }
    let poll = webhook(&call, "check_for_input", CALLER);
    let replies = futures_util::future::join_all((0..8).map(|_| call.post(&poll))).await;
    let given: usize = replies.iter().map(|reply| reply.actions().len()).sum();
    assert_eq!(given, 10);
}

#[tokio::test]
async fn a_message_that_cannot_be_taken_is_refused_with_a_reason() {
    let employee = serve().await;
    let client = employee.client();
    let path = "/concierge/input";
    let message = |id: &str, text: &str| json!({"conversation_id": id, "text": text});
    let refused = [
        (json!({}), "expected two texts"),
        (json!({"conversation_id": CALLER}), "expected two texts"),
        (json!({"conversation_id": CALLER, "text": 7}), "expected two texts"),
        (json!({"conversation_id": 7, "text": "x"}), "expected two texts"),
        (message("", "x"), "names no conversation"),
        (message("anonymous", "x"), "names no conversation"),
        (message("${call.from}", "x"), "names no conversation"),
        (message(&"x".repeat(257), "x"), "names no conversation"),
        (message("a\nb", "x"), "names no conversation"),
        (message(CALLER, ""), "the text is empty"),
        (message(CALLER, " \n"), "the text is empty"),
        (message(CALLER, "a\0b"), "control characters"),
        (message(CALLER, "\u{1b}[2J"), "control characters"),
        (message(CALLER, &"x".repeat(4097)), "longer than 4096 bytes"),
    ];
    for (body, reason) in refused {
        let answer = client.post(path, &body).await;
        assert_eq!(answer.status, 422, "{body}");
        assert!(answer.json()["error"].as_str().unwrap().contains(reason), "{body}: {}", answer.text());
    }
    for body in ["{", "[]", "\"text\"", "\u{feff}{}"] {
        assert_eq!(client.send("POST", path, &[], body).await.status, 400, "{body}");
    }
    let large = message(CALLER, &"x".repeat(64 << 10));
    assert_eq!(client.post(path, &large).await.status, 413);
    assert_eq!(client.get(path).await.status, 405);
    assert_eq!(employee.stranger().post(path, &message(CALLER, "x")).await.status, 401);
    assert_eq!(client.post("/nobody/input", &message(CALLER, "x")).await.status, 404);
    // Nothing of all that was queued, and a full queue says so.
    for waiting in 1..=32 {
        let answer = client.post(path, &message(CALLER, "x")).await;
        assert_eq!((answer.status, &answer.json()["waiting"]), (202, &json!(waiting)));
    }
    let full = client.post(path, &message(CALLER, "x")).await;
    assert_eq!(full.status, 429);
    assert!(full.json()["error"].as_str().unwrap().contains("32 messages wait"), "{}", full.text());
}

#[tokio::test]
async fn an_agent_that_does_not_ask_for_messages_takes_none() {
    let employee = Employee::sandbox().await;
    let client = employee.client();
    let answer = client.post("/mfa/input", &json!({"conversation_id": CALLER, "text": "x"})).await;
    assert_eq!(answer.status, 409);
    assert!(answer.json()["error"].as_str().unwrap().contains("accept_input"), "{}", answer.text());
}

#[tokio::test]
async fn a_task_in_the_background_reaches_the_call() {
    let employee = serve().await;
    let call = PhoneCall::incoming(&employee, "/concierge", Some(CALLER)).await;
    let reply = call.post(&webhook(&call, "order_taxi", CALLER)).await;
    assert!(reply.response().contains("being ordered"));
    let mut events = employee.client().events("/concierge/events?after=0", &[]).await;
    let seen = events.until("input_queued").await;
    assert_eq!(seen.last().unwrap().json["call_id"], call.call_id());
    let given = call.post(&webhook(&call, "check_for_input", CALLER)).await;
    let text = given.actions()[0]["user_input"].as_str().unwrap();
    assert!(text.starts_with("The taxi company says"), "{text}");
}

#[tokio::test]
async fn hooks_are_called_once_and_what_they_say_is_seen() {
    let employee = serve().await;
    let call = PhoneCall::incoming(&employee, "/concierge", Some(CALLER)).await;
    let start = call.webhook("startup_hook", &json!({}));
    let first = call.post(&start).await;
    assert_eq!(first.actions()[0]["set_global_data"], json!({"hotel": "Sunrise"}));
    assert_eq!(call.post(&start).await, first);

    let mut end = call.webhook("hangup_hook", &json!({}));
    end["fatal_error"] = true.into();
    end["error_reason"] = "llm_max_retries".into();
    let ended = futures_util::future::join_all((0..5).map(|_| call.post(&end))).await;
    assert!(ended.iter().all(|reply| reply.0 == json!({"response": "ok"})));
    let summary = call.webhook("summarize_conversation", &json!({"satisfied": false, "code": 481_516}));
    assert_eq!(call.post(&summary).await.0, json!({"response": "ok"}));

    let mut events = employee.client().events("/concierge/events?after=0", &[]).await;
    let mut seen = events.until("conversation_summarised").await;
    seen.extend(events.until("call_back_wanted").await);
    assert_eq!(of_kind(&seen, "call_started"), [&json!({"caller": "+1••••••0000"})]);
    assert_eq!(
        of_kind(&seen, "call_ended"),
        [&json!({"fatal_error": true, "error_reason": "llm_max_retries"})]
    );
    assert_eq!(
        of_kind(&seen, "call_back_wanted"),
        [&json!({"reason": "llm_max_retries"}), &json!({"reason": "the caller was not satisfied"})]
    );
    assert_eq!(of_kind(&seen, "function_repeated").len(), 5);
    assert_eq!(of_kind(&seen, "conversation_summarised")[0]["arguments"]["satisfied"], false);
    assert!(!events.seen().contains("481516"), "{}", events.seen());
}

#[tokio::test]
async fn hostile_hooks_and_polls_are_answered() {
    let employee = serve().await;
    let client = employee.client();
    for function in ["startup_hook", "hangup_hook", "summarize_conversation", "check_for_input"] {
        for body in [
            json!({"function": function}),
            json!({"function": function, "call_id": 7, "conversation_id": {"a": 1}, "argument": [[]]}),
            json!({"function": function, "argument": {"parsed": "x", "raw": "{"}, "fatal_error": "x".repeat(100_000)}),
            json!({"function": function, "conversation_id": "x".repeat(100_000), "ai_session_id": null}),
        ] {
            let answer = client.post("/concierge/swaig", &body).await;
            assert_eq!(answer.status, 200, "{function}");
            assert!(answer.json().is_object(), "{function}: {}", answer.text());
        }
    }
    assert_eq!(client.get("/concierge").await.status, 200);
}
