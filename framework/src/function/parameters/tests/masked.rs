//! Sensitive values reach neither a copy that is shown nor a message.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Parameters;
use super::super::redact::MASK;
use super::of;

/// A secret that is refused by its own rules, with a message that quotes it.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Pin(String);

impl TryFrom<String> for Pin {
    type Error = String;

    fn try_from(text: String) -> Result<Pin, String> {
        if text == "0000" {
            return Err(format!("{text} is too easy"));
        }
        Ok(Pin(text))
    }
}

impl JsonSchema for Pin {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Pin".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[0-9]{4}$", "x-swaig-sensitive": true})
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Payment {
    pin: Pin,
    old_pin: Option<Pin>,
    #[schemars(extend("x-swaig-sensitive" = true))]
    card: Option<i64>,
    note: Option<String>,
    inner: Option<Inner>,
    list: Option<Vec<Inner>>,
    pins: Option<Vec<Pin>>,
    way: Option<Way>,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Inner {
    #[schemars(extend("x-swaig-sensitive" = true))]
    answer: String,
    question: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Way {
    Card {
        #[schemars(extend("x-swaig-sensitive" = true))]
        number: String,
    },
    Invoice {
        number: String,
    },
}

fn redacted(arguments: &Value) -> Value {
    of::<Payment>().redact(arguments)
}

#[test]
fn sensitive_properties_are_named_at_any_depth_and_the_mark_is_not_sent() {
    let parameters = of::<Payment>();
    assert_eq!(parameters.sensitive(), ["pin", "old_pin", "card", "answer", "pins", "number"]);
    assert!(!parameters.to_json().to_string().contains("sensitive"));
}

#[test]
fn only_sensitive_values_are_masked() {
    assert_eq!(
        redacted(&json!({
            "pin": "1234", "card": 4111, "note": "hello",
            "inner": {"answer": "Rex", "question": "Pet?"},
            "list": [{"answer": "Rex"}, {"question": "Pet?"}],
            "pins": ["1234", "5678"],
            "way": {"type": "card", "number": "4111"},
            "other": [1, null]
        })),
        json!({
            "pin": MASK, "card": MASK, "note": "hello",
            "inner": {"answer": MASK, "question": "Pet?"},
            "list": [{"answer": MASK}, {"question": "Pet?"}],
            "pins": MASK,
            "way": {"type": "card", "number": MASK},
            "other": [1, null]
        })
    );
    let invoice = json!({"way": {"type": "invoice", "number": "12"}});
    assert_eq!(redacted(&invoice), invoice);
}

#[test]
fn values_of_a_wrong_form_are_masked_with_what_may_be_in_them() {
    for (sent, shown) in [
        (json!({"pin": {"a": ["1234"]}}), json!({"pin": MASK})),
        (json!({"inner": "Rex"}), json!({"inner": MASK})),
        (json!({"inner": ["Rex"]}), json!({"inner": MASK})),
        (
            json!({"inner": "{\"answer\": \"Rex\", \"question\": 1}"}),
            json!({"inner": format!("{{\"answer\":\"{MASK}\",\"question\":1}}")}),
        ),
        (json!({"inner": "{\"answer\": \"Rex"}), json!({"inner": MASK})),
        (json!({"list": {"answer": "Rex"}}), json!({"list": {"answer": MASK}})),
        (json!({"list": "[{\"answer\":\"Rex\"}]"}), json!({"list": format!("[{{\"answer\":\"{MASK}\"}}]")})),
        (json!({"way": "4111"}), json!({"way": MASK})),
        (
            json!({"way": {"type": "cash", "number": "4111"}}),
            json!({"way": {"type": "cash", "number": MASK}}),
        ),
        (json!({"Pin": "1234", "old-pin": 1}), json!({"Pin": MASK, "old-pin": MASK})),
        (json!({"more": [{"PIN": "1234", "a": 1}]}), json!({"more": [{"PIN": MASK, "a": 1}]})),
        (json!("1234"), json!(MASK)),
        (json!(["1234"]), json!(MASK)),
        (json!("{\"pin\": \"1234\"}"), json!(format!("{{\"pin\":\"{MASK}\"}}"))),
        (json!(null), json!(null)),
    ] {
        assert_eq!(redacted(&sent), shown, "{sent}");
    }
}

#[test]
fn a_type_without_secrets_masks_nothing() {
    #[derive(Deserialize, JsonSchema)]
    struct Open {
        pin: Option<String>,
    }
    let sent = json!({"pin": {"pin": "[\"1\"]"}, "x": 1});
    assert_eq!(of::<Open>().redact(&sent), sent);
}

#[test]
fn no_message_quotes_a_secret() {
    let secret = "98765";
    let right = json!({"pin": "1234"});
    let mut cases = vec![
        json!({"pin": secret}),
        json!({"pin": [secret]}),
        json!({"pin": {"x": secret}}),
        json!({"inner": secret}),
        json!({"inner": {"answer": [secret]}}),
        json!({"inner": {"answer": secret, "question": {}}}),
        json!({"list": {"answer": secret}}),
        json!({"list": [[secret]]}),
        json!({"pins": [[secret]]}),
        json!({"pins": secret}),
        json!({"way": {"type": "card", "number": [secret]}}),
        json!({"way": {"type": "cash", "number": secret}}),
        json!({"way": secret}),
        json!({"card": format!("{secret}x")}),
        json!(secret),
        json!([secret]),
    ];
    for case in &mut cases {
        if let (Value::Object(case), Value::Object(right)) = (case, &right) {
            for (name, value) in right {
                case.entry(name.as_str()).or_insert_with(|| value.clone());
            }
        }
    }
    let parameters = of::<Payment>();
    for case in cases {
        let error = parameters.parse::<Payment>(case.clone()).expect_err("it is wrong");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(secret), "{case}: {shown}");
    }
}

#[test]
fn what_the_type_says_about_a_secret_is_not_passed_on() {
    let error = of::<Payment>().parse::<Payment>(json!({"pin": "0000"})).expect_err("the type refuses it");
    assert_eq!(
        error.to_string(),
        "The argument \"pin\" is wrong: expected a string that matches the pattern ^[0-9]{4}$. \
         Call the function again with a correct value."
    );
    assert_eq!(error.got(), None);
    // Within a struct that only guards one, too.
    let parameters: Parameters = of::<Payment>();
    let error = parameters
        .parse::<Payment>(json!({"pin": "1234", "pins": ["1111", "0000"]}))
        .expect_err("the type refuses it");
    assert_eq!(error.argument(), "pins[1]");
    assert!(!format!("{error:?}").contains("0000"));
}
