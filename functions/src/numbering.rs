//! What kind of number a phone number is, of which country, and whether messages go to it: from the numbering plans of the
//! `phonenumber` crate.

use std::str::FromStr;

use phonenumber::country::Id;
use phonenumber::{Type, metadata};
use swaig::PhoneNumber;
use tokio::sync::OnceCell;

/// Country codes that belong to no country and cost extra: satellites and networks (870, 881, 882, 883), shared cost
/// (808), personal numbers (878), premium rate (979).
const COSTLY_CODES: [u16; 7] = [808, 870, 878, 881, 882, 883, 979];

/// The countries that messages may be sent to (`MFA_COUNTRIES`, `SMS_COUNTRIES`). None named: all.
///
/// ```
/// use swaig_functions::mfa::Countries;
///
/// assert!("US, PT".parse::<Countries>().is_ok());
/// assert!("Portugal".parse::<Countries>().is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Countries(Vec<Id>);

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbering {
    /// Its country; `None` for numbers of none, such as +800.
    country: Option<Id>,
    /// Whether who sends to it may pay extra, or reaches no single telephone.
    costly: bool,
}

impl Numbering {
    /// Looks a number up. `None` where no country or network has its country code.
    ///
    /// A number that no plan knows (such as +1 555 123 0000) is not refused: plans change more often than programs. It
    /// counts as one of the main country of its code.
    pub(crate) fn of(number: &PhoneNumber) -> Option<Self> {
        let plans = &*metadata::DATABASE;
        let parsed = phonenumber::parse(None, number.expose()).ok()?;
        let code = parsed.country().code();
        let main = || plans.region(&code)?.first()?.parse().ok();
        let costly = COSTLY_CODES.contains(&code)
            || matches!(
                parsed.number_type(plans),
                Type::PremiumRate | Type::SharedCost | Type::PersonalNumber | Type::Pager | Type::Uan
            );
        Some(Self { country: parsed.country().id().or_else(main), costly })
    }
}

impl Countries {
    /// Whether a number is of one of them.
    pub(crate) fn contain(&self, numbering: Numbering) -> bool {
        self.0.is_empty() || numbering.country.is_some_and(|country| self.0.contains(&country))
    }
}

/// Why a number gets no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Why {
    /// It starts with none of the allowed prefixes, or is not of an allowed country.
    #[error("its country or region is not served")]
    NotServed,
    /// It costs extra, or is no telephone.
    #[error("it is a special number, such as one that costs extra")]
    Costly,
    /// No country has its country code.
    #[error("there is no country with its country code")]
    NoCountry,
}

/// Why a number gets no message, if it gets none.
pub(crate) fn refusal(number: &PhoneNumber, countries: &Countries, allow_costly: bool) -> Option<Why> {
    match Numbering::of(number) {
        None => Some(Why::NoCountry),
        Some(it) if it.costly && !allow_costly => Some(Why::Costly),
        Some(it) if !countries.contain(it) => Some(Why::NotServed),
        Some(_) => None,
    }
}

/// Reads the numbering plans where they are not read yet: some ten milliseconds of work, once, and more memory than all else
/// of an idle program. So the first who needs them waits for it, and the others do not.
pub(crate) async fn load() {
    static READ: OnceCell<()> = OnceCell::const_new();
    let read = || {
        let _ = metadata::DATABASE.by_id("US");
    };
    READ.get_or_init(async || {
        // Where no thread can be had, the look-up reads them.
        let _ = tokio::task::spawn_blocking(read).await;
    })
    .await;
}

impl FromStr for Countries {
    type Err = InvalidCountries;

    fn from_str(text: &str) -> Result<Self, InvalidCountries> {
        let countries = text.split(',').map(|country| country.trim().to_uppercase().parse::<Id>());
        countries.collect::<Result<_, _>>().map(Self).map_err(|_| InvalidCountries)
    }
}

/// A list of countries that is none.
///
/// ```
/// use swaig_functions::mfa::{Countries, InvalidCountries};
///
/// let error: InvalidCountries = "Portugal".parse::<Countries>().unwrap_err();
/// println!("{error}");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected ISO 3166 codes of countries, such as US,CA,GB")]
pub struct InvalidCountries;

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: &str) -> Option<Numbering> {
        Numbering::of(&PhoneNumber::parse(number).unwrap())
    }

    #[test]
    fn numbers_that_cost_extra_are_told_from_others() {
        let costly = [
            ("+19005551234", "premium rate, US"),
            ("+449012345678", "premium rate, GB"),
            ("+33899123456", "premium rate, FR"),
            ("+491801234567", "shared cost, DE"),
            ("+447012345678", "personal number, GB"),
            ("+447600123456", "pager, GB"),
            ("+443069990123", "UAN, GB"),
            ("+870773123456", "Inmarsat"),
            ("+881612345678", "Iridium"),
            ("+88216123456", "Thuraya"),
            ("+883510012345", "network"),
            ("+979123456789", "international premium rate"),
        ];
        for (number, what) in costly {
            assert_eq!(of(number).map(|it| it.costly), Some(true), "{what}");
        }
        for number in [
            "+15551230000",
            "+12125550100",
            "+18005551234",
            "+4915112345678",
            "+49301234567",
            "+447400123456",
            "+33612345678",
            "+8613812345678",
        ] {
            assert_eq!(of(number).map(|it| it.costly), Some(false), "{number}");
        }
    }

    #[test]
    fn a_country_is_more_than_its_code() {
        let table = [
            ("US", "+12125550100", true),
            ("US", "+15551230000", true),
            ("US", "+14165550123", false),
            ("us, CA", "+14165550123", true),
            ("US", "+18765550123", false),
            ("US,CA", "+18095551234", false),
            ("US", "+12425551234", false),
            ("JM", "+18765550123", true),
            ("US", "+17875551234", false),
            ("RU", "+77011234567", false),
            ("KZ", "+77011234567", true),
            ("GB", "+447400123456", true),
            ("GB", "+447781123456", false),
            ("GB", "+80012345678", false),
        ];
        for (countries, number, served) in table {
            let countries: Countries = countries.parse().unwrap();
            assert_eq!(countries.contain(of(number).unwrap()), served, "{countries:?} {number}");
            assert!(Countries::default().contain(of(number).unwrap()));
        }
    }

    #[test]
    fn a_number_of_no_country_is_none() {
        for number in ["+999123", "+12", "+2101234567"] {
            assert_eq!(of(number), None, "{number}");
        }
    }

    #[test]
    fn a_list_that_names_no_countries_is_refused() {
        for text in ["", "USA", "US,", "US;CA", "001", "XX", "+1"] {
            assert_eq!(text.parse::<Countries>(), Err(InvalidCountries), "{text}");
        }
    }
}
