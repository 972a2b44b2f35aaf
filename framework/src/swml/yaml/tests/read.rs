//! What is read, and what is refused.

use crate::swml::yaml::{Place, YamlError};
use crate::swml::{Document, DocumentError, Json, Step};

/// The value of a YAML text, as compact JSON.
fn json(text: &str) -> String {
    Json::parse_yaml(text).unwrap_or_else(|error| panic!("{error}\n{text}")).to_string()
}

fn error(text: &str) -> YamlError {
    match Json::parse_yaml(text) {
        Err(error) => error,
        Ok(json) => panic!("{json}\n{text}"),
    }
}

fn at(line: usize, column: usize) -> Place {
    Place { line, column }
}

/// As an author writes it: comments, flow and block style, all kinds of text, anchors.
const AUTHORED: &str = r#"# Takes calls.
version: 1.0.0
sections:
  main:
    - answer: {}          # always first
    - &greet
      play: { url: "say:Hello\u0021", volume: -3.50 }
    - ai:
        prompt:
          temperature: 0.70
          text: |
            You are Ada.

              * Be brief.
        post_prompt:
          text: >-
            Summarise the call
            in one sentence.
        languages:
        - {name: English, code: en-US, voice: 'elevenlabs.rachel'}
        - name: Norwegian
          code: "no"
        params: &params
          wait_for_user: true
          record: yes
          end_of_speech_timeout: 1e3
        global_data:
          <<: *params
          record: ~
          1: one
    - *greet
    - hangup:
"#;

#[test]
fn what_authors_write_is_read_without_loss() {
    let expected = concat!(
        r#"{"version":"1.0.0","sections":{"main":["#,
        r#"{"answer":{}},"#,
        r#"{"play":{"url":"say:Hello!","volume":-3.50}},"#,
        r#"{"ai":{"prompt":{"temperature":0.70,"text":"You are Ada.\n\n  * Be brief.\n"},"#,
        r#""post_prompt":{"text":"Summarise the call in one sentence."},"#,
        r#""languages":[{"name":"English","code":"en-US","voice":"elevenlabs.rachel"},"#,
        r#"{"name":"Norwegian","code":"no"}],"#,
        r#""params":{"wait_for_user":true,"record":"yes","end_of_speech_timeout":1e3},"#,
        r#""global_data":{"wait_for_user":true,"record":null,"end_of_speech_timeout":1e3,"1":"one"}}},"#,
        r#"{"play":{"url":"say:Hello!","volume":-3.50}},"#,
        r#"{"hangup":null}]}}"#,
    );
    assert_eq!(json(AUTHORED), expected);
    let document = Document::parse_yaml(AUTHORED).expect("a document");
    assert_eq!(document, Document::parse(expected).expect("a document"));
    assert_eq!(document.to_json_string(), expected);
    // An editor of another system writes other line ends.
    assert_eq!(json(&AUTHORED.replace('\n', "\r\n")), expected);
    assert_eq!(json(&format!("\u{feff}%YAML 1.2\n---\n{AUTHORED}...\n# end\n")), expected);
}

#[test]
fn every_style_of_text_is_read() {
    let table = [
        ("a plain one", "a plain one"),
        ("a plain one\n  over lines\n\n  and a break", "a plain one over lines\nand a break"),
        ("'it''s # not: a comment'", "it's # not: a comment"),
        (
            r#""tab\t, \x41, \u00e9, \U0001F600, \
            joined""#,
            "tab\t, A, é, 😀, joined",
        ),
        ("|\n  clip\n\n", "clip\n"),
        ("|-\n  strip\n\n", "strip"),
        ("|+\n  keep\n\n", "keep\n\n"),
        ("|2\n    indented\n   less\n", "  indented\n less\n"),
        (">\n  folded\n  lines\n\n  end\n", "folded lines\nend\n"),
        (">-\n  folded\n    as is\n  end\n", "folded\n  as is\nend"),
        ("http://example.com:80/#a", "http://example.com:80/#a"),
        ("${vars.a} and %{b}", "${vars.a} and %{b}"),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("! 12", "12"),
    ];
    for (written, text) in table {
        let read =
            Json::parse_yaml(&format!("k: {written}")).unwrap_or_else(|error| panic!("{error}\n{written}"));
        assert_eq!(read.get("k").and_then(Json::as_str), Some(text), "{written}");
    }
}

