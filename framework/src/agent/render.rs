//! From a definition to the document that the platform gets.

use super::AgentDefinition;
use crate::registry::Registry;
use crate::server::Urls;
use crate::swml::ai::{Ai, Defaults, FunctionDefinition, Swaig};
use crate::swml::{Answer, Document, Json, Section, Step, Value as _};

/// Builds the document of an agent for one agent id.
pub(crate) fn document(definition: &AgentDefinition, registry: &Registry, urls: &Urls) -> Document {
    let mut ai = definition.ai.clone();
    let has = |ai: &Ai, key| ai.as_object().contains_key(key);
    if has(&ai, "post_prompt") && !has(&ai, "post_prompt_url") {
        ai = ai.post_prompt_url(urls.post_prompt());
    }
    if let Some(level) = definition.debug_level {
        let mut params = ai.as_object().get("params").and_then(Json::as_object).cloned().unwrap_or_default();
        params.insert("debug_webhook_url".to_owned(), urls.debug().into());
        params.insert("debug_webhook_level".to_owned(), i64::from(level).into());
        ai.as_object_mut().insert("params".to_owned(), Json::Object(params));
    }
    let mut functions = signatures(definition, registry, urls.agent());
    if !functions.is_empty() {
        // What the author put there (includes, native functions, data maps) stays.
        let mut swaig = ai.as_object().get("SWAIG").and_then(Swaig::from_json).unwrap_or_default();
        match urls.swaig() {
            Some(url) if !swaig.as_object().contains_key("defaults") => {
                swaig = swaig.defaults(Defaults::new().web_hook_url(url));
            }
            Some(_) => {}
            None => functions = functions.into_iter().map(|function| with_url(function, urls)).collect(),
        }
        ai = ai.swaig(functions.into_iter().fold(swaig, Swaig::function));
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

/// The signature with the function's own URL, unless its author gave it one.
pub(crate) fn with_url(signature: FunctionDefinition, urls: &Urls) -> FunctionDefinition {
    if signature.as_object().contains_key("web_hook_url") {
        return signature;
    }
    let url = urls.function(signature.read().function().as_deref().unwrap_or_default());
    signature.web_hook_url(url)
}

/// The signatures of the mounted functions.
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
            // `Registry::load` refuses a definition that mounts something else.
            let function = registry.function(mount.name())?;
            let signature =
                FunctionDefinition::new(function.registration.name, function.registration.description)
                    .parameters(function.parameters.to_json())
                    .meta_data_token(token);
            // A reply switches it on once the caller is verified.
            let signature = match function.registration.step_up {
                Some(_) => signature.active(false),
                None => signature,
            };
            Some(mount.apply((function.registration.describe)(signature)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Setup;
    use crate::swml::ai::{NativeFunction, PostPrompt, Prompt};
    use crate::swml::{Hangup, Play};

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
