//! The settings of `send_sms`.

use swaig::{Call, Limit, LimitReached, PhoneNumber, Setup, SetupError};

use crate::counting::{DAY, HOUR, count, subject};
use crate::numbering::Countries;

/// The setting of the number that texts come from.
pub(super) const FROM: &str = "SMS_FROM_NUMBER";
const ENDING: &str = "SMS_ENDING";
const COSTLY: &str = "SMS_ALLOW_COSTLY_NUMBERS";
const LONGEST: &str = "SMS_LONGEST";

/// Two text messages of the GSM alphabet, joined.
const DEFAULT_LONGEST: usize = 306;
/// The most that the API takes (Compatibility REST API, "Create a Message").
const MOST: usize = 1600;

/// The `SMS_…` settings.
///
/// ```
/// use swaig::Setup;
/// use swaig_functions::sms::SmsSettings;
///
/// let settings = SmsSettings::from_setup(&Setup::test([("SMS_LONGEST", "2")]))?;
/// assert_eq!(settings.longest, 2);
/// # Ok::<(), swaig::SetupError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SmsSettings {
    /// `SMS_FROM_NUMBER`: the number that texts come from.
    pub from: Option<PhoneNumber>,
    /// `SMS_ENDING`: what stands below each text: who sends it, and how to stop it.
    pub ending: Option<String>,
    /// `SMS_LONGEST`: the most characters of a text, with its ending.
    pub longest: usize,
    /// `SMS_COUNTRIES`: the countries that texts go to.
    pub countries: Countries,
    /// `SMS_ALLOW_COSTLY_NUMBERS`: whether texts go to premium rate, satellite and the like too.
    pub allow_costly_numbers: bool,
    /// How many texts.
    pub limits: SmsLimits,
}

/// How many texts may be sent. 0 is no limit. All are counted in the store.
///
/// ```
/// use swaig::Setup;
/// use swaig_functions::sms::SmsSettings;
///
/// let settings = SmsSettings::from_setup(&Setup::test([("SMS_PER_CALL", "2")]))?;
/// assert_eq!(settings.limits.per_call, 2);
/// # Ok::<(), swaig::SetupError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SmsLimits {
    /// `SMS_PER_CALL`
    pub per_call: u32,
    /// `SMS_PER_NUMBER_HOUR`
    pub per_number_hour: u32,
    /// `SMS_PER_NUMBER_DAY`
    pub per_number_day: u32,
    /// `SMS_PER_AGENT_HOUR`
    pub per_agent_hour: u32,
}

/// Why a text is not sent, as the model hears it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoText {
    #[error("Nothing was sent: the text says nothing. Call send_sms again with what the message should say.")]
    Empty,
    #[error("Nothing was sent: the text is too long. Shorten it to {0} characters, and call send_sms again.")]
    Long(usize),
}

