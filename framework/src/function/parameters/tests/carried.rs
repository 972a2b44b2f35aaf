//! What SWML carries of each kind of type.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::{NoArgs, Parameters};
use super::{of, property};

/// Asserts that the published schema accepts the parameters, where it is at hand.
pub(super) fn assert_published(parameters: &Value, what: &str) {
    static PUBLISHED: OnceLock<Option<jsonschema::Validator>> = OnceLock::new();
    let Some(validator) = PUBLISHED.get_or_init(published) else {
        return;
    };
    let errors: Vec<String> = validator
        .iter_errors(parameters)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {parameters:#}\n{errors:#?}");
}

fn published() -> Option<jsonschema::Validator> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/conformance/swml-schema.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: parameters are not checked against the published schema, {path} is absent");
        return None;
    };
    let whole: Value = serde_json::from_str(&text).expect("the published schema is JSON");
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        // Other definitions refer to the whole by this name.
        "$id": "https://swml.invalid/SWMLObject.json",
        "$ref": "#/$defs/FunctionParameters",
        "$defs": whole["$defs"],
    });
    Some(jsonschema::validator_for(&schema).expect("the published schema compiles"))
}

#[test]
fn the_published_schema_is_a_test_that_can_fail() {
    let Some(validator) = published() else { return };
    assert!(validator.is_valid(&json!({"type": "object", "properties": {"a": {"type": "integer"}}})));
    for wrong in [
        json!({"type": "integer", "minimum": 1}),
        json!({"type": "string", "format": "date-time"}),
        json!({"oneOf": [{"type": "string"}], "description": "no"}),
        json!({"type": "array"}),
        json!({"$ref": "#"}),
    ] {
        assert!(!validator.is_valid(&json!({"type": "object", "properties": {"a": wrong}})), "{wrong}");
    }
}

#[test]
fn a_function_without_arguments_has_empty_properties() {
    assert_eq!(of::<NoArgs>().to_json(), json!({"type": "object", "properties": {}}));
}

#[test]
fn plain_types_carry_their_name_and_their_limits_in_words() {
    let integer = |words: &str| json!({"type": "integer", "description": words});
    assert_eq!(property::<String>(), json!({"type": "string"}));
    assert_eq!(property::<bool>(), json!({"type": "boolean"}));
    assert_eq!(property::<f64>(), json!({"type": "number"}));
    assert_eq!(property::<f32>(), json!({"type": "number"}));
    assert_eq!(property::<i32>(), json!({"type": "integer"}));
    assert_eq!(property::<i64>(), json!({"type": "integer"}));
    assert_eq!(property::<i128>(), json!({"type": "integer"}));
    assert_eq!(property::<u8>(), integer("Between 0 and 255."));
    assert_eq!(property::<i8>(), integer("Between -128 and 127."));
    assert_eq!(property::<u16>(), integer("Between 0 and 65535."));
    assert_eq!(property::<u32>(), integer("0 or more."));
    assert_eq!(property::<u64>(), integer("0 or more."));
    assert_eq!(property::<u128>(), integer("0 or more."));
    assert_eq!(property::<usize>(), integer("0 or more."));
    assert_eq!(property::<std::num::NonZeroU32>(), integer("1 or more."));
    assert_eq!(property::<char>(), json!({"type": "string", "description": "Exactly 1 character."}));
    assert_eq!(property::<()>(), json!({"type": "null", "description": "No value."}));
}

#[test]
fn lists_sets_and_maps() {
    assert_eq!(property::<Vec<bool>>(), json!({"type": "array", "items": {"type": "boolean"}}));
    assert_eq!(
        property::<HashSet<String>>(),
        json!({"type": "array", "description": "No two items alike.", "items": {"type": "string"}})
    );
    assert_eq!(
        property::<[f64; 3]>(),
        json!({"type": "array", "description": "Exactly 3 items.", "items": {"type": "number"}})
    );
    assert_eq!(
        property::<HashMap<String, u8>>(),
        json!({
            "type": "object",
            "description": "An object whose values are each an integer between 0 and 255."
        })
    );
    assert_eq!(
        property::<HashMap<String, Option<String>>>(),
        json!({"type": "object", "description": "An object whose values are each a string or null."})
    );
    assert_eq!(
        property::<BTreeMap<u32, bool>>(),
        json!({
            "type": "object",
            "description":
                "An object whose keys match the pattern ^\\d+$ and whose values are each true or false."
        })
    );
    assert_eq!(property::<serde_json::Map<String, Value>>(), json!({"type": "object"}));
    // The item that may be null says so; a property that may be absent does not.
    assert_eq!(
        property::<Vec<Option<String>>>(),
        json!({"type": "array", "items": {"type": "string", "nullable": true}})
    );
}

