//! The gate before functions for verified callers: no order of calls gets past it without a code.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use swaig_tests::{Employee, PhoneCall, Program, UNLIMITED, binary};

/// The example `bank`, built once.
fn bank() -> Program {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    let path = PATH.get_or_init(|| binary("swaig-examples", "bank", &[]));
    // Many calls of one caller are no abuse here.
    let more = [("MFA_WRONG_TRIES_PER_NUMBER_HOUR", "0")];
    Program::at(path).settings(UNLIMITED.into_iter().chain(more))
}

/// What a caller, a model or somebody who forges webhooks may do.
#[derive(Clone, Copy, Debug)]
enum Act {
    Transfer,
    Send,
    WrongCode,
    RightCode,
    /// `verified: true`, by hand.
    ForgeFlag,
    /// The whole `meta_data` of another call of the same caller, which was verified there.
    Replay,
}

const ACTS: [Act; 6] =
    [Act::Transfer, Act::Send, Act::WrongCode, Act::RightCode, Act::ForgeFlag, Act::Replay];
const CALLER: &str = "+15551230000";

async fn transfer(call: &mut PhoneCall) -> bool {
    let reply = call.call("transfer_money", json!({"to": "Ann", "euros": 5})).await;
    let done = reply.response().contains("on their way");
    if !done {
        assert!(
            reply.response().starts_with("The caller is not verified, so nothing was done."),
            "{reply:?}"
        );
        assert_eq!(
            reply.actions()[0]["toggle_functions"],
            json!([{"function": "transfer_money", "active": false}])
        );
    }
    done
}

/// The `meta_data` that a verified call ends with.
async fn verified_elsewhere(employee: &Employee) -> Map<String, Value> {
    let mut call = PhoneCall::incoming(employee, "/bank", Some(CALLER)).await;
    let lines = employee.log().lines().len();
    call.call("send_mfa", json!({})).await;
    let code = employee.code_after(lines).await;
    let reply = call.call("verify_mfa", json!({"token": code})).await;
    assert_eq!(reply.response(), "Verification successful");
    assert!(transfer(&mut call).await);
    call.meta_data("transfer_money")
}

/// Every order of three acts, each in a call of its own.
fn orders() -> impl Iterator<Item = [Act; 3]> {
    (0..ACTS.len().pow(3)).map(|number| {
        std::array::from_fn(|place| {
            let digit = number / ACTS.len().pow(u32::try_from(place).unwrap_or_default()) % ACTS.len();
            ACTS[digit]
        })
    })
}

#[tokio::test]
async fn no_order_of_calls_moves_money_for_a_caller_who_is_not_verified() {
    let employee = bank().arguments(["--listen", "127.0.0.1:0"]).serve().await;
    let elsewhere = verified_elsewhere(&employee).await;
    let (mut moved, mut refused) = (0, 0);
    for order in orders() {
        let mut call = PhoneCall::incoming(&employee, "/bank", Some(CALLER)).await;
        let (mut sent, mut verified) = (None, false);
        // What comes after the last attempt changes nothing, so each order ends with an attempt.
        for act in order.into_iter().chain([Act::Transfer]) {
            match act {
                Act::Transfer => {
                    let done = transfer(&mut call).await;
                    assert_eq!(done, verified, "{order:?}");
                    if done { moved += 1 } else { refused += 1 }
                }
                Act::Send => {
                    let lines = employee.log().lines().len();
                    let before = call.meta_data("send_mfa").remove("mfa");
                    call.call("send_mfa", json!({})).await;
                    let after = call.meta_data("send_mfa").remove("mfa");
                    // A repeated call gets the first one's reply, and no other code.
                    if after.is_some() && after != before {
                        sent = Some(employee.code_after(lines).await);
                    }
                }
                Act::WrongCode => {
                    let wrong = if sent.as_deref() == Some("000000") { "000001" } else { "000000" };
                    call.call("verify_mfa", json!({"token": wrong})).await;
                }
                Act::RightCode => {
                    let Some(code) = &sent else { continue };
                    let reply = call.call("verify_mfa", json!({"token": code})).await;
                    verified |= reply.response() == "Verification successful";
                }
                Act::ForgeFlag => call.set_meta_data("transfer_money", "verified", json!(true)),
                Act::Replay => {
                    // A true verification of this call would be overwritten by it.
                    verified = false;
                    for (key, value) in &elsewhere {
                        call.set_meta_data("transfer_money", key, value.clone());
                    }
                }
            }
        }
    }
    assert!(moved > 5 && refused > 100, "{moved} {refused}");
}

