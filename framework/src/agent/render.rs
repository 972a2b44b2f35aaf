//! From a definition to the document that the platform gets.

use super::AgentDefinition;
use crate::registry::Registry;
use crate::server::Urls;
use crate::swml::ai::{Defaults, FunctionDefinition, Swaig};

use crate::swml::{Answer, Document, Json, Section, Step};

/// Builds the document of an agent for one agent id.
pub(crate) fn document(definition: &AgentDefinition, registry: &Registry, urls: &Urls) -> Document {
    let mut ai = definition.ai.clone();
    if definition.post_prompt {
        ai = ai.post_prompt_url(urls.post_prompt());
    }
    if let Some(level) = definition.debug_level {
        let mut params = ai.as_object().get("params").and_then(Json::as_object).cloned().unwrap_or_default();
        params.insert("debug_webhook_url".to_owned(), urls.debug().into());
        params.insert("debug_webhook_level".to_owned(), i64::from(level).into());
        ai.as_object_mut().insert("params".to_owned(), Json::Object(params));
    }
    let functions = signatures(definition, registry, urls.agent());
    if !functions.is_empty() {
        let swaig = Swaig::new().defaults(Defaults::new().web_hook_url(urls.swaig()));
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
            Some(mount.apply((function.registration.describe)(signature)))
        })
        .collect()
}