#[test]
fn any_value_is_listed_type_by_type() {
    assert_eq!(
        property::<Value>(),
        json!({"anyOf": [
            {"type": "string"}, {"type": "number"}, {"type": "boolean"}, {"type": "object"},
            {"type": "array", "items": {"type": "string"}}
        ]})
    );
}

#[derive(Deserialize, JsonSchema)]
struct Constrained {
    #[schemars(length(max = 10))]
    note: Option<String>,
    #[schemars(length(min = 2, max = 4))]
    code: String,
    #[schemars(range(min = 1, max = 20))]
    amount: i64,
    #[schemars(range(max = 1.5), extend("exclusiveMinimum" = 0))]
    ratio: f64,
    #[schemars(length(min = 1))]
    names: Vec<String>,
    #[schemars(inner(length(max = 3)))]
    tags: Vec<String>,
    #[schemars(extend("multipleOf" = 5))]
    step: i32,
    #[schemars(email)]
    mail: String,
    #[schemars(url)]
    page: String,
    address: std::net::IpAddr,
    #[schemars(extend("format" = "date-time"))]
    at: String,
    #[schemars(extend("format" = "uuid"))]
    id: String,
    #[schemars(example = &"blue", example = &"red")]
    colour: String,
}

#[test]
fn a_constraint_without_a_key_is_put_into_words() {
    assert_eq!(
        of::<Constrained>().to_json()["properties"],
        json!({
            "note": {"type": "string", "description": "At most 10 characters."},
            "code": {"type": "string", "description": "Between 2 and 4 characters."},
            "amount": {"type": "integer", "description": "Between 1 and 20."},
            "ratio": {"type": "number", "description": "More than 0 and 1.5 or less."},
            "names": {"type": "array", "description": "At least 1 item.", "items": {"type": "string"}},
            "tags": {"type": "array", "items": {"type": "string", "description": "At most 3 characters."}},
            "step": {"type": "integer", "description": "A multiple of 5."},
            "mail": {"type": "string", "format": "email"},
            "page": {"type": "string", "format": "uri"},
            "address": {"type": "string", "description": "An IP address."},
            "at": {"type": "string", "description": "A date-time such as 2026-01-31T09:30:00Z."},
            "id": {"type": "string", "format": "uuid"},
            "colour": {"type": "string", "description": "For example \"blue\" or \"red\"."}
        })
    );
}

#[derive(Deserialize, JsonSchema)]
struct Documented {
    /// The digits that the caller read out,
    /// e.g. "123456"
    ///
    /// Never the number itself:
    /// - no dashes
    /// - no blanks
    #[schemars(length(max = 10))]
    token: Token,
    #[schemars(description = "Is it urgent?", length(max = 3))]
    urgent: String,
    inner: Inner,
    /// Said where it is used
    used: Option<Inner>,
}

