use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::spoken::{self, tests::spelled};

fn redactor() -> Redactor {
    Redactor::new().sensitive(["token"])
}

#[track_caller]
fn check(text: &str, masked: &str) {
    assert_eq!(redactor().text(text), masked);
    assert_eq!(redactor().text(masked), masked, "masked again");
}

#[test]
fn clean_text_is_borrowed() {
    for text in ["", "Hello, how are you?", "{\"a\": 1}", "one two three", "{"] {
        assert!(matches!(redactor().text(text), Cow::Borrowed(_)), "{text}");
    }
}

proptest! {
    #[test]
    fn words_that_are_joined_say_no_code(
        words in proptest::collection::vec(prop_oneof!["one", "seven", "double", "oh", "to", "[a-zA-Z]{1,3}", ""], 1..9),
    ) {
        // What is not looked at, since it is one name, is what looking would not find.
        let text = words.join("_");
        prop_assert!(spoken::find(&text, 4).is_empty());
        prop_assert_eq!(redactor().text(&text), text.as_str());
    }
}

#[test]
fn runs_of_digits() {
    check("your code is 123456.", "your code is ••••••.");
    check("one two three, double four oh", "••••••");
    check("1 2 3 stays, 12:34 too", "1 2 3 stays, 12:34 too");
    check("it is 1234567890123456789012", "it is ••••••");
    check("(4711)", "(••••••)");
    assert_eq!(redactor().code_length(6).text("12345 123456"), MASK);
    assert_eq!(redactor().code_length(6).text("12345, no"), "12345, no");
}

#[test]
fn identifiers_and_timestamps_stay() {
    for text in [
        "2e1e66e5-5d07-413d-9668-55542992eec0",
        "call_123456abc",
        "sha1=5798b0d382a1a8b589b49bcdb2eb095c08623b54",
        "2024-10-11T12:13:14Z",
        "at 2024-10-11T12:13:14.123456+02:00 sharp",
    ] {
        check(text, text);
    }
    check("12345678-1234-1234-1234-123456789012 98765", "12345678-1234-1234-1234-123456789012 ••••••");
    check("2024-13-11T12:13:14Z", "••••••-11T12:13:14Z");
}

#[test]
fn phone_numbers() {
    check("from +15551234567 on", "from +1••••••4567 on");
    check("+1 (555) 123-4567", "+1••••••4567");
    check("+44 20 7946 0958", "+4•••••••0958");
    check("+15551234567 1234", "+1••••••4567 ••••••");
    check("+1 555 123 4567 1234", "+1••••••4567 ••••••");
    check("+45 12 34 56 78 1234", "+••••••••••••34");
    check("+15551234567 2024-10-11T12:13:14Z", "+1••••••4567 2024-10-11T12:13:14Z");
    check("+1234567", "+••••••");
    check("+12345678901234567", "+••••••");
    check("+1 555 12345678", "+••••••");
    check("<sip:+15551234567@10.1.2.3>", "<sip:+1••••••4567@••••••>");
    check("+15551234567x", "+15551234567x");
    check("tel:+15551234567,+15557654321", "tel:+1••••••4567,+1••••••4321");
}

#[test]
fn credentials() {
    check("https://user:p4ss@example.com/mfa", "https://••••@example.com/mfa");
    check("redis://:a@b@host:1/0", "redis://••••@host:1/0");
    check("https://example.com/a@b", "https://example.com/a@b");
    check(
        "https://example.com/?__token=ab.c&agent_id=mfa&API_KEY=x#f",
        "https://example.com/?__token=••••••&agent_id=mfa&API_KEY=••••••#f",
    );
    check("token=abc&x=1", "token=••••••&x=1");
    check("url=http://h/?token=a?b=c", "url=http://h/?token=••••••");
    check("Authorization: Basic dXNlcjpwYXNz, ok", "Authorization: Basic ••••••, ok");
    check("authorization=letmein", "authorization=••••••");
    check("sent Bearer abc.def-ghi", "sent Bearer ••••••");
    check("with Basic dXNlcjpwYXNz", "with Basic ••••••");
    check("the basic plan, Basic English", "the basic plan, Basic English");
}

