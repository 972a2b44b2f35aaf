//! `verify_mfa`: checks the code that the caller reads back.

use std::time::Instant;

use jiff::Timestamp;
use schemars::JsonSchema;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use swaig::{
    Call, Function, FunctionError, LimitError, Permit, Reply, SealError, Setup, SetupError, Verification,
    async_trait,
};

use super::send::SendMfa;
use super::state::{MFA, MfaState};
use super::{MfaApi, MfaError, MfaSettings, Token, Verdict, api};

/// Checks a one-time code that [`SendMfa`] sent in the same call.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::mfa::{Token, VerifyMfa, VerifyMfaArgs};
///
/// let verify_mfa = VerifyMfa::build(&Setup::test([("MFA_TOKEN_LENGTH", "6")]))?;
/// let args = VerifyMfaArgs { token: Token::new("482913") };
/// // No code was sent in this call, and the model is told so.
/// let reply = verify_mfa.call(args, &Call::test().with_caller("+15551230000")).await;
/// assert!(reply.unwrap_err().reply().is_some());
/// # Ok(()) }
/// ```
pub struct VerifyMfa {
    /// The API that knows the code.
    pub api: MfaApi,
}

/// The arguments of [`VerifyMfa`].
///
/// ```
/// use swaig_functions::mfa::VerifyMfaArgs;
///
/// let args: VerifyMfaArgs = serde_json::from_str(r#"{"token": "four eight two nine one three"}"#)?;
/// assert_eq!(args.token.digits(), Some(6));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
pub struct VerifyMfaArgs {
    /// The digits of the code that the caller read out, such as "123456".
    pub token: Token,
}

#[async_trait]
impl Function for VerifyMfa {
    const NAME: &'static str = "verify_mfa";
    const DESCRIPTION: &'static str = "Verify the code that the caller reads back";
    const SETTINGS: &'static [(&'static str, &'static str)] = MfaSettings::NAMES;
    type Args = VerifyMfaArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { api: MfaApi::shared(setup)? })
    }

    async fn call(&self, args: VerifyMfaArgs, call: &Call) -> Result<Reply, FunctionError> {
        let state = match call.unseal::<MfaState>(MFA) {
            Ok(Some(state)) => state,
            Ok(None) if call.verification().is_some() => {
                return Ok(Reply::text("The caller is verified already. Go on; no other code is needed."));
            }
            Ok(None) => return Err(FunctionError::new(NOT_SENT)),
            Err(SealError::Expired) => return Ok(self.dead(call, "The code has expired.").await),
            // Forged, or from another call.
            Err(error) => return Err(FunctionError::new(NOT_SENT).caused_by(error)),
        };
        if state.expires_at <= Timestamp::now() {
            return Ok(self.dead(call, "The code has expired.").await);
        }
        let Some(code) = args.token.code() else {
            return Err(FunctionError::new(
                "What was understood is not a code of digits, so nothing was checked. Ask the caller to read the code again, digit by digit.",
            ));
        };
        let (given, expected) = (code.expose_secret().len(), state.token_length);
        if u32::try_from(given) != Ok(expected) {
            // The API would count this as a try.
            return Err(FunctionError::new(format!(
                "The code has {expected} digits, but {given} were understood, so it was not checked. Ask the caller to read it again, digit by digit."
            )));
        }

        // Before the API is asked: of many tries at the same moment no more than the limit are made.
        let permit = self.room(call, &state).await?;
        let started = Instant::now();
        let result = self.api.client().verify(&state.id, &code).await;
        let outcome = result.as_ref().map(|verdict| match verdict {
            Verdict::Accepted => "accepted",
            Verdict::WrongToken => "wrong",
            Verdict::Gone => "gone",
        });
        api::tell(call, "mfa/verify", outcome, started);
        if let (Some(permit), false) = (permit, matches!(result, Ok(Verdict::WrongToken))) {
            // Nobody learnt anything about a code.
            permit.give_back().await;
        }
        match result {
            Ok(Verdict::Accepted) => {
                let verification = Verification::with_masked(state.channel.as_str(), state.to);
                let reply = Reply::text("Verification successful").verified(call, verification);
                let reply = reply.map_err(|error| FunctionError::new(NOT_KEPT).caused_by(error))?;
                self.end_cool_down(call).await;
                Ok(reply.unset_meta_data(MFA).allow_again(SendMfa::NAME))
            }
            Ok(Verdict::WrongToken) => self.wrong(state, call).await,
            Ok(Verdict::Gone) => {
                let why = "This code can no longer be used: it has expired, was tried too often, or was used already.";
                Ok(self.dead(call, why).await)
            }
            // Not marked as having had an effect, although a try may be used up: the same code again, asked for by the
            // caller, has to reach the API. The API itself counts the tries.
            Err(error) => Err(FunctionError::new(unavailable(&error)).caused_by(error)),
        }
    }
}

