//! Masks phone numbers and runs of digits.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{MASK, Splice};
use crate::{phone_number, spoken};

/// A formatted number with more digits than this may end in a code.
const SURE_LENGTH: usize = 12;

/// What is no run of digits although it holds digits: a UUID, a timestamp, a
/// phone number that is masked already; and the start of a phone number. At
/// most 21 digits are taken, which is enough to see that there are too many.
static SPECIAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?-u:\b)[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?-u:\b)",
        r"|(?-u:\b)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
        r"[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]{1,9})?",
        r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})(?-u:\b)",
        r"|\+[0-9]•{3,10}[0-9]{4}(?-u:\b)|(?-u:\b)[0-9]•{2,10}[0-9]{4}(?-u:\b)",
        r"|\+?•{1,13}[0-9]{2}(?-u:\b)",
        r"|\+[0-9](?:[ \u00a0.()\u2010-\u2013-]{0,3}[0-9]){7,20}",
    ))
    .expect("the pattern is constant")
});

pub(super) fn mask(text: &str, code_length: usize) -> Cow<'_, str> {
    let mut splice = Splice::new(text);
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        // Each of the patterns holds a digit, but for a UUID without any, which holds no number word either.
        mask_runs(&mut splice, 0..text.len(), code_length);
        return splice.finish();
    }
    let (mut done, mut at) = (0, 0);
    while let Some(found) = SPECIAL.find_at(text, at) {
        at = found.end();
        if let Some(phone) = Phone::read(text, found.range()) {
            at = phone.end;
            mask_runs(&mut splice, done..found.start(), code_length);
            splice.replace(found.start()..at, &phone.masked);
            done = at;
        } else if !is_phone(found.as_str()) {
            mask_runs(&mut splice, done..found.start(), code_length);
            done = at;
        }
    }
    mask_runs(&mut splice, done..text.len(), code_length);
    splice.finish()
}

fn mask_runs(splice: &mut Splice<'_>, range: Range<usize>, code_length: usize) {
    let start = range.start;
    let text = splice.text.get(range).unwrap_or_default();
    for run in spoken::find(text, code_length) {
        splice.replace(start + run.start..start + run.end, MASK);
    }
}

fn is_phone(found: &str) -> bool {
    found.starts_with('+') && !found.contains('•')
}

struct Phone {
    end: usize,
    masked: String,
}

impl Phone {
    /// The phone number at the start of what [`SPECIAL`] found. The pattern
    /// runs on over spaces into digits that follow the number, so its end is
    /// searched here.
    fn read(text: &str, range: Range<usize>) -> Option<Self> {
        let found = text.get(range.clone()).filter(|found| is_phone(found))?;
        let first_group = 1 + found[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(found.len() - 1);
        let length = if first_group > 8 {
            // Written without separators: what follows is something else.
            first_group
        } else if found.starts_with("+1") {
            // North American numbers have 11 digits.
            let (at, _) = found.match_indices(|c: char| c.is_ascii_digit()).nth(10)?;
            at + 1
        } else {
            found.len()
        };
        let (number, rest) = found.split_at_checked(length)?;
        let mut digits: String = number.chars().filter(char::is_ascii_digit).collect();
        if digits.len() > 15 && first_group <= 8 {
            // Groups of too many digits: which of them are the number, nobody can say, and some may be a run of their own.
            return Some(Self { end: range.start + length, masked: MASK.to_owned() });
        }
        let after = rest.chars().next().or_else(|| text[range.end..].chars().next());
        if after.is_some_and(|c| c == '_' || c.is_ascii_alphanumeric()) {
            return None;
        }
        if !(8..=15).contains(&digits.len()) || digits.starts_with('0') {
            return None;
        }
        digits.insert(0, '+');
        let masked = if first_group <= 8 && digits.len() - 1 > SURE_LENGTH {
            let hidden = "•".repeat(digits.len() - 3);
            format!("+{hidden}{}", &digits[digits.len() - 2..])
        } else {
            phone_number::mask(&digits)
        };
        Some(Self { end: range.start + length, masked })
    }
}
