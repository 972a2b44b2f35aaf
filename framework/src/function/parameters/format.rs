//! String formats: which of them SWML can carry, how each reads, and what it accepts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A JSON Schema `format` of a string, or one of those that `schemars` adds for the types of
/// `chrono` and `jiff`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Format {
    DateTime,
    LocalDateTime,
    ZonedDateTime,
    Date,
    Time,
    LocalTime,
    Duration,
    Email,
    Hostname,
    Ip,
    Ipv4,
    Ipv6,
    Uri,
    Uuid,
    /// A name that this crate knows nothing of: it is told to the model, and not checked.
    Other(String),
}

impl Format {
    pub(super) fn named(name: &str) -> Format {
        match name {
            "date-time" => Format::DateTime,
            "partial-date-time" => Format::LocalDateTime,
            "zoned-date-time" => Format::ZonedDateTime,
            "date" => Format::Date,
            "time" => Format::Time,
            "partial-time" => Format::LocalTime,
            "duration" => Format::Duration,
            "email" => Format::Email,
            "hostname" => Format::Hostname,
            "ip" => Format::Ip,
            "ipv4" => Format::Ipv4,
            "ipv6" => Format::Ipv6,
            "uri" => Format::Uri,
            "uuid" => Format::Uuid,
            other => Format::Other(other.to_owned()),
        }
    }

    /// The name in SWML, where there is one that means the same.
    ///
    /// SWML spells the date-time format `date_time`. No JSON Schema reader knows that name, so a
    /// date-time is put into words instead.
    pub(super) fn published(&self) -> Option<&'static str> {
        match self {
            Format::Date => Some("date"),
            Format::Time => Some("time"),
            Format::Duration => Some("duration"),
            Format::Email => Some("email"),
            Format::Hostname => Some("hostname"),
            Format::Ipv4 => Some("ipv4"),
            Format::Ipv6 => Some("ipv6"),
            Format::Uri => Some("uri"),
            Format::Uuid => Some("uuid"),
            Format::DateTime
            | Format::LocalDateTime
            | Format::ZonedDateTime
            | Format::LocalTime
            | Format::Ip
            | Format::Other(_) => None,
        }
    }

    /// What such a string is, with its article: `a date such as 2026-01-31`.
    pub(super) fn words(&self) -> String {
        match self {
            Format::DateTime => "a date-time such as 2026-01-31T09:30:00Z",
            Format::LocalDateTime => "a date-time without a zone, such as 2026-01-31T09:30:00",
            Format::ZonedDateTime => {
                "a date-time with its zone, such as 2026-01-31T09:30:00-05:00[America/New_York]"
            }
            Format::Date => "a date such as 2026-01-31",
            Format::Time => "a time with its offset, such as 09:30:00Z",
            Format::LocalTime => "a time of day such as 09:30:00",
            Format::Duration => "a duration such as PT1H30M",
            Format::Email => "an e-mail address",
            Format::Hostname => "a host name",
            Format::Ip => "an IP address",
            Format::Ipv4 => "an IPv4 address",
            Format::Ipv6 => "an IPv6 address",
            Format::Uri => "a URI such as https://example.com/page",
            Format::Uuid => "a UUID such as 67e55044-10b1-426f-9247-bb680e5fe0c8",
            Format::Other(name) => return format!("a string in the format \"{name}\""),
        }
        .to_owned()
    }

    /// Whether the text has the format. This is a check of form, for a message that a model can act
    /// on; the Rust type that reads the text has the last word.
    pub(super) fn holds(&self, text: &str) -> bool {
        match self {
            Format::DateTime => date_time(text, offset_time),
            Format::LocalDateTime => date_time(text, local_time),
            Format::ZonedDateTime => {
                text.strip_suffix(']').and_then(|text| text.split_once('[')).is_some_and(|(time, zone)| {
                    !zone.is_empty() && (date_time(time, offset_time) || date_time(time, local_time))
                })
            }
            Format::Date => date(text),
            Format::Time => offset_time(text),
            Format::LocalTime => local_time(text),
            Format::Email => email(text),
            Format::Hostname => hostname(text),
            Format::Ip => text.parse::<IpAddr>().is_ok(),
            Format::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Format::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Format::Uri => uri(text),
            Format::Uuid => uuid(text),
            // The crates that read durations each accept more than ISO 8601.
            Format::Duration | Format::Other(_) => true,
        }
    }
}

