//! What is accepted on arrival, as what, and what is said about the rest.

use std::collections::{BTreeMap, HashMap, HashSet};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{ArgumentError, NoArgs, Parameters};
use super::{Holder, of, value};

/// Checks one value of a type: what it is read as.
fn read<T: JsonSchema>(sent: impl Into<Value>) -> Result<Value, ArgumentError> {
    let mut checked = of::<Holder<T>>().check(value(sent))?;
    Ok(checked["value"].take())
}

fn accepts<T: JsonSchema>(table: &[(Value, Value)]) {
    for (sent, expected) in table {
        let name = std::any::type_name::<T>();
        assert_eq!(read::<T>(sent.clone()).as_ref(), Ok(expected), "{name}: {sent}");
    }
}

fn refuses<T: JsonSchema>(table: &[Value]) {
    for sent in table {
        let name = std::any::type_name::<T>();
        assert!(read::<T>(sent.clone()).is_err(), "{name}: {sent}");
    }
}

#[test]
fn integers() {
    accepts::<i64>(&[
        (json!(42), json!(42)),
        (json!(i64::MIN), json!(i64::MIN)),
        (json!("42"), json!(42)),
        (json!(" -7 "), json!(-7)),
        (json!(4.0), json!(4)),
        (json!("4.0"), json!(4)),
        (json!("9223372036854775807"), json!(i64::MAX)),
    ]);
    refuses::<i64>(&[
        json!(4.5),
        json!("4.5"),
        json!("lots"),
        json!(""),
        json!("1,000"),
        json!("inf"),
        json!(true),
        json!([4]),
        json!({}),
        json!(null),
        json!(u64::MAX),
        json!(1e300),
        json!("99999999999999999999"),
    ]);
    accepts::<u64>(&[(json!(u64::MAX), json!(u64::MAX)), (json!(u64::MAX.to_string()), json!(u64::MAX))]);
    refuses::<u64>(&[json!(-1)]);
    accepts::<u8>(&[(json!(255), json!(255))]);
    refuses::<u8>(&[json!(256), json!(-1), json!("256")]);
    refuses::<i32>(&[json!(1_i64 << 31)]);
    assert_eq!(
        read::<i32>(1_i64 << 31).map_err(|error| error.expected().map(str::to_owned)),
        Err(Some("an integer between -2147483648 and 2147483647".to_owned()))
    );
}

#[test]
fn numbers() {
    accepts::<f64>(&[
        (json!(3.5), json!(3.5)),
        (json!(3), json!(3)),
        (json!(" 3.5 "), json!(3.5)),
        (json!("42"), json!(42)),
        (json!("1e3"), json!(1000.0)),
    ]);
    refuses::<f64>(&[json!("NaN"), json!("inf"), json!("1e999"), json!(""), json!("3,5"), json!(false)]);
    refuses::<f32>(&[json!(1e300)]);
}

#[test]
fn booleans() {
    accepts::<bool>(&[
        (json!(true), json!(true)),
        (json!("true"), json!(true)),
        (json!("Yes"), json!(true)),
        (json!(" FALSE "), json!(false)),
        (json!("no"), json!(false)),
    ]);
    refuses::<bool>(&[json!("maybe"), json!(1), json!(""), json!(null)]);
}