#[tokio::test]
async fn a_guarded_function_is_switched_on_by_the_verification() {
    let employee = bank().arguments(["--listen", "127.0.0.1:0"]).serve().await;
    let mut call = PhoneCall::incoming(&employee, "/bank", Some(CALLER)).await;
    let functions = call.ai()["SWAIG"]["functions"].as_array().expect("functions");
    let active =
        |name: &str| functions.iter().find(|it| it["function"] == name).and_then(|it| it["active"].as_bool());
    assert_eq!((active("transfer_money"), active("branch_hours")), (Some(false), None));
    let lines = employee.log().lines().len();
    call.call("send_mfa", json!({})).await;
    let code = employee.code_after(lines).await;
    let reply = call.call("verify_mfa", json!({"token": code})).await;
    let toggles: Vec<_> =
        reply.actions().iter().filter_map(|action| action.get("toggle_functions")).collect();
    assert_eq!(toggles, [&json!([{"function": "transfer_money", "active": true}])]);
}

#[tokio::test]
async fn a_webhook_of_an_agent_with_call_tokens_needs_the_token_of_its_call_and_function() {
    let employee = bank().arguments(["--listen", "127.0.0.1:0"]).serve().await;
    let call = PhoneCall::incoming(&employee, "/bank", Some(CALLER)).await;
    let other = PhoneCall::incoming(&employee, "/bank", Some(CALLER)).await;
    let path = |call: &PhoneCall, function: &str| {
        let functions = call.ai()["SWAIG"]["functions"].as_array().expect("functions");
        let signature = functions.iter().find(|it| it["function"] == function).expect("it is there");
        let url = url::Url::parse(signature["web_hook_url"].as_str().expect("a URL")).expect("a URL");
        url[url::Position::BeforePath..].to_owned()
    };
    let client = employee.client();
    let body = call.webhook("branch_hours", &json!({}));
    let right = path(&call, "branch_hours");
    assert_eq!(client.post(&right, &body).await.status, 200);
    let without = right.split("&call_token").next().expect("a path");
    for (why, refused) in [
        ("missing", without.to_owned()),
        ("empty", format!("{without}&call_token=")),
        ("changed", format!("{right}x")),
        ("of another call", path(&other, "branch_hours")),
        ("of another function", path(&call, "send_mfa")),
        ("of another agent id", right.replace("agent_id=bank", "agent_id=other")),
    ] {
        let answer = client.post(&refused, &body).await;
        assert_eq!(answer.status, 403, "{why}: {}", answer.text());
        assert!(answer.text().contains("call_token"), "{why}: {}", answer.text());
    }
    // A request is what its body says: on the path of another one it needs the same token.
    for elsewhere in ["/bank", "/bank/post_prompt", "/bank/debug"] {
        assert_eq!(client.post(elsewhere, &body).await.status, 403, "{elsewhere}");
        let with_token = right.replace("/bank/swaig", elsewhere);
        assert_eq!(client.post(&with_token, &body).await.status, 200, "{elsewhere}");
    }
    // A document that is looked at has no call, and nothing can be called with it.
    let looked_at = client.get("/bank").await.json();
    assert!(!looked_at.to_string().contains("call_token="), "{looked_at}");
    let signatures = client.post("/bank/swaig", &json!({"action": "get_signature"})).await;
    assert_eq!(signatures.status, 403);
}

#[tokio::test]
async fn what_is_rendered_is_what_the_server_gives_to_who_only_looks() {
    let bank = || {
        bank()
            .set("SWML_BASIC_AUTH_PASSWORD", "try-me")
            .set("SWML_PROXY_URL_BASE", "https://agents.example.com")
    };
    let employee = bank().arguments(["--listen", "127.0.0.1:0"]).serve().await;
    let given = employee.client().get("/bank").await.json();
    let rendered = bank().arguments(["render", "bank", "--reveal"]).run().await;
    assert_eq!(rendered.code, Some(0), "{}", rendered.stderr);
    assert_eq!(serde_json::from_str::<Value>(&rendered.stdout).expect("a document"), given);
    assert!(rendered.stdout.matches("\"web_hook_url\"").count() > 1, "{}", rendered.stdout);
}
