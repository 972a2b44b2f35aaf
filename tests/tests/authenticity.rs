//! Whether a request is the platform's: signatures, and credentials of agents and of yesterday.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha1::Sha1;
use sha2::Sha256;
use swaig_tests::{Credentials, Employee};

const BASE: &str = "https://agents.example.com";
const BODY: &str = r#"{"call":{"call_id":"c1","from":"+15551230000"},"vars":{},"envs":{},"params":{}}"#;

fn sha1(key: &str, url: &str, body: &str) -> String {
    let mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("any length");
    hex::encode(mac.chain_update(url).chain_update(body).finalize().into_bytes())
}

fn sha256(key: &str, url: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("any length");
    hex::encode(mac.chain_update(url).chain_update(body).finalize().into_bytes())
}

async fn signed(settings: &[(&str, &str)]) -> Employee {
    let own = [("SIGNALWIRE_SIGNING_KEY", "PSK_new"), ("SWML_PROXY_URL_BASE", BASE)];
    Employee::sandbox_with(own.into_iter().chain(settings.iter().copied())).await
}

/// The status of a POST with these headers.
async fn post(employee: &Employee, path: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    employee.client().send("POST", path, headers, body.to_owned()).await.status
}

#[tokio::test]
async fn a_document_is_given_only_to_a_request_that_is_signed() {
    let employee = signed(&[]).await;
    let path = "/mfa?agent_id=7";
    let url = format!("{BASE}{path}");
    let (right, long) = (sha1("PSK_new", &url, BODY), sha256("PSK_new", &url, BODY));
    let with_port = sha1("PSK_new", "https://agents.example.com:443/mfa?agent_id=7", BODY);
    let accepted: [&[(&str, &str)]; 4] = [
        &[("X-SignalWire-Signature", &right)],
        &[("x-signalwire-signature", &right), ("X-Signalwire-SHA256-Signature", &long)],
        &[("X-SignalWire-SHA256-Signature", &long)],
        &[("X-SignalWire-Signature", &with_port)],
    ];
    for headers in accepted {
        assert_eq!(post(&employee, path, headers, BODY).await, 200, "{headers:?}");
    }
    let (other_key, other_url) = (sha1("PSK_other", &url, BODY), sha1("PSK_new", BASE, BODY));
    let other_host = sha1("PSK_new", &format!("https://evil.example{path}"), BODY);
    let refused: [&[(&str, &str)]; 7] = [
        &[],
        &[("X-SignalWire-Signature", "")],
        &[("X-SignalWire-Signature", &other_key)],
        &[("X-SignalWire-Signature", &other_url)],
        // Neither Host nor a header of a proxy that is not trusted makes another URL the signed one.
        &[
            ("X-SignalWire-Signature", &other_host),
            ("X-Forwarded-Host", "evil.example"),
            ("X-Forwarded-Proto", "https"),
        ],
        &[("X-SignalWire-Signature", &right), ("X-SignalWire-SHA256-Signature", &other_key)],
        &[("X-SignalWire-Signature", &right), ("X-SignalWire-Signature", &other_key)],
    ];
    for headers in refused {
        assert_eq!(post(&employee, path, headers, BODY).await, 403, "{headers:?}");
    }
    // The body and the query are signed too.
    let right = [("X-SignalWire-Signature", right.as_str())];
    assert_eq!(post(&employee, path, &right, &BODY.replace("c1", "c2")).await, 403);
    assert_eq!(post(&employee, "/mfa?agent_id=8", &right, BODY).await, 403);
    assert_eq!(post(&employee, "/mfa", &right, BODY).await, 403);
    assert_eq!(employee.client().get(path).await.status, 403);
    assert_eq!(employee.stranger().get("/health").await.status, 200);
    // Without credentials a signature opens nothing.
    assert_eq!(employee.stranger().send("POST", path, &right, BODY.to_owned()).await.status, 401);
}

