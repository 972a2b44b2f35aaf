//! `send_mfa`: sends a one-time code to the caller.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;
use swaig::swml::ai::{Fillers, FunctionDefinition};
use swaig::{Call, Function, FunctionError, PhoneNumber, Reply, Setup, SetupError, async_trait};

use super::state::{MFA, MfaState, SENDS};
use super::{Channel, MfaApi, MfaError, MfaSettings, SendRequest, VerifyMfa, api};

/// Sends a one-time code by text message or by voice call.
///
/// ```
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::mfa::{SendMfa, SendMfaArgs};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // Without an account in the settings, the sandbox answers.
/// let setup = Setup::test([("MFA_TOKEN_LENGTH", "8")]);
/// let send_mfa = SendMfa::build(&setup)?;
/// let call = Call::test().with_caller("+15551230000");
/// let reply = send_mfa.call(SendMfaArgs::default(), &call).await.unwrap();
/// assert_eq!(reply.spoken(), "8 digit number sent");
/// assert_eq!(setup.phone().messages()[0].to.expose(), "+15551230000");
/// # Ok(())
/// # }
/// ```
pub struct SendMfa {
    /// The API that sends.
    pub api: MfaApi,
}

/// The arguments of [`SendMfa`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct SendMfaArgs {
    /// Where to send the code. Leave it out to use the number that the caller calls from.
    pub phone_number: Option<PhoneNumber>,
    /// How to send it: sms is a text message (the default), call speaks the code.
    pub channel: Option<Channel>,
}

#[async_trait]
impl Function for SendMfa {
    const NAME: &'static str = "send_mfa";
    const DESCRIPTION: &'static str = "Send a one-time verification code to the caller's phone by text message, or by voice call if the caller asks for one";
    const SETTINGS: &'static [(&'static str, &'static str)] = MfaSettings::NAMES;
    type Args = SendMfaArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { api: MfaApi::shared(setup)? })
    }

    async fn call(&self, args: SendMfaArgs, call: &Call) -> Result<Reply, FunctionError> {
        let settings = self.api.settings();
        let channel = args.channel.unwrap_or(Channel::Sms);
        let to = settings
            .policy
            .choose(args.phone_number, call.caller())
            .map_err(|no_number| FunctionError::new(no_number.to_string()))?;

        let sends = spare(call, settings)?;

        let mut request = SendRequest::new(to.clone());
        request.from.clone_from(&settings.from);
        request.message.clone_from(&settings.message);
        request.token_length = settings.token_length;
        request.valid_for = settings.valid_for;
        request.max_attempts = settings.max_attempts;

        let started = Instant::now();
        let result = self.api.client().send(channel, &request).await;
        api::tell(call, &format!("mfa/{channel}"), result.as_ref().map(|_| "accepted"), started);
        let ticket = result.map_err(failure)?;

        let state = MfaState::new(&ticket, &to, settings, Timestamp::now());
        Ok(Reply::text(format!("{} digit number sent", settings.token_length))
            .set_meta_data(MFA, state.sealed(call)?)
            .set_meta_data(SENDS, sends)
            // A remembered reply that spoke of an earlier code would bring its state back.
            .allow_again(VerifyMfa::NAME))
    }

    fn describe(definition: FunctionDefinition) -> FunctionDefinition {
        definition.fillers(Fillers::new().language("en-US", ["One moment, I am sending your code."]))
    }
}

/// How long a code that nobody has tried yet may take to arrive before another one is sent.
const COOL_DOWN: SignedDuration = SignedDuration::from_secs(20);
/// The most codes that one call gets.
const SENDS_PER_CALL: u32 = 5;

/// Sees to it that a phone is not flooded: returns how many codes the call has had with this one, or says why there is
/// none now.
fn spare(call: &Call, settings: &MfaSettings) -> Result<u32, FunctionError> {
    // What cannot be read counts as nothing: it is not what this function wrote.
    let sends = call.meta::<u32>(SENDS).ok().flatten().unwrap_or(0);
    if sends >= SENDS_PER_CALL {
        return Err(FunctionError::new(format!(
            "{SENDS_PER_CALL} codes have been sent in this call already, and no more can be sent. Apologise, and say that verification is not possible on this call."
        )));
    }
    if let Ok(Some(state)) = call.unseal::<MfaState>(MFA) {
        let untried = state.attempts_left == settings.max_attempts.get();
        let wait = COOL_DOWN.saturating_sub(Timestamp::now().duration_since(state.sent_at));
        if untried && wait.is_positive() {
            return Err(FunctionError::new(format!(
                "A code was sent only a moment ago and may still be on its way. Ask the caller to wait for it; another one can be sent in {} seconds.",
                wait.as_secs() + 1
            )));
        }
    }
    Ok(sends + 1)
}

/// What the model hears when sending failed. It is the sending that failed: nothing here says that the number is bad.
fn failure(error: MfaError) -> FunctionError {
    let sentence = match &error {
        _ if error.effect_unknown() => {
            "Sending the code failed, and it is not certain whether a message went out. Apologise, and ask whether a code has arrived. If it has, ask for it. If not, offer to try again in half a minute."
        }
        MfaError::Invalid(_) | MfaError::Refused(_) => {
            "Sending the code failed: the message service did not accept the request. Apologise, and offer to try the other way, a phone call instead of a text message or the other way round, or another time."
        }
        MfaError::Unauthorized | MfaError::Forbidden | MfaError::Unexpected { .. } => {
            "Sending the code failed because of a problem on our side that trying again will not solve. Apologise, and say that verification is not possible at the moment."
        }
        MfaError::RateLimited { .. } => {
            "Sending the code failed because too many messages are being sent just now. Apologise, and offer to try again in a minute."
        }
        _ => "Sending the code failed, and no message went out. Apologise, and offer to try once more.",
    };
    let effect_unknown = error.effect_unknown();
    FunctionError::new(sentence).caused_by(error).effect_unknown_if(effect_unknown)
}

