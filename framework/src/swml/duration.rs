//! Durations with the unit that a field is written in.
//!
//! A setter takes [`std::time::Duration`]; the field's type decides what is written. A part that the unit
//! cannot express is rounded up, so that a short wait does not become 0, which often means "off".

use std::time::Duration;

use super::dynamic::{Dyn, dyn_from};
use super::json::Json;
use super::value::{Kind, Value};

macro_rules! duration_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Duration);

        impl $name {
            /// The duration.
            pub const fn duration(self) -> Duration {
                self.0
            }
        }

        impl From<Duration> for $name {
            fn from(duration: Duration) -> Self {
                Self(duration)
            }
        }

        dyn_from! { $name: Duration; }
    };
}

duration_type! {
    /// Written as a whole number of milliseconds.
    ///
    /// ```
    /// use std::time::Duration;
    /// use serde_json::json;
    /// use swaig::swml::{Json, Milliseconds};
    ///
    /// let milliseconds = Milliseconds::from(Duration::from_secs(2));
    /// assert_eq!(Json::from(milliseconds).to_value(), json!(2000));
    /// ```
    Milliseconds
}
duration_type! {
    /// Written as a whole number of seconds.
    ///
    /// ```
    /// use std::time::Duration;
    /// use serde_json::json;
    /// use swaig::swml::{Json, Seconds};
    ///
    /// let seconds = Seconds::from(Duration::from_secs(90));
    /// assert_eq!(Json::from(seconds).to_value(), json!(90));
    /// ```
    Seconds
}
duration_type! {
    /// Written as a number of seconds, with a fraction where there is one.
    ///
    /// ```
    /// use std::time::Duration;
    /// use serde_json::json;
    /// use swaig::swml::{DecimalSeconds, Json};
    ///
    /// let decimal_seconds = DecimalSeconds::from(Duration::from_millis(1_500));
    /// assert_eq!(Json::from(decimal_seconds).to_value(), json!(1.5));
    /// ```
    DecimalSeconds
}
duration_type! {
    /// Written as hours, minutes and seconds, such as `1h45m30s`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use serde_json::json;
    /// use swaig::swml::{ClockTime, Json};
    ///
    /// let clock_time = ClockTime::from(Duration::from_secs(5_400));
    /// assert_eq!(Json::from(clock_time).to_value(), json!("1h30m"));
    /// ```
    ClockTime
}

fn integer(count: u128) -> Json {
    u64::try_from(count).unwrap_or(u64::MAX).into()
}

impl From<Milliseconds> for Json {
    fn from(Milliseconds(duration): Milliseconds) -> Self {
        integer(duration.as_nanos().div_ceil(1_000_000))
    }
}

impl Value for Milliseconds {
    fn kind() -> Kind {
        Kind::Integer
    }

    fn from_json(json: &Json) -> Option<Self> {
        json.as_number()?.as_u64().map(Duration::from_millis).map(Self)
    }
}

impl From<Seconds> for Json {
    fn from(Seconds(duration): Seconds) -> Self {
        integer(duration.as_nanos().div_ceil(1_000_000_000))
    }
}

impl Value for Seconds {
    fn kind() -> Kind {
        Kind::Integer
    }

    fn from_json(json: &Json) -> Option<Self> {
        json.as_number()?.as_u64().map(Duration::from_secs).map(Self)
    }
}

impl From<DecimalSeconds> for Json {
    fn from(DecimalSeconds(duration): DecimalSeconds) -> Self {
        if duration.subsec_nanos() == 0 { duration.as_secs().into() } else { duration.as_secs_f64().into() }
    }
}

impl Value for DecimalSeconds {
    fn kind() -> Kind {
        Kind::Number
    }

    fn from_json(json: &Json) -> Option<Self> {
        Duration::try_from_secs_f64(json.as_f64()?).ok().map(Self)
    }
}

impl From<ClockTime> for Json {
    fn from(ClockTime(duration): ClockTime) -> Self {
        let seconds = duration.as_nanos().div_ceil(1_000_000_000);
        let parts = [(seconds / 3600, 'h'), (seconds / 60 % 60, 'm'), (seconds % 60, 's')];
        let mut text = String::new();
        for (count, unit) in parts.into_iter().filter(|(count, _)| *count > 0) {
            text.push_str(&count.to_string());
            text.push(unit);
        }
        if text.is_empty() { "0s".into() } else { text.into() }
    }
}

impl Value for ClockTime {
    fn kind() -> Kind {
        Kind::String
    }

    fn from_json(json: &Json) -> Option<Self> {
        let mut rest = json.as_str().filter(|text| !text.is_empty())?;
        let mut total = 0_u64;
        for (unit, seconds) in [('h', 3600), ('m', 60), ('s', 1)] {
            if let Some((count, after)) = rest.split_once(unit) {
                if !count.bytes().all(|b| b.is_ascii_digit()) {
                    return None;
                }
                total = total.checked_add(count.parse::<u64>().ok()?.checked_mul(seconds)?)?;
                rest = after;
            }
        }
        rest.is_empty().then(|| Self(Duration::from_secs(total)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<T: From<Duration> + Into<Json>>(millis: u64) -> String {
        Into::<Json>::into(T::from(Duration::from_millis(millis))).to_string()
    }

    #[test]
    fn each_type_writes_its_unit() {
        assert_eq!(written::<Milliseconds>(2500), "2500");
        assert_eq!(written::<Seconds>(3000), "3");
        assert_eq!(written::<DecimalSeconds>(3000), "3");
        assert_eq!(written::<DecimalSeconds>(2500), "2.5");
        assert_eq!(written::<ClockTime>(6_330_000), r#""1h45m30s""#);
        assert_eq!(written::<ClockTime>(7_200_000), r#""2h""#);
    }

    #[test]
    fn what_the_unit_cannot_express_is_rounded_up() {
        assert_eq!(written::<Seconds>(1), "1");
        assert_eq!(written::<ClockTime>(1), r#""1s""#);
        assert_eq!(Json::from(Milliseconds(Duration::from_nanos(1))).to_string(), "1");
    }

    #[test]
    fn zero_stays_zero() {
        assert_eq!(written::<Milliseconds>(0), "0");
        assert_eq!(written::<ClockTime>(0), r#""0s""#);
    }

    #[test]
    fn clock_times_read_back_and_nonsense_does_not() {
        let read = |text: &str| ClockTime::from_json(&Json::from(text)).map(|time| time.duration().as_secs());
        assert_eq!(read("1h45m30s"), Some(6330));
        assert_eq!(read("90s"), Some(90));
        for text in ["", "90", "s", "1m1h", "+1s", "1 h", "99999999999999999999h"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn negative_numbers_are_no_durations() {
        assert_eq!(Milliseconds::from_json(&Json::from(-1)), None);
        assert_eq!(DecimalSeconds::from_json(&Json::from(-0.5)), None);
    }
}
