//! Digits out of speech.

use std::ops::Range;

use swaig::spoken::{digits, find};
use swaig_functions::mfa::Token;

/// What is read as a code is digits; those that were written are among them in their order; and the code is read as itself.
/// The places of digits in a text are in order, at letters' edges, and never fewer for a shorter code. A text that is a code
/// has such a place.
pub fn spoken(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let code = digits(text);
    if let Some(code) = &code {
        assert!(!code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        assert_eq!(digits(code).as_ref(), Some(code), "a code that is not read as itself");
        let mut rest = code.chars();
        for written in text.chars().filter(char::is_ascii_digit) {
            assert!(rest.any(|digit| digit == written), "{code} lacks {written} of {text}");
        }
        // No letter gives more than a few digits: "quadruple" repeats one.
        assert!(code.len() <= 4 * text.chars().count(), "{code} out of {text}");
        assert!(!find(text, 1).is_empty(), "{text} holds {code}, and no digits");
    }
    // The longest text that is taken as a code has 64 digits.
    assert_eq!(Token::new(text).digits(), code.map(|code| code.len()).filter(|length| *length <= 64));

    let mut covered = usize::MAX;
    for at_least in 1..=7 {
        let places = find(text, at_least);
        let mut end = 0;
        for Range { start, end: stop } in places.iter().cloned() {
            assert!(start >= end && stop > start && text.get(start..stop).is_some(), "{places:?} of {text}");
            end = stop;
        }
        let total = places.iter().map(Range::len).sum();
        assert!(total <= covered, "more is found for {at_least} digits than for fewer: {text}");
        covered = total;
    }
}
