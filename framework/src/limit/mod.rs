//! Limits on what a caller, or all of them, may have done: messages sent, codes tried, orders placed.
//!
//! A function asks for room before it does something that costs: [`Call::limits`](crate::Call::limits) and
//! [`Limiter::take`]. What was done is counted in the store, so a limit holds across calls and across instances that
//! share a store. Windows slide: ten an hour is never eleven within any hour.

mod reached;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::json;

pub use reached::{LimitError, LimitReached};

use crate::PhoneNumber;
use crate::redact::shown_id;
use crate::store::{Bound, Event, EventSink, LimitKey, Mark, MemoryStore, Store};

/// How often something may happen to one subject.
///
/// ```
/// use std::time::Duration;
/// use swaig::Limit;
///
/// // No more than 3 parcels a day for one customer.
/// let limit = Limit::new("parcels_per_customer", 3, Duration::from_secs(86_400)).of("customer 17");
/// assert_eq!(limit.name(), "parcels_per_customer");
/// ```
#[derive(Clone, Debug)]
pub struct Limit {
    name: &'static str,
    most: u32,
    window: Duration,
    key: LimitKey,
    /// The subject as those who watch may see it.
    shown: Option<String>,
}

impl Limit {
    /// At most `most` times within any `window`, for everybody together until [`of`](Self::of) names a subject. 0 is no
    /// limit. The name (in `snake_case`) tells it from other limits, in the store, in events and in metrics.
    pub fn new(name: &'static str, most: u32, window: Duration) -> Self {
        Self { name, most, window, key: LimitKey::new(name, ""), shown: None }
    }

    /// The limit of this subject: a call id, an account. The store keeps its digest, and nothing shows it.
    #[must_use]
    pub fn of(mut self, subject: &str) -> Self {
        self.key = LimitKey::new(self.name, subject);
        self
    }

    /// The limit of this phone number. The store keeps its digest, and events show it masked.
    #[must_use]
    pub fn of_number(mut self, number: &PhoneNumber) -> Self {
        self = self.of(number.expose());
        self.shown = Some(number.masked());
        self
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn bound(&self) -> Bound {
        Bound { key: self.key, most: self.most, window: self.window }
    }
}

/// Asks the store whether there is room under limits: [`Call::limits`](crate::Call::limits), and
/// [`Setup::limits`](crate::Setup::limits) for code that runs outside of a call.
///
/// A limit that is reached is an event (`limit_reached`, in a call), a line in the log, and a count in
/// `swaig_limit_reached_total`.
///
/// ```
/// use std::time::Duration;
/// use swaig::{Call, FunctionError, Limit, LimitError, Reply};
///
/// async fn send_brochure(call: &Call) -> Result<Reply, FunctionError> {
///     let hour = Duration::from_secs(3600);
///     let limit = Limit::new("brochures_per_call", 1, hour).of(call.call_id());
///     let permit = match call.limits().take(&[limit]).await {
///         Ok(permit) => permit,
///         Err(LimitError::Reached(_)) => return Ok(Reply::text("It is on its way already.")),
///         Err(error) => return Err(error.into()),
///     };
///     if the_printer_is_out_of_paper() {
///         // Nothing was done, so nothing counts.
///         permit.give_back().await;
///     }
///     Ok(Reply::text("The brochure is on its way."))
/// }
/// # fn the_printer_is_out_of_paper() -> bool { false }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let call = Call::test();
/// assert_eq!(send_brochure(&call).await.unwrap().spoken(), "The brochure is on its way.");
/// assert_eq!(send_brochure(&call).await.unwrap().spoken(), "It is on its way already.");
/// assert_eq!(call.broadcasts()[0].kind(), "limit_reached");
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Limiter {
    store: Arc<OnceLock<Arc<dyn Store>>>,
    watched: Option<Watched>,
}

/// The call that asks.
#[derive(Clone)]
struct Watched {
    events: EventSink,
    agent: Arc<str>,
    call_id: String,
}

impl Limiter {
    /// Connects it with the server that starts.
    pub(crate) fn serve(&self, store: Arc<dyn Store>) {
        // A setup starts one server: it is moved into it.
        let _ = self.store.set(store);
    }

    /// Counters of their own, for a test.
    pub(crate) fn test() -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        Self { store: Arc::new(OnceLock::from(store)), watched: None }
    }

