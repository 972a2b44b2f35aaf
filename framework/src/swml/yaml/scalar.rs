//! What a plain scalar is, by the core schema of YAML 1.2.

use std::borrow::Cow;

/// What a plain scalar is.
#[derive(Debug, PartialEq)]
pub(super) enum Plain<'t> {
    Null,
    Bool(bool),
    /// A number, as a JSON lexeme of the same value. It may be beyond the range of a double.
    Number(Cow<'t, str>),
    /// Infinity, or not-a-number.
    NotFinite,
    /// A number that is surely beyond the range of a double.
    OutOfRange,
    Text,
}

pub(super) fn resolve(text: &str) -> Plain<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" => return Plain::Bool(true),
        "false" | "False" | "FALSE" => return Plain::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Plain::NotFinite,
        _ => {}
    }
    if matches!(text.strip_prefix(['+', '-']).unwrap_or(text), ".inf" | ".Inf" | ".INF") {
        return Plain::NotFinite;
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return whole(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return whole(digits, 8);
    }
    decimal(text).map_or(Plain::Text, Plain::Number)
}

/// A decimal number: `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`.
fn decimal(text: &str) -> Option<Cow<'_, str>> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (integer, rest) = digits(unsigned);
    let (fraction, exponent) = match rest.strip_prefix('.') {
        Some(rest) => {
            let (fraction, rest) = digits(rest);
            (Some(fraction), rest)
        }
        None => (None, rest),
    };
    if integer.is_empty() && fraction.is_none_or(str::is_empty) {
        return None;
    }
    if !exponent.is_empty() {
        let power = exponent.strip_prefix(['e', 'E'])?;
        let power = power.strip_prefix(['+', '-']).unwrap_or(power);
        if power.is_empty() || !digits(power).1.is_empty() {
            return None;
        }
    }
    // JSON has no plus sign, no leading zeros, and wants digits on both sides of the point.
    let sign = if text.starts_with('-') { "-" } else { "" };
    let significant = match integer.trim_start_matches('0') {
        "" => "0",
        integer => integer,
    };
    let (point, fraction) = match fraction {
        None => ("", ""),
        Some("") => (".", "0"),
        Some(fraction) => (".", fraction),
    };
    let lexeme = [sign, significant, point, fraction, exponent].concat();
    Some(if lexeme == text { Cow::Borrowed(text) } else { Cow::Owned(lexeme) })
}

/// The decimal digits at the start, and what is behind them.
fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// A whole number in another base, exactly.
fn whole(digits: &str, base: u32) -> Plain<'static> {
    const BILLION: u64 = 1_000_000_000;
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return Plain::Text;
    }
    let digits = digits.trim_start_matches('0');
    // A double ends below 2^1024. The bound also keeps the loop below short.
    let most = if base == 16 { 256 } else { 342 };
    if digits.len() > most {
        return Plain::OutOfRange;
    }
    // Groups of nine decimal digits, the lowest first.
    let mut groups = vec![0u64];
    for digit in digits.chars().filter_map(|c| c.to_digit(base)) {
        let mut carry = u64::from(digit);
        for group in &mut groups {
            let value = *group * u64::from(base) + carry;
            *group = value % BILLION;
            carry = value / BILLION;
        }
        if carry > 0 {
            groups.push(carry);
        }
    }
    let mut groups = groups.iter().rev();
    let highest = groups.next().map_or_else(String::new, ToString::to_string);
    Plain::Number(Cow::Owned(groups.fold(highest, |text, group| format!("{text}{group:09}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_lexemes_of_json() {
        let table = [
            ("0", "0"),
            ("-0", "-0"),
            ("1.0", "1.0"),
            ("0.70", "0.70"),
            ("1e3", "1e3"),
            ("-12.50E+07", "-12.50E+07"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("+12", "12"),
            ("+15551230000", "15551230000"),
            ("012", "12"),
            ("-007.50", "-7.50"),
            ("00", "0"),
            (".5", "0.5"),
            ("-.5e1", "-0.5e1"),
            ("5.", "5.0"),
            ("5.e2", "5.0e2"),
            ("0x1F", "31"),
            ("0xff", "255"),
            ("0o17", "15"),
            ("0x0", "0"),
            ("0xFFFFFFFFFFFFFFFFF", "295147905179352825855"),
        ];
        for (written, lexeme) in table {
            assert_eq!(resolve(written), Plain::Number(lexeme.into()), "{written}");
        }
    }

    #[test]
    fn what_looks_like_a_number_to_others_is_text() {
        let table = [
            "1_000", "1:30", "0b1", "0x", "0o8", "-0x1F", "+0o7", ".", "+", "-", "e3", ".e3", "1e", "1e+",
            "1.0.0", "1 2", "--1", "+-1", "٣", "1e3e", "inf", "nan", "Infinity", "++.inf", "+.nan", "0X1F",
        ];
        for text in table {
            assert_eq!(resolve(text), Plain::Text, "{text}");
        }
    }

    #[test]
    fn only_the_words_of_the_core_schema_are_special() {
        for text in ["yes", "no", "on", "off", "y", "n", "tRUE", "nULL", "None", "<<", "="] {
            assert_eq!(resolve(text), Plain::Text, "{text}");
        }
        for text in [".inf", "+.INF", "-.Inf", ".nan", ".NaN"] {
            assert_eq!(resolve(text), Plain::NotFinite, "{text}");
        }
        assert_eq!(resolve(&format!("0x{}", "f".repeat(257))), Plain::OutOfRange);
        assert_eq!(resolve(&format!("0x{}1", "0".repeat(300))), Plain::Number("1".into()));
    }
}
