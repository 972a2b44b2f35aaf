//! Requests that are not the platform's, or not in their right mind, are refused with the right status, and the server
//! goes on.

use serde_json::{Value, json};
use swaig_tests::{Answer, Client, Credentials, Employee, function_request, soon};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Asserts that the server still does its work.
async fn assert_alive(employee: &Employee, after: &str) {
    let answer =
        employee.client().post("/mfa/swaig", &function_request("verify_mfa", &json!({"token": "1"}))).await;
    assert_eq!(answer.status, 200, "after {after}: {}", answer.text());
    assert!(answer.json()["response"].is_string());
}

fn assert_refused(answer: &Answer, status: u16, what: &str) {
    let start: String = String::from_utf8_lossy(&answer.body).chars().take(500).collect();
    assert_eq!(answer.status, status, "{what}: {start}");
    assert!(!answer.json()["error"].as_str().unwrap_or_default().is_empty(), "{what}: {start}");
    assert!(answer.body.len() < 2_000, "{what}: a refusal is short: {start}");
}

/// Posts a function webhook and returns what the model hears.
async fn heard(client: &Client, body: &Value) -> String {
    let answer = client.post("/mfa/swaig", body).await;
    assert_eq!(answer.status, 200, "{body}: {}", answer.text());
    let reply = answer.json();
    assert!(reply.get("error").is_none(), "{reply}");
    reply["response"].as_str().unwrap_or_else(|| panic!("a reply has a response: {reply}")).to_owned()
}

/// Writes raw bytes, leaves the connection open, and returns the status of the answer; 0 when it was closed without one.
async fn raw(employee: &Employee, parts: &[&[u8]]) -> u16 {
    status(written(employee, parts).await).await
}

/// Writes raw bytes and ends its side of the connection.
async fn raw_and_end(employee: &Employee, parts: &[&[u8]]) -> u16 {
    let mut stream = written(employee, parts).await;
    let _ = stream.shutdown().await;
    status(stream).await
}

async fn written(employee: &Employee, parts: &[&[u8]]) -> TcpStream {
    let mut stream = TcpStream::connect(employee.address()).await.expect("the server listens");
    for part in parts {
        // A server that has seen enough closes: writing on is an error then, and the answer can be read all the same.
        if stream.write_all(part).await.is_err() {
            break;
        }
    }
    stream
}

