//! Opening hours, as a setting writes them.

use std::str::FromStr;

use jiff::civil::{Time, Weekday};

/// Opening hours of a week: `mon-fri 09:00-12:00 13:00-17:00; sat 10:00-14:00`.
///
/// ```
/// use swaig_functions::appointments::Hours;
///
/// assert!("mon-fri 09:00-17:00; sat 10:00-14:00".parse::<Hours>().is_ok());
/// assert!("mon 17:00-09:00".parse::<Hours>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// From Monday on.
    days: [Vec<(Time, Time)>; 7],
}

/// Hours that cannot be read.
///
/// ```
/// use swaig_functions::appointments::Hours;
///
/// let error = "mon 17:00-09:00".parse::<Hours>().unwrap_err();
/// assert!(error.to_string().contains("expected hours such as"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} in {part:?}; expected hours such as \"mon-fri 09:00-12:00 13:00-17:00; sat 10:00-14:00\"")]
pub struct InvalidHours {
    problem: &'static str,
    part: String,
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Hours {
    /// The hours of a day, in order.
    pub fn of(&self, day: Weekday) -> &[(Time, Time)] {
        let number = usize::try_from(day.to_monday_zero_offset()).unwrap_or_default();
        &self.days[number]
    }
}

/// Monday to Friday, 9 to 17.
impl Default for Hours {
    fn default() -> Self {
        let day = vec![(Time::constant(9, 0, 0, 0), Time::constant(17, 0, 0, 0))];
        let closed = Vec::new();
        Self { days: [day.clone(), day.clone(), day.clone(), day.clone(), day, closed.clone(), closed] }
    }
}

impl FromStr for Hours {
    type Err = InvalidHours;

    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        let mut hours = Self { days: Default::default() };
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let wrong = |problem| InvalidHours { problem, part: part.to_owned() };
            let mut words = part.split_whitespace();
            let days = words.next().unwrap_or_default().to_lowercase();
            let (first, last) = days.split_once('-').unwrap_or((&days, &days));
            let [first, last] = [first, last].map(|name| DAYS.iter().position(|day| *day == name));
            let (Some(first), Some(last)) = (first, last) else { return Err(wrong("there is no such day")) };
            if last < first {
                return Err(wrong("the days are the wrong way round"));
            }
            let mut spans = Vec::new();
            for word in words {
                let span = word.split_once('-').and_then(|(open, close)| {
                    Some((Time::from_str(open).ok()?, Time::from_str(close).ok()?))
                });
                let (open, close) = span.ok_or_else(|| wrong("there is no such time"))?;
                let follows = spans.last().is_none_or(|(_, end)| *end <= open);
                if close <= open || !follows {
                    return Err(wrong("the times are the wrong way round"));
                }
                spans.push((open, close));
            }
            if spans.is_empty() {
                return Err(wrong("there is no time"));
            }
            for day in &mut hours.days[first..=last] {
                day.clone_from(&spans);
            }
        }
        if hours.days.iter().all(Vec::is_empty) {
            return Err(InvalidHours { problem: "there is no day", part: text.to_owned() });
        }
        Ok(hours)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hours_are_read_and_mistakes_are_told() {
        let hours: Hours = "Mon-Fri 09:00-12:00 13:00-17:00; sat 10:00-14:00".parse().unwrap();
        assert_eq!((hours.of(Weekday::Friday).len(), hours.of(Weekday::Saturday).len()), (2, 1));
        assert!(hours.of(Weekday::Sunday).is_empty());
        assert_eq!("mon-fri 09:00-17:00".parse::<Hours>().unwrap(), Hours::default());
        for text in [
            "",
            "mon",
            "mon 9",
            "fri-mon 09:00-10:00",
            "xyz 09:00-10:00",
            "mon 10:00-09:00",
            "mon 09:00-11:00 10:00-12:00",
        ] {
            let error = text.parse::<Hours>().unwrap_err().to_string();
            assert!(error.contains("expected hours such as"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_much(text in "[a-z0-9:; -]{0,40}") {
            let _ = text.parse::<Hours>();
        }
    }
}
