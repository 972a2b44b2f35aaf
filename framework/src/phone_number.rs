//! Phone numbers in E.164 form, and who is calling.
//!
//! A number is personal data. It shows itself masked wherever it is printed or
//! serialised, and gives the digits away only through [`PhoneNumber::expose`].

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// What stands for one hidden digit.
const BULLET: char = '•';

/// A number of at most this many digits shows only its last two.
const SHORT: usize = 7;

/// A phone number in E.164 form: `+`, a country code that does not start with
/// zero, at most 15 digits in all (ITU-T E.164).
///
/// `Display`, `Debug` and `Serialize` give the masked form, so a number that
/// was serialised cannot be read back. Use [`expose`](Self::expose) for the
/// upstream request.
///
/// ```
/// use swaig::phone_number::PhoneNumber;
///
/// let number = PhoneNumber::parse("+1 (555) 123-0000")?;
/// assert_eq!(number.expose(), "+15551230000");
/// assert_eq!(number.to_string(), "+1••••••0000");
/// # Ok::<(), swaig::phone_number::PhoneNumberError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

/// Why a text is not a [`PhoneNumber`]. No variant repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneNumberError {
    /// There is nothing in the text.
    #[error("the phone number is empty; E.164 form is needed, for example +15551230000")]
    Empty,
    /// The text does not start with `+`: a national number, or one with `00`.
    #[error("the phone number has no + and country code; E.164 form is needed, for example +15551230000")]
    NoCountryCode,
    /// The first digit is a zero; no country code starts with it.
    #[error("a country code does not start with 0; E.164 form is needed, for example +15551230000")]
    LeadingZero,
    /// Fewer than 2 digits, or more than 15.
    #[error("a phone number in E.164 form has 2 to 15 digits, for example +15551230000")]
    Length,
    /// A character that is neither a digit nor one of the usual separators.
    #[error(
        "the phone number holds a character that is not a digit; E.164 form is needed, for example +15551230000"
    )]
    Character,
}

impl PhoneNumber {
    /// Reads a number. Spaces, dashes, dots, parentheses and a leading `tel:`
    /// are dropped. A number without `+` is refused: which country it belongs
    /// to would be a guess.
    ///
    /// # Errors
    ///
    /// [`PhoneNumberError`] says what is missing.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        let text = without_tel(text.trim()).trim_start();
        if text.is_empty() {
            return Err(PhoneNumberError::Empty);
        }
        let Some(rest) = text.strip_prefix('+') else {
            return Err(PhoneNumberError::NoCountryCode);
        };
        let mut number = String::with_capacity(16);
        number.push('+');
        for c in rest.chars() {
            if c.is_ascii_digit() {
                // One more than allowed is enough to know.
                if number.len() <= 16 {
                    number.push(c);
                }
            } else if !is_separator(c) {
                return Err(PhoneNumberError::Character);
            }
        }
        if number[1..].starts_with('0') {
            return Err(PhoneNumberError::LeadingZero);
        }
        if !(3..=16).contains(&number.len()) {
            return Err(PhoneNumberError::Length);
        }
        Ok(Self(number))
    }

    /// The number in clear, `+15551230000`. Only for the upstream request:
    /// never for a log, an event, the store or a reply.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The form that may be shown: `+`, the first digit, a bullet for each
    /// hidden digit, the last four digits. A number of at most 7 digits shows
    /// only its last two.
    pub fn masked(&self) -> String {
        mask(&self.0)
    }
}

/// Masks a number that holds only ASCII digits after an optional `+`.
pub(crate) fn mask(number: &str) -> String {
    let (plus, digits) = match number.strip_prefix('+') {
        Some(rest) => ("+", rest),
        None => ("", number),
    };
    let count = digits.chars().count();
    let (head, tail) = if count <= SHORT { (0, 2) } else { (1, 4) };
    let shown =
        digits.chars().enumerate().map(|(at, c)| if at < head || at + tail >= count { c } else { BULLET });
    plus.chars().chain(shown).collect()
}

/// The characters that people put between the digits of a number.
pub(crate) fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '(' | ')' | '\u{2010}'..='\u{2013}')
}

/// The text after a leading `tel:`, in any case.
pub(crate) fn without_tel(text: &str) -> &str {
    match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &text[4..],
        _ => text,
    }
}