const NOT_SENT: &str = "No code has been sent in this call, so there is nothing to verify, and the caller is not verified. Call send_mfa first.";
const NOT_KEPT: &str =
    "The code is right, but this could not be kept. Apologise, and call send_mfa to start again.";

impl VerifyMfa {
    /// Takes room for one wrong code. Where nobody can tell whether there is room, the code is checked all the same: the
    /// API counts the tries of each code, and without its counters no new code is sent.
    async fn room(&self, call: &Call, state: &MfaState) -> Result<Option<Permit>, FunctionError> {
        let limits = self.api.limits();
        match call.limits().take(&limits.wrong_tries(call, state)).await {
            Ok(permit) => Ok(Some(permit)),
            Err(LimitError::Reached(reached)) => Err(FunctionError::new(limits.sentence(&reached))),
            Err(error) => {
                report(call, &error);
                Ok(None)
            }
        }
    }

    async fn wrong(&self, mut state: MfaState, call: &Call) -> Result<Reply, FunctionError> {
        state.attempts_left = state.attempts_left.saturating_sub(1);
        let tries = match state.attempts_left {
            0 => {
                let why = "Verification failed, and no tries are left for this code.";
                return Ok(self.dead(call, why).await);
            }
            1 => "1 try is left".to_owned(),
            more => format!("{more} tries are left"),
        };
        // The caller may ask for a new code now, and then one has to go out.
        self.end_cool_down(call).await;
        Ok(Reply::text(format!("Verification failed, try again. {tries}."))
            .set_meta_data(MFA, state.sealed(call)?)
            .allow_again(SendMfa::NAME))
    }

    /// A code that nothing can make good again. A new one may be sent at once.
    async fn dead(&self, call: &Call, why: &str) -> Reply {
        self.end_cool_down(call).await;
        Reply::text(format!("{why} Tell the caller, and call send_mfa to send a new code."))
            .unset_meta_data(MFA)
            .allow_again(SendMfa::NAME)
    }

    /// The code has arrived, or will not any more: the next one need not wait.
    async fn end_cool_down(&self, call: &Call) {
        if let Err(error) = call.limits().clear(&self.api.limits().cool_down(call)).await {
            report(call, &error);
        }
    }
}

/// The counters failed, and the call goes on.
fn report(call: &Call, error: &LimitError) {
    let error = error as &dyn std::error::Error;
    tracing::error!(call_id = &*call.shown_id(), agent = call.agent(), error, "tries are not counted now");
}

/// What the model hears when the API could not say whether the code is right.
fn unavailable(error: &MfaError) -> &'static str {
    match error {
        MfaError::Unauthorized | MfaError::Forbidden | MfaError::Unexpected { .. } => {
            "The code could not be checked because of a problem on our side that trying again will not solve. The code itself may be right. Apologise, and say that verification is not possible at the moment."
        }
        MfaError::Invalid(_) | MfaError::Refused(_) => {
            "The code could not be checked: the verification service did not accept the request. Ask the caller to read the code again, digit by digit."
        }
        MfaError::Open(_) => {
            "Codes cannot be checked right now, because the verification service is down. The code itself may be right. Apologise, and offer to try verify_mfa with the same code in a minute."
        }
        _ => {
            "The code could not be checked because of a technical problem on our side. The code itself may be right. Apologise, and try verify_mfa once more with the same code."
        }
    }
}

