//! A limit on time that costs nothing where there is nothing to wait for.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

/// As tokio's `timeout_at`. What is done at once, as most is, is done without a look at the clock.
///
/// The work stays where it is: a future has room for what is moved into it, and again for where it is moved to.
pub(crate) async fn done_by<F: Future>(
    deadline: impl FnOnce() -> Instant,
    mut work: Pin<&mut F>,
) -> Result<F::Output, Elapsed> {
    match poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
        Poll::Ready(done) => Ok(done),
        Poll::Pending => timeout_at(deadline(), work).await,
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::pin::pin;
    use std::time::Duration;

    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_done_in_time_is_done_and_what_is_not_is_given_up() {
        let deadline = || Instant::now() + Duration::from_secs(2);
        assert_eq!(done_by(|| unreachable!("it is done at once"), pin!(ready(7))).await, Ok(7));
        assert_eq!(done_by(deadline, pin!(sleep(Duration::from_secs(1)))).await, Ok(()));
        assert!(done_by(deadline, pin!(pending::<()>())).await.is_err());
    }
}