impl FromStr for PhoneNumber {
    type Err = PhoneNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = PhoneNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.masked())
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.masked())
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.masked())
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

// Numbers are refused here by hand: serde's own message would repeat the value.
impl Visitor<'_> for NumberVisitor {
    type Value = PhoneNumber;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string with a phone number in E.164 form, for example +15551230000")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<PhoneNumber, E> {
        PhoneNumber::parse(text).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<PhoneNumber, E> {
        Err(E::custom(PhoneNumberError::NoCountryCode))
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<PhoneNumber, E> {
        Err(E::custom(PhoneNumberError::NoCountryCode))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<PhoneNumber, E> {
        Err(E::custom(PhoneNumberError::NoCountryCode))
    }
}

impl JsonSchema for PhoneNumber {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "PhoneNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // No `pattern`: it would refuse the separators that `parse` takes.
        json_schema!({
            "type": "string",
            "description": "Phone number in E.164 format, for example +15551230000"
        })
    }
}

/// Who is calling, as the platform says it.
///
/// `Debug` and `Display` are masked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum CallerNumber {
    /// A telephone.
    Phone(PhoneNumber),
    /// A SIP address whose user is not an E.164 number, as received.
    Sip(String),
    /// Withheld, absent, or not a number that can be dialled as it stands.
    Anonymous,
}

impl CallerNumber {
    /// Reads a caller id. `sip:` and `sips:` addresses whose user part is an
    /// E.164 number are telephones.
    ///
    /// Bare digits without `+` are [`Anonymous`](Self::Anonymous): a caller id
    /// decides where a code is sent, so the country is never guessed.
    ///
    /// ```
    /// use swaig::phone_number::CallerNumber;
    ///
    /// let caller = CallerNumber::from_caller_id(Some("sip:+15551230000@example.com"));
    /// assert_eq!(caller.phone().map(|p| p.expose()), Some("+15551230000"));
    /// assert_eq!(CallerNumber::from_caller_id(Some("15551230000")), CallerNumber::Anonymous);
    /// ```
    pub fn from_caller_id(id: Option<&str>) -> Self {
        let id = id.unwrap_or_default().trim();
        if let Ok(number) = PhoneNumber::parse(id) {
            return Self::Phone(number);
        }
        let Some((_, address)) = split_sip(id) else {
            return Self::Anonymous;
        };
        let user = sip_user(address);
        if let Ok(number) = PhoneNumber::parse(user) {
            Self::Phone(number)
        } else if is_withheld(user) || is_withheld(address) {
            Self::Anonymous
        } else {
            Self::Sip(id.to_owned())
        }
    }

    /// The telephone number, if there is one.
    pub fn phone(&self) -> Option<&PhoneNumber> {
        match self {
            Self::Phone(number) => Some(number),
            Self::Sip(_) | Self::Anonymous => None,
        }
    }
}

/// Splits `sip:rest` or `sips:rest`.
fn split_sip(id: &str) -> Option<(&str, &str)> {
    id.split_once(':')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips"))
}

/// The user of `user[;params][:password]@host`; empty where there is none.
fn sip_user(address: &str) -> &str {
    let user = address.rsplit_once('@').map_or("", |(user, _)| user);
    user.split([';', ':']).next().unwrap_or_default()
}

/// The words by which carriers say that the number is withheld.
fn is_withheld(text: &str) -> bool {
    const WORDS: [&str; 6] = ["", "anonymous", "restricted", "unavailable", "private", "unknown"];
    WORDS.iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

impl fmt::Display for CallerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phone(number) => fmt::Display::fmt(number, f),
            Self::Sip(id) => {
                let scheme = split_sip(id).map_or("sip", |(scheme, _)| scheme);
                match id.rsplit_once('@') {
                    Some((_, host)) => write!(f, "{scheme}:••••@{host}"),
                    None => write!(f, "{scheme}:••••"),
                }
            }
            Self::Anonymous => f.write_str("anonymous"),
        }
    }
}