#[tokio::test]
async fn a_signature_on_a_webhook_is_checked_where_there_is_one_and_required_by_setting() {
    let body =
        json!({"function": "verify_mfa", "argument": {"parsed": [{"token": "1"}], "raw": "{}"}}).to_string();
    let path = "/mfa/swaig?agent_id=mfa";
    let right = sha1("PSK_old", &format!("{BASE}{path}"), &body);
    let (right, wrong) = ([("X-SignalWire-Signature", right.as_str())], [("X-SignalWire-Signature", "00")]);
    let lax = signed(&[("SIGNALWIRE_PREVIOUS_SIGNING_KEY", "PSK_old")]).await;
    assert_eq!(post(&lax, path, &[], &body).await, 200);
    assert_eq!(post(&lax, path, &right, &body).await, 200);
    assert_eq!(post(&lax, path, &wrong, &body).await, 403);
    for other in ["/mfa/post_prompt", "/mfa/debug"] {
        assert_eq!(post(&lax, other, &wrong, "{}").await, 403, "{other}");
        assert_eq!(post(&lax, other, &[], "{}").await, 200, "{other}");
    }
    let strict = signed(&[
        ("SIGNALWIRE_PREVIOUS_SIGNING_KEY", "PSK_old"),
        ("SIGNALWIRE_REQUIRE_SIGNATURE", "document,swaig,post_prompt"),
    ])
    .await;
    assert_eq!(post(&strict, path, &[], &body).await, 403);
    assert_eq!(post(&strict, path, &right, &body).await, 200);
    assert_eq!(post(&strict, "/mfa/post_prompt", &[], "{}").await, 403);
    assert_eq!(post(&strict, "/mfa/debug", &[], "{}").await, 200);
    // A request is what its body says: a function call needs its signature on the path of another request too.
    for path in ["/mfa/debug", "/mfa/post_prompt"] {
        assert_eq!(post(&strict, path, &[], &body).await, 403, "{path}");
    }
    let refused = strict.events("?after=0").await.until("request_refused").await;
    assert_eq!(refused.last().map(|event| &event.data()["check"]), Some(&json!("signature")));
}

#[tokio::test]
async fn a_trusted_proxy_says_what_the_public_url_is() {
    let settings = [("SIGNALWIRE_SIGNING_KEY", "PSK_new"), ("SWAIG_TRUSTED_PROXIES", "127.0.0.0/8")];
    let employee = Employee::sandbox_with(settings).await;
    let right = sha1("PSK_new", "https://agents.example.com/mfa", BODY);
    let headers = [
        ("X-SignalWire-Signature", right.as_str()),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "agents.example.com"),
    ];
    let answer = employee.client().send("POST", "/mfa", &headers, BODY.to_owned()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("@agents.example.com/mfa/swaig?agent_id=mfa"), "{}", answer.text());
}

#[tokio::test]
async fn an_agent_has_its_own_credentials_and_a_password_is_changed_without_a_gap() {
    let settings = [
        ("SWML_BASIC_AUTH_PASSWORD", "new"),
        ("SWML_BASIC_AUTH_PREVIOUS_PASSWORD", "old"),
        ("MFA_BASIC_AUTH_PASSWORD", "of-the-agent"),
    ];
    let employee = Employee::sandbox_with(settings).await;
    let client = |password: &str| {
        employee.client().with(Some(Credentials { user: "signalwire".into(), password: password.into() }))
    };
    let table = [
        ("/mfa", [("of-the-agent", 200), ("new", 401), ("old", 401), ("", 401)]),
        ("/console", [("of-the-agent", 401), ("new", 200), ("old", 200), ("older", 401)]),
        ("/metrics", [("of-the-agent", 401), ("new", 200), ("old", 200), ("older", 401)]),
        ("/unknown", [("of-the-agent", 401), ("new", 404), ("old", 404), ("older", 401)]),
    ];
    for (path, attempts) in table {
        for (password, status) in attempts {
            assert_eq!(client(password).get(path).await.status, status, "{path} {password}");
        }
    }
    let document = client("of-the-agent").get("/mfa").await.text().to_owned();
    assert!(document.contains("signalwire:of-the-agent@") && !document.contains("new@"), "{document}");
}
