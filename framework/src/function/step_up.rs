//! The gate before a function that only a verified caller may use.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::call::Verification;

/// What a caller has to have shown before a function runs ([`Function::STEP_UP`](crate::Function::STEP_UP)).
///
/// The server checks it before the function is called, whatever the prompt says and whatever the model does: a caller who
/// talks the model into calling the function gets nothing by it.
///
/// ```
/// use std::time::Duration;
/// use swaig::StepUp;
///
/// /// Within ten minutes, by text message.
/// const STEP_UP: Option<StepUp> =
///     Some(StepUp::new("send_mfa").within(Duration::from_mins(10)).by(&["sms"]));
/// # let _ = STEP_UP;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepUp {
    starts_with: &'static str,
    within: Option<Duration>,
    by: &'static [&'static str],
}

impl StepUp {
    /// A caller who was verified in this call. `starts_with` is the function that a verification starts with, such as
    /// `send_mfa`: the model is told to call it, and every agent that mounts the guarded function has to mount it.
    pub const fn new(starts_with: &'static str) -> Self {
        Self { starts_with, within: None, by: &[] }
    }

    /// Not longer ago than this. By default it holds for the whole call.
    #[must_use]
    pub const fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    /// By one of these channels, such as `sms` or `call`. By default any will do.
    #[must_use]
    pub const fn by(mut self, channels: &'static [&'static str]) -> Self {
        self.by = channels;
        self
    }

    pub(crate) fn starts_with(&self) -> &'static str {
        self.starts_with
    }

    /// Whether a caller may pass; else the sentence for the model.
    pub(crate) fn check(&self, verification: Option<&Verification>, now: Timestamp) -> Result<(), String> {
        let start = self.starts_with;
        let Some(verification) = verification else {
            return Err(format!(
                "The caller is not verified, so nothing was done. Verify the caller first, starting with {start}."
            ));
        };
        if !self.by.is_empty() && !self.by.contains(&verification.by.as_str()) {
            return Err(format!(
                "The caller was verified by {}, and this needs a verification by {}, so nothing was done. Verify the caller again, starting with {start}.",
                verification.by,
                self.by.join(" or ")
            ));
        }
        let age = now.duration_since(verification.at);
        let too_old = |limit: Duration| SignedDuration::try_from(limit).is_ok_and(|limit| age > limit);
        if self.within.is_some_and(too_old) {
            return Err(format!(
                "The caller was verified too long ago for this, so nothing was done. Verify the caller again, starting with {start}."
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_pass() {
        let verification = Verification::with_masked("sms", "+1••••••0000");
        let at = |seconds: i64| verification.at + SignedDuration::from_secs(seconds);
        let any = StepUp::new("send_mfa");
        let fresh = any.within(Duration::from_mins(10));
        assert!(any.check(None, at(0)).unwrap_err().contains("not verified"));
        assert_eq!(any.check(Some(&verification), at(80_000)), Ok(()));
        assert_eq!(fresh.check(Some(&verification), at(600)), Ok(()));
        assert!(fresh.check(Some(&verification), at(601)).unwrap_err().contains("too long ago"));
        assert_eq!(any.by(&["sms", "call"]).check(Some(&verification), at(0)), Ok(()));
        let error = any.by(&["call"]).check(Some(&verification), at(0)).unwrap_err();
        assert!(error.contains("by sms, and this needs a verification by call"), "{error}");
        assert!(error.ends_with("starting with send_mfa."), "{error}");
    }
}