    /// The same counters, for a call whose watchers hear of what is refused.
    pub(crate) fn watched(&self, events: EventSink, agent: Arc<str>, call_id: &str) -> Self {
        let watched = Some(Watched { events, agent, call_id: call_id.to_owned() });
        Self { store: self.store.clone(), watched }
    }

    /// Takes room under all of these limits, or under none. Of two who ask for the last place at the same moment, one
    /// gets it.
    ///
    /// # Errors
    /// [`LimitError::Reached`] names the limit that is reached (of several the one with the longest wait). The others say
    /// that nobody can tell; whether to go on then is the caller's decision.
    pub async fn take(&self, limits: &[Limit]) -> Result<Permit, LimitError> {
        let (store, counted) = self.counted(limits)?;
        let bounds: Vec<_> = counted.iter().map(|limit| limit.bound()).collect();
        let mark = mark();
        if let Some(full) = store.count(&bounds, mark).await? {
            return Err(self.reached(counted.get(full.bound).copied(), full.room_in));
        }
        Ok(Permit { store: store.clone(), keys: bounds.iter().map(|bound| bound.key).collect(), mark })
    }

    /// Says whether there is room, and takes none.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub async fn look(&self, limits: &[Limit]) -> Result<(), LimitError> {
        let (store, counted) = self.counted(limits)?;
        let bounds: Vec<_> = counted.iter().map(|limit| limit.bound()).collect();
        match store.look(&bounds).await? {
            Some(full) => Err(self.reached(counted.get(full.bound).copied(), full.room_in)),
            None => Ok(()),
        }
    }

    /// Forgets what was counted under a limit, so that there is room at once.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn clear(&self, limit: &Limit) -> Result<(), LimitError> {
        let (store, _) = self.counted(&[])?;
        Ok(store.clear(&limit.key).await?)
    }

    /// The store, and the limits that are any.
    fn counted<'a>(&self, limits: &'a [Limit]) -> Result<(&Arc<dyn Store>, Vec<&'a Limit>), LimitError> {
        let store = self.store.get().ok_or(LimitError::NotServing)?;
        Ok((store, limits.iter().filter(|limit| limit.most > 0).collect()))
    }

    /// Tells of a limit that is reached.
    fn reached(&self, limit: Option<&Limit>, retry_after: Duration) -> LimitError {
        let name = limit.map_or("unknown", Limit::name);
        let reached = LimitReached { name, retry_after };
        count_reached(name);
        let watched = self.watched.as_ref();
        if let Some(Watched { events, call_id, .. }) = watched {
            let mut data = json!({"limit": name, "retry_after": reached.seconds()});
            if let Some(shown) = limit.and_then(|it| it.shown.as_deref()) {
                data["subject"] = shown.into();
            }
            events.emit(Event::new("limit_reached", data), Some(call_id));
        }
        tracing::warn!(
            limit = name,
            call_id = watched.map(|it| shown_id(&it.call_id)).as_deref(),
            agent = watched.map(|it| &*it.agent),
            retry_after = reached.seconds(),
            "limit_reached"
        );
        LimitError::Reached(reached)
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").finish_non_exhaustive()
    }
}

/// One more of a limit that is reached, in the metrics.
pub(crate) fn count_reached(name: &'static str) {
    metrics::counter!("swaig_limit_reached_total", "limit" => name).increment(1);
}

/// What tells an event from all others.
pub(crate) fn mark() -> Mark {
    *uuid::Uuid::new_v4().as_bytes()
}

/// Room that was taken. It stays taken when this is dropped.
///
/// ```
/// use std::time::Duration;
/// use swaig::{Call, Limit};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let limiter = Call::test().limits();
/// let limits = [Limit::new("texts", 1, Duration::from_secs(60)).of("+15551230000")];
/// let permit = limiter.take(&limits).await.expect("there is room");
/// // Nothing was sent after all.
/// permit.give_back().await;
/// assert!(limiter.look(&limits).await.is_ok());
/// # }
/// ```
#[must_use = "what was taken can be given back where nothing was done"]
pub struct Permit {
    store: Arc<dyn Store>,
    keys: Vec<LimitKey>,
    mark: Mark,
}

impl Permit {
    /// Gives the room back, because what it was for surely had no effect.
    pub async fn give_back(self) {
        if let Err(error) = self.store.uncount(&self.keys, self.mark).await {
            // It counts until its window ends: stricter than it need be, and nothing worse.
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "room under a limit was not given back"
            );
        }
    }

    /// Keeps the room: the same as to drop it, said aloud.
    pub fn keep(self) {}
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
