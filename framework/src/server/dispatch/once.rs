//! A function with an effect runs once for the same call, however often its webhook arrives, and whatever breaks.
//!
//! A call is claimed twice: in this process, and then in the store that other instances share. The first claim makes
//! repetitions at the same moment cheap, and it is what is left when the store is down. A store in memory is this process.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::super::app::App;
use super::super::metrics;
use super::target::Target;
use super::{HadEffect, encode_for, run};
use crate::call::Call;
use crate::function::Reply;
use crate::store::{Claim, Event, ReplyKey, ReplyMemory, StoreError, in_time};

/// What is added to a function's deadline before a claim without a reply counts as interrupted: time to keep the reply.
const MARGIN: Duration = Duration::from_secs(1);
/// The same in this process, where a claim ends with the run, and its run may wait for the store before and after.
const MARGIN_HERE: Duration = Duration::from_secs(6);

/// Runs the function, or gives the reply of the run that there was.
#[expect(
    clippy::manual_async_fn,
    reason = "an async fn would hold what it is given twice, in every call that waits"
)]
pub(super) fn run_once(app: Arc<App>, target: Target, call: Call) -> impl Future<Output = Bytes> {
    async move { once(&app, &target, &call).await }
}

async fn once(app: &App, target: &Target, call: &Call) -> Bytes {
    let Some((key, window)) = key(target, call) else { return run(app, target, call).await.reply };
    let claim = Claims { key: &key, window, target, call };
    if app.store.is_here_alone() {
        return here_alone(app, &claim).await;
    }
    // The memory of this process does not fail.
    if let Ok(Some(reply)) = claim.on(&app.claims, MARGIN_HERE).await {
        return reply;
    }
    match claim.on(&*app.store, MARGIN).await {
        Ok(None) => {}
        Ok(Some(reply)) => {
            // Who waits for this claim asks the store as well: what is there may be forgotten by other instances.
            let _ = app.claims.release(&key).await;
            return reply;
        }
        // The caller waits on the phone, so the function runs all the same.
        Err(error) => report(&error, "the store is not available: repeated calls are told apart here alone"),
    }

    let ended = run(app, target, call).await;
    match ended.effect {
        HadEffect::No => {
            if let Err(error) = in_time(app.store.release(&key)).await {
                report(&error, "a claim was not released");
            }
            let _ = app.claims.release(&key).await;
        }
        HadEffect::Perhaps => {
            // Also where the claim was not made: the store may be there again.
            let finish = in_time(app.store.finish(&key, ended.reply.clone(), window));
            // The events of the run are written beside it, and not after it.
            let (kept, ()) = tokio::join!(finish, app.recorder.flush());
            // Who waits in this process gets the reply from here, …
            let _ = app.claims.finish(&key, ended.reply.clone(), window).await;
            match kept {
                // … and who comes later from the store.
                Ok(()) => {
                    let _ = app.claims.release(&key).await;
                }
                Err(error) => report(&error, "a reply is remembered here alone"),
            }
        }
    }
    ended.reply
}

/// The same where the store is this process.
async fn here_alone(app: &App, claim: &Claims<'_>) -> Bytes {
    let Claims { key, window, target, call } = *claim;
    if let Ok(Some(reply)) = claim.on(&*app.store, MARGIN_HERE).await {
        return reply;
    }
    let ended = run(app, target, call).await;
    let kept = match ended.effect {
        HadEffect::No => app.store.release(key).await,
        HadEffect::Perhaps => app.store.finish(key, ended.reply.clone(), window).await,
    };
    if let Err(error) = kept {
        report(&error, "what became of a call was not kept");
    }
    ended.reply
}

/// Forgets what functions of a call did.
pub(super) async fn forget(app: &App, call: &Call, functions: &[String]) {
    for function in functions {
        let _ = app.claims.forget(call.agent_id(), call.call_id(), function).await;
        if let Err(error) = in_time(app.store.forget(call.agent_id(), call.call_id(), function)).await {
            report(&error, "a reply was not forgotten");
        }
    }
}

/// What two equal calls have in common, and how long that counts; `None` where every call runs.
fn key(target: &Target, call: &Call) -> Option<(ReplyKey, Duration)> {
    let window = target.effect.window()?;
    // Without a call id, two calls could not be told apart.
    if call.call_id().is_empty() {
        return None;
    }
    let key = ReplyKey {
        agent_id: call.agent_id().to_owned(),
        call_id: call.call_id().to_owned(),
        function: target.name.to_owned(),
        argument: target.argument(call),
    };
    Some((key, window))
}

/// A call that asks for its turn.
struct Claims<'a> {
    key: &'a ReplyKey,
    window: Duration,
    target: &'a Target,
    call: &'a Call,
}

impl Claims<'_> {
    /// Claims the call; `None` when it is this one's turn, else the reply.
    async fn on(&self, memory: &dyn ReplyMemory, margin: Duration) -> Result<Option<Bytes>, StoreError> {
        let (lease, deadline) = (self.target.deadline + margin, self.call.deadline());
        loop {
            match in_time(memory.claim(self.key, lease, self.window)).await? {
                Claim::Run => return Ok(None),
                Claim::Done(reply) => return Ok(Some(self.repeated(reply))),
                Claim::Interrupted => return Ok(Some(self.interrupted())),
                Claim::Running if self.call.remaining().is_zero() => return Ok(Some(self.waited())),
                Claim::Running => match tokio::time::timeout_at(deadline, memory.wait(self.key)).await {
                    Ok(Ok(Some(reply))) => return Ok(Some(self.repeated(reply))),
                    // Its first run had no effect, and this one may try; or it was interrupted, and the claim says so.
                    Ok(Ok(None)) => {}
                    Ok(Err(error)) => return Err(error),
                    Err(_) => return Ok(Some(self.waited())),
                },
            }
        }
    }

    fn repeated(&self, reply: Bytes) -> Bytes {
        let name = self.target.name;
        self.call.broadcast(Event::new("function_repeated", json!({"function": name})));
        metrics::function(name, "repeated", Duration::ZERO);
        reply
    }

    /// The first run goes on elsewhere, or ends just now.
    fn waited(&self) -> Bytes {
        let (name, text) = (self.target.name, self.target.too_long);
        let reason = "the first run gave no reply in time";
        let data = json!({"function": name, "reason": reason, "response": text});
        self.call.broadcast(Event::new("function_repeated", data));
        metrics::function(name, "repeated", Duration::ZERO);
        encode_for(self.call, &Reply::text(text))
    }

    /// Who ran it is gone: it may have been done or not, so nobody does it again unasked.
    fn interrupted(&self) -> Bytes {
        let (name, text) = (self.target.name, self.target.interrupted());
        self.call.broadcast(Event::new("function_interrupted", json!({"function": name, "response": text})));
        let (call_id, agent) = (self.call.shown_id(), self.call.agent());
        let call_id = &*call_id;
        tracing::warn!(
            function = name,
            call_id,
            agent,
            "function_interrupted: its first run ended without a reply"
        );
        metrics::function(name, "interrupted", Duration::ZERO);
        encode_for(self.call, &Reply::text(text))
    }
}

fn report(error: &StoreError, what: &str) {
    tracing::error!(error = error as &dyn Error, "{what}");
}
