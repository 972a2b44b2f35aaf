//! How many calls of a function run at once for an agent: what hangs takes its own places, and nobody else's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::metrics;
use super::encode_for;
use super::target::Target;
use crate::call::Call;
use crate::function::Reply;
use crate::setup::{Settings, SetupError};
use crate::store::Event;

const MAX_CONCURRENT_CALLS: &str = "SWAIG_MAX_CONCURRENT_CALLS";
const MOST: usize = 1_000_000;

/// The places of all functions.
pub(crate) struct Places {
    /// For a function that says nothing itself.
    default: usize,
    /// By agent and function.
    of: Mutex<HashMap<String, HashMap<&'static str, Arc<Semaphore>>>>,
}

impl Places {
    pub(crate) fn from_settings(settings: &Settings) -> Result<Self, SetupError> {
        let default = settings.number(MAX_CONCURRENT_CALLS, 1..=MOST)?.unwrap_or(10_000);
        Ok(Self { default, of: Mutex::default() })
    }

    /// Takes a place until it is dropped; `None` where all are taken.
    pub(super) fn take(&self, target: &Target, call: &Call) -> Option<OwnedSemaphorePermit> {
        let places = {
            let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
            let known = of.get(call.agent()).and_then(|agent| agent.get(target.name)).cloned();
            known.unwrap_or_else(|| {
                let places = target.max_concurrent.unwrap_or(self.default).min(MOST);
                let agent = of.entry(call.agent().to_owned()).or_default();
                agent.entry(target.name).or_insert_with(|| Arc::new(Semaphore::new(places))).clone()
            })
        };
        places.try_acquire_owned().ok()
    }
}

/// The reply to a call for which there is no place.
pub(super) fn refuse(target: &Target, call: &Call) -> Bytes {
    let (function, text) = (target.name, target.busy);
    let reason = "too many calls of it run at once";
    call.broadcast(Event::new(
        "function_refused",
        json!({"function": function, "reason": reason, "response": text}),
    ));
    tracing::warn!(function, call_id = &*call.shown_id(), agent = call.agent(), reason, "function_refused");
    metrics::function(function, "busy", Duration::ZERO);
    encode_for(call, &Reply::text(text))
}