#[test]
fn keys_are_text_and_keep_their_order() {
    assert_eq!(
        json("z: 0\n1.0: 1\ntrue: 2\n~: 3\n.inf: 4\n'<<': 5\n? a\n: 6\n0x1F: 7"),
        r#"{"z":0,"1.0":1,"true":2,"~":3,".inf":4,"<<":5,"a":6,"0x1F":7}"#
    );
    assert_eq!(json("&k key: 1\nother: *k\nlist: [*k : 2]"), r#"{"key":1,"other":"key","list":[{"key":2}]}"#);
}

#[test]
fn merged_keys_give_way() {
    assert_eq!(
        json(
            "- &a {x: 1, y: 2}\n- &b {y: 3, z: 4}\n- {y: 9, <<: [*a, *b], w: 5}\n- {<<: *a, x: 7}\n- {<<: {q: 1}}"
        ),
        r#"[{"x":1,"y":2},{"y":3,"z":4},{"y":9,"x":1,"z":4,"w":5},{"x":7,"y":2},{"q":1}]"#
    );
    // The latest anchor of a name counts.
    assert_eq!(json("[&a 1, *a, &a 2, *a]"), "[1,1,2,2]");
}

#[test]
fn tags_of_the_core_schema_are_obeyed() {
    assert_eq!(
        json(
            r#"[!!int "3", !!float 1, !!bool "true", !!null "", !!map {}, !!seq [], !<tag:yaml.org,2002:str> 1]"#
        ),
        r#"[3,1,true,null,{},[],"1"]"#
    );
    let tag = |name: &str| format!("tag:yaml.org,2002:{name}");
    for (text, name) in
        [("!!int 1.5", "int"), ("!!bool yes", "bool"), ("!!null x", "null"), ("!!float x", "float")]
    {
        assert_eq!(error(text), YamlError::TagMismatch { at: at(1, 1), tag: tag(name) }, "{text}");
    }
    for text in
        ["!!binary aGk=", "!own x", "!!set {a}", "!!map [a]", "!!str {a: 1}", "!!timestamp 2026-11-24"]
    {
        assert!(matches!(error(text), YamlError::UnknownTag { .. }), "{text}");
    }
}

#[test]
fn what_json_cannot_say_is_an_error_with_its_place() {
    let text = |text: &str| text.to_owned();
    let table = [
        ("", YamlError::Empty),
        ("# nothing\n\n", YamlError::Empty),
        ("a: 1\n---\nb: 2\n", YamlError::SecondDocument { at: at(2, 1) }),
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", YamlError::DuplicateKey { at: at(5, 3), key: text("c") }),
        ("1: a\n\"1\": b\n", YamlError::DuplicateKey { at: at(2, 1), key: text("1") }),
        ("{<<: {a: 1}, <<: {b: 1}}", YamlError::DuplicateKey { at: at(1, 14), key: text("<<") }),
        ("a: 1\n? [b]\n: 2\n", YamlError::KeyNotScalar { at: at(2, 3) }),
        ("a: &a {}\n*a : 1\n", YamlError::KeyNotScalar { at: at(2, 1) }),
        ("- 1\n- -.inf\n", YamlError::NotFinite { at: at(2, 3), text: text("-.inf") }),
        ("- .NaN\n", YamlError::NotFinite { at: at(1, 3), text: text(".NaN") }),
        ("- 1e999\n", YamlError::OutOfRange { at: at(1, 3) }),
        (
            "a: *a\n",
            YamlError::Syntax { at: at(1, 4), message: text("while parsing node, found unknown anchor") },
        ),
        ("a: &a [1, *a]\n", YamlError::RecursiveAlias { at: at(1, 11) }),
        ("a:\n  <<: 1\n", YamlError::MergeNotMapping { at: at(2, 7) }),
        ("a:\n  <<: [{}, 1]\n", YamlError::MergeNotMapping { at: at(2, 7) }),
    ];
    for (written, expected) in table {
        assert_eq!(error(written), expected, "{written}");
    }
    assert_eq!(
        error("a: 1\nb: [.inf]\n").to_string(),
        "line 2, column 5: `.inf` is not a number that json can say; use a finite one, or quote it if it is text"
    );
    for text in [
        "a: [1",
        "a: 'x",
        "a: b: c",
        "a:\n\tb: 1",
        "a: 1\n b: 2",
        "- a\nb: 1",
        "a: @x",
        "\"\\ud83d\"",
        "{---",
    ] {
        assert!(matches!(error(text), YamlError::Syntax { .. }), "{text}");
    }
}

#[test]
fn a_document_that_is_not_one_is_told_as_for_json() {
    assert!(matches!(Document::parse_yaml("a: [1"), Err(DocumentError::Yaml(YamlError::Syntax { .. }))));
    assert!(matches!(Document::parse_yaml("just text"), Err(DocumentError::NoSections)));
    // Old pages show steps like this one. It is kept for the checker to refuse.
    let bare = "sections:\n  main:\n    - answer\n";
    let document = Document::parse_yaml(bare).expect("a document");
    assert!(matches!(document.sections()["main"][0], Step::Other(_)));
    assert!(!document.check().is_valid());
}

#[test]
fn nesting_ends_where_it_ends_for_json() {
    for levels in [1, 126, 127, 128, 129, 200] {
        let flow = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let block = format!("{}[]", "- ".repeat(levels - 1));
        let mapping = (0..levels).map(|level| " ".repeat(level) + "a:\n").collect::<String>();
        let is_json = Json::parse(&flow).is_ok();
        assert_eq!(is_json, levels < 128);
        for text in [flow, block, mapping] {
            match Json::parse_yaml(&text) {
                Ok(_) => assert!(is_json, "{levels}"),
                Err(error) => {
                    assert!(!is_json && matches!(error, YamlError::TooDeep { .. }), "{levels}: {error}");
                }
            }
        }
    }
    for start in ["[", "{a: ", "- ", "? "] {
        assert!(Json::parse_yaml(&start.repeat(100_000)).is_err(), "{start}");
    }
    // By alias, too.
    let half = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    assert!(matches!(
        error(&format!("[&a {half}, {}*a{}]", "[".repeat(27), "]".repeat(27))),
        YamlError::TooDeep { .. }
    ));
    assert!(Json::parse_yaml(&format!("[&a {half}, {}*a{}]", "[".repeat(26), "]".repeat(26))).is_ok());
}

#[test]
fn what_aliases_repeat_is_bounded() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb = format!("{bomb}a{level}: &a{level} [{below}]\n");
    }
    assert!(matches!(error(&bomb), YamlError::TooManyCopies { at: Place { line: 5..=7, .. } }));
    // Far more than an author writes.
    let text = "x".repeat(10_000);
    assert!(Json::parse_yaml(&format!("a: &a {text}\nb: [{}]", vec!["*a"; 1000].join(", "))).is_ok());
}
