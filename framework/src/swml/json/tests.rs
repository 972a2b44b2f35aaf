use proptest::prelude::*;
use serde_json::json;

use super::{Json, Object};

fn any_json() -> impl Strategy<Value = Json> {
    let number = "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?";
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        number.prop_map(|lexeme| Json::parse(&lexeme).expect("a number")),
        any::<String>().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Json::from),
            prop::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|members| Json::Object(members.into_iter().collect::<Object>())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_equal(json in any_json()) {
        let text = json.to_string();
        let again = Json::parse(&text).expect("own output");
        prop_assert_eq!(&again, &json);
        prop_assert_eq!(again.to_string(), text);
        prop_assert_eq!(Json::parse(&format!("{json:#}")).expect("own output"), json);
    }

    #[test]
    fn a_number_prints_as_it_was_written(
        lexeme in "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,2})?",
    ) {
        prop_assert_eq!(Json::parse(&lexeme).expect("a number").to_string(), lexeme);
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let ours = Json::parse(&text).is_ok();
        prop_assert_eq!(ours, serde_json::from_str::<serde_json::Value>(&text).is_ok());
    }

    #[test]
    fn the_tree_is_the_one_of_serde_json(json in any_json()) {
        let text = json.to_string();
        prop_assert_eq!(json.to_value(), serde_json::from_str::<serde_json::Value>(&text).expect("own output"));
    }
}

#[test]
fn digits_and_quotes_in_strings_and_keys_are_not_numbers() {
    let text = r#"{"a\"1":"2\\","-3":[4.50,"5\\\"6",{"7":-0}],"8":1E+2}"#;
    assert_eq!(Json::parse(text).expect("valid").to_string(), text);
}

#[test]
fn of_two_members_with_one_name_the_later_wins_and_numbers_stay_in_step() {
    let json = Json::parse(r#"{"a": 1.0, "b": 2.0, "a": 3.0}"#).expect("valid");
    assert_eq!(json.to_string(), r#"{"a":3.0,"b":2.0}"#);
}

#[test]
fn text_after_the_value_and_deep_nesting_are_errors() {
    assert!(Json::parse("{} {}").is_err());
    assert!(Json::parse("").is_err());
    assert!(Json::parse(&"[".repeat(100_000)).is_err());
}

#[test]
fn values_of_serde_json_convert_with_their_order() {
    let json = Json::from(json!({"z": [1, 2.5, null], "a": {"k": true}}));
    assert_eq!(json.to_string(), r#"{"z":[1,2.5,null],"a":{"k":true}}"#);
    assert_eq!(json.get("z").and_then(Json::as_array).map(<[Json]>::len), Some(3));
}

#[test]
fn an_unusual_lexeme_still_has_a_value() {
    let json = Json::parse("1e3").expect("valid");
    assert_eq!((json.as_f64(), json.as_i64()), (Some(1000.0), None));
    assert_eq!(json.to_value(), json!(1000.0));
    assert_eq!(serde_json::to_value(&json).expect("serialises"), json!(1000.0));
}
