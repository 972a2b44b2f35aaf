//! Requests that hold codes, numbers and secrets, in their places and elsewhere.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use swaig_tests::{Client, Credentials, Employee, PhoneCall, StandIn, function_request};

use crate::search::{joined, spoken};
use crate::{CALLER, OTHER, PASSWORD, SECRETS, USER};

/// A client with the credentials that the platform has for an agent.
pub(crate) fn agent_client(employee: &Employee, path: &str) -> Client {
    let password = if path.starts_with("/leaky") { "of the agent 100%" } else { PASSWORD };
    employee.client().with(Some(Credentials { user: USER.into(), password: password.into() }))
}

/// Webhooks that hold the code and the number where nobody expects them.
fn hostile(code: &str) -> Vec<Value> {
    let words = spoken(code);
    let number: u64 = code.parse().expect("digits");
    let arguments = [
        json!({"token": number}),
        json!({"token": [code]}),
        json!({"token": {"value": code}}),
        json!({"token": words}),
        json!({"token": joined(code, " ")}),
        json!({"token": format!("{code}{code}{code}")}),
        json!({"Token": code}),
        json!({"code": code, "pin": number, "otp": words, "x": [[number]]}),
        json!({code: "token", CALLER: OTHER, &words: 1}),
        json!({"note": format!("my code is {words}, call me at {CALLER}")}),
        json!({"token": Value::Null, "to": OTHER, "phone_number": "15557340192"}),
        json!({"token": format!("{{\"token\": \"{code}\"}}")}),
    ];
    let mut webhooks: Vec<_> =
        arguments.iter().map(|arguments| function_request("verify_mfa", arguments)).collect();
    let mut odd = |change: &dyn Fn(&mut Value)| {
        let mut webhook = function_request("verify_mfa", &json!({"token": code}));
        change(&mut webhook);
        webhooks.push(webhook);
    };
    odd(&|it| it["argument"] = json!({"raw": format!("{{\"token\": \"{code}")}));
    odd(&|it| it["argument"] = json!({"parsed": format!("{{\"token\": \"{code}\"}}")}));
    odd(&|it| it["argument"] = code.into());
    odd(&|it| it["argument"] = json!([code, {"token": code}]));
    odd(&|it| it["function"] = code.into());
    odd(&|it| it["function"] = CALLER.into());
    odd(&|it| it["function"] = Value::Null);
    odd(&|it| it["call_id"] = code.into());
    odd(&|it| it["call_id"] = CALLER.into());
    odd(&|it| it["caller_id_name"] = words.as_str().into());
    odd(&|it| it["caller_id_num"] = "sip:+15557340192@example.com".into());
    odd(&|it| it["caller_id_num"] = "sip:15557340192;phone-context=x@10.0.0.1".into());
    odd(&|it| it["caller_id_num"] = "15557340192".into());
    odd(&|it| it["caller_id_num"] = format!("tel:{CALLER}").into());
    odd(&|it| {
        it["meta_data"] =
            json!({"mfa": {"id": code, "to": CALLER, "seal": code}, "verified": code, "mfa_sends": code});
    });
    odd(&|it| it["meta_data"] = json!({"verification": {"to": CALLER, "seal": format!("eyJ{code}.x.y")}}));
    odd(&|it| it["global_data"] = json!({"code": code, "caller": CALLER}));
    webhooks.push(json!({"action": "get_signature", "functions": [code, CALLER, words]}));
    webhooks.push(json!({"action": code, "call_id": CALLER}));
    webhooks
}