#[test]
fn json_text() {
    check(r#"{"token":"ab1"}"#, r#"{"token":"••••••"}"#);
    check(r#"{"pin":123456,"n":12}"#, r#"{"pin":"••••••","n":12}"#);
    check(r#"{"a":"\u0031\u0032\u0033\u0034"}"#, r#"{"a":"••••••"}"#);
    check(r#"{"raw":"{\"token\":\"x y\"}"}"#, r#"{"raw":"{\"token\":\"••••••\"}"}"#);
    check(r#"{ "TOKEN" : [1, {"a": "]"}], "b": 2"#, r#"{ "TOKEN" : "••••••", "b": 2"#);
    check(r#"got "token": "a\"b\\" , "b""#, r#"got "token": "••••••" , "b""#);
    check(r#"x {\"token\":\"a\\\"b\",\"c\":1}"#, r#"x {\"token\":\"••••••\",\"c\":1}"#);
    check(r#"x "raw":"{\"token\":7}", "c""#, r#"x "raw":"{\"token\":\"••••••\"}", "c""#);
    check(r#"x "raw":"{\"token\":\"ab", "c""#, r#"x "raw":"{\"token\":\"••••••\"", "c""#);
    check(r#"x "raw":"{\"token\":{\"a\":1", "c""#, r#"x "raw":"{\"token\":\"••••••\"", "c""#);
    check(r#"cut {"token":"abc"#, r#"cut {"token":"••••••""#);
    check(r#"cut {"token":"#, r#"cut {"token":"#);
    check(r#""token": "x" : ["a", 1], "b": 2"#, r#""token": "••••••", "b": 2"#);
    check(r#"x "token": "token": "abc""#, r#"x "token": "••••••""#);
    check(r#"{"swml_auth_password":x} {"#, r#"{"swml_auth_password":"••••••"} {"#);
}

#[test]
fn json_values() {
    let report = json!({
        "call_id": "2e1e66e5-5d07-413d-9668-55542992eec0",
        "call_start_date": 1_700_000_000_123_456_u64,
        "caller_id_name": "15551234567",
        "caller_id_number": "+15551234567",
        "from": 15_551_234_567_u64,
        "to": "(555) 123-4567",
        "API-Token": ["PT1", {"a": 1}],
        "web_hook_auth_password": null,
        "call_log": [{"role": "user", "content": "It's one two three four five six.", "confidence": 0.98765}],
        "swaig_log": [{
            "command_arg": "{\"token\":\"12\"}",
            "url": "https://u:p@h/mfa/swaig?token=t",
            "epoch_time": 1_700_000_000,
            "post_data": {
                "argument": {
                    "parsed": [{"token": "one", "pin": 123_456, "old": 123_456.0, "n": 123}],
                    "raw": "{\"pin\": 123456}",
                },
                "argument_desc": {"maxLength": 4096},
                "meta_data": {"1234": 1, "12345": 2, "n": -123_456},
            },
        }],
    });
    let masked = json!({
        "call_id": "2e1e66e5-5d07-413d-9668-55542992eec0",
        "call_start_date": 1_700_000_000_123_456_u64,
        "caller_id_name": "1••••••4567",
        "caller_id_number": "+1••••••4567",
        "from": "1••••••4567",
        "to": "5•••••4567",
        "API-Token": MASK,
        "web_hook_auth_password": MASK,
        "call_log": [{"role": "user", "content": "It's ••••••.", "confidence": 0.98765}],
        "swaig_log": [{
            "command_arg": "{\"token\":\"••••••\"}",
            "url": "https://••••@h/mfa/swaig?token=••••••",
            "epoch_time": 1_700_000_000,
            "post_data": {
                "argument": {
                    "parsed": [{"token": MASK, "pin": MASK, "old": MASK, "n": 123}],
                    "raw": "{\"pin\":\"••••••\"}",
                },
                "argument_desc": {"maxLength": 4096},
                "meta_data": {"••••••": 1, "•••••• (n2)": 2, "n": -123_456},
            },
        }],
    });
    assert_eq!(redactor().json(&report), masked);
    assert_eq!(redactor().json(&masked), masked);
    let order: Vec<_> = masked.as_object().unwrap().keys().collect();
    assert_eq!(order, report.as_object().unwrap().keys().collect::<Vec<_>>());
}

#[test]
fn the_address_of_a_recording_keeps_its_path() {
    let redactor = redactor();
    let shown = |address: &str| redactor.json(&json!({"SWMLVars": {"record_call_url": address}}));
    for (address, expected) in [
        (
            "https://files.example.com/20261125/170512-482913.wav",
            "https://files.example.com/20261125/170512-482913.wav",
        ),
        ("http://127.0.0.1:40449/a.wav", "http://127.0.0.1:40449/a.wav"),
        ("https://u:p@h/a.wav?token=t&at=482913", "https://••••@h/a.wav?token=••••••&at=••••••"),
        ("the code is 482913", "the code is ••••••"),
        ("https://h/ 482913", "https://h/ ••••••"),
    ] {
        assert_eq!(shown(address)["SWMLVars"]["record_call_url"], expected, "{address}");
    }
}

#[test]
fn a_code_that_is_a_list_of_its_digits_is_masked() {
    let table = [
        (json!([4, 8, 2, 9]), json!([MASK])),
        (json!(["x", 4, "8", "two", "nine one", "y"]), json!(["x", MASK, "y"])),
        (json!({"digits": ["739", "14"], "other": [7, 3, 9]}), json!({"digits": [MASK], "other": [7, 3, 9]})),
        (json!([1, 2, 3, "a", 4, 5, 6]), json!([1, 2, 3, "a", 4, 5, 6])),
        (json!([120, 350, 400, 12]), json!([120, 350, 400, 12])),
        (json!([1, 2, 3, null, true, {"a": 4}]), json!([1, 2, 3, null, true, {"a": 4}])),
        (json!([]), json!([])),
    ];
    for (value, masked) in table {
        assert_eq!(redactor().json(&value), masked);
        assert_eq!(redactor().json(&masked), masked, "masked again");
    }
    assert_eq!(redactor().text("{\"digits\":[4,8,2,9]}"), format!("{{\"digits\":[\"{MASK}\"]}}"));
}

#[test]
fn known_secrets_are_masked_in_each_form() {
    let secret = "p@ss \"w/rd\" 1é";
    let redactor = Redactor::new().secrets([secret, "short", "p@ss \"w/rd\" 1é, and longer"]);
    for text in [
        secret,
        "p%40ss%20%22w%2Frd%22%201%C3%A9",
        "p%40ss%20%22w%2frd%22%201%c3%a9",
        "p%40ss+%22w%2Frd%22+1%C3%A9",
        "p@ss \\\"w/rd\\\" 1é",
        "p@ss \"w/rd\" 1é, and longer",
    ] {
        assert_eq!(redactor.text(&format!("it is {text}!")), format!("it is {MASK}!"), "{text}");
        assert_eq!(redactor.json(&json!({"a": [text], text: 1})), json!({"a": [MASK], MASK: 1}), "{text}");
    }
    assert_eq!(redactor.text("a short one stays"), "a short one stays");
    assert!(!format!("{redactor:?}").contains("p@ss"));
    let redactor = Redactor::new().secrets(["star *~ word"]);
    // As the server writes it into its own URLs, and as others do, who may encode more.
    for text in ["star%20*~%20word", "star%20%2A~%20word", "star%20%2A%7E%20word", "star+*%7E+word"] {
        assert_eq!(redactor.text(&format!("it is {text}!")), format!("it is {MASK}!"), "{text}");
    }
}

#[test]
fn an_id_stays_unless_it_is_nothing_but_digits() {
    for id in ["2e1e66e5-5d07-413d-9668-000000000001", "call-123456", "demo-1", ""] {
        assert_eq!(shown_id(id), id);
    }
    assert_eq!(shown_id("73914682"), MASK);
    assert_eq!(shown_id("+15551234567"), "+1••••••4567");
}

#[test]
fn depth_is_limited() {
    let mut value = json!("123456");
    for _ in 0..2_000 {
        value = Value::Array(vec![value]);
    }
    let mut masked = &redactor().json(&value);
    let mut depth = 0;
    while let Some(inner) = masked.get(0) {
        masked = inner;
        depth += 1;
    }
    assert_eq!((depth, masked), (128, &json!("[too deep]")));
    let mut text = String::from("123456");
    for _ in 0..6 {
        let inner = Value::from(text).to_string();
        text = format!("{}{inner}{}", "[".repeat(120), "]".repeat(120));
    }
    assert!(!redactor().text(&text).contains("123456"));
    let text = "[".repeat(100_000) + "123456";
    assert!(!redactor().text(&text).contains("123456"));
}

#[test]
fn long_texts() {
    for piece in [
        "said one two three four, then +15551234567 twice. ",
        "\\\"token\\\":\"x",
        "\"token\":{",
        "\\",
        "\"",
        "a://",
        "token=",
        "a=?",
        "token=?",
        "Basic ",
        "+1 ",
        "1 ",
        "for ",
        "{\"a\":",
        "• ",
        "2024-10-11T",
    ] {
        let text = piece.repeat(2_000_000 / piece.len());
        let masked = redactor().text(&text);
        assert!(!masked.contains("15551234567"));
        assert!(spoken::find(&masked.replace("4567", ""), 4).is_empty());
    }
}

/// Pieces of text that have a meaning to one pass or another.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ \"\\\\{}\\[\\]:,.=&?@+•_-]{1,3}",
        "[0-9]{1,9}",
        "[a-z]{1,4}",
        any::<char>().prop_map(String::from),
        prop::sample::select(vec![
            "one",
            "for",
            "double",
            "and ",
            "token",
            "\"token\":",
            "\\\"token\\\":\\\"",
            "from",
            "{\"from\":\"",
            "\"}",
            "://",
            "http://",
            "Basic ",
            "Bearer ",
            "Authorization: ",
            "?token=",
            "+15551234567",
            "+44 20 7946 ",
            "+1••••••4567",
            "••••••",
            "•••••67",
            "2024-10-11T12:13:14.123456+02:00",
            "12345678-1234-1234-1234-123456789012",
            "[1,2,",
            "\\u0031",
            "{\"a\":",
            "1.0",
            "\"args\":",
            "null",
            "\n",
            "é",
            "验",
            " ",
        ])
        .prop_map(String::from),
    ]
}

fn mixed() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..16).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        mixed().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_i64..20_000).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\+?[0-9 ]{1,16}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        prop::sample::select(vec!["token", "from", "to", "argument", "parsed", "raw", "x"])
            .prop_map(String::from),
        mixed(),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner.clone()), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
            inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}

proptest! {
    #[test]
    fn a_code_in_a_sentence_is_masked(
        before in "([A-Za-zäé,.!?'-]{1,8} ){0,5}",
        after in "( [A-Za-zäé,.!?'-]{1,8}){0,5}",
        (code, said) in spelled(),
        written in any::<bool>(),
    ) {
        let inner = if written { &code } else { &said };
        let masked = redactor().text(&format!("{before}{inner}{after}")).into_owned();
        prop_assert!(!masked.contains(&code), "{}", masked);
        prop_assert!(!masked.contains(inner.as_str()), "{}", masked);
        prop_assert!(masked.contains(MASK));
        prop_assert!(spoken::find(&masked, 4).is_empty(), "{}", masked);
    }

    #[test]
    fn a_code_beside_a_phone_number_is_masked(
        phone in prop::sample::select(vec!["+15550000000", "+1 555 000 0000", "+44 20 0000 0000", "+49 (170) 000000"]),
        code in "[1-9]{4,10}",
        between in prop::sample::select(vec![" ", ", ", " - ", " is "]),
    ) {
        for text in [format!("{phone}{between}{code}"), format!("{code}{between}{phone}")] {
            let masked = redactor().text(&text).into_owned();
            prop_assert!(!masked.contains(&code), "{}", masked);
        }
    }

    #[test]
    fn any_text_is_masked_once(text in any::<String>()) {
        let once = redactor().text(&text).into_owned();
        prop_assert_eq!(redactor().text(&once), once.as_str());
    }

    #[test]
    fn mixed_text_is_masked_once(text in mixed(), length in 1_usize..8) {
        let redactor = redactor().code_length(length);
        let once = redactor.text(&text).into_owned();
        prop_assert_eq!(redactor.text(&once), once.as_str());
    }

    #[test]
    fn any_json_is_masked_once(value in value()) {
        let once = redactor().json(&value);
        prop_assert_eq!(&redactor().json(&once), &once);
    }
}
