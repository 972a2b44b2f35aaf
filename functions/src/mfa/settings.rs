//! The `MFA_*` settings.

use swaig::{PhoneNumber, Setup, SetupError};

use super::{Channel, Countries, MaxAttempts, Message, MfaLimits, NumberPolicy, TokenLength, ValidFor};

/// What is said before the code when a sending number is set (the original employee's words).
const MESSAGE: &str = "Your number to verify is: ";

/// How codes are sent. The defaults are the original employee's: 6 digits, two hours, 4 attempts.
///
/// ```
/// use swaig::Setup;
/// use swaig_functions::mfa::MfaSettings;
///
/// let settings = MfaSettings::from_setup(&Setup::test([("MFA_TOKEN_LENGTH", "8")]))?;
/// assert_eq!(settings.token_length.get(), 8);
/// # Ok::<(), swaig::SetupError>(())
/// ```
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
    /// `MFA_COUNTRIES`: the countries of these numbers.
    pub countries: Countries,
    /// `MFA_ALLOW_COSTLY_NUMBERS`: whether codes go to numbers that cost extra (premium rate, shared cost, personal,
    /// satellite), pagers and company numbers too.
    pub allow_costly_numbers: bool,
    /// How many codes are sent, and how many wrong ones are tried.
    pub limits: MfaLimits,
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
        ("MFA_COUNTRIES", "countries that codes go to, such as US,CA [default: all]"),
        (
            "MFA_ALLOW_COSTLY_NUMBERS",
            "true: codes go to premium rate, satellite and the like too [default: false]",
        ),
        (
            "MFA_COOL_DOWN",
            "seconds between two codes of a call, while the first is not tried; 0: none [default: 20]",
        ),
        ("MFA_SENDS_PER_CALL", "codes for one call; 0: no limit, here and below [default: 5]"),
        ("MFA_SENDS_PER_NUMBER_HOUR", "codes to one number within an hour [default: 5]"),
        ("MFA_SENDS_PER_NUMBER_DAY", "codes to one number within 24 hours [default: 10]"),
        ("MFA_SENDS_PER_CALLER_HOUR", "codes for one caller within an hour [default: 5]"),
        ("MFA_SENDS_PER_CALLER_DAY", "codes for one caller within 24 hours [default: 10]"),
        ("MFA_SENDS_PER_AGENT_HOUR", "codes of one agent within an hour [default: 300]"),
        ("MFA_WRONG_TRIES_PER_CALL", "wrong codes in one call, over all its codes [default: 10]"),
        ("MFA_WRONG_TRIES_PER_NUMBER_HOUR", "wrong codes for one number within an hour [default: 20]"),
        (
            "MFA_BREAKER_FAILURES",
            "failures of the API in a row after which it is left alone for a while; 0: never [default: 5]",
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
            (Some(_), None) => {
                return Err(SetupError::invalid(
                    "MFA_MESSAGE",
                    &"a message of one's own needs MFA_FROM_NUMBER",
                ));
            }
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
            countries: setup.parse("MFA_COUNTRIES")?.unwrap_or_default(),
            allow_costly_numbers: setup.flag("MFA_ALLOW_COSTLY_NUMBERS")?,
            limits: MfaLimits::from_setup(setup)?,
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
            (("MFA_COUNTRIES", "USA"), "ISO 3166"),
            (("MFA_ALLOW_COSTLY_NUMBERS", "yes"), "true or false"),
            (("MFA_COOL_DOWN", "3601"), "0 (none) to 3600"),
            (("MFA_SENDS_PER_CALL", "-1"), "from 0 (no limit)"),
            (("MFA_WRONG_TRIES_PER_CALL", "1000001"), "1000000"),
            (("MFA_MESSAGE", "Your code:"), "needs MFA_FROM_NUMBER"),
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