/// A number of exactly `width` digits.
fn digits(text: &str, width: usize) -> Option<u32> {
    (text.len() == width && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut next = |width| parts.next().and_then(|part| digits(part, width));
    let (Some(year), Some(month), Some(day)) = (next(4), next(2), next(2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

fn local_time(text: &str) -> bool {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let in_range = |part: &str, most| digits(part, 2).is_some_and(|n| n <= most);
    let clock_holds = match parts.as_slice() {
        [hour, minute] => in_range(hour, 23) && in_range(minute, 59) && fraction.is_none(),
        // 60 is a leap second.
        [hour, minute, second] => in_range(hour, 23) && in_range(minute, 59) && in_range(second, 60),
        _ => false,
    };
    clock_holds && fraction.is_none_or(|f| !f.is_empty() && f.bytes().all(|b| b.is_ascii_digit()))
}

fn offset_time(text: &str) -> bool {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return local_time(time);
    }
    text.rsplit_once(['+', '-']).is_some_and(|(time, offset)| {
        local_time(time) && !offset.contains('.') && offset.len() == 5 && local_time(offset)
    })
}

fn date_time(text: &str, time: fn(&str) -> bool) -> bool {
    text.split_once(['T', 't', ' ']).is_some_and(|(day, clock)| date(day) && time(clock))
}

fn email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, host)| {
        let plain =
            |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control());
        plain(local) && plain(host)
    })
}

fn hostname(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.len() <= 253 && text.split('.').all(label)
}

fn uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
            && !rest.is_empty()
            && !rest.chars().any(|c| c.is_whitespace() || c.is_control())
    })
}

fn uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn each_format_tells_right_from_wrong() {
        let table: &[(&str, &[&str], &[&str])] = &[
            (
                "date-time",
                &["2026-01-31T09:30:00Z", "2024-02-29t23:59:60.5+05:30"],
                &["2026-01-31", "2026-02-29T09:30:00Z", "2026-01-31T09:30:00", "tomorrow"],
            ),
            ("partial-date-time", &["2026-01-31T09:30:00"], &["2026-01-31T09:30:00Z"]),
            (
                "zoned-date-time",
                &["2026-01-31T09:30:00-05:00[America/New_York]"],
                &["2026-01-31T09:30:00Z", "x[UTC]"],
            ),
            ("date", &["2000-02-29"], &["1900-02-29", "2026-1-1", "2026-13-01", "2026-01-01-01"]),
            ("time", &["09:30:00Z", "09:30:00.25-05:00"], &["09:30:00", "25:00:00Z", "09:30:00+5"]),
            ("partial-time", &["09:30", "09:30:00"], &["9:30", "09:60:00", "09:30:00.", "09.5"]),
            ("email", &["a@b.example"], &["a", "@b", "a@", "a b@c"]),
            ("hostname", &["example.com"], &["", "-a.com", "a..b", "a_b"]),
            ("ip", &["127.0.0.1", "::1"], &["127.0.0"]),
            ("ipv4", &["127.0.0.1"], &["::1"]),
            ("ipv6", &["::1"], &["127.0.0.1"]),
            ("uri", &["https://example.com/a?b", "mailto:a@b"], &["example.com", "1a:b", "a: b"]),
            (
                "uuid",
                &["67e55044-10b1-426f-9247-bb680e5fe0c8"],
                &["67e5504410b1426f9247bb680e5fe0c8", "67e55044-10b1-426f-9247-bb680e5fe0cé"],
            ),
            ("duration", &["PT1H30M"], &[]),
            ("phone", &["anything"], &[]),
        ];
        for (name, right, wrong) in table {
            let format = Format::named(name);
            for text in *right {
                assert!(format.holds(text), "{text:?} is a {name}");
            }
            for text in *wrong {
                assert!(!format.holds(text), "{text:?} is not a {name}");
            }
        }
    }
}