swaig::register_function!(VerifyMfa);

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::mfa::SendMfaArgs;

    struct Phone {
        send_mfa: SendMfa,
        verify_mfa: VerifyMfa,
        setup: Setup,
    }

    impl Phone {
        fn new() -> Self {
            let setup = Setup::test([("MFA_MAX_ATTEMPTS", "3")]);
            Self {
                send_mfa: SendMfa::build(&setup).unwrap(),
                verify_mfa: VerifyMfa::build(&setup).unwrap(),
                setup,
            }
        }

        /// Sends a code and returns it with the state that the platform would keep.
        async fn send(&self) -> (String, Value) {
            let call = Call::test().with_caller("+15551230000");
            let reply = self.send_mfa.call(SendMfaArgs::default(), &call).await.unwrap();
            let body = self.setup.phone().messages()[0].body.expose_secret().to_owned();
            (
                body.chars().filter(char::is_ascii_digit).collect(),
                actions(&reply)[0]["set_meta_data"]["mfa"].clone(),
            )
        }

        async fn verify(&self, token: &str, state: &Value) -> Result<Reply, FunctionError> {
            let call = Call::test().with_caller("+15551230000").with_meta_data("mfa", state.clone());
            self.verify_mfa.call(VerifyMfaArgs { token: Token::new(token) }, &call).await
        }
    }

    fn actions(reply: &Reply) -> Value {
        serde_json::to_value(reply.actions()).unwrap()
    }

    fn other(code: &str) -> String {
        let last = if code.ends_with('0') { '1' } else { '0' };
        format!("{}{last}", &code[..code.len() - 1])
    }

    #[tokio::test]
    async fn the_right_code_verifies_and_its_state_is_cleared() {
        let phone = Phone::new();
        let (code, state) = phone.send().await;
        let reply = phone.verify(&code, &state).await.unwrap();
        assert_eq!(reply.spoken(), "Verification successful");
        let actions = actions(&reply);
        assert_eq!(actions[0]["set_meta_data"]["verified"], true);
        assert_eq!(actions[1], json!({"unset_meta_data": "mfa"}));
        let call = reply.applied_to(Call::test().with_caller("+15551230000"));
        let verification = call.verification().unwrap();
        assert_eq!((verification.by.as_str(), verification.to.as_str()), ("sms", "+1••••••0000"));
        // The API takes a code once.
        let reply = phone.verify(&code, &state).await.unwrap();
        assert!(reply.spoken().contains("can no longer be used"), "{}", reply.spoken());
        assert_eq!(reply.actions(), [swaig::Action::unset_meta_data("mfa")]);
    }

    #[tokio::test]
    async fn a_wrong_code_counts_down_to_a_new_one() {
        let phone = Phone::new();
        let (code, mut state) = phone.send().await;
        for expected in ["try again. 2 tries are left.", "try again. 1 try is left.", "no tries are left"] {
            let reply = phone.verify(&other(&code), &state).await.unwrap();
            assert!(reply.spoken().contains(expected), "{}", reply.spoken());
            if let Some(left) = actions(&reply)[0]["set_meta_data"].get("mfa") {
                state = left.clone();
            }
        }
        let reply = phone.verify(&code, &state).await.unwrap();
        assert!(reply.spoken().contains("can no longer be used"), "{}", reply.spoken());
    }

    #[tokio::test]
    async fn a_code_of_another_length_costs_no_try() {
        let phone = Phone::new();
        let (code, state) = phone.send().await;
        for (heard, expected) in [
            ("12345", "has 6 digits, but 5 were understood"),
            ("I did not get it", "is not a code of digits"),
        ] {
            let error = phone.verify(heard, &state).await.unwrap_err();
            let text = error.reply().unwrap().spoken();
            assert!(text.contains(expected), "{text}");
        }
        assert_eq!(phone.verify(&code, &state).await.unwrap().spoken(), "Verification successful");
    }

    #[tokio::test]
    async fn without_a_code_on_its_way_nothing_is_asked_upstream() {
        let phone = Phone::new();
        for state in [Value::Null, json!({}), json!({"id": "../../x"}), json!("mfa")] {
            let error = phone.verify("123456", &state).await.unwrap_err();
            assert_eq!(error.reply().unwrap().spoken(), NOT_SENT, "{state}");
        }
    }

    #[tokio::test]
    async fn a_state_that_is_old_or_was_changed_does_not_count() {
        let phone = Phone::new();
        let (code, state) = phone.send().await;
        let call = Call::test().with_caller("+15551230000");
        let mut old = call.with_meta_data("mfa", state.clone()).unseal::<MfaState>(MFA).unwrap().unwrap();
        old.expires_at = Timestamp::now() - jiff::SignedDuration::from_secs(1);
        let call = Call::test().with_caller("+15551230000");
        let reply = phone.verify(&code, &old.sealed(&call).unwrap()).await.unwrap();
        assert!(reply.spoken().starts_with("The code has expired."), "{}", reply.spoken());

        // From another caller's call, and with its seal taken off or put on another state.
        let elsewhere = Call::test().with_caller("+15559990000").with_meta_data("mfa", state.clone());
        let args = || VerifyMfaArgs { token: Token::new(&code) };
        let error = phone.verify_mfa.call(args(), &elsewhere).await.unwrap_err();
        assert_eq!(error.reply().unwrap().spoken(), NOT_SENT);
        assert_eq!(elsewhere.broadcasts()[0].kind(), "seal_refused");
        // Without what its tries are counted under, and sealed all the same.
        let mut uncounted = state.clone();
        for key in ["seal", "number"] {
            uncounted.as_object_mut().unwrap().remove(key);
        }
        let uncounted = call.sealed(MFA, &uncounted, std::time::Duration::from_mins(1)).unwrap();
        assert_eq!(phone.verify(&code, &uncounted).await.unwrap_err().reply().unwrap().spoken(), NOT_SENT);
        let mut bare = state.clone();
        bare.as_object_mut().unwrap().remove("seal");
        assert_eq!(phone.verify(&code, &bare).await.unwrap_err().reply().unwrap().spoken(), NOT_SENT);
        let mut changed = state.clone();
        changed["id"] = json!("00000000-0000-0000-0000-000000000000");
        assert_eq!(phone.verify(&code, &changed).await.unwrap_err().reply().unwrap().spoken(), NOT_SENT);
        assert_eq!(phone.verify(&code, &state).await.unwrap().spoken(), "Verification successful");
    }

    #[tokio::test]
    async fn verified_is_not_believed_without_its_seal() {
        let phone = Phone::new();
        let args = || VerifyMfaArgs { token: Token::new("123456") };
        let call = Call::test().with_meta_data("verified", true);
        let error = phone.verify_mfa.call(args(), &call).await.unwrap_err();
        assert!(error.reply().unwrap().spoken().contains("not verified"));
        assert_eq!(call.broadcasts()[0].kind(), "seal_refused");
        let call = Call::test();
        let verification = Verification::with_masked("sms", "+1••••••0000");
        let call = Reply::text("").verified(&call, verification).unwrap().applied_to(call);
        let reply = phone.verify_mfa.call(args(), &call).await.unwrap();
        assert!(reply.spoken().contains("verified already"));
        assert!(call.broadcasts().is_empty());
    }

    #[tokio::test]
    async fn wrong_tries_count_over_all_codes_of_a_call() {
        let setup = Setup::test([("MFA_WRONG_TRIES_PER_CALL", "2"), ("MFA_COOL_DOWN", "3600")]);
        let (send_mfa, verify_mfa) = (SendMfa::build(&setup).unwrap(), VerifyMfa::build(&setup).unwrap());
        let mut call = Call::test().with_caller("+15551230000");
        let mut code = String::new();
        for _ in 0..2 {
            // A wrong try ends the cool-down.
            let reply = send_mfa.call(SendMfaArgs::default(), &call).await.unwrap();
            code = setup.phone().messages()[0]
                .body
                .expose_secret()
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            call = reply.applied_to(call);
            let args = VerifyMfaArgs { token: Token::new(other(&code)) };
            let reply = verify_mfa.call(args, &call).await.unwrap();
            assert!(reply.spoken().contains("3 tries are left"), "{}", reply.spoken());
            call = reply.applied_to(call);
        }
        let args = || VerifyMfaArgs { token: Token::new(&code) };
        let error = verify_mfa.call(args(), &call).await.unwrap_err();
        assert!(error.reply().unwrap().spoken().contains("no more tries on this call"));
        assert_eq!(call.broadcasts().last().unwrap().data()["limit"], "mfa_wrong_tries_per_call");
        // A new code could not be tried, so none is sent.
        let error = send_mfa.call(SendMfaArgs::default(), &call).await.unwrap_err();
        assert!(error.reply().unwrap().spoken().contains("no more tries on this call"));
        assert_eq!(setup.phone().messages().len(), 2);
    }

    #[tokio::test]
    async fn wrong_tries_count_for_a_number_over_all_calls_and_right_ones_do_not() {
        let setup = Setup::test([("MFA_WRONG_TRIES_PER_NUMBER_HOUR", "1"), ("MFA_MAX_ATTEMPTS", "3")]);
        let (send_mfa, verify_mfa) = (SendMfa::build(&setup).unwrap(), VerifyMfa::build(&setup).unwrap());
        let mut call = Call::test().with_caller("+15551230000");
        for (id, wrong, expected) in [
            ("one", false, "Verification successful"),
            ("two", true, "2 tries are left"),
            ("three", false, "possible again in 60 minutes"),
        ] {
            call = call.with_field("call_id", id).with_field("meta_data", json!({}));
            let reply = send_mfa.call(SendMfaArgs::default(), &call).await.unwrap();
            let code: String = setup.phone().messages()[0]
                .body
                .expose_secret()
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            call = reply.applied_to(call);
            let token = Token::new(&if wrong { other(&code) } else { code });
            let spoken = match verify_mfa.call(VerifyMfaArgs { token }, &call).await {
                Ok(reply) => reply.spoken().to_owned(),
                Err(error) => error.reply().unwrap().spoken().to_owned(),
            };
            assert!(spoken.contains(expected), "{id}: {spoken}");
        }
        // The state that travels does not tell the number.
        let state = call.meta_data()["mfa"].to_string();
        assert!(!state.contains("5551230000"), "{state}");
    }
}
