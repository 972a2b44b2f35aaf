//! Definitions that are made anew when the files of their prompts change (`serve --watch`).

use std::path::PathBuf;
#[cfg(feature = "cli")]
use std::sync::Arc;
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use super::RegisteredAgent;
#[cfg(feature = "cli")]
use super::{Problem, Registry};
use crate::agent::{AgentDefinition, Reading};

/// The setting that `serve --watch` sets.
pub(crate) const WATCH: &str = "SWAIG_WATCH";

/// The files of an agent's prompts, and its definition as it is made of them.
#[derive(Default)]
pub(crate) struct Watched {
    files: Mutex<Vec<(PathBuf, Option<Stamp>)>>,
    now: RwLock<Option<AgentDefinition>>,
}

/// What changes when a file is written.
type Stamp = (SystemTime, u64);

#[cfg(feature = "cli")]
/// Why a definition stays as it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RereadError {
    #[error("{path} cannot be read; --watch needs the files that the program was built from")]
    File { path: String, source: std::io::Error },
    #[error("the functions of the agent are others than at the start; restart it: only texts are read again")]
    Functions,
    #[error("the document does not pass the check")]
    Document(#[source] Box<Problem>),
}

impl Watched {
    /// Watches what was read.
    pub(super) fn of(reading: &Reading) -> Self {
        let watched = Self::default();
        watched.look_at(reading);
        watched
    }

    fn look_at(&self, reading: &Reading) {
        let files = reading.files.iter().map(|path| (path.clone(), stamp(path)));
        *self.files.lock().unwrap_or_else(PoisonError::into_inner) = files.collect();
    }

    #[cfg(feature = "cli")]
    fn has_changed(&self) -> bool {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter().any(|(path, seen)| stamp(path) != *seen)
    }
}

fn stamp(path: &PathBuf) -> Option<Stamp> {
    let data = std::fs::metadata(path).ok()?;
    Some((data.modified().ok()?, data.len()))
}

impl RegisteredAgent {
    /// The definition as it is now: that of the start, unless the files of its prompts have changed since.
    pub(crate) fn now(&self) -> AgentDefinition {
        let now = self
            .watched
            .as_ref()
            .and_then(|watched| watched.now.read().unwrap_or_else(PoisonError::into_inner).clone());
        now.unwrap_or_else(|| self.definition.clone())
    }
}

#[cfg(feature = "cli")]
impl Registry {
    /// Whether files are watched, if there are any.
    pub(crate) fn is_watching(&self) -> bool {
        self.agents().any(|agent| agent.watched.is_some())
    }

    /// The files that are watched.
    pub(crate) fn watched_files(&self) -> Vec<PathBuf> {
        let watched = self.agents().filter_map(|agent| agent.watched.as_ref());
        let files = watched.flat_map(|it| {
            let files = it.files.lock().unwrap_or_else(PoisonError::into_inner);
            files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>()
        });
        files.collect()
    }

    /// Makes the definitions anew whose files have changed; the agents, and what came of it.
    pub(crate) fn reread(&self) -> Vec<(Arc<str>, Result<(), RereadError>)> {
        let changed = self.agents().filter(|it| it.watched.as_ref().is_some_and(|it| it.has_changed()));
        changed.map(|agent| (agent.name.clone(), self.reread_one(agent))).collect()
    }

    fn reread_one(&self, agent: &RegisteredAgent) -> Result<(), RereadError> {
        let Some(watched) = &agent.watched else { return Ok(()) };
        let (mut definition, reading) = Reading::during(|| agent.agent.define());
        // A file that is broken is looked at again when it changes, and not before.
        watched.look_at(&reading);
        if let Some((path, source)) = reading.failed {
            return Err(RereadError::File { path: path.display().to_string(), source });
        }
        let left_out: Vec<_> =
            definition.includes().iter().filter(|include| !agent.includes(include)).cloned().collect();
        for include in &left_out {
            definition.leave_out(include);
        }
        if definition.function_names() != agent.definition.function_names() {
            return Err(RereadError::Functions);
        }
        let mut problems = Vec::new();
        self.check_document(agent, &definition, &mut problems);
        if let Some(problem) = problems.into_iter().next() {
            return Err(RereadError::Document(Box::new(problem)));
        }
        *watched.now.write().unwrap_or_else(PoisonError::into_inner) = Some(definition);
        Ok(())
    }
}