#[test]
fn strings() {
    accepts::<String>(&[
        (json!("a"), json!("a")),
        (json!(" "), json!(" ")),
        (json!(123_456), json!("123456")),
        (json!(u64::MAX), json!("18446744073709551615")),
        (json!(3.5), json!("3.5")),
        (json!(true), json!("true")),
    ]);
    // A longer integer is read as a float, and its last digits are gone.
    let long: Value = serde_json::from_str("123456789012345678901234").expect("a number");
    refuses::<String>(&[long, json!([]), json!({}), json!(null)]);
    accepts::<char>(&[(json!("é"), json!("é")), (json!(7), json!("7"))]);
    refuses::<char>(&[json!("ab"), json!("")]);
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
enum Channel {
    Sms,
    Call,
    #[serde(rename = "call")]
    LowerCall,
}

#[test]
fn choices() {
    accepts::<Channel>(&[
        (json!("Sms"), json!("Sms")),
        (json!(" SMS "), json!("Sms")),
        (json!("Call"), json!("Call")),
        (json!("call"), json!("call")),
    ]);
    // Two of them are meant by this one.
    refuses::<Channel>(&[json!("CALL"), json!("fax"), json!(""), json!(1), json!(["Sms"])]);
    let error = read::<Channel>("fax").expect_err("no such channel");
    assert_eq!(
        error.to_string(),
        "The argument \"value\" is wrong: expected one of \"Sms\", \"Call\" or \"call\", but got \"fax\". \
         Call the function again with a correct value."
    );
}

#[test]
fn arrays() {
    accepts::<Vec<i32>>(&[
        (json!([1, "2"]), json!([1, 2])),
        (json!("[1, 2]"), json!([1, 2])),
        (json!([]), json!([])),
    ]);
    refuses::<Vec<i32>>(&[json!(1), json!("1"), json!({}), json!("{}"), json!([[1]]), json!(["x"])]);
    accepts::<HashSet<i32>>(&[(json!([1, 2]), json!([1, 2]))]);
    refuses::<HashSet<i32>>(&[json!([1, "1"])]);
    refuses::<[i32; 2]>(&[json!([1]), json!([1, 2, 3])]);
    accepts::<Vec<Option<i32>>>(&[(json!([null, 1]), json!([null, 1]))]);
    let error = read::<Vec<i32>>(json!([1, 2, "x"])).expect_err("the third is wrong");
    assert_eq!(error.argument(), "value[2]");
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Address {
    zip: String,
    floor: Option<i32>,
}

#[test]
fn objects() {
    accepts::<Address>(&[
        (json!({"zip": 12345, "x": 1}), json!({"zip": "12345", "x": 1})),
        (json!("{\"zip\": \"1\"}"), json!({"zip": "1"})),
        (json!({"zip": "1", "floor": null}), json!({"zip": "1"})),
        (json!({"zip": "1", "floor": ""}), json!({"zip": "1"})),
    ]);
    refuses::<Address>(&[
        json!("1"),
        json!([]),
        json!({}),
        json!({"zip": null}),
        json!({"zip": "1", "floor": "x"}),
    ]);
    let error = read::<Address>(json!({"floor": 1})).expect_err("the zip is missing");
    assert_eq!(
        error,
        ArgumentError::Missing { argument: "value.zip".to_owned(), expected: "a string".to_owned() }
    );
}

#[test]
fn maps() {
    accepts::<HashMap<String, u8>>(&[(json!({"a": "1", "b": 2}), json!({"a": 1, "b": 2}))]);
    refuses::<HashMap<String, u8>>(&[json!({"a": 256})]);
    accepts::<BTreeMap<u32, bool>>(&[(json!({"1": "yes"}), json!({"1": true}))]);
    refuses::<BTreeMap<u32, bool>>(&[json!({"a": true}), json!({"1": 1}), json!({"١": true})]);
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Way {
    Sms { number: String },
    Wait { minutes: u8 },
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum External {
    Anyone,
    Group { size: u8 },
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Untagged {
    Id(i32),
    Name(String),
    Several(Vec<i32>),
}

#[test]
fn unions() {
    accepts::<Way>(&[
        (json!({"type": "sms", "number": 1}), json!({"type": "sms", "number": "1"})),
        (json!({"type": "WAIT", "minutes": "5"}), json!({"type": "wait", "minutes": 5})),
        (json!("{\"type\": \"sms\", \"number\": \"1\"}"), json!({"type": "sms", "number": "1"})),
    ]);
    accepts::<External>(&[
        (json!("anyone"), json!("anyone")),
        (json!({"group": {"size": "3"}}), json!({"group": {"size": 3}})),
    ]);
    // What fits as it is comes before what would have to be coerced.
    accepts::<Untagged>(&[
        (json!("5"), json!("5")),
        (json!(5), json!(5)),
        (json!([5]), json!([5])),
        (json!(["5"]), json!([5])),
    ]);

    let said = |error: ArgumentError| (error.argument().to_owned(), error.expected().map(str::to_owned));
    let error = read::<Way>(json!({"type": "wait", "minutes": 300})).expect_err("too long");
    assert_eq!(said(error), ("value.minutes".to_owned(), Some("an integer between 0 and 255".to_owned())));
    let error = read::<External>(json!({"group": {}})).expect_err("no size");
    assert_eq!(said(error).0, "value.group.size");
    let error = read::<Way>(json!({"type": "fax"})).expect_err("no such way");
    assert_eq!(
        said(error),
        (
            "value".to_owned(),
            Some("an object whose \"type\" is \"sms\", or an object whose \"type\" is \"wait\"".to_owned())
        )
    );
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Constrained {
    #[schemars(length(min = 1, max = 3))]
    short: Option<String>,
    #[schemars(regex(pattern = r"\d\d"))]
    digits: Option<String>,
    #[schemars(extend("format" = "date-time"))]
    at: Option<String>,
    #[schemars(range(min = 0.5, max = 1.0))]
    ratio: Option<f64>,
    #[schemars(extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 10, "multipleOf" = 3))]
    step: Option<i32>,
    #[schemars(extend("multipleOf" = 0.1))]
    tenth: Option<f64>,
    #[schemars(length(min = 1, max = 2))]
    list: Option<Vec<i32>>,
    #[schemars(email)]
    mail: Option<String>,
    #[schemars(extend("enum" = [1, 2]))]
    level: Option<i32>,
    #[schemars(extend("const" = true))]
    agreed: Option<bool>,
}

#[test]
fn what_is_said_in_words_is_checked() {
    let parameters = of::<Constrained>();
    let right = [
        json!({"short": "äöü", "digits": "a12b", "at": "2026-01-31T09:30:00Z", "ratio": 0.5}),
        json!({"step": 9, "tenth": 0.3, "list": [1], "mail": "a@b.example", "level": "2", "agreed": "true"}),
        json!({"digits": 12}),
    ];
    for arguments in right {
        parameters.parse::<Constrained>(arguments.clone()).unwrap_or_else(|e| panic!("{arguments}: {e}"));
    }
    let wrong = [
        (json!({"short": "äöüß"}), "a string of between 1 and 3 characters"),
        (json!({"digits": "1a2"}), r"a string that matches the pattern \d\d"),
        (json!({"digits": "١٢"}), r"a string that matches the pattern \d\d"),
        (json!({"at": "tomorrow"}), "a date-time such as 2026-01-31T09:30:00Z"),
        (json!({"ratio": 1.01}), "a number between 0.5 and 1"),
        (json!({"step": 0}), "an integer between 1 and 9, a multiple of 3"),
        (json!({"step": 4}), "an integer between 1 and 9, a multiple of 3"),
        (json!({"tenth": 0.25}), "a number, a multiple of 0.1"),
        (json!({"list": []}), "an array of between 1 and 2 items, each of them an integer"),
        (json!({"mail": "a"}), "an e-mail address"),
        (json!({"level": 3}), "one of 1 or 2"),
        (json!({"agreed": false}), "true"),
    ];
    for (arguments, expected) in wrong {
        let error = parameters.check(arguments.clone()).expect_err("it is wrong");
        assert_eq!(error.expected(), Some(expected), "{arguments}");
    }
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Optional {
    count: Option<i32>,
    text: Option<String>,
    #[schemars(length(min = 1))]
    filled: Option<String>,
    channel: Option<Channel>,
    address: Option<Address>,
    any: Option<Value>,
    #[serde(default = "seven")]
    seven: i32,
}

fn seven() -> i32 {
    7
}

#[test]
fn an_optional_property_may_be_null_or_blank() {
    let parameters = of::<Optional>();
    let blank = json!({
        "count": "", "text": "", "filled": "", "channel": " ", "address": "", "any": null, "seven": ""
    });
    assert_eq!(parameters.check(blank.clone()), Ok(json!({"text": ""})));
    let parsed: Optional = parameters.parse(blank).expect("all are absent");
    assert_eq!(parsed.text.as_deref(), Some(""));
    assert_eq!(parsed.seven, 7);
    let nulls = json!({
        "count": null, "text": null, "filled": null, "channel": null, "address": null, "seven": null
    });
    assert_eq!(parameters.check(nulls), Ok(json!({})));
}

#[test]
fn unknown_properties_are_kept_unless_denied() {
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        a: Option<i32>,
    }
    #[derive(Deserialize, JsonSchema)]
    struct Lenient {
        a: Option<i32>,
    }
    let sent = json!({"a": 1, "b": 2});
    let strict = of::<Strict>();
    assert_eq!(strict.check(sent.clone()), Ok(json!({"a": 1})));
    assert_eq!(strict.parse::<Strict>(sent.clone()).map(|strict| strict.a), Ok(Some(1)));
    assert_eq!(of::<Lenient>().check(sent.clone()), Ok(sent));
}

#[test]
fn a_flattened_map_takes_the_rest() {
    #[derive(Debug, Deserialize, JsonSchema)]
    struct Flattened {
        a: String,
        #[serde(flatten)]
        rest: HashMap<String, u8>,
    }
    let parsed: Flattened = of::<Flattened>().parse(json!({"a": 1, "b": "2"})).expect("both are right");
    assert_eq!((parsed.a.as_str(), parsed.rest["b"]), ("1", 2));
}

#[test]
fn arguments_as_a_whole() {
    let parameters = of::<NoArgs>();
    for nothing in [json!(null), json!(""), json!(" "), json!({}), json!("{}")] {
        assert_eq!(parameters.parse::<NoArgs>(nothing.clone()), Ok(NoArgs {}), "{nothing}");
    }
    let error = of::<Address>().check(json!([1])).expect_err("not an object");
    assert_eq!(
        error.to_string(),
        "The arguments are wrong: expected an object with \"zip\", but got [1]. \
         Call the function again with correct arguments."
    );
}

#[test]
fn messages_tell_the_model_what_to_do() {
    #[derive(Debug, Deserialize, JsonSchema)]
    struct Args {
        token: String,
        #[schemars(range(min = 1, max = 20))]
        amount: u8,
    }
    let parameters = of::<Args>();
    let said = |arguments: Value| parameters.check(arguments).expect_err("it is wrong").to_string();
    assert_eq!(
        said(json!({"amount": 1})),
        "The argument \"token\" is missing: expected a string. \
         Ask the caller for it if you do not know it, then call the function again."
    );
    assert_eq!(
        said(json!({"token": "1", "amount": "lots"})),
        "The argument \"amount\" is wrong: expected an integer between 1 and 20, but got \"lots\". \
         Call the function again with a correct value."
    );
    let long = said(json!({"token": "1", "amount": "é".repeat(200)}));
    assert!(long.contains(&format!("but got \"{}…. Call", "é".repeat(78))), "{long}");
}

#[test]
fn what_the_type_itself_refuses_is_reported_with_its_place() {
    #[derive(Debug, Deserialize, JsonSchema)]
    struct Hosts {
        groups: Vec<Group>,
    }
    #[derive(Debug, Deserialize, JsonSchema)]
    struct Group {
        #[schemars(with = "String")]
        host: std::net::Ipv4Addr,
    }
    let error = of::<Hosts>()
        .parse::<Hosts>(json!({"groups": [{"host": "127.0.0.1"}, {"host": "nowhere"}]}))
        .expect_err("no address");
    assert_eq!(error.argument(), "groups[1].host");
    assert_eq!(
        error.to_string(),
        "The argument \"groups[1].host\" is wrong: invalid IPv4 address syntax. It was \"nowhere\". \
         Call the function again with a correct value."
    );
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!([inner]))
}

#[test]
fn depth_is_limited() {
    let parameters: Parameters = of::<Holder<Value>>();
    assert!(parameters.check(value(nested(63))).is_ok());
    assert_eq!(parameters.check(value(nested(64))), Err(ArgumentError::TooDeep { limit: 64 }));
    let text = format!("{{\"value\": {}1{}}}", "[".repeat(100), "]".repeat(100));
    assert_eq!(parameters.check(json!(text)), Err(ArgumentError::TooDeep { limit: 64 }));
    // What the parser itself refuses is a string that holds no object.
    let text = format!("{{\"value\": {}", "[".repeat(100_000));
    assert!(parameters.check(json!(text)).is_err());
}

#[test]
fn parameters_can_be_shared_between_threads() {
    fn shared<T: Clone + std::fmt::Debug + Send + Sync>() {}
    shared::<Parameters>();
}