/// An end-of-call report as the platform posts it, with its log of functions, and everything else that may be in it.
pub(crate) fn report(call: &PhoneCall, code: &str) -> Value {
    let mut url =
        url::Url::parse("https://agents.example.com/mfa/swaig?agent_id=mfa&call_token=eyJhbGciOi.eyJx.abc")
            .expect("a URL");
    url.set_username(USER).expect("a URL with a host");
    url.set_password(Some(PASSWORD)).expect("a URL with a host");
    let webhook = call.webhook("verify_mfa", &json!({"token": code}));
    let basic = STANDARD.encode(format!("{USER}:{PASSWORD}"));
    let words = spoken(code);
    let secrets: Vec<_> = SECRETS.iter().map(|(_, secret)| *secret).collect();
    json!({
        "caller_id_name": CALLER, "caller_id_number": "15557340192",
        "SWMLVars": {"from": CALLER, "to": OTHER},
        "SWMLCall": {"from": CALLER, "headers": [{"name": "Authorization", "value": format!("Basic {basic}")}]},
        "post_prompt_data": {
            "raw": format!("The caller {CALLER} was verified with {code}."),
            "substituted": format!("The caller (555) 734-0192 read out {words}."),
            "parsed": [{"code": code, "number": CALLER, "digits": code.bytes().map(|b| b - b'0').collect::<Vec<_>>()}],
        },
        "call_log": [
            {"role": "user", "content": format!("it is {words}")},
            {"role": "user", "content": joined(code, ", ")},
            {"role": "user", "content": format!("{}... {}", &code[..4], &code[4..])},
            {"role": "assistant", "content": format!("I sent it to +1 555 734 0192, or {OTHER}."), "tool_calls": [
                {"function": {"name": "verify_mfa", "arguments": format!("{{\"token\":\"{code}\"}}")}}
            ]},
            {"role": "tool", "content": format!("Authorization: Basic {basic}")},
        ],
        "raw_call_log": [{"content": webhook.to_string()}],
        "swaig_log": [{
            "command_name": "verify_mfa", "command_arg": format!("{{\"token\":\"{code}\"}}"), "url": url.as_str(),
            "post_data": webhook, "post_response": {"action": [{"set_meta_data": {"mfa": {"to": CALLER, "seal": "eyJhbGciOi.eyJx.abc"}}}]},
        }],
        "odd": {code: CALLER, "text": format!("{url} {} {basic}", StandIn::TOKEN), "secrets": secrets, "token": StandIn::TOKEN},
    })
}

/// What goes wrong in calls of both modes.
pub(crate) async fn trouble(employee: &Employee, code: &str) {
    let client = employee.client();
    for webhook in hostile(code) {
        let answer = client.post("/mfa/swaig", &webhook).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    for feed in hostile(code) {
        assert_eq!(client.post("/mfa/debug", &feed).await.status, 200);
    }
    for body in
        [format!("token={code}&to={CALLER}"), format!("{{\"token\": \"{code}\""), format!("[\"{CALLER}\"]")]
    {
        for path in ["/mfa", "/mfa/swaig", "/mfa/post_prompt", "/mfa/debug"] {
            assert_eq!(client.send("POST", path, &[], body.clone()).await.status, 400, "{path}");
        }
    }
    for path in [
        format!("/{code}"),
        format!("/console/{code}"),
        format!("/mfa/events?after={code}x"),
        format!("/mfa/{CALLER}"),
    ] {
        client.get(&path).await;
    }
    let wrong = client.with(Some(Credentials { user: code.into(), password: CALLER.into() }));
    assert_eq!(wrong.get("/console").await.status, 401);
    let signed = [("x-signalwire-signature", code)];
    assert_eq!(client.send("POST", "/mfa/swaig", &signed, "{}").await.status, 403);
    for caller in
        ["sip:+15557340192@example.com", "sip:15557340192@10.0.0.1", CALLER, "15557340192", "anonymous"]
    {
        PhoneCall::incoming(employee, "/mfa", Some(caller)).await;
    }

    let own = agent_client(employee, "/leaky");
    let incoming = json!({"call": {"call_id": "c1", "from": CALLER, "to": OTHER}, "vars": {"code": code}});
    assert_eq!(own.post("/leaky", &incoming).await.status, 200);
    for how in ["panic", "error", "question", "event", "log"] {
        let note = format!("{code} {} {PASSWORD} {}", spoken(code), StandIn::TOKEN);
        let arguments = json!({"how": how, "token": code, "number": CALLER, "note": note});
        let mut webhook = function_request("leak", &arguments);
        webhook["caller_id_num"] = CALLER.into();
        assert_eq!(own.post("/leaky/swaig", &webhook).await.status, 200, "{how}");
    }
    let call = PhoneCall::from(employee, CALLER).await;
    assert_eq!(own.post("/leaky/post_prompt", &report(&call, code)).await.status, 200);
}