/// A one-time code.
#[derive(Deserialize, JsonSchema)]
struct Token(#[schemars(regex(pattern = r"^\d+$"))] String);

/// Said on the type.
#[derive(Deserialize, JsonSchema)]
struct Inner {
    token: Token,
}

#[test]
fn doc_comments_are_descriptions() {
    let inner = |about: &str| {
        json!({
            "type": "object",
            "description": about,
            "properties": {
                "token": {"type": "string", "description": "A one-time code.", "pattern": r"^\d+$"}
            },
            "required": ["token"]
        })
    };
    assert_eq!(
        of::<Documented>().to_json(),
        json!({
            "type": "object",
            "properties": {
                "token": {
                    "type": "string",
                    "description": "The digits that the caller read out, e.g. \"123456\"\n\nNever the number itself:\n\
                        - no dashes\n- no blanks. At most 10 characters.",
                    "pattern": r"^\d+$"
                },
                "urgent": {"type": "string", "description": "Is it urgent? At most 3 characters."},
                "inner": inner("Said on the type."),
                "used": inner("Said where it is used")
            },
            "required": ["token", "urgent", "inner"]
        })
    );
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Plain {
    Sms,
    VoiceCall,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Explained {
    /// A text message
    Sms,
    /// A call that speaks.
    Call,
    Email,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum External {
    Anyone,
    /// One person.
    Person(String),
    Group {
        size: i32,
    },
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Internal {
    Anyone,
    /// One person.
    Person {
        name: String,
    },
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
enum Adjacent {
    Anyone,
    Person(String),
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Untagged {
    /// By number.
    Id(i32),
    /// By name.
    Name(String),
    Nobody,
}

#[test]
fn enums_of_units_are_string_enums() {
    let plain = json!({"type": "string", "enum": ["sms", "voice_call"]});
    assert_eq!(property::<Plain>(), plain);
    assert_eq!(property::<Option<Plain>>(), plain);
    assert_eq!(
        property::<Vec<Option<Plain>>>()["items"],
        json!({"type": "string", "nullable": true, "enum": ["sms", "voice_call"]})
    );
    let explained = json!({
        "type": "string",
        "description": "\"sms\": A text message. \"call\": A call that speaks.",
        "enum": ["email", "sms", "call"]
    });
    assert_eq!(property::<Explained>(), explained);
    assert_eq!(property::<Option<Explained>>(), explained);
}

#[test]
fn enums_with_data_are_unions() {
    let tagged = |name: &str| json!({"type": "string", "enum": [name]});
    let external = json!({"oneOf": [
        {"type": "string", "enum": ["anyone"]},
        {
            "type": "object", "description": "One person.",
            "properties": {"person": {"type": "string"}}, "required": ["person"]
        },
        {
            "type": "object",
            "properties": {"group": {
                "type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]
            }},
            "required": ["group"]
        }
    ]});
    assert_eq!(property::<External>(), external);
    assert_eq!(property::<Option<External>>(), external);
    assert_eq!(
        property::<Internal>(),
        json!({"oneOf": [
            {"type": "object", "properties": {"type": tagged("anyone")}, "required": ["type"]},
            {
                "type": "object", "description": "One person.",
                "properties": {"type": tagged("person"), "name": {"type": "string"}},
                "required": ["type", "name"]
            }
        ]})
    );
    assert_eq!(
        property::<Adjacent>(),
        json!({"oneOf": [
            {"type": "object", "properties": {"type": tagged("anyone")}, "required": ["type"]},
            {
                "type": "object",
                "properties": {"type": tagged("person"), "value": {"type": "string"}},
                "required": ["type", "value"]
            }
        ]})
    );
    assert_eq!(
        property::<Untagged>(),
        json!({"anyOf": [
            {"type": "integer", "description": "By number."},
            {"type": "string", "description": "By name."},
            {"type": "null", "description": "No value."}
        ]})
    );
}

#[derive(Deserialize, JsonSchema)]
struct Described {
    /// Who it is for
    who: Untagged,
    /// Where to
    to: External,
}

#[test]
fn the_description_of_a_union_is_pushed_into_its_variants() {
    let json = of::<Described>().to_json();
    let said = |pointer: &str| json.pointer(pointer).and_then(Value::as_str);
    assert_eq!(said("/properties/who/anyOf/0/description"), Some("Who it is for. By number."));
    assert_eq!(said("/properties/who/anyOf/1/description"), Some("Who it is for. By name."));
    assert_eq!(said("/properties/to/oneOf/0/description"), Some("Where to"));
    assert_eq!(said("/properties/to/oneOf/1/description"), Some("Where to. One person."));
    assert_eq!(json.pointer("/properties/who/description"), None);
}

#[derive(Deserialize, JsonSchema)]
struct Flattened {
    first: bool,
    #[serde(flatten)]
    inner: Inner,
    #[serde(flatten)]
    maybe: Option<Sizes>,
    #[serde(flatten)]
    extra: HashMap<String, Value>,
}

#[derive(Deserialize, JsonSchema)]
struct Sizes {
    size: i32,
}

#[derive(Deserialize, JsonSchema)]
struct WithFlattenedEnum {
    /// A note.
    note: String,
    #[serde(flatten)]
    kind: Internal,
}

#[test]
fn flattened_structs_and_enums_are_merged() {
    assert_eq!(
        of::<Flattened>().to_json(),
        json!({
            "type": "object",
            "properties": {
                "first": {"type": "boolean"},
                "token": {"type": "string", "description": "A one-time code.", "pattern": r"^\d+$"},
                "size": {"type": "integer"}
            },
            "required": ["first", "token"]
        })
    );
    let note = json!({"type": "string", "description": "A note."});
    assert_eq!(
        property::<WithFlattenedEnum>(),
        json!({"oneOf": [
            {
                "type": "object",
                "properties": {"note": note, "type": {"type": "string", "enum": ["anyone"]}},
                "required": ["note", "type"]
            },
            {
                "type": "object", "description": "One person.",
                "properties": {
                    "note": note, "type": {"type": "string", "enum": ["person"]}, "name": {"type": "string"}
                },
                "required": ["note", "type", "name"]
            }
        ]})
    );
}

#[derive(Deserialize, JsonSchema)]
#[serde(default)]
struct Defaults {
    count: i32,
    ratio: f32,
    on: bool,
    name: String,
    list: Vec<i32>,
    sizes: Sized2,
    channel: Channel,
    maybe: Option<i32>,
    nothing: Option<i32>,
    target: Target,
}

#[derive(Default, Deserialize, serde::Serialize, JsonSchema)]
struct Sized2 {
    size: i32,
}

#[derive(Deserialize, serde::Serialize, JsonSchema)]
enum Channel {
    Sms,
    Call,
}

#[derive(Deserialize, serde::Serialize, JsonSchema)]
#[serde(untagged)]
enum Target {
    Id(i32),
    Name(String),
}

impl Default for Defaults {
    fn default() -> Self {
        Defaults {
            count: 3,
            ratio: 0.1,
            on: true,
            name: "x".to_owned(),
            list: vec![1],
            sizes: Sized2 { size: 2 },
            channel: Channel::Call,
            maybe: Some(7),
            nothing: None,
            target: Target::Id(1),
        }
    }
}

#[test]
fn defaults_are_carried_where_there_is_a_key_for_them() {
    assert_eq!(
        of::<Defaults>().to_json(),
        json!({
            "type": "object",
            "properties": {
                "count": {"type": "integer", "default": 3},
                "ratio": {"type": "number", "default": 0.1},
                "on": {"type": "boolean", "default": true},
                "name": {"type": "string", "default": "x"},
                "list": {"type": "array", "items": {"type": "integer"}, "default": [1]},
                "sizes": {
                    "type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"],
                    "default": {"size": 2}
                },
                "channel": {"type": "string", "enum": ["Sms", "Call"], "default": "Call"},
                "maybe": {"type": "integer", "default": 7},
                "nothing": {"type": "integer"},
                "target": {"anyOf": [
                    {"type": "integer", "description": "Without it: 1."},
                    {"type": "string", "description": "Without it: 1."}
                ]}
            }
        })
    );
}

#[derive(Deserialize, JsonSchema)]
struct ByHand {
    #[schemars(extend("enum" = [1, 2, 3]))]
    level: i32,
    #[schemars(extend("enum" = [0.5, 1]))]
    part: f64,
    #[schemars(extend("const" = true))]
    agreed: bool,
    #[schemars(extend("enum" = ["a", 1]))]
    mixed: Value,
    #[schemars(extend("const" = {"a": [1]}))]
    exact: Value,
    #[schemars(schema_with = "text_or_number")]
    amount: Value,
}

fn text_or_number(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"type": ["string", "number", "null"], "pattern": "^[0-9.]+$", "minimum": 1})
}

#[test]
fn hand_written_schemas_are_carried_too() {
    assert_eq!(
        of::<ByHand>().to_json()["properties"],
        json!({
            "level": {"type": "integer", "enum": [1, 2, 3]},
            "part": {"type": "number", "enum": [0.5, 1]},
            "agreed": {"const": true},
            "mixed": {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "integer", "enum": [1]}]},
            "exact": {"const": {"a": [1]}},
            "amount": {"anyOf": [
                {"type": "string", "pattern": "^[0-9.]+$"},
                {"type": "number", "description": "1 or more."},
                {"type": "null", "description": "No value."}
            ]}
        })
    );
}

#[test]
fn properties_are_listed_in_declared_order() {
    let parameters = of::<Documented>();
    let listed: Vec<_> = parameters.properties().collect();
    assert_eq!(
        listed[1..],
        [
            ("urgent", true, Some("Is it urgent? At most 3 characters.")),
            ("inner", true, Some("Said on the type.")),
            ("used", false, Some("Said where it is used")),
        ]
    );
}

#[test]
fn what_is_emitted_has_no_key_of_schemars_left() {
    fn visit(value: &Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    assert!(!key.starts_with(['$', 'x']) && key != "title", "{key}");
                    visit(value);
                }
            }
            Value::Array(items) => items.iter().for_each(visit),
            _ => {}
        }
    }
    let all: Vec<Parameters> =
        vec![of::<Constrained>(), of::<Documented>(), of::<Flattened>(), of::<Defaults>()];
    for parameters in all {
        visit(&parameters.to_json());
    }
}
