//! A text message to the caller: `send_sms`.
//!
//! [`SendSms`] texts the number that the caller calls from, once they have said that they want it, and no other number: who
//! asks for a text to somebody else's phone cannot agree in their place. In the sandbox the text arrives on the setup's
//! phone, and nothing is sent.

mod settings;

use std::time::Duration;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;
use swaig::setup::{Phone, SignalWire};
use swaig::{
    Call, Effect, Event, Function, FunctionError, LimitError, PhoneNumber, Reply, Setup, SetupError,
    async_trait,
};

use crate::numbering::{self, refusal};
use crate::rest::{Rest, RestError};

pub use settings::{SmsLimits, SmsSettings};

/// Texts the caller.
///
/// ```
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::sms::{SendSms, SendSmsArgs};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// // Without an account in the settings nothing is sent: the text arrives on the sandbox's phone.
/// let setup = Setup::test([("SMS_ENDING", "The Lisbon desk")]);
/// let function = SendSms::build(&setup).unwrap();
/// let call = Call::test().with_caller("+15551230000");
/// let args = SendSmsArgs { text: "We are at 12 Rua Augusta.".to_owned(), agreed: true };
/// assert_eq!(function.call(args, &call).await.unwrap().spoken(), "The text message is on its way.");
/// assert_eq!(setup.phone().messages()[0].to.expose(), "+15551230000");
/// # }
/// ```
pub struct SendSms {
    settings: SmsSettings,
    messages: Messages,
}

/// Where messages go.
enum Messages {
    /// To SignalWire.
    Api(Box<Rest>, PhoneNumber),
    /// To the phone of the sandbox.
    Sandbox(Phone),
}

/// The arguments of [`SendSms`].
///
/// ```
/// use swaig_functions::sms::SendSmsArgs;
///
/// let args: SendSmsArgs = serde_json::from_str(r#"{"text": "We are at 12 Rua Augusta.", "agreed": true}"#)?;
/// assert!(args.agreed);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
pub struct SendSmsArgs {
    /// What the message says, in plain text: an address, a link, a time. No codes and no passwords.
    pub text: String,
    /// Whether the caller has said in this call that they want this text message. Ask first.
    pub agreed: bool,
}

/// What the API answers (Compatibility REST API, "Create a Message").
#[derive(Deserialize)]
struct Message {
    sid: String,
    #[serde(default)]
    status: String,
}

#[async_trait]
impl Function for SendSms {
    const NAME: &'static str = "send_sms";
    const DESCRIPTION: &'static str =
        "Send a text message to the phone that the caller calls from, once they have agreed to it";
    // A model that asks again some minutes later means the same message.
    const EFFECT: Effect = Effect::OncePerArgument(Duration::from_mins(10));
    const SETTINGS: &'static [(&'static str, &'static str)] = SmsSettings::NAMES;
    type Args = SendSmsArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        let settings = SmsSettings::from_setup(setup)?;
        let messages = match (setup.signalwire(), &settings.from) {
            (SignalWire::Live(account), Some(from)) => {
                Messages::Api(Box::new(Rest::new("messaging", account)), from.clone())
            }
            (SignalWire::Live(_), None) => {
                return Err(SetupError::Missing { name: settings::FROM.into() });
            }
            (SignalWire::Sandbox, _) => Messages::Sandbox(setup.phone().clone()),
        };
        Ok(Self { settings, messages })
    }

    async fn call(&self, args: SendSmsArgs, call: &Call) -> Result<Reply, FunctionError> {
        let SmsSettings { countries, allow_costly_numbers, limits, .. } = &self.settings;
        if !args.agreed {
            return Err(FunctionError::new(
                "Nothing was sent. Ask the caller whether they want a text message. If they say yes, call send_sms again with agreed as true.",
            ));
        }
        let text = self.settings.text(&args.text).map_err(|error| FunctionError::new(error.to_string()))?;
        let Some(to) = call.caller().phone() else {
            return Err(FunctionError::new(
                "Nothing was sent: the caller's number is not shown, and texts go to the number that the caller calls from. Tell them what the message would have said.",
            ));
        };
        numbering::load().await;
        if let Some(why) = refusal(to, countries, *allow_costly_numbers) {
            return Err(FunctionError::new(format!(
                "Nothing was sent to the caller's number, because {why}. Tell them what the message would have said."
            )));
        }
        let permit = call.limits().take(&limits.sends(call, to)).await.map_err(|error| match &error {
            LimitError::Reached(reached) => FunctionError::new(limits.sentence(reached)),
            // Without its counters nothing is sent: they are what keeps phones from being flooded.
            _ => FunctionError::new(
                "No text message was sent, because of a technical problem on our side. Tell the caller what it would have said.",
            )
            .caused_by(error),
        })?;
        if let Err(error) = self.send(call, to, &text).await {
            let effect_unknown = error.effect_unknown();
            if !effect_unknown {
                permit.give_back().await;
            }
            return Err(FunctionError::new(if effect_unknown {
                "It is not certain whether the text message went out. Say so, and tell the caller what it says. Do not send it again."
            } else {
                "The text message could not be sent. Apologise, and tell the caller what it would have said."
            })
            .caused_by(error)
            .effect_unknown_if(effect_unknown));
        }
        // What was agreed to is kept with the events, and what was said is not.
        let data = json!({"to": to.masked(), "agreed": true, "characters": text.chars().count()});
        call.broadcast(Event::new("sms_sent", data));
        Ok(Reply::text("The text message is on its way."))
    }
}
swaig::register_function!(SendSms);