swaig::register_function!(SendMfa);

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    fn build(settings: &[(&'static str, &str)]) -> (SendMfa, Setup) {
        let setup = Setup::test(settings.iter().copied());
        (SendMfa::build(&setup).unwrap(), setup)
    }

    /// What goes into `meta_data`, which is the only action.
    fn kept(reply: &Reply) -> serde_json::Value {
        let [action] = reply.actions() else { panic!("{reply:?}") };
        serde_json::to_value(action).unwrap()["set_meta_data"].clone()
    }

    #[tokio::test]
    async fn the_state_is_kept_in_meta_data_with_the_number_masked() {
        let (send_mfa, _setup) = build(&[("MFA_VALID_FOR", "600")]);
        let call = Call::test().with_caller("+15551230000");
        let args = SendMfaArgs { channel: Some(Channel::Call), ..SendMfaArgs::default() };
        let reply = send_mfa.call(args, &call).await.unwrap();
        let data = kept(&reply);
        let state: MfaState = serde_json::from_value(data["mfa"].clone()).unwrap();
        assert!(state.success && state.channel == Channel::Call);
        assert_eq!((state.to.as_str(), state.attempts_left, state.token_length), ("+1••••••0000", 4, 6));
        assert_eq!(state.expires_at.duration_since(state.sent_at), SignedDuration::from_secs(600));
        let events = call.broadcasts();
        assert_eq!((events[0].kind(), &events[0].data()["outcome"]), ("upstream", &json!("accepted")));
    }

    #[tokio::test]
    async fn a_caller_without_a_number_is_told_so_and_nothing_is_sent() {
        let (send_mfa, setup) = build(&[]);
        let error = send_mfa.call(SendMfaArgs::default(), &Call::test()).await.unwrap_err();
        assert!(error.reply().unwrap().spoken().contains("shows its number"));
        assert!(!error.may_have_had_effect());
        let (send_mfa, _other) = build(&[("MFA_NUMBER_POLICY", "any")]);
        let error = send_mfa.call(SendMfaArgs::default(), &Call::test()).await.unwrap_err();
        assert!(error.reply().unwrap().spoken().contains("Ask for the phone number"));
        assert!(setup.phone().messages().is_empty());
    }

    #[tokio::test]
    async fn a_phone_is_not_flooded() {
        let (send_mfa, setup) = build(&[]);
        let call = Call::test().with_caller("+15551230000");
        let reply = send_mfa.call(SendMfaArgs::default(), &call).await.unwrap();
        let data = kept(&reply);
        assert_eq!(data["mfa_sends"], 1);
        // Another argument is no way around it.
        let again = || SendMfaArgs { channel: Some(Channel::Call), ..SendMfaArgs::default() };
        let call = call.with_meta_data("mfa", data["mfa"].clone()).with_meta_data("mfa_sends", 1);
        let error = send_mfa.call(again(), &call).await.unwrap_err();
        assert!(error.reply().unwrap().spoken().contains("only a moment ago"));
        // A code that was tried, or is old, makes room for a new one.
        let state = call.unseal::<MfaState>(MFA).unwrap().unwrap();
        let tried = MfaState { attempts_left: 3, ..state.clone() }.sealed(&call).unwrap();
        let call = call.with_meta_data("mfa", tried);
        let reply = send_mfa.call(again(), &call).await.unwrap();
        assert_eq!(reply.spoken(), "6 digit number sent");
        let old = MfaState { sent_at: Timestamp::UNIX_EPOCH, ..state }.sealed(&call).unwrap();
        let call = call.with_meta_data("mfa", old);
        assert!(send_mfa.call(again(), &call).await.is_ok());
        let error = send_mfa.call(again(), &call.with_meta_data("mfa_sends", 5)).await.unwrap_err();
        assert!(error.reply().unwrap().spoken().contains("no more can be sent"));
        assert_eq!(setup.phone().messages().len(), 3);
    }

    #[test]
    fn no_failure_blames_the_number_and_only_uncertain_ones_are_remembered() {
        let table = [
            (MfaError::Unauthorized, false),
            (MfaError::Forbidden, false),
            (MfaError::Refused(Vec::new()), false),
            (MfaError::NotQueued, false),
            (MfaError::RateLimited { retry_after: Some(Duration::from_secs(1)) }, false),
            (MfaError::Server { status: 503 }, true),
            (MfaError::Timeout { sent: true }, true),
            (MfaError::Timeout { sent: false }, false),
        ];
        for (error, remembered) in table {
            let name = format!("{error:?}");
            let failure = failure(error);
            let text = failure.reply().unwrap().spoken();
            assert!(text.starts_with("Sending the code failed"), "{text}");
            assert!(!text.contains("invalid"), "{text}");
            assert_eq!(failure.may_have_had_effect(), remembered, "{name}");
        }
    }
}
