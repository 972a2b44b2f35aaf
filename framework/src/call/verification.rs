//! Whether the caller has shown who they are.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Call;
use crate::function::Reply;
use crate::phone_number::PhoneNumber;
use crate::seal::SealError;

/// The key in `meta_data` that says, for people and prompts, that the caller is verified. It proves nothing.
const VERIFIED: &str = "verified";
/// The key in `meta_data` of the sealed [`Verification`].
const VERIFICATION: &str = "verification";
/// How long a verification is good at most: longer than any call. Functions may ask for a fresher one.
const LIFETIME: Duration = Duration::from_hours(24);

/// How, when and with which phone a caller was verified.
///
/// ```
/// use swaig::{Call, PhoneNumber, Reply, Verification};
///
/// let call = Call::test().with_caller("+15551230000");
/// assert!(call.verification().is_none());
///
/// let verification = Verification::now("sms", &PhoneNumber::parse("+15551230000")?);
/// let reply = Reply::text("Verification successful").verified(&call, verification)?;
///
/// // What the reply put into meta_data, another function of the same call finds.
/// let call = reply.applied_to(call);
/// assert_eq!(call.verification().unwrap().by, "sms");
///
/// // Saying so is not enough.
/// assert!(Call::test().with_meta_data("verified", true).verification().is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Verification {
    /// The channel, such as `sms` or `call`.
    pub by: String,
    /// The number that the code went to, masked.
    pub to: String,
    /// When it was.
    pub at: Timestamp,
}

impl Verification {
    /// A verification that was made now.
    pub fn now(by: impl Into<String>, to: &PhoneNumber) -> Self {
        Self::with_masked(by, to.masked())
    }

    /// A verification that was made now, with a number that is masked already.
    pub fn with_masked(by: impl Into<String>, to: impl Into<String>) -> Self {
        Self { by: by.into(), to: to.into(), at: Timestamp::now() }
    }
}

impl Call {
    /// The verification of the caller in this call; `None` where there is none, or one that this server did not write for
    /// this call. A forged one is logged, and those who watch the agent hear of it.
    pub fn verification(&self) -> Option<Verification> {
        match self.unseal(VERIFICATION) {
            Ok(None) if self.meta_data().get(VERIFIED).is_some_and(|value| value == true) => {
                // It says so, and nothing proves it.
                self.seal_refused(VERIFIED, &SealError::Missing);
                None
            }
            Ok(verification) => verification,
            Err(_) => None,
        }
    }
}

impl Reply {
    /// Says that the caller of this call is verified: `verified` in `meta_data` for people and prompts, and the sealed
    /// `verification` that [`Call::verification`] and functions with a [step-up](crate::StepUp) go by. Functions that
    /// were waiting for it become active.
    ///
    /// # Errors
    /// [`SealError::Value`].
    pub fn verified(self, call: &Call, verification: Verification) -> Result<Self, SealError> {
        let sealed = call.sealed(VERIFICATION, &verification, LIFETIME)?;
        Ok(self
            .set_meta_data(VERIFIED, true)
            .set_meta_data(VERIFICATION, sealed)
            .with_verification(verification))
    }
}
