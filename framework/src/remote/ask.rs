//! `get_signature`, asked as the platform asks it, when the program starts.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::join_all;
#[cfg(feature = "cli")]
use serde_json::Value;
use serde_json::json;
use url::Url;

use super::answer::{self, Answer};
use super::{IncludeError, RemoteFunctions};
use crate::error_chain::chain;
use crate::http::{AddressPolicy, HttpClient};
use crate::registry::{Problem, RESERVED_FUNCTIONS, Registry, RegistryError};
use crate::swml::Json;

/// Asks all servers whose functions the agents include, at once. An optional include that does not do is taken out of
/// its agent. `base` is the public URL of this program.
pub(crate) async fn ask_all(registry: &mut Registry, base: &Url) -> Result<(), RegistryError> {
    // The addresses are the program's own, or out of its settings: they may be anywhere.
    let client = HttpClient::new(AddressPolicy::AnyAddress);
    let asked =
        registry.agents().flat_map(|agent| agent.definition.includes().iter().map(move |it| (agent, it)));
    let asked = asked.map(|(agent, include)| {
        let itself = leads_to_itself(include, base, registry);
        let client = client.clone().timeout(include.timeout);
        async move {
            let answer = match itself {
                Some(agent) => Err(IncludeError::Itself { agent }),
                None => include.ask(&client).await,
            };
            (agent.clone(), include.clone(), answer)
        }
    });
    let answers = join_all(asked).await;

    let mut problems = Vec::new();
    for (agent, include, answer) in answers {
        let own = agent.definition.own_functions();
        let others = registry.agent(&agent.name).into_iter().flat_map(|agent| agent.definition.includes());
        let others = others.filter(|other| !other.is_part_of(&include)).flat_map(RemoteFunctions::names);
        let taken = own.chain(others.map(String::as_str)).collect();
        let source = match answer.and_then(|answer| fits(answer, &include, &taken)) {
            Ok(answer) => {
                tell(&agent.name, &include, &answer);
                continue;
            }
            Err(source) => source,
        };
        if include.optional {
            tracing::warn!(
                agent = %agent.name,
                include = include.shown(),
                functions = include.functions.join(", "),
                "the agent is served without functions of another server: {}",
                chain(&source)
            );
            registry.leave_out(&agent.name, &include);
        } else {
            let (agent, origin) = (agent.registration.name, agent.registration.origin);
            problems.push(Problem::Include { agent, origin, url: include.shown(), source });
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(RegistryError { problems }) }
}

impl RemoteFunctions {
    /// The definitions that the server gives, each with the address that answers it. The platform takes all of them.
    #[cfg(feature = "cli")]
    pub(crate) async fn signatures(&self, client: &HttpClient) -> Result<Vec<Value>, IncludeError> {
        Ok(self.ask(client).await?.definitions)
    }

    /// Asks the server.
    async fn ask(&self, client: &HttpClient) -> Result<Answer, IncludeError> {
        let mut body = json!({
            "action": "get_signature",
            "functions": self.functions,
            "content_type": "text/swaig",
            "content_disposition": "function signature request",
            "version": "2.0",
        });
        if !self.meta_data.is_empty() {
            body["meta_data"] = Json::Object(self.meta_data.clone()).to_value();
        }
        let fetch = |error| IncludeError::Fetch(Arc::new(error));
        let reply = client.post(&self.url()?).json(&body).send().await.map_err(fetch)?;
        let reply = reply.success().map_err(fetch)?;
        answer::read(reply.text().map_err(fetch)?)
    }
}

/// Whether the answer has what was asked for, and no name that is taken.
fn fits(answer: Answer, include: &RemoteFunctions, taken: &HashSet<&str>) -> Result<Answer, IncludeError> {
    let missing: Vec<_> =
        include.functions.iter().filter(|name| !answer.names.contains(name)).cloned().collect();
    if !missing.is_empty() {
        let given = if answer.names.is_empty() { "none".to_owned() } else { answer.names.join(", ") };
        return Err(IncludeError::Missing { missing, given });
    }
    for name in &answer.names {
        if RESERVED_FUNCTIONS.contains(&name.as_str()) {
            return Err(IncludeError::Reserved { function: name.clone() });
        }
        if taken.contains(name.as_str()) {
            return Err(IncludeError::Clash { function: name.clone() });
        }
    }
    Ok(answer)
}

/// Says what was found where all is well enough.
fn tell(agent: &str, include: &RemoteFunctions, answer: &Answer) {
    let url = include.shown();
    for (function, finding) in &answer.lints {
        tracing::warn!(
            agent,
            include = url,
            "the definition of {function:?} should be otherwise at {}: {}; {}",
            finding.path,
            finding.message,
            finding.remedy
        );
    }
    let more: Vec<_> =
        answer.names.iter().filter(|name| !include.functions.contains(name)).cloned().collect();
    if !more.is_empty() {
        tracing::warn!(
            agent,
            include = url,
            "the server gives functions that were not asked for, and the platform takes them too: {}",
            more.join(", ")
        );
    }
    tracing::info!(
        agent,
        include = url,
        "functions of another server are there: {}",
        include.functions.join(", ")
    );
}

/// The agent of this program that the URL leads to.
fn leads_to_itself(include: &RemoteFunctions, base: &Url, registry: &Registry) -> Option<String> {
    let url = include.url.as_ref().ok()?;
    if url.origin() != base.origin() {
        return None;
    }
    let path = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
    let agent = path.strip_prefix('/')?.split('/').next()?;
    registry.agent(agent).map(|agent| agent.name.to_string())
}
