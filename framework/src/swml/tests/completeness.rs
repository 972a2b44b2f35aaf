//! Every field of the published schema has a setter, and the tables name no other published field.

use std::collections::BTreeSet;

use serde_json::Value;

use super::schema::{definition, load};
use crate::swml::ai::*;
use crate::swml::*;

/// Keys of an object in the schema: all, and those that each alternative requires.
#[derive(Default)]
struct Keys {
    all: BTreeSet<String>,
    addresses: BTreeSet<String>,
    required: Option<BTreeSet<String>>,
}

impl Keys {
    /// Follows references and alternatives down to the objects.
    fn collect(&mut self, schema: &Value, node: &Value) {
        if let Some(name) = node["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
            self.collect(schema, &schema["$defs"][name]);
        }
        for alternative in ["anyOf", "oneOf"].iter().filter_map(|key| node[key].as_array()).flatten() {
            self.collect(schema, alternative);
        }
        if let Some(properties) = node["properties"].as_object() {
            self.all.extend(properties.keys().cloned());
            let addresses = properties.iter().filter(|(_, property)| is_address(property));
            self.addresses.extend(addresses.map(|(key, _)| key.clone()));
            let required = node["required"].as_array().into_iter().flatten();
            let required = required.filter_map(|key| key.as_str().map(str::to_owned)).collect();
            self.required = Some(match self.required.take() {
                Some(before) => before.intersection(&required).cloned().collect(),
                None => required,
            });
        }
    }
}

/// Whether a property of the schema is a URI.
fn is_address(property: &Value) -> bool {
    let kinds = property["anyOf"].as_array().into_iter().flatten();
    kinds.chain([property]).any(|kind| kind["format"] == "uri")
}

fn compare(schema: &Value, name: &str, node: &Value, fields: &[Field]) {
    let mut published = Keys::default();
    published.collect(schema, node);
    let keys = |keep: fn(Presence) -> bool| -> BTreeSet<String> {
        fields.iter().filter(|field| keep(field.presence)).map(|field| field.key.to_owned()).collect()
    };
    assert_eq!(keys(|presence| presence != Presence::EngineOnly), published.all, "fields of {name}");
    assert_eq!(
        keys(|presence| presence == Presence::Required),
        published.required.unwrap_or_default(),
        "{name}"
    );
    for field in fields.iter().filter(|field| published.addresses.contains(field.key)) {
        assert!(matches!(field.limit, Limit::Url), "{name}.{} is an address", field.key);
    }
    for field in fields.iter().filter(|field| field.presence == Presence::EngineOnly) {
        assert!(!published.all.contains(field.key), "{name}.{} is published", field.key);
    }
}

