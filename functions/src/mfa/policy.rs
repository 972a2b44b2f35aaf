//! Whom a code may be sent to.

use std::str::FromStr;

use swaig::{CallerNumber, PhoneNumber};

use super::MfaSettings;
use crate::numbering::{Why, refusal};

/// Whom a code may be sent to (`MFA_NUMBER_POLICY`). A code that goes to any number that a voice asks for is an
/// invitation to have strangers' phones bombed, and to toll fraud; so the default is the caller's own number.
///
/// ```
/// use swaig::Setup;
/// use swaig_functions::mfa::{MfaSettings, NumberPolicy};
///
/// let settings = MfaSettings::from_setup(&Setup::test([("MFA_NUMBER_POLICY", "+1,+4930")]))?;
/// assert_eq!(settings.policy, NumberPolicy::Prefixes(vec!["+1".into(), "+4930".into()]));
/// # Ok::<(), swaig::SetupError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumberPolicy {
    /// `caller`: only the number that the caller calls from.
    #[default]
    Caller,
    /// `any`: every number.
    Any,
    /// Numbers that start with one of these, such as `+1` or `+4930`; the caller's own as well.
    Prefixes(Vec<String>),
}

/// Why there is no number to send to. The text is what the model hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoNumber {
    /// The caller's number is not known, and no other is allowed.
    #[error(
        "The caller's number is not shown, and a code can only be sent to the number that the caller calls from. Say that verification needs a call from a phone that shows its number."
    )]
    CallerUnknown,
    /// The caller's number is not known, and the policy allows another one.
    #[error(
        "The caller's number is not known. Ask for the phone number with its country code, then call send_mfa with it as phone_number."
    )]
    AskForIt,
    /// Another number than the caller's was asked for.
    #[error(
        "A code can only be sent to the number that the caller calls from, not to another one. Offer to send it there; then call send_mfa without phone_number."
    )]
    NotTheCallers,
    /// The number is not one that codes go to.
    #[error("Codes cannot be sent to this phone number, because {why}. {}", next(*.another))]
    Refused {
        /// Why not.
        why: Why,
        /// Whether another number than the caller's is allowed.
        another: bool,
    },
}

/// What the model should do with a number that gets no code.
fn next(another: bool) -> &'static str {
    if another {
        "Ask whether there is another number to send the code to."
    } else {
        "Say that verification needs a call from another phone."
    }
}

impl MfaSettings {
    /// The number to send to, by all that the settings say of numbers.
    pub(super) fn choose(
        &self,
        asked: Option<PhoneNumber>,
        caller: &CallerNumber,
    ) -> Result<PhoneNumber, NoNumber> {
        let number = self.policy.choose(asked, caller)?;
        match refusal(&number, &self.countries, self.allow_costly_numbers) {
            None => Ok(number),
            Some(why) => Err(NoNumber::Refused { why, another: self.policy != NumberPolicy::Caller }),
        }
    }
}

impl NumberPolicy {
    /// The number to send to.
    pub(crate) fn choose(
        &self,
        asked: Option<PhoneNumber>,
        caller: &CallerNumber,
    ) -> Result<PhoneNumber, NoNumber> {
        let own = caller.phone();
        match self {
            Self::Caller => match (own, asked) {
                (None, _) => Err(NoNumber::CallerUnknown),
                (Some(own), Some(asked)) if *own != asked => Err(NoNumber::NotTheCallers),
                (Some(own), _) => Ok(own.clone()),
            },
            Self::Any => asked.or_else(|| own.cloned()).ok_or(NoNumber::AskForIt),
            Self::Prefixes(prefixes) => {
                let number = asked.or_else(|| own.cloned()).ok_or(NoNumber::AskForIt)?;
                let served = prefixes.iter().any(|prefix| number.expose().starts_with(prefix));
                let why = Why::NotServed;
                if served { Ok(number) } else { Err(NoNumber::Refused { why, another: true }) }
            }
        }
    }
}

impl FromStr for NumberPolicy {
    type Err = InvalidPolicy;

    fn from_str(text: &str) -> Result<Self, InvalidPolicy> {
        match text.trim() {
            "caller" => Ok(Self::Caller),
            "any" => Ok(Self::Any),
            list => {
                let prefixes: Vec<_> = list.split(',').map(|prefix| prefix.trim().to_owned()).collect();
                let valid = |prefix: &String| {
                    prefix.strip_prefix('+').is_some_and(|digits| {
                        (1..=15).contains(&digits.len())
                            && !digits.starts_with('0')
                            && digits.bytes().all(|digit| digit.is_ascii_digit())
                    })
                };
                if prefixes.iter().all(valid) { Ok(Self::Prefixes(prefixes)) } else { Err(InvalidPolicy) }
            }
        }
    }
}

