//! The numbers of a request, each within the range that the API accepts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::request::InvalidRequest;

macro_rules! ranged {
    ($(#[$doc:meta])* $type:ident, $name:literal, $min:literal ..= $max:literal, default $default:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "i64", into = "u32")]
        pub struct $type(u32);

        impl $type {
            /// The smallest value allowed.
            pub const MIN: Self = Self($min);
            /// The largest value allowed.
            pub const MAX: Self = Self($max);

            /// The plain number.
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl Default for $type {
            fn default() -> Self {
                Self($default)
            }
        }

        impl TryFrom<i64> for $type {
            type Error = InvalidRequest;

            fn try_from(value: i64) -> Result<Self, InvalidRequest> {
                u32::try_from(value)
                    .ok()
                    .filter(|n| ($min..=$max).contains(n))
                    .map(Self)
                    .ok_or(InvalidRequest::OutOfRange { name: $name, min: $min, max: $max, value })
            }
        }

        impl FromStr for $type {
            type Err = InvalidRequest;

            fn from_str(text: &str) -> Result<Self, InvalidRequest> {
                let value: i64 = text
                    .trim()
                    .parse()
                    .map_err(|_| InvalidRequest::NotANumber { name: $name, min: $min, max: $max })?;
                Self::try_from(value)
            }
        }

        impl From<$type> for u32 {
            fn from(value: $type) -> u32 {
                value.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

ranged!(
    /// Digits of a code: 4 to 20, by default 6 (MFA reference, `token_length`).
    ///
    /// ```
    /// use swaig_functions::mfa::TokenLength;
    ///
    /// assert_eq!(TokenLength::default().get(), 6);
    /// assert!(TokenLength::try_from(3).is_err());
    /// ```
    TokenLength, "token_length", 4..=20, default 6
);
ranged!(
    /// Seconds for which a code can be verified: 1 to 604,800 (a week), by default 7,200.
    ///
    /// The MFA reference, `valid_for`, names only the upper end. 0 is refused here: such a code
    /// is dead before it arrives.
    ///
    /// ```
    /// use swaig_functions::mfa::ValidFor;
    ///
    /// assert_eq!(ValidFor::default().get(), 7_200);
    /// assert!(ValidFor::try_from(0).is_err());
    /// ```
    ValidFor, "valid_for", 1..=604_800, default 7_200
);
ranged!(
    /// How often a code may be tried, the first time included: 1 to 20, by default 4
    /// (MFA reference, `max_attempts`).
    ///
    /// ```
    /// use swaig_functions::mfa::MaxAttempts;
    ///
    /// assert_eq!(MaxAttempts::default().get(), 4);
    /// assert!(MaxAttempts::try_from(21).is_err());
    /// ```
    MaxAttempts, "max_attempts", 1..=20, default 4
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_defaults_are_six_digits_two_hours_four_tries() {
        assert_eq!(TokenLength::default().get(), 6);
        assert_eq!(ValidFor::default().get(), 7_200);
        assert_eq!(MaxAttempts::default().get(), 4);
    }

    #[test]
    fn a_number_outside_its_range_is_told_the_range() {
        for value in [3, 21, -1, i64::MAX] {
            let error = TokenLength::try_from(value).unwrap_err();
            assert_eq!(error.to_string(), format!("token_length must be between 4 and 20, not {value}"));
        }
        assert!(ValidFor::try_from(0).is_err());
        assert!(ValidFor::try_from(604_801).is_err());
        assert_eq!(ValidFor::try_from(604_800), Ok(ValidFor::MAX));
        assert!(MaxAttempts::try_from(0).is_err());
        assert_eq!("1".parse(), Ok(MaxAttempts::MIN));
    }

    #[test]
    fn text_that_is_no_number_is_told_the_range() {
        let error = "six".parse::<TokenLength>().unwrap_err();
        assert_eq!(error.to_string(), "token_length must be a whole number between 4 and 20");
    }

    #[test]
    fn a_setting_is_read_from_json_with_its_range() {
        assert_eq!(serde_json::from_str::<MaxAttempts>("20").unwrap().get(), 20);
        assert!(serde_json::from_str::<MaxAttempts>("21").is_err());
    }

    proptest! {
        #[test]
        fn a_range_accepts_what_is_in_it_and_nothing_else(value in -10_i64..40) {
            prop_assert_eq!(TokenLength::try_from(value).is_ok(), (4..=20).contains(&value));
            prop_assert_eq!(value.to_string().parse::<TokenLength>(), TokenLength::try_from(value));
        }
    }
}
