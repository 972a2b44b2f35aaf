//! What is written, and that it reads back the same.

use proptest::prelude::*;

use crate::swml::tests::schema::{Foreign, documents_of_others};
use crate::swml::{Document, Json, Object};

#[test]
fn what_is_written_is_easy_to_read() {
    let json = Json::parse(
        r#"{
            "version": "1.0.0",
            "sections": {
                "main": [
                    {"answer": {}},
                    {"ai": {
                        "prompt": {"text": "You are Ada.\n\n  * Be brief.\n", "temperature": 0.70, "top_p": 1e0},
                        "post_prompt": {"text": "No line feed\nat the end"},
                        "hints": [],
                        "languages": [{"code": "no", "voice": "elevenlabs.rachel"}],
                        "params": {"wait_for_user": true, "video": null, "kept\n": "two at the end\n\n"},
                        "on_result": [[1, [2]], [{}], [{"a": ["  indented\nblock"]}]]
                    }},
                    {"send_sms": {"to_number": "+15551230000", "body": "say: \"hi\" # ho", "region": "it's"}}
                ]
            }
        }"#,
    )
    .expect("valid");
    insta::assert_snapshot!(json.to_yaml(), @r#"
    version: "1.0.0"
    sections:
      main:
        - answer: {}
        - ai:
            prompt:
              text: |
                You are Ada.

                  * Be brief.
              temperature: 0.70
              top_p: 1e0
            post_prompt:
              text: |-
                No line feed
                at the end
            hints: []
            languages:
              - code: "no"
                voice: elevenlabs.rachel
            params:
              wait_for_user: true
              video: null
              "kept\n": |+
                two at the end

            on_result:
              - - 1
                - - 2
              - - {}
              - - a:
                    - |2-
                        indented
                      block
        - send_sms:
            to_number: "+15551230000"
            body: 'say: "hi" # ho'
            region: it's
    "#);
}

#[test]
fn text_is_quoted_where_a_reader_might_take_it_for_something_else() {
    let quoted = [
        "",
        " ",
        " a",
        "a ",
        "null",
        "Null",
        "~",
        "true",
        "TRUE",
        "yes",
        "No",
        "on",
        "off",
        "y",
        "N",
        "12",
        "012",
        "0x1F",
        "0o7",
        "0b1",
        "1_000",
        "1:30",
        "1:30:00",
        "1e3",
        "1.5",
        "1.0.0",
        ".5",
        ".inf",
        "-.INF",
        ".nan",
        "+1",
        "-1",
        "-",
        "--",
        "---",
        "...",
        "- a",
        "? a",
        ": a",
        ":",
        "a:",
        "a: b",
        "a #b",
        "#a",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a`",
        "'a'",
        "{a}",
        "[a]",
        ",",
        "<<",
        "=",
        "2026-11-24",
        "2026-11-24T21:41:21Z",
        "a\tb",
        "a\u{85}b",
        "a\u{2028}b",
        "\u{feff}a",
        "a\u{7f}",
        "a\0",
        "a\r\nb",
    ];
    for text in quoted {
        let yaml = Json::from(text).to_yaml();
        assert!(yaml.starts_with(['"', '\'']), "{yaml}");
        let yaml = Json::from([text]).to_yaml();
        assert!(yaml.starts_with("- \"") || yaml.starts_with("- '"), "{yaml}");
    }
    for text in [
        "a",
        "say:Hello",
        "https://example.com/a#b",
        "${vars.a}",
        "You, and I",
        "é",
        "yes, please",
        "it's",
        "/a",
        "no one",
    ] {
        assert_eq!(Json::from(text).to_yaml(), format!("{text}\n"));
    }
}

#[test]
fn documents_of_others_pass_through_yaml() {
    let documents = documents_of_others();
    if documents.is_empty() {
        return;
    }
    for Foreign { file, json, .. } in documents {
        let yaml = json.to_yaml();
        let read = Json::parse_yaml(&yaml).unwrap_or_else(|error| panic!("{file}: {error}\n{yaml}"));
        // As text, so that the order of keys counts too.
        assert_eq!(read.to_string(), json.to_string(), "{file}");
        let document = Document::from_json(json).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(Document::parse_yaml(&document.to_yaml()).expect("own output"), document);
    }
}

/// Text that tries every rule of YAML.
fn hostile_text() -> impl Strategy<Value = String> {
    let words: Vec<_> = [
        "a",
        "b c",
        "- ",
        "-",
        "? ",
        "?",
        ": ",
        ":",
        ", ",
        "[",
        "]",
        "{",
        "}",
        "#",
        " #",
        "&a",
        "*a",
        "!",
        "!!str ",
        "|",
        ">",
        "'",
        "\"",
        "%",
        "@",
        "`",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\t",
        "\r",
        "---",
        "...",
        "~",
        "null",
        "yes",
        "no",
        "0",
        "1.0",
        "0x1",
        "1_0",
        "2026-11-24",
        "<<",
        "=",
        "\\",
        "\\n",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{feff}",
        "é",
        "😀",
        "\0",
    ]
    .to_vec();
    prop::collection::vec(prop::sample::select(words), 0..10).prop_map(|words| words.concat())
}

