//! What travels in the call's `meta_data` between sending a code and verifying it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use swaig::{Call, FunctionError, PhoneNumber};

use super::{Channel, MfaSettings, RequestId, Ticket};

/// The key of [`MfaState`] in `meta_data`.
pub(super) const MFA: &str = "mfa";
/// How long the state outlives its code, so that a late caller hears that the code has expired.
const GRACE: Duration = Duration::from_hours(1);

/// A code that was sent and waits to be read back.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::mfa::{SendMfa, SendMfaArgs};
///
/// let call = Call::test().with_caller("+15551230000");
/// let send_mfa = SendMfa::build(&Setup::test([("MFA_TOKEN_LENGTH", "6")]))?;
/// let reply = send_mfa.call(SendMfaArgs::default(), &call).await.unwrap();
/// // What the function keeps, sealed, is what `verify_mfa` reads.
/// assert!(serde_json::to_string(&reply)?.contains("\"attempts_left\":4"));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct MfaState {
    /// The request at the MFA API.
    pub id: RequestId,
    /// Whether the API queued the message.
    pub success: bool,
    /// The number it went to, masked.
    pub to: String,
    /// How it was sent.
    pub channel: Channel,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When the code dies.
    pub expires_at: Timestamp,
    /// What stands for the number where tries are counted.
    pub(super) number: String,
    /// How many digits it has.
    pub token_length: u32,
    /// How many tries are left.
    pub attempts_left: u32,
}

impl MfaState {
    pub(super) fn new(
        call: &Call,
        ticket: &Ticket,
        to: &PhoneNumber,
        settings: &MfaSettings,
        now: Timestamp,
    ) -> Self {
        let valid_for = SignedDuration::from_secs(settings.valid_for.get().into());
        Self {
            id: ticket.id,
            success: ticket.success,
            to: to.masked(),
            number: call.pseudonym(to.expose()),
            channel: ticket.channel,
            sent_at: now,
            expires_at: now.checked_add(valid_for).unwrap_or(Timestamp::MAX),
            token_length: settings.token_length.get(),
            attempts_left: settings.max_attempts.get(),
        }
    }

    /// As it goes into `meta_data`: sealed, so that only a code of this call and caller can be verified.
    pub(super) fn sealed(&self, call: &Call) -> Result<Value, FunctionError> {
        let left = self.expires_at.duration_since(Timestamp::now()).max(SignedDuration::ZERO).unsigned_abs();
        call.sealed(MFA, self, left + GRACE).map_err(|error| {
            FunctionError::new("The code could not be kept. Apologise, and try again.").caused_by(error)
        })
    }
}
