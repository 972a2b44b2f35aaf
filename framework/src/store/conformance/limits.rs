//! Limits count what all count together.

use std::time::Duration;

use super::super::{Bound, Full, LimitKey, Store};

const HOUR: Duration = Duration::from_hours(1);

fn bound(subject: &str, most: u32) -> Bound {
    Bound { key: LimitKey::new("test", subject), most, window: HOUR }
}

/// Counts with a mark of its own.
async fn count(store: &dyn Store, bounds: &[Bound], mark: u8) -> Option<Full> {
    store.count(bounds, [mark; 16]).await.unwrap()
}

/// The place of the bound that is full.
fn place(full: Option<Full>) -> Option<usize> {
    full.map(|full| {
        assert!(full.room_in <= HOUR && full.room_in > Duration::from_mins(59), "{full:?}");
        full.bound
    })
}

pub(super) async fn keep(store: &dyn Store) {
    all_or_none(store).await;
    take_back_and_clear(store).await;
    nothing_and_zero(store).await;
    the_longest_wait(store).await;
    at_once(store).await;
}

async fn all_or_none(store: &dyn Store) {
    let (wide, narrow) = (bound("wide", 3), bound("narrow", 1));
    assert_eq!(count(store, &[wide, narrow], 1).await, None);
    assert_eq!(place(count(store, &[wide, narrow], 2).await), Some(1));
    // The refused one was counted under neither.
    assert_eq!(count(store, &[wide], 3).await, None);
    assert_eq!(count(store, &[wide], 4).await, None);
    assert_eq!(place(count(store, &[wide], 5).await), Some(0));
    // To look counts nothing.
    assert_eq!(place(store.look(&[bound("other", 1), wide]).await.unwrap()), Some(1));
    assert_eq!(store.look(&[bound("other", 1)]).await.unwrap(), None);
    assert_eq!(count(store, &[bound("other", 1)], 6).await, None);
}

async fn take_back_and_clear(store: &dyn Store) {
    let (a, b) = (bound("back a", 2), bound("back b", 2));
    assert_eq!(count(store, &[a, b], 1).await, None);
    assert_eq!(count(store, &[a, b], 2).await, None);
    store.uncount(&[a.key, b.key], [1; 16]).await.unwrap();
    assert_eq!(count(store, &[a], 3).await, None);
    assert_eq!(place(count(store, &[a], 4).await), Some(0));
    assert_eq!(count(store, &[b], 3).await, None);
    // A mark that was never counted, and a key that is not there.
    store.uncount(&[a.key, bound("back c", 1).key], [9; 16]).await.unwrap();
    assert_eq!(place(store.look(&[a]).await.unwrap()), Some(0));
    store.clear(&a.key).await.unwrap();
    assert_eq!(store.look(&[a]).await.unwrap(), None);
    assert_eq!(place(store.look(&[b]).await.unwrap()), Some(0));
}

async fn nothing_and_zero(store: &dyn Store) {
    assert_eq!(count(store, &[], 1).await, None);
    assert_eq!(place(count(store, &[bound("zero", 0)], 1).await), Some(0));
}

async fn the_longest_wait(store: &dyn Store) {
    let long = bound("long", 1);
    let short = Bound { key: LimitKey::new("test", "short"), most: 1, window: HOUR / 4 };
    assert_eq!(count(store, &[short, long], 1).await, None);
    assert_eq!(place(count(store, &[short, long], 2).await), Some(1));
    assert_eq!(place(count(store, &[long, short], 2).await), Some(0));
}

async fn at_once(store: &dyn Store) {
    let last = bound("at once", 3);
    let asked = (0..20).map(|mark| store.count(std::slice::from_ref(&last), [mark; 16]));
    let answers = futures_util::future::join_all(asked.collect::<Vec<_>>()).await;
    assert_eq!(answers.into_iter().filter(|answer| matches!(answer, Ok(None))).count(), 3);
}