impl SmsSettings {
    /// The settings with their meaning.
    pub const NAMES: &'static [(&'static str, &'static str)] = &[
        (FROM, "number that texts come from, in E.164; live mode needs it"),
        (ENDING, "what stands below each text, such as who sends it and how to stop it [default: nothing]"),
        (LONGEST, "characters of a text, with its ending, 1 to 1600 [default: 306]"),
        ("SMS_COUNTRIES", "countries that texts go to, such as US,CA [default: all]"),
        (COSTLY, "true: texts go to premium rate, satellite and the like too [default: false]"),
        ("SMS_PER_CALL", "texts in one call; 0: no limit, here and below [default: 3]"),
        ("SMS_PER_NUMBER_HOUR", "texts to one number within an hour [default: 5]"),
        ("SMS_PER_NUMBER_DAY", "texts to one number within 24 hours [default: 10]"),
        ("SMS_PER_AGENT_HOUR", "texts of one agent within an hour [default: 300]"),
    ];

    /// Reads the settings.
    ///
    /// # Errors
    /// One that is not valid.
    pub fn from_setup(setup: &Setup) -> Result<Self, SetupError> {
        let longest = setup.number(LONGEST, 1..=MOST)?.unwrap_or(DEFAULT_LONGEST);
        let ending = setup.setting(ENDING);
        if ending.as_ref().is_some_and(|ending| ending.chars().count() + 1 >= longest) {
            return Err(SetupError::invalid(ENDING, &"it leaves no room for the text; see SMS_LONGEST"));
        }
        Ok(Self {
            from: setup.parse(FROM)?,
            ending,
            longest,
            countries: setup.parse("SMS_COUNTRIES")?.unwrap_or_default(),
            allow_costly_numbers: setup.flag(COSTLY)?,
            limits: SmsLimits {
                per_call: count(setup, "SMS_PER_CALL", 3)?,
                per_number_hour: count(setup, "SMS_PER_NUMBER_HOUR", 5)?,
                per_number_day: count(setup, "SMS_PER_NUMBER_DAY", 10)?,
                per_agent_hour: count(setup, "SMS_PER_AGENT_HOUR", 300)?,
            },
        })
    }

    /// The text as it is sent, with its ending.
    pub(super) fn text(&self, text: &str) -> Result<String, NoText> {
        let plain: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
        let plain = plain.trim();
        if plain.is_empty() {
            return Err(NoText::Empty);
        }
        let ending = self.ending.as_ref().map(|ending| format!("\n{ending}")).unwrap_or_default();
        let room = self.longest.saturating_sub(ending.chars().count());
        if plain.chars().count() > room { Err(NoText::Long(room)) } else { Ok(format!("{plain}{ending}")) }
    }
}

impl SmsLimits {
    /// What a text to this number, sent now in this call, counts under.
    pub(super) fn sends(&self, call: &Call, to: &PhoneNumber) -> [Limit; 4] {
        [
            Limit::new("sms_per_call", self.per_call, DAY).of(&subject(call)),
            Limit::new("sms_per_number_hour", self.per_number_hour, HOUR).of_number(to),
            Limit::new("sms_per_number_day", self.per_number_day, DAY).of_number(to),
            Limit::new("sms_per_agent_hour", self.per_agent_hour, HOUR).of(call.agent()),
        ]
    }

    /// What the model hears of a limit that is reached, and what it should do next.
    pub(super) fn sentence(&self, reached: &LimitReached) -> String {
        let why = match reached.name {
            "sms_per_call" => {
                return format!(
                    "No more than {} text messages are sent in this call, so nothing was sent. Tell the caller what it would have said.",
                    self.per_call
                );
            }
            "sms_per_agent_hour" => "Too many text messages are being sent just now",
            _ => "Too many text messages went to this phone number lately",
        };
        format!(
            "{why}, so nothing was sent. Tell the caller what it would have said. One can be sent again in {}.",
            reached.wait()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_not_valid_is_told_with_what_is_expected() {
        for (setting, expected) in [
            (("SMS_FROM_NUMBER", "5551234"), "E.164"),
            (("SMS_LONGEST", "1601"), "1 to 1600"),
            (("SMS_LONGEST", "0"), "1 to 1600"),
            (("SMS_COUNTRIES", "USA"), "ISO 3166"),
            (("SMS_ALLOW_COSTLY_NUMBERS", "yes"), "true or false"),
            (("SMS_PER_CALL", "many"), "from 0 (no limit)"),
        ] {
            let error = SmsSettings::from_setup(&Setup::test([setting])).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let ending = [("SMS_ENDING", "The Lisbon desk"), ("SMS_LONGEST", "16")];
        let error = SmsSettings::from_setup(&Setup::test(ending)).unwrap_err().to_string();
        assert!(error.contains("no room for the text"), "{error}");
    }

    #[test]
    fn a_text_and_its_ending_share_the_room() {
        let settings =
            SmsSettings::from_setup(&Setup::test([("SMS_ENDING", "Desk"), ("SMS_LONGEST", "10")])).unwrap();
        assert_eq!(settings.text("12345").as_deref(), Ok("12345\nDesk"));
        assert_eq!(settings.text("123456"), Err(NoText::Long(5)));
    }
}