impl fmt::Debug for CallerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phone(_) => write!(f, "Phone({self})"),
            Self::Sip(_) => write!(f, "Sip({self})"),
            Self::Anonymous => f.write_str("Anonymous"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn separators_and_tel_are_dropped() {
        for text in [
            "+15551230000",
            "  +1 555 123 0000 ",
            "+1 (555) 123-0000",
            "+1.555.123.0000",
            "tel:+1-555-123-0000",
            "TEL: +15551230000",
        ] {
            let number = PhoneNumber::parse(text).map(|n| n.expose().to_owned());
            assert_eq!(number.as_deref(), Ok("+15551230000"), "{text}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        use PhoneNumberError as E;
        for (text, error) in [
            ("", E::Empty),
            (" tel: ", E::Empty),
            ("5551230000", E::NoCountryCode),
            ("0015551230000", E::NoCountryCode),
            ("+05551230000", E::LeadingZero),
            ("+1", E::Length),
            ("+", E::Length),
            ("+1234567890123456", E::Length),
            ("+1234567890123456789012345", E::Length),
            ("+1555CALLME", E::Character),
            ("++15551230000", E::Character),
            ("+1555１２３", E::Character),
        ] {
            assert_eq!(PhoneNumber::parse(text), Err(error), "{text}");
            assert!(error.to_string().contains("E.164"));
            assert!(error.to_string().contains("+15551230000"));
        }
    }

    #[test]
    fn masked_forms() {
        assert_eq!(mask("+15551234567"), "+1••••••4567");
        assert_eq!(mask("+12345678"), "+1•••5678");
        assert_eq!(mask("+1234567"), "+•••••67");
        assert_eq!(mask("+12"), "+12");
        assert_eq!(mask("5551234567"), "5•••••4567");
    }

    #[test]
    fn nothing_prints_the_number() {
        let number = PhoneNumber::parse("+15551234567").unwrap();
        assert_eq!(format!("{number:?}"), "PhoneNumber(+1••••••4567)");
        assert_eq!(serde_json::to_string(&number).unwrap(), "\"+1••••••4567\"");
        for json in ["15551234567", "-15551234567", "15551234567.5", "\"5551234567\""] {
            let error = serde_json::from_str::<PhoneNumber>(json).unwrap_err();
            assert!(!error.to_string().contains("5551234567"), "{error}");
        }
        let read: PhoneNumber = serde_json::from_str("\"+1 555 123 4567\"").unwrap();
        assert_eq!(read, number);
    }

    #[test]
    fn schema_has_no_pattern() {
        let schema = schemars::schema_for!(PhoneNumber);
        assert_eq!(schema.get("type").and_then(|t| t.as_str()), Some("string"));
        assert!(schema.get("pattern").is_none());
    }

    #[test]
    fn caller_ids() {
        let read = |id| CallerNumber::from_caller_id(Some(id));
        assert!(read("+15551234567").phone().is_some());
        assert!(read("tel:+15551234567").phone().is_some());
        assert!(read("sip:+15551234567;x=1@10.0.0.1;user=phone").phone().is_some());
        assert!(read("SIPS:+15551234567:pw@example.com").phone().is_some());
        for id in [
            "",
            "anonymous",
            "Restricted",
            "UNAVAILABLE",
            "private",
            "unknown",
            "15551234567",
            "Jane Doe",
            "sip:anonymous@anonymous.invalid",
            "sip:",
        ] {
            assert_eq!(read(id), CallerNumber::Anonymous, "{id}");
        }
        assert_eq!(CallerNumber::from_caller_id(None), CallerNumber::Anonymous);
        let sip = read("sip:alice@example.com");
        assert_eq!(sip, CallerNumber::Sip("sip:alice@example.com".into()));
        assert_eq!(sip.to_string(), "sip:••••@example.com");
        assert_eq!(format!("{sip:?}"), "Sip(sip:••••@example.com)");
        assert_eq!(format!("{:?}", read("+15551234567")), "Phone(+1••••••4567)");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in any::<String>()) {
            let _ = CallerNumber::from_caller_id(Some(&text)).to_string();
            if let Ok(number) = PhoneNumber::parse(&text) {
                prop_assert_eq!(PhoneNumber::parse(number.expose()), Ok(number));
            }
        }

        #[test]
        fn every_e164_number_is_taken_and_hidden(text in "\\+[1-9][0-9]{7,14}") {
            let number = PhoneNumber::parse(&text).unwrap();
            prop_assert_eq!(number.expose(), &text);
            let masked = number.masked();
            prop_assert_eq!(masked.chars().count(), text.len());
            prop_assert_eq!(masked.matches('•').count(), text.len() - 6);
            prop_assert_eq!(&masked[masked.len() - 4..], &text[text.len() - 4..]);
        }
    }
}