/// A policy that is none.
///
/// ```
/// use swaig_functions::mfa::NumberPolicy;
///
/// let error = "nobody".parse::<NumberPolicy>().unwrap_err();
/// assert!(error.to_string().contains("E.164 prefixes"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected caller, any, or E.164 prefixes such as +1,+44")]
pub struct InvalidPolicy;

#[cfg(test)]
mod tests {
    use swaig::Setup;

    use super::*;

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text).unwrap()
    }

    fn choose(policy: &str, asked: Option<&str>, caller: Option<&str>) -> Result<PhoneNumber, NoNumber> {
        let policy: NumberPolicy = policy.parse().unwrap();
        policy.choose(asked.map(number), &CallerNumber::from_caller_id(caller))
    }

    #[test]
    fn by_default_only_the_callers_own_number_gets_a_code() {
        let own = "+15551230000";
        assert_eq!(choose("caller", None, Some(own)), Ok(number(own)));
        assert_eq!(choose("caller", Some(own), Some(own)), Ok(number(own)));
        assert_eq!(choose("caller", Some("+15559999999"), Some(own)), Err(NoNumber::NotTheCallers));
        for unknown in [None, Some("anonymous"), Some("sip:alice@example.com")] {
            assert_eq!(choose("caller", Some(own), unknown), Err(NoNumber::CallerUnknown));
        }
    }

    #[test]
    fn where_another_number_is_allowed_an_anonymous_caller_is_asked_for_one() {
        assert_eq!(choose("any", None, None), Err(NoNumber::AskForIt));
        assert_eq!(choose("any", Some("+15559999999"), None), Ok(number("+15559999999")));
        assert_eq!(choose("+1,+44", None, Some("sip:alice@example.com")), Err(NoNumber::AskForIt));
    }

    const NOT_SERVED: NoNumber = NoNumber::Refused { why: Why::NotServed, another: true };

    #[test]
    fn prefixes_hold_for_every_number() {
        assert_eq!(choose("+1, +4930", Some("+49301234567"), None), Ok(number("+49301234567")));
        assert_eq!(choose("+1, +4930", Some("+4989123456"), None), Err(NOT_SERVED));
        assert_eq!(choose("+44", None, Some("+15551230000")), Err(NOT_SERVED));
    }

    #[test]
    fn countries_and_costly_numbers_hold_for_every_policy() {
        let choose = |settings: &[(&str, &str)], caller: &str| {
            let settings = MfaSettings::from_setup(&Setup::test(settings.iter().copied())).unwrap();
            settings.choose(None, &CallerNumber::from_caller_id(Some(caller)))
        };
        let refused = |why, another| Err(NoNumber::Refused { why, another });
        let (us, any) = (("MFA_COUNTRIES", "US"), ("MFA_NUMBER_POLICY", "any"));
        let (jamaica, premium) = ("+18765550123", "+19005551234");
        assert_eq!(choose(&[any], jamaica), Ok(number(jamaica)));
        assert_eq!(choose(&[us], jamaica), refused(Why::NotServed, false));
        assert_eq!(choose(&[us, any], jamaica), refused(Why::NotServed, true));
        assert_eq!(choose(&[us, ("MFA_NUMBER_POLICY", "+1")], jamaica), refused(Why::NotServed, true));
        assert_eq!(choose(&[us], "+15551230000"), Ok(number("+15551230000")));
        assert_eq!(choose(&[any], premium), refused(Why::Costly, true));
        assert_eq!(choose(&[("MFA_ALLOW_COSTLY_NUMBERS", "true")], premium), Ok(number(premium)));
        let error = choose(&[any], "+999123456").unwrap_err();
        assert_eq!(
            error.to_string(),
            "Codes cannot be sent to this phone number, because there is no country with its country code. Ask whether there is another number to send the code to."
        );
    }

    #[test]
    fn a_policy_that_is_none_is_refused() {
        for text in ["", "callers", "1", "+", "+1,", "+1;+2", "+0"] {
            assert_eq!(text.parse::<NumberPolicy>(), Err(InvalidPolicy), "{text}");
        }
    }
}
