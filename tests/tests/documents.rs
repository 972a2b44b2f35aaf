//! Every document that is emitted is valid SWML, and leads the platform back to this server with what it needs.

use serde_json::{Value, json};
use swaig_tests::{Employee, PhoneCall, Program, workspace};
use url::Url;

const PASSWORD: &str = "p@ss:/w?rd# ü";

/// Asserts that the published schema accepts the document.
fn assert_valid(document: &Value) {
    let path = workspace().join("../shared/conformance/swml-schema.json");
    let Ok(schema) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: no published schema at {}", path.display());
        return;
    };
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    if let Err(error) = validator.validate(document) {
        panic!("the schema rejects {document:#}\nat {}: {error}", error.instance_path());
    }
}

/// All texts in a document that are addresses.
fn urls(value: &Value) -> Vec<Url> {
    match value {
        Value::String(text) if text.starts_with("http") => {
            vec![Url::parse(text).expect("an emitted URL is one")]
        }
        Value::Array(items) => items.iter().flat_map(urls).collect(),
        Value::Object(object) => object.values().flat_map(urls).collect(),
        _ => Vec::new(),
    }
}

/// The user and the password of an address, as the platform sends them.
fn credentials(url: &Url) -> (String, String) {
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text).decode_utf8().expect("credentials are UTF-8").into_owned()
    };
    (decode(url.username()), decode(url.password().expect("an emitted URL has a password")))
}

/// Asserts that all addresses lead to `base`, with the credentials and the agent id.
fn assert_led_back(document: &Value, base: &str, user: &str, password: &str, agent_id: &str) {
    let (scheme, rest) = base.split_once("://").expect("a base has a scheme");
    let urls = urls(document);
    assert!(urls.len() >= 2, "{document}");
    for url in urls {
        assert_eq!(credentials(&url), (user.to_owned(), password.to_owned()), "{url}");
        assert_eq!(url.scheme(), scheme);
        assert!(url[url::Position::BeforeHost..].starts_with(rest), "{url}");
        let pairs: Vec<_> = url.query_pairs().filter(|(key, _)| key == "agent_id").collect();
        assert_eq!(pairs, [("agent_id".into(), agent_id.into())], "{url}");
    }
}

#[tokio::test]
async fn every_document_is_valid() {
    let employee = Employee::sandbox_with([("SWML_BASIC_AUTH_PASSWORD", PASSWORD)]).await;
    assert_valid(&employee.client().get("/mfa").await.json());
    assert_valid(PhoneCall::from(&employee, "+15551230000").await.document());
    assert_valid(PhoneCall::incoming(&employee, "/mfa?agent_id=7+%26+8", None).await.document());
    let proxied = [
        ("SWML_PROXY_URL_BASE", "https://agents.example.com/swml"),
        ("MFA_TOKEN_LENGTH", "8"),
        ("MFA_FROM_NUMBER", "+15550001111"),
    ];
    let employee = Employee::sandbox_with(proxied).await;
    assert_valid(&employee.client().get("/mfa").await.json());
    let printed = Program::new(["render", "mfa"]).run().await;
    assert_valid(&serde_json::from_str(&printed.stdout).unwrap());
}

#[tokio::test]
async fn a_password_comes_back_as_it_is_whatever_is_in_it() {
    for password in [PASSWORD, "100%41", "%", "a%2", "+ &=;", "[^`{|}~\\\"]"] {
        let employee = Employee::sandbox_with([("SWML_BASIC_AUTH_PASSWORD", password)]).await;
        let document = employee.client().get("/mfa").await.json();
        for url in urls(&document) {
            assert_eq!(credentials(&url), ("signalwire".to_owned(), password.to_owned()), "{url}");
        }
    }
}

#[tokio::test]
async fn the_document_is_the_same_for_get_and_post() {
    let employee = Employee::sandbox().await;
    let got = employee.client().get("/mfa").await;
    assert_eq!((got.status, got.header("content-type")), (200, "application/json"));
    let document = got.json();
    let call = PhoneCall::from(&employee, "+15551230000").await;
    assert_eq!(call.document(), &document);
    // Whoever tries it out by hand posts nothing, or nothing but braces.
    for body in ["", " ", "{}"] {
        let posted = employee.client().send("POST", "/mfa", &[], body).await;
        assert_eq!((posted.status, posted.json()), (200, document.clone()), "{body:?}");
    }
    let base = format!("http://{}/mfa", employee.address());
    let own = employee.credentials();
    assert_led_back(&document, &base, &own.user, &own.password, "mfa");
}