impl SendSms {
    async fn send(&self, call: &Call, to: &PhoneNumber, text: &str) -> Result<(), RestError> {
        match &self.messages {
            Messages::Sandbox(phone) => {
                phone.deliver(to.clone(), "sms", SecretString::from(text));
                Ok(())
            }
            Messages::Api(api, from) => {
                let path = ["api", "laml", "2010-04-01", "Accounts", api.project_id(), "Messages"];
                let fields = [("To", to.expose()), ("From", from.expose()), ("Body", text)];
                let reply = api.post(call, &path, &fields).await?;
                let message: Message = reply.json().map_err(|error| api.unreadable(error))?;
                if message.sid.is_empty() || matches!(message.status.as_str(), "failed" | "undelivered") {
                    return Err(api.refused(reply.status()));
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rest::stand_in;

    fn args(text: &str) -> SendSmsArgs {
        SendSmsArgs { text: text.to_owned(), agreed: true }
    }

    fn call() -> Call {
        Call::test().with_caller("+15551230000")
    }

    async fn refused(function: &SendSms, args: SendSmsArgs, call: &Call) -> String {
        let error = function.call(args, call).await.unwrap_err();
        error.reply().unwrap().spoken().to_owned()
    }

    #[tokio::test]
    async fn a_text_goes_to_the_callers_number_once_they_agreed() {
        let setup = Setup::test([("SMS_ENDING", "The Lisbon desk. Reply STOP to end.")]);
        let function = SendSms::build(&setup).unwrap();
        let not_yet = SendSmsArgs { agreed: false, ..args("Rua Augusta") };
        assert!(refused(&function, not_yet, &call()).await.contains("Ask the caller"));
        assert!(refused(&function, args("x"), &Call::test()).await.contains("not shown"));
        assert!(refused(&function, args(" \n"), &call()).await.contains("says nothing"));
        assert!(refused(&function, args(&"x".repeat(500)), &call()).await.contains("too long"));
        let costly = call().with_caller("+19005551234");
        assert!(refused(&function, args("x"), &costly).await.contains("special number"));
        assert!(setup.phone().messages().is_empty());

        let call = call();
        function.call(args(" Rua Augusta\u{7}12 "), &call).await.unwrap();
        let messages = setup.phone().messages();
        let text = secrecy::ExposeSecret::expose_secret(&messages[0].body);
        assert_eq!(text, "Rua Augusta 12\nThe Lisbon desk. Reply STOP to end.");
        let event = call.broadcasts().pop().unwrap();
        assert_eq!(event.data(), &json!({"to": "+1••••••0000", "agreed": true, "characters": 50}));
    }

    #[tokio::test]
    async fn phones_are_not_flooded() {
        for (name, expected) in [
            ("SMS_PER_CALL", "in this call"),
            ("SMS_PER_NUMBER_HOUR", "this phone number lately"),
            ("SMS_PER_NUMBER_DAY", "this phone number lately"),
            ("SMS_PER_AGENT_HOUR", "just now"),
        ] {
            let function = SendSms::build(&Setup::test([(name, "1")])).unwrap();
            let call = call();
            function.call(args("one"), &call).await.unwrap();
            let text = refused(&function, args("two"), &call).await;
            assert!(text.contains(expected), "{name}: {text}");
        }
    }

    #[tokio::test]
    async fn the_api_gets_one_form_and_what_it_answers_is_told_apart() {
        let from = [("SMS_FROM_NUMBER", "+15559990000")];
        let (setup, asked) = stand_in::settings(201, r#"{"sid":"SM1","status":"queued"}"#, &from).await;
        let function = SendSms::build(&setup).unwrap();
        assert!(function.call(args("Rua Augusta 12 & more"), &call()).await.is_ok());
        let asked = asked.all();
        assert_eq!(asked.len(), 1);
        let project = "8f0f3b1e-5c1d-4a7b-9b57-3f1c2d4e5a6b";
        let line = format!("POST /api/laml/2010-04-01/Accounts/{project}/Messages HTTP/1.1\r\n");
        assert!(asked[0].starts_with(&line), "{}", asked[0]);
        let form = "To=%2B15551230000&From=%2B15559990000&Body=Rua+Augusta+12+%26+more";
        assert!(asked[0].ends_with(form), "{}", asked[0]);

        // Status, answer, whether a message may be on its way.
        for (status, body, unknown) in [
            (201, r#"{"sid":"SM1","status":"failed"}"#, false),
            (201, "<html>", true),
            (400, r#"{"code":"21211"}"#, false),
            (401, "", false),
            (429, "", false),
            (500, "", true),
        ] {
            let (setup, asked) = stand_in::settings(status, body, &[from[0], ("SMS_PER_CALL", "1")]).await;
            let function = SendSms::build(&setup).unwrap();
            let call = call();
            let error = function.call(args("x"), &call).await.unwrap_err();
            assert_eq!(error.may_have_had_effect(), unknown, "{status} {body}: {error:?}");
            let spoken = error.reply().unwrap().spoken().to_owned();
            assert_eq!(spoken.contains("not certain"), unknown, "{spoken}");
            assert!(!format!("{error:?}").contains("PT-token"));
            assert_eq!(asked.all().len(), 1, "nothing is sent twice");
            // What surely was not sent leaves room for another one.
            let again = refused(&function, args("y"), &call).await;
            assert_eq!(again.contains("in this call"), unknown, "{status}: {again}");
        }
    }

    #[test]
    fn live_mode_needs_a_number_to_send_from() {
        let error = SendSms::build(&Setup::test(stand_in::ACCOUNT)).err().unwrap().to_string();
        assert!(error.contains("SMS_FROM_NUMBER is missing"), "{error}");
    }
}
