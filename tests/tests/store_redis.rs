//! Several instances that share one Redis, as a load balancer would use them.

use std::sync::Arc;

use serde_json::json;
use swaig_tests::{Employee, Identity, PhoneCall, Program, Redis, StandIn, Will, soon};
use tokio::sync::Notify;

const CALLER: &str = "+15551230000";

fn instance(redis: &Redis) -> Program {
    Program::new(["--listen", "127.0.0.1:0"])
        .set("SWAIG_STORE", redis.url())
        .set("SWML_BASIC_AUTH_PASSWORD", "try-me")
        .set("SWAIG_SECRET", "0123456789abcdef0123456789abcdef")
}

/// Waits until the server says that all is well.
async fn ready(employee: &Employee) {
    soon("readiness", async {
        while employee.stranger().get("/ready").await.json() != json!({"status": "ready"}) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
}

/// The ids of the events that a viewer sees until one of this kind.
async fn seen(employee: &Employee, query: &str, until: &str) -> Vec<(u64, String)> {
    let events = employee.events(query).await.until(until).await;
    events.iter().map(|event| (event.id, event.kind().to_owned())).collect()
}

#[tokio::test]
async fn a_webhook_that_is_sent_again_to_another_instance_runs_nothing_there() {
    let Some(redis) = Redis::start().await else { return };
    let told = Arc::new(Notify::new());
    let stand_in = StandIn::start({
        let told = told.clone();
        move |request| Will::Hold(told.clone(), Box::new(Will::succeed(request)))
    })
    .await;
    let (one, other) = tokio::join!(
        instance(&redis).account(&stand_in).serve(),
        instance(&redis).account(&stand_in).serve()
    );
    let mut call = PhoneCall::from(&one, CALLER).await;
    let webhook = call.webhook("send_mfa", &json!({}));
    let post = |employee: &Employee| {
        let (client, webhook) = (employee.client(), webhook.clone());
        tokio::spawn(async move { client.post("/mfa/swaig", &webhook).await.json() })
    };
    // While the first run goes on, at both.
    let first = post(&one);
    stand_in.wait_for(1).await;
    let (again, elsewhere) = (post(&one), post(&other));
    // A viewer at the one instance sees what the other does.
    let mut live = one.events("?after=0").await;
    told.notify_waiters();
    let first = first.await.unwrap();
    assert_eq!(first["response"], "6 digit number sent");
    assert_eq!((again.await.unwrap(), elsewhere.await.unwrap()), (first.clone(), first.clone()));
    // And after it.
    assert_eq!(post(&other).await.unwrap(), first);
    assert_eq!(stand_in.sends(), 1);

    // What was sealed by the one is good at the other.
    call.carry_out("send_mfa", &swaig_tests::Reply(first));
    let verify = call.webhook("verify_mfa", &json!({"token": "123456"}));
    let verified = tokio::spawn({
        let client = other.client();
        async move { client.post("/mfa/swaig", &verify).await.json() }
    });
    stand_in.wait_for(2).await;
    told.notify_waiters();
    assert_eq!(verified.await.unwrap()["response"], "Verification successful");
    let mut kinds = Vec::new();
    while kinds.iter().filter(|kind| *kind == "function_replied").count() < 2 {
        kinds.push(live.next().await.expect("an event").kind().to_owned());
    }
    assert_eq!(kinds.iter().filter(|kind| *kind == "function_called").count(), 2, "{kinds:?}");
    assert!(kinds.iter().filter(|kind| *kind == "function_repeated").count() >= 3, "{kinds:?}");
}

#[tokio::test]
async fn limits_count_over_all_instances() {
    let Some(redis) = Redis::start().await else { return };
    let stand_in = StandIn::obliging().await;
    let start = || instance(&redis).account(&stand_in).set("MFA_SENDS_PER_CALLER_HOUR", "3").serve();
    let (one, other) = tokio::join!(start(), start());
    let mut replies = Vec::new();
    for number in 0..6 {
        let call = PhoneCall::from(if number % 2 == 0 { &one } else { &other }, CALLER).await;
        replies.push(call.post(&call.webhook("send_mfa", &json!({}))).await.response().to_owned());
    }
    assert_eq!(stand_in.sends(), 3, "{replies:?}");
    assert!(replies[..3].iter().all(|reply| reply == "6 digit number sent"), "{replies:?}");
    assert!(replies[3..].iter().all(|reply| reply != "6 digit number sent"), "{replies:?}");
}

#[tokio::test]
async fn an_instance_that_is_killed_takes_nothing_with_it() {
    let Some(redis) = Redis::start().await else { return };
    let (mut one, other) = tokio::join!(instance(&redis).serve(), instance(&redis).serve());
    let mut call = PhoneCall::from(&one, CALLER).await;
    call.call("send_mfa", json!({})).await;
    let code = one.code_after(0).await;
    assert_eq!(call.end(json!({"post_prompt_data": {"raw": "Goodbye"}})).await.status, 200);
    let before = seen(&one, "?after=0", "conversation_ended").await;
    one.signal("KILL");
    one.exit().await;
    assert_eq!(seen(&other, "?after=0", "conversation_ended").await, before);
    let page = other.client().get("/console").await;
    assert!(page.text().contains("Goodbye") && !page.text().contains(&code), "{}", page.text());
    // From its middle, as a browser that comes back.
    let (middle, _) = before[1];
    assert_eq!(seen(&other, &format!("?after={middle}"), "conversation_ended").await, before[2..]);
}

#[tokio::test]
async fn calls_go_on_while_redis_is_away_and_nothing_is_lost_or_doubled() {
    let Some(mut redis) = Redis::start().await else { return };
    let employee = instance(&redis).serve().await;
    let call = PhoneCall::from(&employee, CALLER).await;
    let report = |number: u32| json!({"post_prompt_data": {"raw": format!("report {number}")}});
    assert_eq!(call.end(report(0)).await.status, 200);
    redis.stop().await;
    for number in 1..=5 {
        assert_eq!(call.end(report(number)).await.status, 200);
        let reply = call.post(&call.webhook("verify_mfa", &json!({"token": format!("00000{number}")}))).await;
        assert!(reply.response().contains("No code"), "{}", reply.response());
    }
    // Nothing is sent while it cannot be counted, and the caller hears so.
    let reply = call.post(&call.webhook("send_mfa", &json!({}))).await;
    assert!(reply.response().contains("No code was sent"), "{}", reply.response());
    let said = employee.stranger().get("/ready").await;
    assert_eq!((said.status, &said.json()["status"]), (200, &json!("degraded")));
    redis.start_again().await;
    // It connects again within two seconds, and its answer is good for one.
    ready(&employee).await;
    let mut live = employee.events("?after=0").await;
    let mut ended = Vec::new();
    while ended.len() < 6 {
        let event = live.next().await.expect("an event");
        if event.kind() == "conversation_ended" {
            ended.push(event.data()["summary"].clone());
        }
    }
    assert_eq!(ended, (0..6).map(|number| json!(format!("report {number}"))).collect::<Vec<_>>());
    for id in 1..=6 {
        assert_eq!(
            employee.client().get(&format!("/console/conversations/{id}.json")).await.status,
            200,
            "{id}"
        );
    }
    assert_eq!(employee.client().get("/console/conversations/7.json").await.status, 404);
    assert!(!employee.folder().join("digital-employees.spool").exists());
    // And codes are sent again.
    let other = PhoneCall::from(&employee, "+15559990000").await;
    let reply = other.post(&other.webhook("send_mfa", &json!({}))).await;
    assert_eq!(reply.response(), "6 digit number sent");
}

#[tokio::test]
async fn a_server_starts_while_redis_is_away_and_says_so() {
    let Some(mut redis) = Redis::start().await else { return };
    redis.stop().await;
    let employee = instance(&redis).serve().await;
    assert_eq!(employee.stranger().get("/ready").await.json()["status"], "degraded");
    assert_eq!(employee.client().get("/mfa").await.status, 200, "documents are given out");
    redis.start_again().await;
    ready(&employee).await;
    let call = PhoneCall::from(&employee, CALLER).await;
    let reply = call.post(&call.webhook("send_mfa", &json!({}))).await;
    assert_eq!(reply.response(), "6 digit number sent");
}

#[tokio::test]
async fn webhooks_are_answered_while_redis_hangs() {
    let Some(redis) = Redis::start().await else { return };
    let employee = instance(&redis).serve().await;
    let call = PhoneCall::from(&employee, CALLER).await;
    ready(&employee).await;
    redis.hang();
    for number in 1..=5 {
        // A reply of the function, so it was in time: the deadline has other words.
        let reply = call.post(&call.webhook("verify_mfa", &json!({"token": format!("00000{number}")}))).await;
        assert!(reply.response().contains("No code"), "{}", reply.response());
    }
    let reply = call.post(&call.webhook("send_mfa", &json!({}))).await;
    assert!(reply.response().contains("No code was sent"), "{}", reply.response());
    assert_eq!(call.end(json!({"post_prompt_data": {"raw": "Goodbye"}})).await.status, 200);
    assert_eq!(employee.stranger().get("/ready").await.json()["status"], "degraded");
    redis.go_on();
    ready(&employee).await;
    let events = seen(&employee, "?after=0", "conversation_ended").await;
    assert_eq!(events.iter().filter(|(_, kind)| kind == "function_called").count(), 6, "{events:?}");
    let other = PhoneCall::from(&employee, "+15559990000").await;
    let reply = other.post(&other.webhook("send_mfa", &json!({}))).await;
    assert_eq!(reply.response(), "6 digit number sent");
}

#[tokio::test]
async fn redis_is_reached_with_tls_where_its_certificate_is_trusted() {
    let Some(redis) = Redis::start().await else { return };
    let identity = Identity::default();
    let front = redis.behind_tls(&identity).await;
    redis.require("correct-horse-battery");
    let url = front.url("correct-horse-battery");
    let trusting = instance(&redis).set("SWAIG_STORE", &url).file("root.pem", &identity.root_pem);
    let file = trusting.folder().join("root.pem");
    let employee = trusting.set("SSL_CERT_FILE", file).serve().await;
    ready(&employee).await;
    let call = PhoneCall::from(&employee, CALLER).await;
    let reply = call.post(&call.webhook("send_mfa", &json!({}))).await;
    assert_eq!(reply.response(), "6 digit number sent");
    assert!(!seen(&employee, "?after=0", "function_replied").await.is_empty());

    // Another authority is trusted, and not this one.
    let other = Identity::default().root_pem;
    let doubting = instance(&redis).set("SWAIG_STORE", &url).file("root.pem", &other);
    let file = doubting.folder().join("root.pem");
    let doubting = doubting.set("SSL_CERT_FILE", file).serve().await;
    assert_eq!(doubting.stranger().get("/ready").await.json()["status"], "degraded");
    let log = doubting.log().lines().join("\n");
    assert!(log.contains("certificate"), "{log}");
    for employee in [&employee, &doubting] {
        let log = employee.log().lines().join("\n");
        assert!(!log.contains("correct-horse"), "{log}");
    }
    // What is not checked is refused at once.
    let ended = instance(&redis).set("SWAIG_STORE", format!("{url}#insecure")).run().await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("SSL_CERT_FILE"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("correct-horse"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_password_of_the_store_is_shown_nowhere() {
    let employee = Program::new(["--listen", "127.0.0.1:0"])
        .set("SWAIG_STORE", "redis://user:correct-horse-battery@127.0.0.1:1/0")
        .set("RUST_LOG", "trace")
        .serve()
        .await;
    assert_eq!(employee.stranger().get("/ready").await.json()["status"], "degraded");
    let log = employee.log().lines().join("\n");
    assert!(log.contains("redis at 127.0.0.1:1"), "{log}");
    assert!(!log.contains("correct-horse"), "{log}");
    let ended = Program::new(["--listen", "127.0.0.1:0"])
        .set("SWAIG_STORE", "redis://user:correct-horse-battery@host:port")
        .run()
        .await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("redis://[user:password@]host"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("correct-horse"), "{}", ended.stderr);
}

#[tokio::test]
async fn while_redis_is_away_the_console_says_so_and_a_call_is_tried_all_the_same() {
    let Some(mut redis) = Redis::start().await else { return };
    let employee = instance(&redis).serve().await;
    redis.stop().await;
    for path in ["/console", "/console/live", "/console/conversations", "/console/conversations/1"] {
        let page = employee.client().get(path).await;
        assert_eq!(page.status, 503, "{path}");
        assert!(page.text().contains("The store does not answer"), "{path}: {}", page.text());
    }
    // A document needs no store.
    assert_eq!(employee.client().get("/console/agents/mfa").await.status, 200);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let path = "/console/agents/mfa/try";
    let kept = |page: &str| {
        let (_, rest) = page.split_once("name=\"call\" value=\"").expect("the call is kept");
        rest.split_once('"').expect("it ends").0.to_owned()
    };
    let begun = employee.client().send("POST", path, &form, "do=begin&caller=%2B15551230000").await;
    assert!(begun.status == 200 && begun.text().contains("events cannot be read"), "{}", begun.text());
    let step = format!("do=call&function=next_step&a.step=send&call={}", kept(begun.text()));
    let gone = employee.client().send("POST", path, &form, step).await;
    let body = format!("do=call&function=send_mfa&call={}", kept(gone.text()));
    let sent = employee.client().send("POST", path, &form, body).await;
    assert_eq!(sent.status, 200);
    // It cannot be counted, so it is not sent, and the page shows what the model is told.
    assert!(sent.text().contains("No code was sent"), "{}", sent.text());
}
