//! `send_mfa`: sends a one-time code to the caller.

use std::time::Instant;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use swaig::swml::ai::{Fillers, FunctionDefinition};
use swaig::{
    Call, Function, FunctionError, LimitError, Permit, PhoneNumber, Reply, Setup, SetupError, async_trait,
};

use super::state::{MFA, MfaState};
use super::{Channel, MfaApi, MfaError, MfaLimits, MfaSettings, SendRequest, VerifyMfa, api};

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
///
/// ```
/// use swaig_functions::mfa::SendMfaArgs;
///
/// let args: SendMfaArgs = serde_json::from_str(r#"{"channel": "call"}"#)?;
/// assert!(args.phone_number.is_none());
/// # Ok::<(), serde_json::Error>(())
/// ```
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
        crate::numbering::load().await;
        let to = settings
            .choose(args.phone_number, call.caller())
            .map_err(|no_number| FunctionError::new(no_number.to_string()))?;

        let permit = room(call, self.api.limits(), &to).await?;

        let mut request = SendRequest::new(to.clone());
        request.from.clone_from(&settings.from);
        request.message.clone_from(&settings.message);
        request.token_length = settings.token_length;
        request.valid_for = settings.valid_for;
        request.max_attempts = settings.max_attempts;

        let started = Instant::now();
        let result = self.api.client().send(channel, &request).await;
        api::tell(call, &format!("mfa/{channel}"), result.as_ref().map(|_| "accepted"), started);
        let ticket = match result {
            Ok(ticket) => ticket,
            Err(error) => {
                if !error.effect_unknown() {
                    permit.give_back().await;
                }
                return Err(failure(error));
            }
        };

        let state = MfaState::new(call, &ticket, &to, settings, Timestamp::now());
        Ok(Reply::text(format!("{} digit number sent", settings.token_length))
            .set_meta_data(MFA, state.sealed(call)?)
            // A remembered reply that spoke of an earlier code would bring its state back.
            .allow_again(VerifyMfa::NAME))
    }

    fn describe(definition: FunctionDefinition) -> FunctionDefinition {
        definition.fillers(Fillers::new().language("en-US", ["One moment, I am sending your code."]))
    }
}