#[tokio::test]
async fn the_document_is_yaml_for_who_prefers_it() {
    let employee = Employee::sandbox().await;
    let client = employee.client();
    let document = client.get("/mfa").await.json();
    let table = [
        ("application/yaml", "application/yaml"),
        ("text/x-yaml", "application/yaml"),
        ("application/json;q=0.5, text/yaml;q=0.8", "application/yaml"),
        ("application/yaml;q=0.5, application/json;q=0.8", "application/json"),
        ("application/yaml, application/json", "application/json"),
        ("application/yaml;q=0", "application/json"),
        ("text/html", "application/json"),
        ("*/*", "application/json"),
    ];
    for (accept, media_type) in table {
        for (method, body) in [("GET", ""), ("POST", r#"{"call": {"call_id": "c1"}}"#)] {
            let answer = client.send(method, "/mfa", &[("accept", accept)], body).await;
            assert_eq!(answer.status, 200, "{accept}");
            assert_eq!(answer.header("content-type"), media_type, "{method}, {accept}");
            assert_eq!(answer.header("vary"), "accept");
            let given: Value = if media_type == "application/yaml" {
                serde_yaml_ng::from_str(answer.text()).unwrap()
            } else {
                answer.json()
            };
            // As text, so that the order of keys counts too.
            assert_eq!(given.to_string(), document.to_string(), "{method}, {accept}");
        }
    }
    let yaml = [("accept", "application/yaml")];
    let head = client.send("HEAD", "/mfa", &yaml, "").await;
    let length = client.send("GET", "/mfa", &yaml, "").await.body.len().to_string();
    assert_eq!(
        (head.header("content-type"), head.header("content-length")),
        ("application/yaml", length.as_str())
    );
    // What is posted stays JSON, and so does what refuses it.
    let refused = client.send("POST", "/mfa", &yaml, "call:\n  call_id: c1\n").await;
    assert_eq!((refused.status, refused.header("content-type")), (400, "application/json"));
}

#[tokio::test]
async fn the_agent_id_is_carried_into_every_address() {
    let employee = Employee::sandbox_with([("SWML_BASIC_AUTH_PASSWORD", PASSWORD)]).await;
    for (query, id) in [("7", "7"), ("a+b%26c%3Dd%2F%C3%BC", "a b&c=d/ü"), ("%22%3C%3E%23%25", "\"<>#%")] {
        let answer = employee.client().get(&format!("/mfa?x=1&agent_id={query}&y=2")).await;
        let document = answer.json();
        let base = format!("http://{}/mfa", employee.address());
        assert_led_back(&document, &base, "signalwire", PASSWORD, id);
        // And it comes back: the platform calls what the document says.
        let path = format!("/mfa?agent_id={query}");
        let mut call = PhoneCall::incoming(&employee, &path, Some("+15551230000")).await;
        assert_eq!(call.call("send_mfa", json!({})).await.response(), "6 digit number sent");
        assert_eq!(call.end(json!({})).await.status, 200);
        let events =
            employee.events(&format!("?after=0&agent_id={query}")).await.until("conversation_ended").await;
        assert!(events.iter().all(|event| event.json["agent_id"] == id), "{events:?}");
    }
}

#[tokio::test]
async fn behind_a_proxy_all_addresses_start_with_the_public_one() {
    for base in
        ["https://agents.example.com", "https://agents.example.com:8443/swml", "http://example.com/a/b/"]
    {
        let employee = Employee::sandbox_with([
            ("SWML_PROXY_URL_BASE", base),
            ("SWML_BASIC_AUTH_USER", "platform"),
            ("SWML_BASIC_AUTH_PASSWORD", PASSWORD),
        ])
        .await;
        let document = employee.client().get("/mfa").await.json();
        let base = format!("{}/mfa", base.trim_end_matches('/'));
        assert_led_back(&document, &base, "platform", PASSWORD, "mfa");
    }
}

#[tokio::test]
async fn functions_share_one_meta_data_token_and_are_described() {
    let employee = Employee::sandbox().await;
    let call = PhoneCall::from(&employee, "+15551230000").await;
    let functions = call.ai()["SWAIG"]["functions"].as_array().unwrap().clone();
    let names: Vec<_> = functions.iter().map(|function| function["function"].as_str().unwrap()).collect();
    assert_eq!(names, ["send_mfa", "verify_mfa"]);
    for function in &functions {
        assert!(function["meta_data_token"].is_string(), "{function}");
        assert_eq!(function["meta_data_token"], functions[0]["meta_data_token"]);
        assert!(!function["description"].as_str().unwrap().is_empty());
        assert_eq!(function["parameters"]["type"], "object");
        for (name, property) in function["parameters"]["properties"].as_object().unwrap() {
            assert!(!property["description"].as_str().unwrap().is_empty(), "{name}");
        }
    }
    assert_eq!(functions[1]["parameters"]["required"], json!(["token"]));
}

#[tokio::test]
async fn what_render_prints_is_what_is_served() {
    let base = "https://agents.example.com/swml";
    let settings =
        [("SWML_PROXY_URL_BASE", base), ("SWML_BASIC_AUTH_PASSWORD", PASSWORD), ("MFA_TOKEN_LENGTH", "8")];
    let employee = Employee::sandbox_with(settings).await;
    let served = employee.client().get("/mfa?agent_id=7").await;
    let render = |arguments: &[&'static str]| {
        let program = Program::new(["render", "mfa", "--agent-id", "7"]).arguments(arguments.iter().copied());
        program.settings(settings).run()
    };
    let revealed = render(&["--reveal"]).await;
    assert_eq!((revealed.code, revealed.stderr.as_str()), (Some(0), ""));
    let printed: Value = serde_json::from_str(&revealed.stdout).unwrap();
    // As text, so that the order of keys counts too.
    assert_eq!(printed.to_string(), served.json().to_string());

    let masked = render(&[]).await;
    assert_eq!(masked.code, Some(0));
    let written = urls(&printed)[0].password().unwrap().to_owned();
    assert_eq!(masked.stdout, revealed.stdout.replace(&written, "****"));
}

/// The definitions that a request for signatures gets.
async fn signatures(employee: &Employee, functions: &Value) -> Vec<Value> {
    let mut body = json!({
        "action": "get_signature", "functions": functions, "content_type": "text/swaig",
        "content_disposition": "function signature request", "version": "2.0",
    });
    if functions.is_null() {
        body.as_object_mut().map(|body| body.remove("functions"));
    }
    let answer = employee.client().post("/mfa/swaig?agent_id=7", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json().as_array().expect("a list of definitions").clone()
}

#[tokio::test]
async fn signatures_are_given_for_what_is_asked() {
    let employee = Employee::sandbox().await;
    let table = [
        (Value::Null, vec!["send_mfa", "verify_mfa"]),
        (json!([]), vec!["send_mfa", "verify_mfa"]),
        (json!(["verify_mfa"]), vec!["verify_mfa"]),
        (json!(["verify_mfa", "send_money", "__proto__", 7, null]), vec!["verify_mfa"]),
        (json!(["send_money"]), vec![]),
    ];
    for (asked, expected) in table {
        let given = signatures(&employee, &asked).await;
        let names: Vec<_> = given.iter().map(|it| it["function"].as_str().unwrap_or_default()).collect();
        assert_eq!(names, expected, "{asked}");
    }
}

#[tokio::test]
async fn a_signature_can_be_called_where_it_says() {
    let employee = Employee::sandbox().await;
    let given = signatures(&employee, &Value::Null).await;
    let call = PhoneCall::incoming(&employee, "/mfa?agent_id=7", None).await;
    let base = format!("http://{}/mfa/swaig", employee.address());
    let own = employee.credentials();
    for (signature, mounted) in given.iter().zip(call.ai()["SWAIG"]["functions"].as_array().unwrap()) {
        for key in ["function", "description", "parameters", "meta_data_token"] {
            assert_eq!(signature[key], mounted[key], "{key}");
        }
        let url = json!([signature["web_hook_url"], signature["web_hook_url"]]);
        assert_led_back(&url, &base, &own.user, &own.password, "7");
    }
}
