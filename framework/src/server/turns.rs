//! Whose turn it is, where more has come than can be begun at once.
//!
//! A runtime goes on with its tasks in the order in which they were woken. After ten thousand webhooks of the same moment, who
//! asks for `/health` would be answered when all of them were begun, and an orchestrator takes such a server for dead. So
//! while many tasks are in line, webhooks are begun some at a time, in the order in which they came, and in between
//! what came meanwhile is read, which takes less.

use tokio::runtime::{Handle, RuntimeMetrics};
use tokio::sync::Semaphore;
use tokio::task::yield_now;

/// How many webhooks one thread begins before it looks at what came meanwhile. A look is one system call, and a webhook takes
/// some tens of microseconds.
const ROUND: usize = 16;
/// There are turns where more tasks than these are in line. Each thread has a line of its own beside it, of 256 at most.
const FEW: usize = 32;

/// The turns of a server.
pub(crate) struct Turns {
    runtime: RuntimeMetrics,
    /// The places in the round that goes on.
    round: Semaphore,
}

impl Turns {
    /// Those of the runtime that this is called in. The line of one that has a single thread cannot be looked at, and there
    /// all is begun at once.
    pub(crate) fn new() -> Self {
        let runtime = Handle::current().metrics();
        let round = Semaphore::new(ROUND * runtime.num_workers());
        Self { runtime, round }
    }

    /// Waits for the turn of whoever calls it, which has come where there is no line.
    pub(crate) async fn mine(&self) {
        let is_full = self.round.available_permits() == 0;
        if !is_full && self.runtime.global_queue_depth() <= FEW {
            return;
        }
        // It fails where the semaphore is closed, which it never is; and whoever waited longest is next.
        if let Ok(place) = self.round.acquire().await {
            yield_now().await;
            drop(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, mpsc};

    use futures_util::FutureExt as _;

    use super::*;

    const CROWD: usize = 2_000;

    #[test]
    fn who_comes_after_a_crowd_does_not_wait_for_all_of_it() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let begun = Arc::new(Mutex::new(Vec::new()));
        runtime.block_on(async {
            let turns = Arc::new(Turns::new());
            // The only thread has something to do while they come.
            let (go, wait) = mpsc::channel::<()>();
            tokio::spawn(async move { wait.recv() });
            let crowd: Vec<_> = (0..CROWD)
                .map(|number| {
                    let (turns, begun) = (turns.clone(), begun.clone());
                    tokio::spawn(async move {
                        turns.mine().await;
                        begun.lock().unwrap().push(number);
                    })
                })
                .collect();
            let before = begun.clone();
            let last = tokio::spawn(async move { before.lock().unwrap().len() });
            go.send(()).unwrap();
            let before = last.await.unwrap();
            assert!(before < CROWD / 2, "{before} were begun before");
            for one in crowd {
                one.await.unwrap();
            }
            assert_eq!(turns.round.available_permits(), ROUND);
        });
        let begun = begun.lock().unwrap();
        assert_eq!(begun.len(), CROWD, "all had their turn");
        let late = |(place, number): (usize, &usize)| place.abs_diff(*number) > CROWD / 2;
        assert!(!begun.iter().enumerate().any(late), "in about the order in which they came");
    }

    #[tokio::test]
    async fn who_is_alone_does_not_wait() {
        assert!(Turns::new().mine().now_or_never().is_some());
    }

    #[tokio::test]
    async fn who_comes_while_a_round_goes_on_waits_for_the_next() {
        let turns = Turns::new();
        let round = turns.round.acquire_many(u32::try_from(ROUND).unwrap()).await.unwrap();
        let mut late = Box::pin(turns.mine());
        assert!((&mut late).now_or_never().is_none());
        drop(round);
        late.await;
        assert!(turns.mine().now_or_never().is_some());
    }
}