/// Sees to it that no phone is flooded and no account emptied: takes room for one code, or says why there is none now.
async fn room(call: &Call, limits: &MfaLimits, to: &PhoneNumber) -> Result<Permit, FunctionError> {
    let limiter = call.limits();
    let taken = async {
        // A code that could not be tried would be sent in vain.
        limiter.look(&[limits.wrong_tries_of(call)]).await?;
        limiter.take(&limits.sends(call, to)).await
    };
    taken.await.map_err(|error| match &error {
        LimitError::Reached(reached) => FunctionError::new(limits.sentence(reached)),
        // Without its counters nothing is sent: the limits are what keeps strangers' phones from being flooded.
        _ => FunctionError::new(
            "No code was sent, because of a technical problem on our side. Apologise, and offer to try again in a minute.",
        )
        .caused_by(error),
    })
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
        MfaError::Open(_) => {
            "Sending the code failed: no codes can be sent right now, neither by text message nor by phone call, because the message service is down. Nothing went out. Apologise, and offer to try again in a minute, or to go on without verification where that is possible."
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

    use jiff::SignedDuration;
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

    /// A test call of the caller that most tests have.
    fn call() -> Call {
        Call::test().with_caller("+15551230000")
    }

    fn in_call(call: Call, id: &str) -> Call {
        call.with_field("call_id", id)
    }

    async fn refusal(send_mfa: &SendMfa, call: &Call) -> String {
        let error = send_mfa.call(SendMfaArgs::default(), call).await.unwrap_err();
        assert!(!error.may_have_had_effect());
        assert_eq!(error.cause(), None);
        let text = error.reply().unwrap().spoken().to_owned();
        assert!(!text.contains("555"), "{text}");
        text
    }

    async fn sent(send_mfa: &SendMfa, call: &Call) {
        let reply = send_mfa.call(SendMfaArgs::default(), call).await.unwrap();
        assert_eq!(reply.spoken(), "6 digit number sent");
    }

    /// No limits but these.
    fn limited(settings: &[(&'static str, &'static str)]) -> (SendMfa, Setup) {
        let names = [
            "MFA_COOL_DOWN",
            "MFA_SENDS_PER_CALL",
            "MFA_SENDS_PER_NUMBER_HOUR",
            "MFA_SENDS_PER_NUMBER_DAY",
            "MFA_SENDS_PER_CALLER_HOUR",
            "MFA_SENDS_PER_CALLER_DAY",
            "MFA_SENDS_PER_AGENT_HOUR",
        ];
        let mut all: Vec<(&'static str, &str)> = names.map(|name| (name, "0")).to_vec();
        all.extend(settings);
        build(&all)
    }

    #[tokio::test]
    async fn a_code_that_nobody_tried_has_time_to_arrive() {
        let (send_mfa, setup) = limited(&[("MFA_COOL_DOWN", "20")]);
        let call = call();
        sent(&send_mfa, &call).await;
        // What the platform kept, or did not keep, is no way around it, and neither is another argument.
        let again = SendMfaArgs { channel: Some(Channel::Call), ..SendMfaArgs::default() };
        let error = send_mfa.call(again, &call).await.unwrap_err();
        let text = error.reply().unwrap().spoken();
        assert!(text.contains("only a moment ago") && text.ends_with("can be sent in 20 seconds."), "{text}");
        assert_eq!(
            call.broadcasts().last().map(|event| event.kind().to_owned()),
            Some("limit_reached".into())
        );
        assert_eq!(setup.phone().messages().len(), 1);
        // Another call of the same caller is another call.
        sent(&send_mfa, &in_call(call, "other")).await;
    }

    #[tokio::test]
    async fn of_sends_at_the_same_moment_one_goes_out() {
        let (send_mfa, setup) = build(&[("MFA_NUMBER_POLICY", "any")]);
        let call = call();
        let args = |number: &str, channel| SendMfaArgs {
            phone_number: Some(PhoneNumber::parse(number).unwrap()),
            channel: Some(channel),
        };
        let (first, second, third) = tokio::join!(
            send_mfa.call(args("+15551230000", Channel::Sms), &call),
            send_mfa.call(args("+15551230000", Channel::Call), &call),
            send_mfa.call(args("+15559990000", Channel::Sms), &call),
        );
        assert_eq!([first, second, third].iter().filter(|reply| reply.is_ok()).count(), 1);
        assert_eq!(setup.phone().messages().len(), 1);
    }

    #[tokio::test]
    async fn a_call_a_number_a_caller_and_an_agent_get_so_many_codes() {
        let (send_mfa, _setup) = limited(&[("MFA_SENDS_PER_CALL", "2")]);
        let call = call();
        sent(&send_mfa, &call).await;
        sent(&send_mfa, &call).await;
        let text = refusal(&send_mfa, &call).await;
        assert!(text.starts_with("2 codes have been sent in this call already, and no more"), "{text}");
        sent(&send_mfa, &in_call(call, "other")).await;

        for (name, words, other_caller, other_number) in [
            ("MFA_SENDS_PER_NUMBER_HOUR", "to this phone number lately", false, true),
            ("MFA_SENDS_PER_NUMBER_DAY", "to this phone number lately", false, true),
            ("MFA_SENDS_PER_CALLER_HOUR", "for this caller lately", true, false),
            ("MFA_SENDS_PER_CALLER_DAY", "for this caller lately", true, false),
            ("MFA_SENDS_PER_AGENT_HOUR", "are being sent just now", false, false),
        ] {
            let (send_mfa, _setup) = limited(&[(name, "1"), ("MFA_NUMBER_POLICY", "any")]);
            let to = |number: &str| SendMfaArgs {
                phone_number: Some(PhoneNumber::parse(number).unwrap()),
                channel: None,
            };
            let call = self::call();
            assert!(send_mfa.call(to("+15551110000"), &call).await.is_ok());
            let call = in_call(call, "second");
            let error = send_mfa.call(to("+15551110000"), &call).await.unwrap_err();
            let text = error.reply().unwrap().spoken();
            assert!(text.contains(words), "{name}: {text}");
            let wait = if name.ends_with("DAY") { "24 hours" } else { "60 minutes" };
            assert!(text.contains(wait), "{name}: {text}");
            let data = call.broadcasts().last().unwrap().data().clone();
            assert_eq!(data["limit"], name.to_lowercase());
            assert!(!data.to_string().contains("5551110000"), "{data}");
            assert_eq!(send_mfa.call(to("+15552220000"), &call).await.is_ok(), other_number, "{name}");
            let call = call.with_caller("+15559990000");
            assert_eq!(send_mfa.call(to("+15551110000"), &call).await.is_ok(), other_caller, "{name}");
        }
    }

    #[tokio::test]
    async fn what_surely_was_not_sent_does_not_count() {
        for (status, counts) in [(503, true), (422, false), (429, false)] {
            let stand_in = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", stand_in.local_addr().unwrap());
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = stand_in.accept().await {
                    let answer =
                        format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");
                    let mut head = [0; 4096];
                    let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut head).await;
                    let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, answer.as_bytes()).await;
                }
            });
            let (send_mfa, _setup) = build(&[
                ("SIGNALWIRE_PROJECT_ID", "8f0f3b1e-5c1d-4a7b-9b57-3f1c2d4e5a6b"),
                ("SIGNALWIRE_API_TOKEN", "token"),
                ("SIGNALWIRE_SPACE", "example"),
                ("SIGNALWIRE_API_URL", &url),
            ]);
            let call = call();
            let first = send_mfa.call(SendMfaArgs::default(), &call).await.unwrap_err();
            assert_eq!(first.may_have_had_effect(), counts, "{status}");
            let again = send_mfa.call(SendMfaArgs::default(), &call).await.unwrap_err();
            let text = again.reply().unwrap().spoken();
            assert_eq!(text.contains("only a moment ago"), counts, "{status}: {text}");
        }
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
