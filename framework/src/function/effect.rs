//! What a function does to the world, and so what a repeated call may do.

use std::time::Duration;

/// What happens when the same call (call id, function, raw argument) arrives again.
///
/// ```
/// use std::time::Duration;
/// use swaig::Effect;
///
/// const LONGER: Effect = Effect::OncePerArgument(Duration::from_secs(120));
/// assert_eq!(Effect::ONCE, Effect::OncePerArgument(Duration::from_secs(30)));
/// # let _ = LONGER;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// It only reads: every call runs.
    None,
    /// It runs once in this time for the same call and argument; repetitions get the first reply, also those that
    /// arrive while the first still runs.
    OncePerArgument(Duration),
}

impl Effect {
    /// The default: once in 30 seconds for the same call and argument.
    pub const ONCE: Self = Self::OncePerArgument(Duration::from_secs(30));
}
