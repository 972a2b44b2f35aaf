//! Bodies that are not the JSON that they should be.

use crate::row::{BAD, Row, Target, call, check};

#[tokio::test]
async fn a_body_that_is_not_clear_json_is_refused() {
    let target = Target::start().await;
    let body = call().to_string();
    // What is put behind the brace of a call that would run.
    let with = |text: &str| body.replacen('{', &format!("{{{text},"), 1);
    let nested =
        |open: &str, close: &str| with(&format!("\"x\":{}1{}", open.repeat(10_000), close.repeat(10_000)));
    let in_argument = format!("\"argument\":{{\"parsed\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let texts: Vec<(&'static str, Vec<u8>)> = vec![
        ("lists, 10,000 deep", nested("[", "]").into()),
        ("objects, 10,000 deep", nested("{\"a\":", "}").into()),
        ("arguments, 10,000 deep", format!("{{{in_argument},\"function\":\"send_mfa\"}}").into()),
        ("lists that are never closed", with(&format!("\"x\":{}", "[".repeat(500_000))).into()),
        ("the function, twice", with("\"function\":\"verify_mfa\"").into()),
        ("the function, twice and the same", with("\"function\":\"send_mfa\"").into()),
        ("the function, twice and escaped", with("\"\\u0066unction\":\"verify_mfa\"").into()),
        (
            "the argument, twice",
            with("\"argument\":{\"parsed\":[{\"phone_number\":\"+15551239999\"}]}").into(),
        ),
        ("the call's id, twice", with("\"call_id\":\"another\"").into()),
        ("the meta data, twice", with("\"meta_data\":{\"verified\":true}").into()),
        ("the caller, twice", with("\"caller_id_num\":\"+15551239999\"").into()),
        ("an argument, twice", body.replacen("[{", "[{\"channel\":\"sms\",\"channel\":\"call\"", 1).into()),
        (
            "a key of the meta data, twice",
            body.replacen("\"meta_data\":{", "\"meta_data\":{\"mfa\":{\"id\":1,\"id\":2}", 1).into(),
        ),
        ("a number beyond all numbers", with("\"x\":1e999").into()),
        ("a number with a leading zero", with("\"x\":007").into()),
        ("no number", with("\"x\":NaN").into()),
        ("a number in another base", with("\"x\":0x10").into()),
        ("bad UTF-8", [b"{\"x\":\"\xff\xfe\",", &body.as_bytes()[1..]].concat()),
        ("an overlong letter", [b"{\"x\":\"\xc0\xaf\",", &body.as_bytes()[1..]].concat()),
        ("half a surrogate pair", with("\"x\":\"\\ud800\"").into()),
        ("a bad escape", with("\"x\":\"\\x41\"").into()),
        ("a null byte in a text", with("\"x\":\"a\0b\"").into()),
        ("a line end in a text", with("\"x\":\"a\nb\"").into()),
        ("a comment", with("/* x */\"x\":1").into()),
        ("a comma too many", with("\"x\":[1,]").into()),
        ("quotes of another kind", with("'x':1").into()),
        ("a mark before it", [b"\xef\xbb\xbf", body.as_bytes()].concat()),
        ("another behind it", format!("{body}{body}").into()),
        ("a null byte behind it", format!("{body}\0").into()),
        ("a brace behind it", format!("{body}}}").into()),
        ("a list of calls", format!("[{body}]").into()),
        ("a text of it", serde_json::to_string(&body).unwrap().into()),
        ("half of it", body.as_bytes()[..body.len() / 2].into()),
        ("UTF-16", body.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a form", b"function=send_mfa&call_id=1".to_vec()),
        ("XML", b"<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"a\">]><x>&a;</x>".to_vec()),
        (
            "gzip without saying so",
            b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0".to_vec(),
        ),
    ];
    let rows = texts.into_iter().map(|(what, text)| {
        let head = target.head("POST /mfa/swaig", &format!("Content-Length: {}\r\n", text.len()));
        Row::new(what, [head.as_bytes(), &text].concat(), BAD)
    });
    let rows = rows.collect();
    check(target, rows).await;
}

#[tokio::test]
async fn a_report_or_a_document_request_with_a_key_twice_is_refused_too() {
    let target = Target::start().await;
    let rows = vec![
        Row::new("a report", target.post("/mfa/post_prompt", "", r#"{"call_id":"a","call_id":"b"}"#), BAD),
        Row::new("a debug event", target.post("/mfa/debug", "", r#"{"call_id":"a","call_id":"b"}"#), BAD),
        Row::new("a caller", target.post("/mfa", "", r#"{"call":{"from":"+1","from":"+2"}}"#), BAD),
        // What was said may be written down anyhow.
        Row::new(
            "a transcript",
            target.post("/mfa/post_prompt", "", r#"{"call_log":[{"role":"a","role":"b"}]}"#),
            &[&[200]],
        ),
    ];
    check(target, rows).await;
}
