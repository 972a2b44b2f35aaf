//! Work that is carried out, also where nobody waits for it any more.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;

/// It panicked.
pub(super) struct Panicked;

/// Goes on for as long as somebody waits for it, and where that one has gone away in a task of its own: most work is done at
/// once, and a task for each would be made in vain.
pub(super) struct CarriedOut<T: Send + 'static>(Option<BoxFuture<'static, Result<T, Panicked>>>);

impl<T: Send + 'static> CarriedOut<T> {
    pub(super) fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Some(AssertUnwindSafe(work).catch_unwind().map(|done| done.map_err(|_| Panicked)).boxed()))
    }
}

impl<T: Send + 'static> Future for CarriedOut<T> {
    type Output = Result<T, Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(work) = &mut self.0 else { return Poll::Pending };
        let done = std::task::ready!(work.as_mut().poll(context));
        self.0 = None;
        Poll::Ready(done)
    }
}

impl<T: Send + 'static> Drop for CarriedOut<T> {
    fn drop(&mut self) {
        // Without a runtime the process ends, and nothing is carried out any more.
        if let (Some(work), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_was_begun_is_done_though_nobody_waits() {
        let (go, wait) = oneshot::channel::<()>();
        let (done, seen) = oneshot::channel();
        let mut work = CarriedOut::new(async {
            let _ = wait.await;
            let _ = done.send("done");
        });
        assert!((&mut work).now_or_never().is_none());
        drop(work);
        go.send(()).unwrap();
        assert_eq!(seen.await, Ok("done"));
    }

    #[tokio::test]
    async fn what_was_not_begun_is_done_too() {
        let (done, seen) = oneshot::channel();
        drop(CarriedOut::new(async { done.send("done") }));
        assert_eq!(seen.await, Ok("done"));
    }

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        assert!(CarriedOut::new(async { panic!("on purpose") }).await.is_err());
        assert!(CarriedOut::new(async { 7 }).await.is_ok_and(|done| done == 7));
    }
}
