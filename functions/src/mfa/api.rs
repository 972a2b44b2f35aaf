//! What `send_mfa` and `verify_mfa` share.

use std::sync::Arc;
use std::time::Instant;

use swaig::setup::SignalWire;
use swaig::{Call, Setup, SetupError};

use super::client::BREAKER_FAILURES;
use super::{Credentials, MfaClient, MfaError, MfaLimits, MfaSettings, Outcome, Sandbox};
use crate::rest;

/// The MFA API as the functions use it: a client and the settings. Clones share one client.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::Setup;
/// use swaig_functions::mfa::{MfaApi, SendMfa, VerifyMfa};
///
/// // Both functions of a server share one; without an account it is the sandbox.
/// let api = MfaApi::shared(&Setup::test([("MFA_TOKEN_LENGTH", "6")]))?;
/// let functions = (SendMfa { api: api.clone() }, VerifyMfa { api });
/// # let _ = functions;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct MfaApi(Arc<Inner>);

struct Inner {
    client: MfaClient,
    settings: MfaSettings,
    /// Held so that the sandbox lives as long as its client.
    _sandbox: Option<Sandbox>,
}

impl MfaApi {
    /// These parts.
    pub fn new(client: MfaClient, settings: MfaSettings) -> Self {
        Self(Arc::new(Inner { client, settings, _sandbox: None }))
    }

    /// The one API of a server: SignalWire's in live mode, else a sandbox whose messages arrive on the setup's phone.
    ///
    /// # Errors
    /// A setting that is not valid, or a sandbox that cannot listen.
    pub fn shared(setup: &Setup) -> Result<Self, SetupError> {
        let api = setup.shared(|setup| {
            let settings = MfaSettings::from_setup(setup)?;
            let (base, credentials, sandbox) = match setup.signalwire() {
                SignalWire::Live(account) => {
                    let credentials = Credentials::new(&account.project_id, account.api_token.clone());
                    (account.base_url.clone(), credentials, None)
                }
                SignalWire::Sandbox => {
                    let phone = setup.phone().clone();
                    let deliver = move |message: super::TextMessage| {
                        phone.deliver(message.to, message.channel.as_str(), message.body);
                    };
                    let sandbox = Sandbox::start(deliver).map_err(|error| {
                        SetupError::failed("cannot start the sandbox of the MFA API", error)
                    })?;
                    (sandbox.base_url(), sandbox.credentials(), Some(sandbox))
                }
            };
            let client = MfaClient::builder(base, credentials)
                .breaker_failures(breaker_failures(setup)?)
                .build()
                .map_err(|error| SetupError::failed("cannot make the client of the MFA API", error))?;
            Ok(Self(Arc::new(Inner { client, settings, _sandbox: sandbox })))
        })?;
        Ok(Self::clone(&api))
    }

    pub(super) fn client(&self) -> &MfaClient {
        &self.0.client
    }

    pub(super) fn settings(&self) -> &MfaSettings {
        &self.0.settings
    }

    pub(super) fn limits(&self) -> &MfaLimits {
        &self.0.settings.limits
    }
}

fn breaker_failures(setup: &Setup) -> Result<u32, SetupError> {
    let name = "MFA_BREAKER_FAILURES";
    match setup.setting(name).map(|text| text.parse()) {
        None => Ok(BREAKER_FAILURES),
        Some(Ok(failures @ 0..=1000)) => Ok(failures),
        Some(_) => Err(SetupError::invalid(
            name,
            &"expected a number of failures in a row, 0 (it never opens) to 1000",
        )),
    }
}

/// Tells those who watch how a request to the API went.
pub(super) fn tell(call: &Call, operation: &str, outcome: Result<&'static str, &MfaError>, started: Instant) {
    let word = match outcome {
        Ok(outcome) => outcome,
        Err(MfaError::Open(_)) => "breaker open",
        Err(error) => match error.outcome() {
            Outcome::Refused => "refused",
            Outcome::Unavailable => "unavailable",
        },
    };
    rest::tell(call, operation, word, outcome.err(), started);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_breaker_opens_after_as_many_failures_as_the_setting_says() {
        assert_eq!(breaker_failures(&Setup::test([("X", "y")])).unwrap(), 5);
        assert_eq!(breaker_failures(&Setup::test([("MFA_BREAKER_FAILURES", "0")])).unwrap(), 0);
        for wrong in ["-1", "1001", "many"] {
            let error = breaker_failures(&Setup::test([("MFA_BREAKER_FAILURES", wrong)])).unwrap_err();
            assert!(error.to_string().contains("0 (it never opens) to 1000"), "{error}");
        }
    }
}
