//! How a function fails: what the model hears, and what the log says.

use std::error::Error;

use crate::error_chain::chain;
use crate::function::Reply;

/// A failure of a function.
///
/// What the model hears and what the log says are two texts. Any error turns into one with `?`; the model then
/// hears a general sentence that says that the function failed, and not why.
///
/// ```
/// use swaig::FunctionError;
///
/// let error = FunctionError::new("The price list is not available now. Offer to call the caller back")
///     .caused_by(std::io::Error::other("connection refused"));
/// assert_eq!(error.cause().as_deref(), Some("connection refused"));
/// ```
///
/// Whether the function had its effect decides what a repeated call does: a failure *without* an effect is not
/// remembered, so that the model can try again; after [`effect_unknown`](Self::effect_unknown) the same call gets the
/// same reply and nothing runs twice.
// It does not implement `Error`: that is what allows `From` for every error.
#[derive(Debug)]
pub struct FunctionError {
    /// Boxed, so that a `Result` with this error stays small.
    reply: Option<Box<Reply>>,
    source: Option<Box<dyn Error + Send + Sync>>,
    effect_unknown: bool,
}

impl FunctionError {
    /// A failure that the model hears as this sentence: what failed, and what to do next.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self::with_reply(Reply::text(sentence))
    }

    /// A failure that is answered with a whole reply, actions and all.
    pub fn with_reply(reply: Reply) -> Self {
        Self { reply: Some(Box::new(reply)), source: None, effect_unknown: false }
    }

    /// Adds the reason, for the log.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Says that the function may have had its effect all the same (a request was sent and no answer came, say).
    #[must_use]
    pub fn effect_unknown(mut self) -> Self {
        self.effect_unknown = true;
        self
    }

    /// Says whether the function may have had its effect.
    #[must_use]
    pub fn effect_unknown_if(mut self, unknown: bool) -> Self {
        self.effect_unknown = unknown;
        self
    }

    /// Whether the function may have had its effect.
    pub fn may_have_had_effect(&self) -> bool {
        self.effect_unknown
    }

    /// The reply for the model; `None` for a failure that the function has no words for.
    pub fn reply(&self) -> Option<&Reply> {
        self.reply.as_deref()
    }

    /// The chain of causes, for the log; `None` where the function just said no.
    pub fn cause(&self) -> Option<String> {
        Some(chain(self.source.as_deref()?))
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for FunctionError {
    /// The model hears a general sentence. What was done before the error is not known, so the call is not run again.
    fn from(error: E) -> Self {
        Self { reply: None, source: Some(Box::new(error)), effect_unknown: true }
    }
}