#[test]
fn objects_have_the_fields_of_the_schema() {
    let Some(schema) = load() else { return };
    let objects: &[(&str, &[Field])] = &[
        ("AIObject", Ai::FIELDS),
        ("AIPrompt", Prompt::FIELDS),
        ("AIPostPrompt", PostPrompt::FIELDS),
        ("AIParams", Params::FIELDS),
        ("ConversationMessage", Message::FIELDS),
        ("ContextsObject", Context::FIELDS),
        ("Contexts", Contexts::FIELDS),
        ("ContextSteps", ContextStep::FIELDS),
        ("Hint", HintPattern::FIELDS),
        ("Languages", Language::FIELDS),
        ("LanguageParams", LanguageParams::FIELDS),
        ("Multilingual", Multilingual::FIELDS),
        ("MultilingualLanguage", MultilingualLanguage::FIELDS),
        ("Pronounce", Pronounce::FIELDS),
        ("SWAIG", Swaig::FIELDS),
        ("SWAIGDefaults", Defaults::FIELDS),
        ("SWAIGIncludes", Include::FIELDS),
        ("SWAIGInternalFiller", InternalFillers::FIELDS),
        ("MCPServer", McpServer::FIELDS),
        ("SWAIGFunction", FunctionDefinition::FIELDS),
        ("CondParams", Branch::FIELDS),
        ("DataMap", DataMap::FIELDS),
        ("Expression", Expression::FIELDS),
        ("Webhook", Webhook::FIELDS),
        ("Output", Output::FIELDS),
        ("SwaigToolResult", ToolResult::FIELDS),
        ("Action", Action::FIELDS),
        ("StringProperty", StringProperty::FIELDS),
        ("IntegerProperty", IntegerProperty::FIELDS),
        ("NumberProperty", NumberProperty::FIELDS),
        ("BooleanProperty", BooleanProperty::FIELDS),
        ("ArrayProperty", ArrayProperty::FIELDS),
        ("ObjectProperty", ObjectProperty::FIELDS),
        ("NullProperty", NullProperty::FIELDS),
        ("ConstProperty", ConstProperty::FIELDS),
        ("ConnectDestination", Destination::FIELDS),
        ("ConnectHeaders", SipHeader::FIELDS),
        ("ConnectSwitch", ResultSwitch::FIELDS),
        ("ExecuteSwitch", ResultSwitch::FIELDS),
        ("JoinConferenceStream", ConferenceStream::FIELDS),
        ("POM", PomSection::FIELDS),
        ("PayParameters", PayParameter::FIELDS),
        ("PayPrompts", PayPrompt::FIELDS),
        ("PayPromptSayAction", SayPhrase::FIELDS),
        ("PayPromptPlayAction", PlayPhrase::FIELDS),
        ("AISidecarSWAIG", SidecarSwaig::FIELDS),
        ("AISidecarSWAIGDefaults", SidecarDefaults::FIELDS),
        ("AISidecarSWAIGFunction", SidecarFunction::FIELDS),
        ("AISidecarPermissions", SidecarPermissions::FIELDS),
        ("AISidecarParams", SidecarParams::FIELDS),
        ("AISidecarSummarizeAction", SidecarAction::FIELDS),
        ("BedrockParams", BedrockParams::FIELDS),
        ("BedrockPrompt", BedrockPrompt::FIELDS),
        ("BedrockPostPrompt", PostPrompt::FIELDS),
        ("BedrockSWAIG", BedrockSwaig::FIELDS),
        ("BedrockSWAIGFunction", BedrockFunction::FIELDS),
    ];
    for (name, fields) in objects {
        compare(schema, name, &schema["$defs"][name], fields);
    }
}

#[test]
fn verbs_have_the_fields_of_the_schema() {
    let Some(schema) = load() else { return };
    let methods = schema["$defs"]["SWMLMethod"]["anyOf"].as_array().expect("the methods");
    let mut published = BTreeSet::new();
    for method in methods {
        let (verb, body) = definition(schema, method)["properties"]
            .as_object()
            .and_then(|keys| keys.iter().next())
            .expect("a verb");
        published.insert(verb.as_str());
        let typed = Step::VERBS.iter().find(|typed| typed.name == verb);
        let typed = typed.unwrap_or_else(|| panic!("{verb} has no type"));
        if let Kind::Object(shape) = (typed.kind)() {
            compare(schema, verb, body, shape.fields);
        }
    }
    assert_eq!(published.len(), 43);
    let typed: BTreeSet<&str> = Step::VERBS.iter().map(|verb| verb.name).collect();
    assert_eq!(typed, published);
}

#[test]
fn nested_bodies_have_the_fields_of_the_schema() {
    let Some(schema) = load() else { return };
    let bodies: &[(&str, &str, &[Field])] = &[
        ("TranscribeStartAction", "/properties/start", StartTranscribing::FIELDS),
        ("TranscribeSummarizeAction", "/properties/summarize", Summarize::FIELDS),
        ("StartAction", "/properties/start", StartTranslating::FIELDS),
        ("InjectAction", "/properties/inject", Inject::FIELDS),
        ("Webhook", "/properties/foreach", ForEach::FIELDS),
        ("ContextSwitchAction", "/properties/context_switch", ContextSwitch::FIELDS),
        ("PlaybackBGAction", "/properties/playback_bg", PlaybackBackground::FIELDS),
        ("ToggleFunctionsAction", "/properties/toggle_functions/items", Toggle::FIELDS),
    ];
    for (name, pointer, fields) in bodies {
        let node = schema["$defs"][name].pointer(pointer).expect("a body");
        compare(schema, name, node, fields);
    }
}