async fn status(mut stream: TcpStream) -> u16 {
    let mut line = [0; 12];
    if soon("the raw answer", stream.read_exact(&mut line)).await.is_err() {
        return 0;
    }
    let line = String::from_utf8_lossy(&line);
    line.strip_prefix("HTTP/1.1 ").and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn head(employee: &Employee, path: &str, headers: &str) -> String {
    let authorization = employee.credentials().basic();
    format!("POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n{headers}\r\n")
}

#[tokio::test]
async fn without_the_credentials_nothing_is_told() {
    let employee = Employee::sandbox_with([("SWML_BASIC_AUTH_PASSWORD", "try-me")]).await;
    let of = |user: &str, password: &str| Some(Credentials { user: user.into(), password: password.into() });
    let wrong = [
        None,
        of("signalwire", "try-m"),
        of("signalwire", "try-mee"),
        of("signalwire", ""),
        of("", "try-me"),
        of("SignalWire", "try-me"),
        of("signalwire:try-me", ""),
    ];
    let paths = [
        "/mfa",
        "/mfa/events",
        "/nobody",
        "/nobody/swaig",
        "/",
        "/console",
        "/console/x",
        "/metrics",
        "/a/b/c",
    ];
    for credentials in wrong {
        let client = employee.client().with(credentials.clone());
        for path in paths {
            let answer = client.get(path).await;
            assert_refused(&answer, 401, &format!("{credentials:?} {path}"));
            assert!(answer.header("www-authenticate").starts_with("Basic realm="), "{:?}", answer.headers);
            assert!(!answer.text().contains("mfa"), "{}", answer.text());
        }
        for path in ["/mfa", "/mfa/swaig", "/mfa/post_prompt", "/mfa/debug"] {
            assert_refused(&client.post(path, &json!({})).await, 401, path);
        }
    }
    for header in [
        "Basic",
        "Basic !!!",
        "Basic c2lnbmFsd2lyZTp0cnktbQ==",
        "Bearer try-me",
        "Digest username=\"signalwire\"",
        "",
    ] {
        let answer = employee.stranger().send("GET", "/mfa", &[("authorization", header)], "").await;
        assert_refused(&answer, 401, header);
    }
    // Credentials belong into the header, not into the address.
    assert_eq!(employee.stranger().get("/mfa?user=signalwire&password=try-me").await.status, 401);
    assert_alive(&employee, "wrong credentials").await;
    let log = employee.log().lines().join("\n");
    assert!(!log.contains("try-m"), "{log}");
}

#[tokio::test]
async fn a_load_balancer_needs_no_credentials() {
    let employee = Employee::sandbox().await;
    for path in ["/health", "/ready"] {
        let answer = employee.stranger().get(path).await;
        assert!(answer.status == 200 && answer.json().is_object(), "{path}: {}", answer.text());
        assert_eq!(employee.stranger().send("HEAD", path, &[], "").await.status, 200);
        let wrong = Credentials { user: "x".into(), password: "y".into() };
        assert_eq!(employee.client().with(Some(wrong)).get(path).await.status, 200);
    }
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there_are_refused() {
    let employee = Employee::sandbox().await;
    let client = employee.client();
    for path in [
        "/nobody",
        "/nobody/swaig",
        "/MFA",
        "/mfa/other",
        "/mfa/swaig/x",
        "/%2e%2e/mfa",
        "/mfa%2Fswaig",
        "/__proto__",
        "/.env",
    ] {
        assert_refused(&client.get(path).await, 404, path);
        assert_refused(&client.post(path, &json!({})).await, 404, path);
    }
    assert!(client.get("/nobody").await.text().contains("mfa"), "the agents are named to those who may ask");
    let table = [
        ("/mfa", "GET, HEAD, POST", &["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"][..]),
        ("/mfa/swaig", "POST", &["GET", "HEAD", "PUT"]),
        ("/mfa/post_prompt", "POST", &["GET", "DELETE"]),
        ("/mfa/debug", "POST", &["GET"]),
        ("/mfa/events", "GET, HEAD", &["POST", "PUT"]),
        ("/health", "GET, HEAD", &["POST"]),
        ("/metrics", "GET, HEAD", &["POST"]),
    ];
    for (path, allow, methods) in table {
        for method in methods {
            let answer = client.send(method, path, &[], "").await;
            assert_eq!((answer.status, answer.header("allow")), (405, allow), "{method} {path}");
        }
    }
    assert_alive(&employee, "wrong paths").await;
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_refused() {
    let employee = Employee::sandbox().await;
    let deep =
        |open: &str, close: &str| format!("{{\"a\":{}1{}}}", open.repeat(10_000), close.repeat(10_000));
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("text", b"function=send_mfa".to_vec()),
        ("a part", br#"{"function":"send_mfa""#.to_vec()),
        ("two objects", b"{}{}".to_vec()),
        ("a list", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("a number", b"1e999".to_vec()),
        ("bad UTF-8", b"{\"function\":\"\xff\xfe\"}".to_vec()),
        ("a lone surrogate", br#"{"function":"\ud800"}"#.to_vec()),
        ("UTF-16", "{}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("NUL", b"\0".to_vec()),
        ("deep lists", deep("[", "]").into()),
        ("deep objects", deep("{\"a\":", "}").into()),
        ("open lists", b"[".repeat(500_000)),
    ];
    for (what, body) in bodies {
        for path in ["/mfa", "/mfa/swaig", "/mfa/post_prompt", "/mfa/debug"] {
            let answer = employee.client().send("POST", path, &[], body.clone()).await;
            assert_refused(&answer, 400, &format!("{what} to {path}"));
            assert!(!answer.text().contains("send_mfa"), "the body is not repeated: {}", answer.text());
        }
        assert_alive(&employee, what).await;
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let employee = Employee::sandbox().await;
    for (path, limit) in
        [("/mfa", 1 << 20), ("/mfa/swaig", 2 << 20), ("/mfa/debug", 2 << 20), ("/mfa/post_prompt", 32 << 20)]
    {
        // The length alone is enough: nothing of the body is waited for.
        let declared = head(&employee, path, &format!("Content-Length: {}\r\n", limit + 1));
        assert_eq!(raw(&employee, &[declared.as_bytes()]).await, 413, "{path} by its length");
        let declared = head(&employee, path, "Content-Length: 99999999999999\r\n");
        assert_eq!(raw(&employee, &[declared.as_bytes()]).await, 413, "{path} by its length");
        let chunked = head(&employee, path, "Transfer-Encoding: chunked\r\n");
        let chunk =
            [format!("{:x}\r\n", limit + 1).into_bytes(), vec![b' '; limit + 1], b"\r\n".to_vec()].concat();
        let status = raw(&employee, &[chunked.as_bytes(), &chunk, b"0\r\n\r\n"]).await;
        // A connection that is closed on a client that still writes may lose the answer.
        assert!(status == 413 || status == 0, "{path} in chunks: {status}");
        assert_alive(&employee, path).await;
        // And what is just not too large is taken.
        let padding = " ".repeat(limit - 2);
        let answer = employee.client().send("POST", path, &[], format!("{{{padding}}}")).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_body_in_small_chunks_that_grows_too_large_is_refused() {
    let employee = Employee::sandbox().await;
    let head = head(&employee, "/mfa/swaig", "Transfer-Encoding: chunked\r\n");
    let mut stream = TcpStream::connect(employee.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = [b"4000\r\n".to_vec(), vec![b' '; 0x4000], b"\r\n".to_vec()].concat();
    let (mut reader, mut writer) = stream.into_split();
    let writing = tokio::spawn(async move { while writer.write_all(&chunk).await.is_ok() {} });
    let mut status = [0; 12];
    let read = soon("the refusal of an endless body", reader.read_exact(&mut status)).await;
    if read.is_ok() {
        assert_eq!(&status, b"HTTP/1.1 413");
    }
    drop(reader);
    soon("the end of the connection", writing).await.unwrap();
    assert_alive(&employee, "an endless body").await;
}

/// What is broken, the parts that are written, and the statuses that are right; 0 is a closed connection.
type Case<'a> = (&'a str, &'a [&'a [u8]], &'a [u16]);

#[tokio::test]
async fn broken_requests_end_their_connection_only() {
    let employee = Employee::sandbox().await;
    let bad_chunk = head(&employee, "/mfa/swaig", "Transfer-Encoding: chunked\r\n");
    let negative = head(&employee, "/mfa/swaig", "Content-Length: -1\r\n");
    let two = head(&employee, "/mfa/swaig", "Content-Length: 2\r\nContent-Length: 3\r\n");
    let smuggled = head(&employee, "/mfa/swaig", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n");
    let flood = head(&employee, "/mfa/swaig", &"X-Flood: 1\r\n".repeat(5_000));
    let huge = head(&employee, "/mfa/swaig", &format!("X-Huge: {}\r\n", "x".repeat(1 << 20)));
    let long_path = head(&employee, &format!("/mfa?x={}", "x".repeat(1 << 20)), "");
    let asked = |first: &str| head(&employee, "/", "").replacen("POST / HTTP/1.1", first, 1);
    let (connect, star) = (asked("CONNECT mfa:443 HTTP/1.1"), asked("OPTIONS * HTTP/1.1"));
    let (relative, old) = (asked("GET mfa HTTP/1.1"), asked("GET /mfa HTTP/0.9"));
    let table: [Case<'_>; 12] = [
        ("a chunk that is none", &[bad_chunk.as_bytes(), b"zz\r\n{}\r\n"], &[400, 0]),
        ("a negative length", &[negative.as_bytes(), b"{}"], &[400]),
        ("two lengths", &[two.as_bytes(), b"{}x"], &[400]),
        ("a length and chunks", &[smuggled.as_bytes(), b"0\r\n\r\n"], &[200, 400]),
        ("a flood of headers", &[flood.as_bytes()], &[431, 0]),
        ("a huge header", &[huge.as_bytes()], &[431, 0]),
        ("a huge path", &[long_path.as_bytes()], &[414, 431, 0]),
        ("a proxy's method", &[connect.as_bytes()], &[400, 404, 405]),
        ("a question about the whole server", &[star.as_bytes()], &[400, 404, 405]),
        ("a path without its slash", &[relative.as_bytes()], &[400, 404]),
        ("a version that is too old", &[old.as_bytes()], &[400]),
        ("TLS", &[b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"], &[400, 0]),
    ];
    for (what, parts, expected) in table {
        let status = raw(&employee, parts).await;
        assert!(expected.contains(&status), "{what}: {status}");
        assert_alive(&employee, what).await;
    }
}

#[tokio::test]
async fn a_client_that_goes_away_half_way_ends_its_connection_only() {
    let employee = Employee::sandbox().await;
    let long = head(&employee, "/mfa/swaig", "Content-Length: 1000\r\n");
    let chunked = head(&employee, "/mfa/swaig", "Transfer-Encoding: chunked\r\n");
    let table: [Case<'_>; 5] = [
        ("a body shorter than its length", &[long.as_bytes(), b"{}"], &[400, 0]),
        ("chunks that end early", &[chunked.as_bytes(), b"5\r\n{}"], &[400, 0]),
        ("half a head", &[&long.as_bytes()[..40]], &[400, 0]),
        ("a greeting of HTTP/2 and then nothing of it", &[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense"], &[0]),
        ("nothing", &[b""], &[0]),
    ];
    for (what, parts, expected) in table {
        let status = raw_and_end(&employee, parts).await;
        assert!(expected.contains(&status), "{what}: {status}");
        assert_alive(&employee, what).await;
    }
}

#[tokio::test]
async fn a_slow_client_holds_nobody_up() {
    let employee = Employee::sandbox().await;
    let mut slow = Vec::new();
    for part in ["", "POST /mfa/swaig HT", &head(&employee, "/mfa/swaig", "Content-Length: 10\r\n")] {
        for _ in 0..50 {
            let mut stream = TcpStream::connect(employee.address()).await.unwrap();
            stream.write_all(part.as_bytes()).await.unwrap();
            slow.push(stream);
        }
    }
    assert_alive(&employee, "150 slow clients").await;
    drop(slow);
}

#[tokio::test]
async fn an_agent_id_has_its_bounds() {
    let employee = Employee::sandbox().await;
    let id = |length: usize| format!("?agent_id={}", "x".repeat(length));
    for path in ["/mfa", "/mfa/swaig", "/mfa/post_prompt", "/mfa/debug"] {
        assert_eq!(
            employee.client().post(&format!("{path}{}", id(128)), &json!({})).await.status,
            200,
            "{path}"
        );
        for bad in [id(129), id(8_000), "?agent_id=a%00b".into(), "?agent_id=a%0D%0Ab".into()] {
            assert_refused(&employee.client().post(&format!("{path}{bad}"), &json!({})).await, 400, path);
        }
    }
    for bad in ["?after=x", "?after=-1", "?after=1.5", "?after=99999999999999999999999"] {
        assert_refused(&employee.client().get(&format!("/mfa/events{bad}")).await, 400, bad);
    }
    assert_alive(&employee, "bad ids").await;
}

#[tokio::test]
async fn a_function_that_is_not_there_is_told_to_the_model() {
    let employee = Employee::sandbox().await;
    let client = employee.client();
    for name in [
        "send_money",
        "__proto__",
        "constructor",
        "send_mfa\0",
        "\0",
        "send_mfa ",
        "SEND_MFA",
        "../send_mfa",
        "startup_hook",
        "<b>x</b>",
        "ünï",
    ] {
        let text = heard(&client, &function_request(name, &json!({}))).await;
        assert!(text.contains("send_mfa, verify_mfa"), "{name}: {text}");
        assert!(text.contains("nothing was done"), "{name}: {text}");
    }
    for function in [Value::Null, json!(""), json!(7), json!(["send_mfa"]), json!({"name": "send_mfa"})] {
        let mut body = function_request("x", &json!({}));
        body["function"] = function;
        let text = heard(&client, &body).await;
        assert!(text.starts_with("No function was named"), "{body}: {text}");
    }
    assert_eq!(employee.codes(), 0);
    assert_alive(&employee, "unknown functions").await;
}

#[tokio::test]
async fn a_function_name_of_a_megabyte_is_not_repeated_whole() {
    let employee = Employee::sandbox().await;
    let text = heard(&employee.client(), &function_request(&"x".repeat(1 << 20), &json!({}))).await;
    assert!(text.contains("nothing was done") && text.contains("send_mfa, verify_mfa"));
    assert!(text.len() < 10_000, "the reply has {} bytes", text.len());
}

#[tokio::test]
async fn arguments_that_do_not_fit_are_explained_to_the_model() {
    let employee = Employee::sandbox().await;
    let client = employee.client();
    let table = [
        ("verify_mfa", json!({}), "\"token\" is missing"),
        ("verify_mfa", json!({"token": null}), "\"token\""),
        ("verify_mfa", json!({"token": ["1"]}), "\"token\""),
        ("verify_mfa", json!({"token": {"a": 1}}), "\"token\""),
        ("send_mfa", json!({"channel": "pigeon"}), "\"channel\""),
        ("send_mfa", json!({"phone_number": "five"}), "\"phone_number\""),
        ("send_mfa", json!({"phone_number": {"__proto__": {}}}), "\"phone_number\""),
    ];
    for (function, arguments, expected) in table {
        let text = heard(&client, &function_request(function, &arguments)).await;
        assert!(text.contains(expected), "{function} {arguments}: {text}");
    }
    assert_eq!(employee.codes(), 0);
}

#[tokio::test]
async fn arguments_are_found_in_every_shape() {
    let employee = Employee::sandbox().await;
    let client = employee.client();
    // Without a code on its way each shape that is understood leads to the same answer.
    let understood = [
        json!({"parsed": [{"token": "123456"}], "raw": "{\"token\":\"123456\"}"}),
        json!({"parsed": {"token": "123456"}}),
        json!({"parsed": [], "raw": "{\"token\":\"123456\"}"}),
        json!({"parsed": ["x"], "raw": "{\"token\":\"123456\"}"}),
        json!({"parsed": null, "raw": "{\"token\":123456}", "substituted": ""}),
        json!({"parsed": [{"token": "123456"}, {"token": "654321"}]}),
        json!({"parsed": [{"token": "123456", "unknown": [1, {"a": null}]}]}),
    ];
    let missing = [
        json!({}),
        json!(null),
        json!("x"),
        json!(7),
        json!([]),
        json!({"parsed": [null], "raw": "no json"}),
        json!({"parsed": [[]], "raw": "[]"}),
        json!({"parsed": 7, "raw": 7}),
    ];
    for (shapes, expected) in
        [(&understood[..], "Call send_mfa first"), (&missing[..], "\"token\" is missing")]
    {
        for argument in shapes {
            let mut body = function_request("verify_mfa", &json!({}));
            body["argument"] = argument.clone();
            let text = heard(&client, &body).await;
            assert!(text.contains(expected), "{argument}: {text}");
        }
    }
    let bare = json!({"function": "verify_mfa"});
    assert!(heard(&client, &bare).await.contains("\"token\" is missing"));
    assert_alive(&employee, "odd shapes").await;
}

#[tokio::test]
async fn fields_of_a_wrong_type_do_no_harm() {
    let employee = Employee::sandbox().await;
    let client = employee.client();
    let fields = [
        "call_id",
        "ai_session_id",
        "caller_id_num",
        "meta_data",
        "meta_data_token",
        "global_data",
        "version",
        "argument_desc",
    ];
    for field in fields {
        for value in [
            json!(null),
            json!(7),
            json!("\u{0}"),
            json!([[]]),
            json!({"__proto__": {"verified": true}}),
            json!("x".repeat(100_000)),
        ] {
            let mut body = function_request("verify_mfa", &json!({"token": "123456"}));
            body[field] = value;
            let text = heard(&client, &body).await;
            assert!(text.contains("Call send_mfa first"), "{field}: {text}");
        }
    }
    // What the model wrote is read as models write.
    let body = br#"{"function":"verify_mfa","argument":{"raw":"{\"token\":\"1\",\"token\":\"2\"}"}}"#;
    let answer = client.send("POST", "/mfa/swaig", &[("content-type", "text/plain")], &body[..]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.json()["response"].is_string());
    for path in ["/mfa", "/mfa/post_prompt", "/mfa/debug"] {
        for body in [
            json!({"call": 7, "call_info": [], "action": {}, "post_prompt_data": "x"}),
            json!({"call": {"from": {}, "call_id": []}, "vars": null}),
            json!({"": {"": ""}}),
        ] {
            assert_eq!(client.post(path, &body).await.status, 200, "{path} {body}");
        }
    }
    assert_eq!(employee.codes(), 0);
    assert_alive(&employee, "wrong types").await;
}