fn any_json() -> impl Strategy<Value = Json> {
    let number = "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?";
    let text = || prop_oneof![3 => hostile_text(), 1 => any::<String>(), 1 => "[ -~]{990,1030}"];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        number.prop_map(|lexeme| Json::parse(&lexeme).expect("a number")),
        text().prop_map(Json::from),
        text().prop_map(Json::from),
        text().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::vec((text(), inner), 0..6)
                .prop_map(|members| Json::Object(members.into_iter().collect::<Object>())),
        ]
    })
}

/// As another reader has it.
fn of_other_reader(yaml: &str) -> serde_json::Value {
    serde_yaml_ng::from_str(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"))
}

proptest! {
    #[test]
    fn what_is_written_reads_back_equal(json in any_json()) {
        let yaml = json.to_yaml();
        let read = Json::parse_yaml(&yaml);
        prop_assert!(read.is_ok(), "{:?}\n{}", read, yaml);
        prop_assert_eq!(read.expect("asserted").to_string(), json.to_string(), "{}", yaml);
    }

    #[test]
    fn another_reader_reads_the_same_text(text in hostile_text(), any in any::<String>()) {
        let json = Json::Object(Object::from([(text.clone(), Json::from([text, any.clone()])), (any, Json::Null)]));
        prop_assert_eq!(of_other_reader(&json.to_yaml()), json.to_value());
    }

    #[test]
    fn json_is_yaml(json in any_json()) {
        let json = printable(json);
        let read = Json::parse_yaml(&json.to_string());
        prop_assert_eq!(read.expect("JSON").to_string(), json.to_string());
    }

    #[test]
    fn no_text_panics(any in any::<String>(), hostile in hostile_text(), more in hostile_text()) {
        for text in [any, format!("{hostile}\n{more}"), hostile] {
            if let Ok(json) = Json::parse_yaml(&text) {
                prop_assert_eq!(Json::parse_yaml(&json.to_yaml()), Ok(json));
            }
        }
    }
}

/// YAML takes no control character as it is, JSON some; keys of JSON may be longer than those of YAML.
fn printable(json: Json) -> Json {
    let text = |text: String| -> String {
        text.chars().filter(|c| !c.is_control() && *c != '\u{feff}').take(500).collect()
    };
    match json {
        Json::String(string) => Json::String(text(string)),
        Json::Array(items) => items.into_iter().map(printable).collect(),
        Json::Object(members) => {
            Json::Object(members.into_iter().map(|(key, value)| (text(key), printable(value))).collect())
        }
        json => json,
    }
}
