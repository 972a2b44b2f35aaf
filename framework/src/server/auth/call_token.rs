//! Tokens in webhook URLs, each for one call, one agent and one use of the URL.
//!
//! They are an agent's choice ([`AgentDefinition::call_tokens`](crate::AgentDefinition::call_tokens)). The URL of a
//! function then works for that function in that call and for nothing else: who learns the password from a log cannot call
//! functions with it.

use std::time::Duration;

use crate::seal::{SealError, Sealer};
use crate::setup::{Setup, SetupError};

/// The query parameter that carries the token.
pub(crate) const PARAMETER: &str = "call_token";
/// What the tokens of the URLs that are not a function's are for: no function has such a name.
pub(crate) const POST_PROMPT: &str = "/post_prompt";
pub(crate) const DEBUG: &str = "/debug";
/// The setting of how long a token is good, in seconds.
const LIFETIME: &str = "SWAIG_CALL_TOKEN_LIFETIME";
/// A day: longer than any call. The longest call that a document can ask for lasts 4 hours unless it says otherwise.
const DAY: Duration = Duration::from_hours(24);
/// What the seal is for.
const PURPOSE: &str = "call token";

/// Makes and checks the tokens.
#[derive(Clone, Debug)]
pub(crate) struct CallTokens {
    sealer: Sealer,
    lifetime: Duration,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenRefused {
    #[error("the URL has no call_token: take the URL from the document that was fetched for this call")]
    Missing,
    #[error("the call_token is not one for this call, agent and function")]
    Foreign,
    #[error("the call_token has expired: SWAIG_CALL_TOKEN_LIFETIME has to outlast the longest call")]
    Expired,
}

impl CallTokens {
    pub(crate) fn from_setup(setup: &Setup) -> Result<Self, SetupError> {
        let lifetime = setup.parse::<u64>(LIFETIME)?.map_or(DAY, Duration::from_secs);
        if lifetime < Duration::from_mins(1) {
            return Err(SetupError::invalid(
                LIFETIME,
                &"a token has to outlast a call: expected at least 60 seconds",
            ));
        }
        Ok(Self { sealer: setup.sealer().clone(), lifetime })
    }

    /// The token for one URL: `target` is a function's name, [`POST_PROMPT`] or [`DEBUG`]. `None`
    /// without a call: such a document is looked at, and nothing can be called with it.
    pub(crate) fn issue(&self, agent: &str, agent_id: &str, call_id: &str, target: &str) -> Option<String> {
        if call_id.is_empty() {
            return None;
        }
        self.sealer.seal(PURPOSE, &[agent, agent_id, call_id, target], &(), self.lifetime).ok()
    }

    /// Whether a token is one for this URL and call.
    pub(crate) fn check(
        &self,
        token: Option<&str>,
        agent: &str,
        agent_id: &str,
        call_id: &str,
        target: &str,
    ) -> Result<(), TokenRefused> {
        let token = token.ok_or(TokenRefused::Missing)?;
        match self.sealer.open::<()>(PURPOSE, &[agent, agent_id, call_id, target], token) {
            Ok(()) => Ok(()),
            Err(SealError::Expired) => Err(TokenRefused::Expired),
            Err(_) => Err(TokenRefused::Foreign),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> CallTokens {
        let secret = "a secret that is long enough to be one";
        CallTokens::from_setup(&Setup::test([("SWAIG_SECRET", secret)])).unwrap()
    }

    #[test]
    fn a_token_is_good_for_its_call_agent_and_function_only() {
        let tokens = tokens();
        let token = tokens.issue("mfa", "7", "c1", "send_mfa").unwrap();
        let check = |agent, id, call, target| tokens.check(Some(&token), agent, id, call, target);
        assert_eq!(check("mfa", "7", "c1", "send_mfa"), Ok(()));
        for (agent, id, call, target) in [
            ("mfa", "7", "c1", "verify_mfa"),
            ("mfa", "7", "c2", "send_mfa"),
            ("mfa", "7", "", "send_mfa"),
            ("mfa", "8", "c1", "send_mfa"),
            ("bank", "7", "c1", "send_mfa"),
            ("mfa7", "", "c1", "send_mfa"),
        ] {
            assert_eq!(
                check(agent, id, call, target),
                Err(TokenRefused::Foreign),
                "{agent} {id} {call} {target}"
            );
        }
        assert_eq!(tokens.check(None, "mfa", "7", "c1", "send_mfa"), Err(TokenRefused::Missing));
        assert_eq!(tokens.check(Some("x"), "mfa", "7", "c1", "send_mfa"), Err(TokenRefused::Foreign));
        assert_eq!(tokens.issue("mfa", "7", "", "send_mfa"), None);
    }

    #[test]
    fn the_lifetime_is_a_day_or_as_set_but_never_a_moment() {
        assert_eq!(tokens().lifetime, DAY);
        let of = |text: &str| CallTokens::from_setup(&Setup::test([(LIFETIME, text)]));
        assert_eq!(of("7200").unwrap().lifetime, Duration::from_hours(2));
        assert!(of("0").is_err() && of("1h").is_err());
    }
}
