//! How many may watch events at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::metrics;
use crate::setup::{Settings, SetupError};

const ALL: &str = "SWAIG_MAX_VIEWERS";
const PER_AGENT: &str = "SWAIG_MAX_VIEWERS_PER_AGENT";
const MOST: usize = 1_000_000;

/// The open event streams.
pub(crate) struct Viewers {
    all: usize,
    per_agent: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    all: usize,
    /// By agent id.
    agents: HashMap<Arc<str>, usize>,
}

/// A viewer's place, until it is dropped.
pub(crate) struct Viewer {
    viewers: Arc<Viewers>,
    agent_id: Arc<str>,
    _metric: metrics::Viewer,
}

impl Viewers {
    pub(crate) fn from_settings(settings: &Settings) -> Result<Arc<Self>, SetupError> {
        let all = settings.number(ALL, 1..=MOST)?.unwrap_or(1000);
        let per_agent = settings.number(PER_AGENT, 1..=MOST)?.unwrap_or(100);
        Ok(Arc::new(Self { all, per_agent, open: Mutex::default() }))
    }

    /// Takes a place; `None` where all are taken.
    pub(crate) fn enter(self: &Arc<Self>, agent_id: &Arc<str>) -> Option<Viewer> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_agent = open.agents.get(agent_id).copied().unwrap_or_default();
        if open.all >= self.all || of_agent >= self.per_agent {
            return None;
        }
        open.all += 1;
        open.agents.insert(agent_id.clone(), of_agent + 1);
        drop(open);
        Some(Viewer { viewers: self.clone(), agent_id: agent_id.clone(), _metric: metrics::Viewer::enter() })
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let mut open = self.viewers.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(of_agent) = open.agents.get_mut(&self.agent_id) {
            *of_agent -= 1;
            if *of_agent == 0 {
                open.agents.remove(&self.agent_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_id_and_all_of_them_have_so_many_places() {
        let viewers = Viewers::from_settings(&Settings::of([(ALL, "3"), (PER_AGENT, "2")])).unwrap();
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        let first = viewers.enter(&a).unwrap();
        let _second = viewers.enter(&a).unwrap();
        assert!(viewers.enter(&a).is_none(), "two of an agent id");
        let third = viewers.enter(&b).unwrap();
        assert!(viewers.enter(&b).is_none(), "three in all");
        drop((first, third));
        assert!(viewers.enter(&a).is_some() && viewers.enter(&b).is_some());
        assert_eq!(viewers.open.lock().unwrap().agents.len(), 1, "an agent id without viewers is forgotten");
    }
}
