//! Documents that are written once: those that are the same for each call.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use url::Url;

use super::live::Live;
use crate::agent::AgentDefinition;

/// How many documents are kept: one for each agent id. Beyond it all begin anew, since somebody makes agent ids up.
const MOST: usize = 4096;

/// Written documents, by agent id.
#[derive(Default)]
pub(crate) struct Documents(RwLock<HashMap<Arc<str>, Vec<Written>>>);

/// A document, and all that it depends on.
struct Written {
    agent: Arc<str>,
    base: Url,
    /// It has the credentials.
    live: Arc<Live>,
    definition: AgentDefinition,
    json: Bytes,
}

impl Documents {
    /// The document of an agent for an agent id, as it was written before with the same things.
    pub(crate) fn get(
        &self,
        agent: &str,
        agent_id: &str,
        base: &Url,
        live: &Arc<Live>,
        definition: &AgentDefinition,
    ) -> Option<Bytes> {
        let documents = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let fits = |it: &&Written| {
            *it.agent == *agent
                && it.base == *base
                && Arc::ptr_eq(&it.live, live)
                && it.definition.is_same(definition)
        };
        documents.get(agent_id)?.iter().find(fits).map(|it| it.json.clone())
    }

    /// Keeps a document. What depends on what is no more goes.
    pub(crate) fn put(
        &self,
        agent: &Arc<str>,
        agent_id: &Arc<str>,
        base: &Url,
        live: &Arc<Live>,
        definition: &AgentDefinition,
        json: Bytes,
    ) {
        let mut documents = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if documents.len() >= MOST {
            documents.clear();
        }
        let of_id = documents.entry(agent_id.clone()).or_default();
        of_id.retain(|it| {
            Arc::ptr_eq(&it.live, live)
                && (it.agent != *agent || (it.definition.is_same(definition) && it.base != *base))
        });
        of_id.truncate(7);
        let (agent, base, live) = (agent.clone(), base.clone(), live.clone());
        of_id.push(Written { agent, base, live, definition: definition.clone(), json });
    }
}
