//! Who may connect: so many at once in all, and so many from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::metrics;
use super::super::one_client::one_client;
use super::limits::Limits;

/// The places for connections.
pub(super) struct Admission {
    places: Arc<Semaphore>,
    all: AtomicU32,
    per_address: AtomicUsize,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place that is free. It is asked for before a connection is accepted, so that those who find none wait in the queue of
/// the operating system, where they cost nothing.
pub(super) type Place = OwnedSemaphorePermit;

/// A connection's place, until it is dropped.
pub(super) struct Admitted {
    _place: Place,
    address: Option<IpAddr>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _metric: metrics::Connection,
}

impl Admission {
    pub(super) fn new(limits: &Limits) -> Self {
        let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
        Self {
            places: Arc::new(Semaphore::new(all as usize)),
            all: all.into(),
            per_address: limits.per_address.into(),
            taken: Arc::default(),
        }
    }

    /// Changes how many places there are. Who is there may stay: places that are too many go when they are free again, and
    /// until then nobody gets one. It has to be called inside a tokio runtime, and by one at a time.
    #[cfg(any(feature = "cli", test))]
    pub(super) fn limit(&self, limits: &Limits) {
        self.per_address.store(limits.per_address, Ordering::Relaxed);
        let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
        let before = self.all.swap(all, Ordering::Relaxed);
        if let Some(fewer) = before.checked_sub(all).filter(|fewer| *fewer > 0) {
            let places = self.places.clone();
            tokio::spawn(async move {
                // An error means closed, which the semaphore never is.
                if let Ok(places) = places.acquire_many_owned(fewer).await {
                    places.forget();
                }
            });
        } else {
            self.places.add_permits(all.saturating_sub(before) as usize);
        }
    }

    /// Waits for a place.
    pub(super) async fn place(&self) -> Place {
        if self.places.available_permits() == 0 {
            tracing::warn!(
                connections = self.all.load(Ordering::Relaxed),
                "all connections are taken, and new ones wait: raise SWAIG_MAX_CONNECTIONS if this is no attack"
            );
        }
        match self.places.clone().acquire_owned().await {
            Ok(place) => place,
            // The semaphore is never closed.
            Err(_) => std::future::pending().await,
        }
    }

    /// Takes a place for a client; `None` where its address has enough. `shared` is an address that many clients come
    /// from, such as a proxy's: it may take all places.
    pub(super) fn admit(&self, place: Place, client: IpAddr, shared: bool) -> Option<Admitted> {
        let address = (!shared).then(|| one_client(client));
        if let Some(address) = address {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let count = taken.entry(address).or_default();
            if *count >= self.per_address.load(Ordering::Relaxed) {
                metrics::connection_refused();
                return None;
            }
            *count += 1;
        }
        let taken = self.taken.clone();
        Some(Admitted { _place: place, address, taken, _metric: metrics::Connection::open() })
    }

    /// Waits until all connections have ended.
    pub(super) async fn all_ended(&self) {
        // An error means closed, which the semaphore never is.
        let _ = self.places.acquire_many(self.all.load(Ordering::Relaxed)).await;
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn admission(connections: usize, per_address: usize) -> Admission {
        Admission::new(&Limits { connections, per_address, idle: Duration::from_secs(1) })
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn an_address_gets_no_more_than_its_share_and_gets_it_back() {
        let admission = admission(10, 2);
        let first = admission.admit(admission.place().await, ip("10.0.0.1"), false).unwrap();
        let _second = admission.admit(admission.place().await, ip("::ffff:10.0.0.1"), false).unwrap();
        assert!(admission.admit(admission.place().await, ip("10.0.0.1"), false).is_none());
        assert!(admission.admit(admission.place().await, ip("10.0.0.2"), false).is_some());
        drop(first);
        assert!(admission.admit(admission.place().await, ip("10.0.0.1"), false).is_some());
        assert_eq!(admission.taken.lock().unwrap().len(), 1, "an address without connections is forgotten");
    }

    #[tokio::test]
    async fn a_network_of_ipv6_is_one_client() {
        let admission = admission(10, 1);
        let _first = admission.admit(admission.place().await, ip("2001:db8::1"), false).unwrap();
        assert!(admission.admit(admission.place().await, ip("2001:db8::ffff:2"), false).is_none());
        assert!(admission.admit(admission.place().await, ip("2001:db8:0:1::1"), false).is_some());
    }

    #[tokio::test]
    async fn a_shared_address_may_take_all_places() {
        let admission = admission(3, 1);
        let mut all = Vec::new();
        for _ in 0..3 {
            all.push(admission.admit(admission.place().await, ip("10.0.0.1"), true).unwrap());
        }
        assert!(tokio::time::timeout(Duration::ZERO, admission.place()).await.is_err(), "no place is left");
        all.pop();
        let _place = admission.place().await;
    }

    #[tokio::test]
    async fn limits_that_change_cut_nobody_off() {
        let full = async |admission: &Admission| {
            tokio::time::timeout(Duration::from_millis(1), admission.place()).await.is_err()
        };
        let limits =
            |connections| Limits { connections, per_address: connections, idle: Duration::from_secs(1) };
        let admission = admission(3, 3);
        let mut open = Vec::new();
        for _ in 0..3 {
            open.push(admission.admit(admission.place().await, ip("10.0.0.1"), false).unwrap());
        }
        admission.limit(&limits(1));
        // The task that takes the places away has to be in line first.
        tokio::task::yield_now().await;
        for _ in 0..2 {
            assert!(full(&admission).await);
            open.pop();
        }
        assert!(full(&admission).await, "the one that is left");
        open.pop();
        let place = admission.place().await;
        assert!(full(&admission).await);
        admission.limit(&limits(2));
        let second = admission.place().await;
        drop((place, second));
        admission.all_ended().await;
    }

    #[tokio::test]
    async fn the_end_of_all_connections_is_noticed() {
        let admission = admission(3, 3);
        let one = admission.admit(admission.place().await, ip("10.0.0.1"), false);
        assert!(tokio::time::timeout(Duration::ZERO, admission.all_ended()).await.is_err());
        drop(one);
        admission.all_ended().await;
    }
}
