//! Who is calling.

use std::fmt;

use serde::{Serialize, Serializer};

use super::PhoneNumber;

/// Who is calling, as the platform says it.
///
/// `Debug`, `Display` and `Serialize` are masked.
///
/// ```
/// use swaig::CallerNumber;
///
/// match CallerNumber::from_caller_id(Some("+15551230000")) {
///     CallerNumber::Phone(number) => assert_eq!(number.expose(), "+15551230000"),
///     CallerNumber::Sip(_) | CallerNumber::Anonymous => panic!("it is a telephone"),
/// }
/// ```
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
    /// use swaig::CallerNumber;
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

/// Whether an id, plain or as a SIP address, says no more than that the number is withheld.
pub(crate) fn is_withheld_id(id: &str) -> bool {
    let address = split_sip(id).map(|(_, address)| address);
    is_withheld(id) || address.is_some_and(|it| is_withheld(it) || is_withheld(sip_user(it)))
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

impl Serialize for CallerNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
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
