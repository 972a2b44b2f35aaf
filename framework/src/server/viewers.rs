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
    open: Mutex<Open>,
}

/// How many there may be.
#[derive(Clone, Copy)]
pub(crate) struct ViewerLimits {
    all: usize,
    per_agent: usize,
}

impl ViewerLimits {
    pub(crate) fn from_settings(settings: &Settings) -> Result<Self, SetupError> {
        let all = settings.number(ALL, 1..=MOST)?.unwrap_or(1000);
        let per_agent = settings.number(PER_AGENT, 1..=MOST)?.unwrap_or(100);
        Ok(Self { all, per_agent })
    }
}

struct Open {
    limits: ViewerLimits,
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
        let limits = ViewerLimits::from_settings(settings)?;
        Ok(Arc::new(Self { open: Mutex::new(Open { limits, all: 0, agents: HashMap::new() }) }))
    }

    /// Changes how many there may be. Who is there may stay.
    #[cfg(any(feature = "cli", test))]
    pub(crate) fn limit(&self, limits: ViewerLimits) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).limits = limits;
    }

    /// Takes a place; `None` where all are taken.
    pub(crate) fn enter(self: &Arc<Self>, agent_id: &Arc<str>) -> Option<Viewer> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_agent = open.agents.get(agent_id).copied().unwrap_or_default();
        if open.all >= open.limits.all || of_agent >= open.limits.per_agent {
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

    #[test]
    fn limits_that_change_are_for_who_comes_next() {
        let limits = |all| ViewerLimits::from_settings(&Settings::of([(ALL, all)])).unwrap();
        let viewers = Viewers::from_settings(&Settings::of([(ALL, "2")])).unwrap();
        let a: Arc<str> = "a".into();
        let (_first, second) = (viewers.enter(&a).unwrap(), viewers.enter(&a).unwrap());
        viewers.limit(limits("1"));
        drop(second);
        assert!(viewers.enter(&a).is_none());
        viewers.limit(limits("2"));
        assert!(viewers.enter(&a).is_some());
    }
}
