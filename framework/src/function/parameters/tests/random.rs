//! Properties that hold for all values.

use std::collections::{BTreeMap, HashMap};

use proptest::collection::{btree_map, hash_map, vec};
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value, json};

use super::super::Parameters;
use super::super::redact::MASK;
use super::of;

/// One property of each kind.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Wide {
    text: String,
    #[schemars(range(min = 1, max = 20))]
    count: u8,
    large: u64,
    signed: i64,
    ratio: f64,
    flag: bool,
    channel: Channel,
    list: Vec<u16>,
    map: HashMap<String, i32>,
    keyed: BTreeMap<u32, bool>,
    inner: Inner,
    way: Way,
    either: Either,
    any: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<String>,
    #[schemars(extend("x-swaig-sensitive" = true))]
    secret: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
enum Channel {
    Sms,
    Call,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
struct Inner {
    #[schemars(regex(pattern = "^[a-z]{2,5}$"))]
    code: String,
    nullable: Vec<Option<i8>>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
enum Way {
    Text { number: String },
    Wait { minutes: u8 },
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Either {
    Id(i32),
    Name(String),
    Inner(Inner),
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|n| Number::from_f64(n).map_or(Value::Null, Value::Number)),
        ".{0,12}".prop_map(Value::from),
        r#"[\[{"0-9.,:}\]]{0,12}"#.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        let name = prop_oneof![".{0,6}", property_name()];
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((name, inner.clone()), 0..6).prop_map(|all| Value::Object(Map::from_iter(all))),
            // And as models sometimes do: the JSON as a string.
            inner.prop_map(|value| value.to_string().into()),
        ]
    })
}

fn property_name() -> impl Strategy<Value = String> {
    let names = [
        "text", "count", "large", "signed", "ratio", "flag", "channel", "list", "map", "keyed", "inner",
        "way", "either", "any", "maybe", "secret", "code", "nullable", "type", "number", "minutes",
    ];
    proptest::sample::select(names.to_vec()).prop_map(str::to_owned)
}

fn channel() -> impl Strategy<Value = Channel> {
    prop_oneof![Just(Channel::Sms), Just(Channel::Call)]
}

fn inner() -> impl Strategy<Value = Inner> {
    ("[a-z]{2,5}", vec(any::<Option<i8>>(), 0..4)).prop_map(|(code, nullable)| Inner { code, nullable })
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![
        ".*".prop_map(|number| Way::Text { number }),
        any::<u8>().prop_map(|minutes| Way::Wait { minutes }),
    ]
}

fn either() -> impl Strategy<Value = Either> {
    prop_oneof![
        any::<i32>().prop_map(Either::Id),
        ".*".prop_map(Either::Name),
        inner().prop_map(Either::Inner),
    ]
}

prop_compose! {
    fn right()(
        (text, count, large, signed) in (".*", 1..=20_u8, any::<u64>(), any::<i64>()),
        (ratio, flag, channel) in (-1e300..1e300_f64, any::<bool>(), channel()),
        list in vec(any::<u16>(), 0..5),
        map in hash_map(".{0,5}", any::<i32>(), 0..4),
        keyed in btree_map(any::<u32>(), any::<bool>(), 0..4),
        (inner, way, either) in (inner(), way(), either()),
        (any, maybe, secret) in (any_json(), any::<Option<String>>(), "[0-9]{6}"),
    ) -> Wide {
        Wide {
            text, count, large, signed, ratio, flag, channel, list, map, keyed, inner, way, either, any, maybe, secret,
        }
    }
}

fn wide() -> &'static Parameters {
    static WIDE: std::sync::OnceLock<Parameters> = std::sync::OnceLock::new();
    WIDE.get_or_init(of::<Wide>)
}

proptest! {
    #[test]
    fn no_value_panics(value in any_json()) {
        if let Err(error) = wide().parse::<Wide>(value.clone()) {
            prop_assert!(!error.to_string().is_empty());
        }
        wide().redact(&value);
    }

    #[test]
    fn right_arguments_are_accepted_unchanged(right in right()) {
        let sent = serde_json::to_value(&right).expect("it serializes");
        prop_assert_eq!(wide().check(sent.clone()), Ok(sent.clone()));
        let parsed: Wide = wide().parse(sent.clone()).expect("the type takes it");
        prop_assert_eq!(serde_json::to_value(&parsed).expect("it serializes"), sent);
    }

    #[test]
    fn redaction_masks_the_secret_and_nothing_else(mut right in right()) {
        // The only place where a misplaced secret could be is left out.
        right.any = json!(1);
        let mut expected = serde_json::to_value(&right).expect("it serializes");
        let shown = wide().redact(&expected);
        expected["secret"] = json!(MASK);
        prop_assert_eq!(shown, expected);
    }

    #[test]
    fn one_wrong_argument_is_named_and_no_secret_shown(right in right(), wrong in any_json()) {
        let mut sent = serde_json::to_value(&right).expect("it serializes");
        sent["secret"] = json!({"in": {"here": "s3cr3t"}});
        sent["any"] = wrong;
        let error = wide().check(sent).expect_err("an object is no string");
        prop_assert_eq!(error.argument(), "secret");
        let said = format!("{error} {error:?}");
        prop_assert!(!said.contains("s3cr3t"), "{}", said);
    }
}
