//! The `MFA_*` settings.

use swaig::{PhoneNumber, Setup, SetupError};

use super::{Channel, MaxAttempts, Message, NumberPolicy, TokenLength, ValidFor};

/// What is said before the code when a sending number is set (the original employee's words).
const MESSAGE: &str = "Your number to verify is: ";

/// How codes are sent. The defaults are the original employee's: 6 digits, two hours, 4 attempts.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct MfaSettings {
    /// `MFA_FROM_NUMBER`: the number that codes come from. Without it, SignalWire's own verified number.
    pub from: Option<PhoneNumber>,
    /// `MFA_MESSAGE`: the text before the code. The platform needs a sending number for a text of one's own.
    pub message: Option<Message>,
    /// `MFA_TOKEN_LENGTH`: digits of a code.
    pub token_length: TokenLength,
    /// `MFA_VALID_FOR`: seconds until a code expires.
    pub valid_for: ValidFor,
    /// `MFA_MAX_ATTEMPTS`: tries for one code.
    pub max_attempts: MaxAttempts,
    /// `MFA_NUMBER_POLICY`: whom codes may be sent to.
    pub policy: NumberPolicy,
}

impl MfaSettings {
    /// The settings with their meaning.
    pub const NAMES: &'static [(&'static str, &'static str)] = &[
        ("MFA_FROM_NUMBER", "number that codes come from, in E.164 [default: SignalWire's own]"),
        ("MFA_MESSAGE", "text before the code; needs MFA_FROM_NUMBER [default: Your number to verify is:]"),
        ("MFA_TOKEN_LENGTH", "digits of a code, 4 to 20 [default: 6]"),
        ("MFA_VALID_FOR", "seconds until a code expires, 1 to 604800 [default: 7200]"),
        ("MFA_MAX_ATTEMPTS", "tries for one code, 1 to 20 [default: 4]"),
        (
            "MFA_NUMBER_POLICY",
            "whom codes go to: caller, any, or E.164 prefixes such as +1,+44 [default: caller]",
        ),
    ];

    /// Reads the settings.
    ///
    /// # Errors
    /// One that is not valid, or a message without a sending number.
    pub fn from_setup(setup: &Setup) -> Result<Self, SetupError> {
        let from = setup.parse::<PhoneNumber>("MFA_FROM_NUMBER")?;
        let token_length = setup.parse("MFA_TOKEN_LENGTH")?.unwrap_or_default();
        let message = match (setup.setting("MFA_MESSAGE"), &from) {
            (Some(_), None) => return Err(SetupError::Missing { name: "MFA_FROM_NUMBER" }),
            (None, None) => None,
            (text, Some(_)) => {
                // Settings are trimmed; the code needs a gap before it.
                let text = text.map_or_else(|| MESSAGE.to_owned(), |text| format!("{text} "));
                let message =
                    Message::parse(&text).map_err(|error| SetupError::invalid("MFA_MESSAGE", &error))?;
                message
                    .check(Channel::Sms, token_length)
                    .map_err(|error| SetupError::invalid("MFA_MESSAGE", &error))?;
                Some(message)
            }
        };
        Ok(Self {
            from,
            message,
            token_length,
            valid_for: setup.parse("MFA_VALID_FOR")?.unwrap_or_default(),
            max_attempts: setup.parse("MFA_MAX_ATTEMPTS")?.unwrap_or_default(),
            policy: setup.parse("MFA_NUMBER_POLICY")?.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<MfaSettings, SetupError> {
        MfaSettings::from_setup(&Setup::test(settings.iter().copied()))
    }

    #[test]
    fn the_defaults_are_the_original_employees() {
        let settings = read(&[]).unwrap();
        assert_eq!(
            (settings.token_length.get(), settings.valid_for.get(), settings.max_attempts.get()),
            (6, 7200, 4)
        );
        assert!(settings.message.is_none());
        let settings = read(&[("MFA_FROM_NUMBER", "+15550001111")]).unwrap();
        assert_eq!(settings.message.unwrap().as_str(), MESSAGE);
    }

    #[test]
    fn a_setting_that_is_not_valid_is_named_with_its_range() {
        let table = [
            (
                ("MFA_TOKEN_LENGTH", "3"),
                "MFA_TOKEN_LENGTH is not valid: token_length must be between 4 and 20, not 3",
            ),
            (("MFA_MAX_ATTEMPTS", "many"), "MFA_MAX_ATTEMPTS"),
            (("MFA_VALID_FOR", "604801"), "MFA_VALID_FOR"),
            (("MFA_FROM_NUMBER", "5551234"), "E.164"),
            (("MFA_NUMBER_POLICY", "nobody"), "caller"),
            (("MFA_MESSAGE", "Your code:"), "MFA_FROM_NUMBER is missing"),
        ];
        for (setting, expected) in table {
            let error = read(&[setting]).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let long = "x".repeat(160);
        let error =
            read(&[("MFA_FROM_NUMBER", "+15550001111"), ("MFA_MESSAGE", &long)]).unwrap_err().to_string();
        assert!(error.contains("MFA_MESSAGE"), "{error}");
    }
}
