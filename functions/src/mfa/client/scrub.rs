//! Takes numbers and secrets out of a text that came from outside, before it is kept.

/// The longest text that is kept, in characters.
const LONGEST: usize = 200;
/// A code has at least four digits; shorter runs (a status, `E164`) say something useful.
const LONG_RUN: usize = 4;
const MASK: char = '•';

/// The text with `secrets` and every run of four or more digits masked, on one line, and cut to
/// 200 characters. Digits count as one run across the marks that people write numbers with.
pub(super) fn scrub(text: &str, secrets: &[&str]) -> String {
    let mut text = text.to_owned();
    for secret in secrets.iter().filter(|s| !s.is_empty()) {
        text = text.replace(secret, "•••");
    }
    let mut chars: Vec<char> = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();

    let mut run: Vec<usize> = Vec::new();
    let mut gap = 0;
    for at in 0..=chars.len() {
        match chars.get(at) {
            Some(c) if c.is_numeric() => {
                run.push(at);
                gap = 0;
            }
            Some(c) if gap < 2 && matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}') => {
                gap += 1;
            }
            _ => {
                if run.len() >= LONG_RUN {
                    for digit in &run {
                        if let Some(c) = chars.get_mut(*digit) {
                            *c = MASK;
                        }
                    }
                }
                run.clear();
                gap = 0;
            }
        }
    }
    chars.into_iter().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_masked_however_it_is_written() {
        for number in ["+15554422333", "(555) 442-2333", "1 555.442.2333", "٠١٢٣٤٥٦"] {
            let masked = scrub(&format!("To {number} is invalid"), &[]);
            assert!(!masked.chars().any(char::is_numeric), "{masked}");
            assert!(masked.starts_with("To ") && masked.ends_with(" is invalid"));
        }
    }

    #[test]
    fn a_short_number_stays() {
        let text = "To must be a valid E164 number (422), 4 to 20";
        assert_eq!(scrub(text, &[]), text);
    }

    #[test]
    fn a_secret_is_masked_and_a_line_stays_one_line() {
        assert_eq!(scrub("bad PTabc\r\nx", &["PTabc", ""]), "bad •••  x");
    }

    proptest! {
        #[test]
        fn no_code_survives(before in "[a-z ]{0,20}", code in "[0-9]{4,20}", after in ".{0,300}") {
            let masked = scrub(&format!("{before}{code}{after}"), &[]);
            prop_assert!(!masked.contains(&code));
            prop_assert!(masked.chars().count() <= LONGEST);
        }
    }
}
