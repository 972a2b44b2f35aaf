//! From a definition to the document that the platform gets.

use super::AgentDefinition;
use super::conversation::is_reported;
use crate::RemoteFunctions;
use crate::registry::Registry;
use crate::server::Urls;
use crate::swml::ai::{Defaults, FunctionDefinition, Swaig};
use crate::swml::{Answer, Document, Json, Section, Step, Value as _};

/// Builds the document of an agent for one agent id.
pub(crate) fn document(definition: &AgentDefinition, registry: &Registry, urls: &Urls) -> Document {
    let mut ai = definition.ai.clone();
    let mut params = ai.as_object().get("params").and_then(Json::as_object).cloned().unwrap_or_default();
    definition.conversing.set_params(&mut params);
    if let Some(level) = definition.debug_level {
        params.insert("debug_webhook_url".to_owned(), urls.debug().into());
        params.insert("debug_webhook_level".to_owned(), i64::from(level).into());
    }
    if !params.is_empty() {
        ai.as_object_mut().insert("params".to_owned(), Json::Object(params));
    }
    if is_reported(&ai) && !ai.as_object().contains_key("post_prompt_url") {
        ai = ai.post_prompt_url(urls.post_prompt());
    }
    let mut functions = signatures(definition, registry, urls.agent());
    if !(functions.is_empty() && definition.includes.is_empty()) {
        // What the author put there (includes, native functions, data maps) stays.
        let mut swaig = ai.as_object().get("SWAIG").and_then(Swaig::from_json).unwrap_or_default();
        let has_webhook = functions.iter().any(|function| !function.as_object().contains_key("data_map"));
        match urls.swaig() {
            Some(url) if has_webhook && !swaig.as_object().contains_key("defaults") => {
                swaig = swaig.defaults(Defaults::new().web_hook_url(url));
            }
            Some(_) => {}
            None => functions = functions.into_iter().map(|function| with_url(function, urls)).collect(),
        }
        swaig = functions.into_iter().fold(swaig, Swaig::function);
        // `Registry::load` refuses a definition with an include that has no entry.
        let includes = definition.includes.iter().filter_map(RemoteFunctions::to_include);
        ai = ai.swaig(includes.fold(swaig, Swaig::include));
    }

    let mut main = Section::new();
    if !definition.before.iter().any(|step| matches!(step, Step::Answer(_))) {
        main = main.step(Answer::new());
    }
    let before = definition.before.iter().cloned();
    let after = definition.after.iter().cloned();
    main = before.chain([ai.into()]).chain(after).fold(main, Section::step);
    let document = Document::new().section("main", main);
    definition
        .sections
        .iter()
        .fold(document, |document, (name, section)| document.section(name.clone(), section.clone()))
}

/// The signature with the function's own URL, unless its author gave it one or the platform runs it by itself.
pub(crate) fn with_url(signature: FunctionDefinition, urls: &Urls) -> FunctionDefinition {
    if ["web_hook_url", "data_map"].into_iter().any(|key| signature.as_object().contains_key(key)) {
        return signature;
    }
    let url = urls.function(signature.read().function().as_deref().unwrap_or_default());
    signature.web_hook_url(url)
}

