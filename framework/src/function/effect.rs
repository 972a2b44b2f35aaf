//! What a function does to the world, and so what a repeated call may do.

use std::fmt;
use std::time::Duration;

/// What happens when the same call arrives again: the platform repeats a webhook whose answer it did not get, and a model
/// that was interrupted asks again.
///
/// Calls are told apart by the agent id, the call id, the function's name and, for
/// [`OncePerArgument`](Self::OncePerArgument), the raw argument. A call without a call id runs every time: it cannot be
/// told apart from another one.
///
/// Whatever the effect, arguments that do not fit and a [`FunctionError`](crate::FunctionError) that had no effect are
/// not remembered, and [`Reply::allow_again`](crate::Reply::allow_again) forgets what was.
///
/// ```
/// use std::time::Duration;
/// use swaig::Effect;
///
/// const LONGER: Effect = Effect::OncePerArgument(Duration::from_secs(120));
/// assert_eq!(Effect::ONCE, Effect::OncePerArgument(Duration::from_secs(30)));
/// assert_eq!(LONGER.to_string(), "once in 120 seconds for the same arguments");
/// assert_eq!(Effect::OncePerCall.to_string(), "once in a phone call");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// It only reads: every call runs.
    None,
    /// It runs once in this time for the same phone call and argument; repetitions get the first reply, also those that
    /// arrive while the first still runs.
    ///
    /// The key is the agent id, the call id, the name and a SHA-256 of the raw argument: `argument.raw`, the text as the
    /// model wrote it, or else the parsed argument. So the same values written in another way are another call.
    OncePerArgument(Duration),
    /// It runs once in a phone call, whatever the argument is: what must not be done twice for one caller, such as an
    /// order or a payment. Every later call of it in that phone call gets the first reply, for a day.
    OncePerCall,
}

/// No phone call is longer than this.
const A_CALL: Duration = Duration::from_hours(24);

impl Effect {
    /// The default: once in 30 seconds for the same call and argument.
    pub const ONCE: Self = Self::OncePerArgument(Duration::from_secs(30));

    /// How long a reply is given again; `None` where every call runs.
    pub(crate) fn window(self) -> Option<Duration> {
        match self {
            Self::None => None,
            Self::OncePerArgument(window) => Some(window),
            Self::OncePerCall => Some(A_CALL),
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("every time"),
            Self::OncePerArgument(window) => {
                write!(f, "once in {} seconds for the same arguments", window.as_secs_f64())
            }
            Self::OncePerCall => f.write_str("once in a phone call"),
        }
    }
}
