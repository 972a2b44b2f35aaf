//! What a function in the attribute form may return.

use super::{FunctionError, Reply};

/// What an `async fn` with the attribute [`function`](macro@crate::function) returns: a [`Reply`], a text that the model
/// reads, or a `Result` of one of them.
///
/// ```
/// use swaig::Reply;
/// use swaig::function::Answer as _;
///
/// let reply: Reply = "It is booked.".into_reply().expect("a text is a reply");
/// assert_eq!(reply.spoken(), "It is booked.");
/// ```
#[diagnostic::on_unimplemented(
    message = "the model cannot be answered with `{Self}`",
    label = "expected `Result<Reply, FunctionError>`, `Reply`, `String`, or a `Result` of one of them",
    note = "write `-> Result<Reply, FunctionError>`; any error turns into a `FunctionError` with `?`"
)]
pub trait Answer {
    /// The reply, or the failure.
    ///
    /// # Errors
    /// What the function returned.
    fn into_reply(self) -> Result<Reply, FunctionError>;
}

impl Answer for Reply {
    fn into_reply(self) -> Result<Reply, FunctionError> {
        Ok(self)
    }
}

impl Answer for String {
    fn into_reply(self) -> Result<Reply, FunctionError> {
        Ok(Reply::text(self))
    }
}

impl Answer for &str {
    fn into_reply(self) -> Result<Reply, FunctionError> {
        Ok(Reply::text(self))
    }
}

impl<T: Answer, E: Into<FunctionError>> Answer for Result<T, E> {
    fn into_reply(self) -> Result<Reply, FunctionError> {
        self.map_err(Into::into)?.into_reply()
    }
}