/// The signatures of the mounted functions, in the author's order, and of what else the platform is asked to call.
pub(crate) fn signatures(
    definition: &AgentDefinition,
    registry: &Registry,
    agent: &str,
) -> Vec<FunctionDefinition> {
    let token = definition.meta_data_token.as_deref().unwrap_or(agent);
    definition
        .mounts
        .iter()
        .filter_map(|mount| {
            if let Some(function) = mount.data_map() {
                return Some(mount.apply(function.signature(token)));
            }
            // `Registry::load` refuses a definition that mounts something else.
            let function = registry.function(mount.name())?;
            let signature =
                FunctionDefinition::new(function.registration.name, function.registration.description)
                    .parameters(function.parameters.emitted())
                    .meta_data_token(token);
            // A reply switches it on once the caller is verified.
            let signature = match function.registration.step_up {
                Some(_) => signature.active(false),
                None => signature,
            };
            Some(mount.apply((function.registration.describe)(signature)))
        })
        .chain(definition.reserved_signatures().map(|signature| signature.meta_data_token(token)))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::swml::ai::{DataMap, NativeFunction, Output, Params, PostPrompt, Prompt};
    use crate::swml::{Hangup, Play};
    use crate::{DataMapFunction, Mount, Setup};

    fn render(definition: &AgentDefinition) -> serde_json::Value {
        // The functions that the tests of this crate register.
        let registry = Registry::load(&Setup::test([("X", "y")])).unwrap();
        serde_json::to_value(document(definition, &registry, &Urls::example("lab"))).unwrap()
    }

    #[test]
    fn what_the_author_put_into_swaig_stays_and_functions_come_behind() {
        let definition = AgentDefinition::new(Prompt::text("Hello"))
            .ai(|ai| ai.swaig(Swaig::new().native_functions([NativeFunction::CheckTime])))
            .function("repeat");
        let swaig = &render(&definition)["sections"]["main"][1]["ai"]["SWAIG"];
        assert_eq!(swaig["native_functions"], json!(["check_time"]));
        assert_eq!(swaig["defaults"], json!({"web_hook_url": "https://example.com/lab/swaig?agent_id=lab"}));
        assert_eq!(
            (&swaig["functions"][0]["function"], &swaig["functions"][0]["meta_data_token"]),
            (&json!("repeat"), &json!("lab"))
        );
    }

    #[test]
    fn reserved_functions_are_signed_only_when_asked_for() {
        let plain = AgentDefinition::new(Prompt::text("Hello"));
        assert_eq!(render(&plain)["sections"]["main"][1]["ai"], json!({"prompt": {"text": "Hello"}}));
        let definition = AgentDefinition::new(Prompt::text("Hello"))
            .hangup_hook()
            .startup_hook()
            .summarize_conversation(
                "Note",
                json!({"type": "object", "properties": {"mood": {"type": "string"}}}),
            )
            .accept_input(Duration::from_millis(1500))
            .function("repeat");
        let ai = &render(&definition)["sections"]["main"][1]["ai"];
        let functions = ai["SWAIG"]["functions"].as_array().unwrap();
        let names: Vec<_> = functions.iter().map(|it| it["function"].as_str().unwrap()).collect();
        let expected = ["repeat", "startup_hook", "hangup_hook", "summarize_conversation", "check_for_input"];
        assert_eq!(names, expected);
        assert!(functions.iter().all(|it| it["meta_data_token"] == "lab"));
        assert_eq!(functions[3]["parameters"]["properties"]["mood"]["type"], "string");
        assert_eq!(ai["params"], json!({"input_poll_freq": 1500, "conversation_id": "${call.call_id}"}));
        let document = document(
            &definition,
            &Registry::load(&Setup::test([("X", "y")])).unwrap(),
            &Urls::example("lab"),
        );
        assert!(document.check().is_valid(), "{:?}", document.check());
    }

    #[test]
    fn a_remembered_conversation_has_its_id_and_a_report() {
        let definition = AgentDefinition::new(Prompt::text("Hello"))
            .remember_conversations("${call.from}")
            .accept_input(Duration::from_secs(2))
            .params(Params::new().ai_name("Ada").conversation_id("overridden"));
        let ai = &render(&definition)["sections"]["main"][1]["ai"];
        assert_eq!(
            ai["params"],
            json!({"ai_name": "Ada", "conversation_id": "${call.from}", "save_conversation": true, "input_poll_freq": 2000})
        );
        assert_eq!(ai["post_prompt_url"], "https://example.com/lab/post_prompt?agent_id=lab");
        // The same by hand.
        let by_hand = |saves| {
            let params = Params::new().conversation_id("c").save_conversation(saves);
            let definition = AgentDefinition::new(Prompt::text("Hello")).params(params);
            render(&definition)["sections"]["main"][1]["ai"]["post_prompt_url"].is_string()
        };
        assert!(by_hand(true) && !by_hand(false));
    }

    #[test]
    fn functions_of_both_kinds_stand_in_the_order_of_the_author() {
        let map = || DataMap::new().output(Output::text("It is ${args.city}"));
        let echo = DataMapFunction::new("echo", "Say a city", map()).arguments::<City>();
        let last = Mount::from(DataMapFunction::new("last", "The last", map()))
            .with(|signature| signature.skip_fillers(true));
        let definition = AgentDefinition::new(Prompt::text("Hello"))
            .function(echo)
            .function("repeat")
            .function(last)
            .function(DataMapFunction::new("gone", "Taken away", map()))
            .without_function("gone")
            .meta_data_token("shared");
        let swaig = &render(&definition)["sections"]["main"][1]["ai"]["SWAIG"];
        assert_eq!(
            swaig["functions"],
            json!([
                {
                    "function": "echo",
                    "description": "Say a city",
                    "parameters": {
                        "type": "object",
                        "properties": {"city": {"type": "string", "description": "The city."}},
                        "required": ["city"],
                    },
                    "meta_data_token": "shared",
                    "data_map": {"output": {"response": "It is ${args.city}"}},
                },
                {
                    "function": "repeat",
                    "description": "Counts its runs",
                    "parameters": {"type": "object", "properties": {}},
                    "meta_data_token": "shared",
                },
                {
                    "function": "last",
                    "description": "The last",
                    "meta_data_token": "shared",
                    "data_map": {"output": {"response": "It is ${args.city}"}},
                    "skip_fillers": true,
                },
            ])
        );
        assert!(swaig["defaults"]["web_hook_url"].is_string());

        let only =
            AgentDefinition::new(Prompt::text("Hello")).function(DataMapFunction::new("a", "A", map()));
        let swaig = &render(&only)["sections"]["main"][1]["ai"]["SWAIG"];
        assert_eq!(swaig.get("defaults"), None, "nothing is called by webhook");
    }

    #[derive(schemars::JsonSchema)]
    struct City {
        /// The city.
        #[expect(dead_code, reason = "only its type matters")]
        city: String,
    }

    #[test]
    fn steps_stand_around_the_agent_and_the_call_is_answered_once() {
        let definition = AgentDefinition::new(Prompt::text("Hello"))
            .post_prompt(PostPrompt::text("Sum up"))
            .before(Play::url("say:Welcome"))
            .after(Hangup::new())
            .section("other", Section::new().step(Hangup::new()));
        let document = render(&definition);
        let verbs = |section: &str| -> Vec<String> {
            let steps = document["sections"][section].as_array().unwrap();
            steps.iter().flat_map(|step| step.as_object().unwrap().keys().cloned()).collect()
        };
        assert_eq!(verbs("main"), ["answer", "play", "ai", "hangup"]);
        assert_eq!(verbs("other"), ["hangup"]);
        let ai = &document["sections"]["main"][2]["ai"];
        assert_eq!(ai["post_prompt_url"], "https://example.com/lab/post_prompt?agent_id=lab");
        let own =
            AgentDefinition::new(Prompt::text("Hello")).before(Answer::new()).before(Play::url("say:Hi"));
        assert_eq!(render(&own)["sections"]["main"].as_array().unwrap().len(), 3);
    }
}
