use proptest::prelude::*;

use super::words::{Folded, Link, WORDS, Word, combine, look_up};
use super::*;

#[test]
fn the_word_list_is_sorted_and_folded() {
    assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0));
    for (word, _) in WORDS {
        let folded = Folded::new(word);
        assert_eq!(folded.as_ref().map(Folded::as_str), Some(*word));
    }
}

#[test]
fn each_word_is_found_and_each_number_of_two_that_german_writes_as_one() {
    let mut joined = 0;
    for (word, meaning) in WORDS {
        assert_eq!(look_up(word), Some(*meaning), "{word}");
        assert_eq!(look_up(&word.to_uppercase()), Some(*meaning), "{word}");
        for (other, of_other) in WORDS {
            let (Word::Number(ones, ones_shape), Word::Number(tens, tens_shape)) = (*meaning, *of_other)
            else {
                continue;
            };
            if let Some((value, shape)) = combine((ones, ones_shape), Link::Und, (tens, tens_shape)) {
                let text = format!("{word}und{other}");
                assert_eq!(look_up(&text), Some(Word::Number(value, shape)), "{text}");
                joined += 1;
            }
        }
    }
    assert!(joined > 500, "{joined}");
}

#[test]
fn spoken_codes() {
    for (text, code) in [
        ("1-2-3 4 5 6", "123456"),
        ("123456", "123456"),
        ("123.456", "123456"),
        ("one two three", "123"),
        ("One, two and three.", "123"),
        ("double four", "44"),
        ("triple seven double 0", "77700"),
        ("double oh seven", "007"),
        ("oh one o two zero nought null", "0102000"),
        ("oh oh oh oh", "0000"),
        ("0042", "0042"),
        ("twenty three", "23"),
        ("forty-two", "42"),
        ("twenty, three", "203"),
        ("twelve thirty four", "1234"),
        ("nineteen eighty-four", "1984"),
        ("twenty 3", "203"),
        ("one um two uh three", "123"),
        ("one two for five", "1245"),
        ("one to three ate five nine", "123859"),
        ("１２３ ٤٥٦", "123456"),
        ("1️⃣2️⃣3️⃣", "123"),
        ("my code is: 12 34", "1234"),
        ("It's \"123456\", please!", "123456"),
        ("the number is 9 8 7, thank you", "987"),
        ("uno dos tres cuatro cinco seis", "123456"),
        ("treinta y cuatro veintidós", "3422"),
        ("mi código es siete ocho nueve cero", "7890"),
        ("un deux trois quatre", "1234"),
        ("quatre-vingt-dix-sept", "97"),
        ("quatre-vingt-douze soixante et onze", "9271"),
        ("soixante-dix zéro ze\u{301}ro", "7000"),
        ("vingt et un, quatre, vingt", "21420"),
        ("quatre-vingts dix huit", "98"),
        ("c'est douze trente-quatre", "1234"),
        ("eins zwei drei fünf zwo", "12352"),
        ("zweiundvierzig, vier und dreißig", "4234"),
        ("mein Code lautet null eins zwo acht", "0128"),
    ] {
        assert_eq!(digits(text).as_deref(), Some(code), "{text}");
    }
}

#[test]
fn sentences_are_no_codes() {
    for text in [
        "",
        "  ",
        "oh",
        "oh no",
        "for",
        "to to to to",
        "to the one",
        "one to four",
        "12 to 34",
        "for 1234",
        "one hundred",
        "two thousand",
        "I have two children",
        "123456 is what I got",
        "12:34",
        "1/2",
        "abc123",
        "call_123456",
        "4th",
        "4 o'clock",
        "double",
        "double twelve",
        "1 2 double",
        "not 123456",
        "1 2 3 please 4 5 6",
        "my code is",
        "half past twelve",
        "+15551234567",
    ] {
        assert_eq!(digits(text), None, "{text}");
    }
}

fn found(text: &str, at_least: usize) -> Vec<&str> {
    find(text, at_least).into_iter().map(|range| &text[range]).collect()
}

#[test]
fn runs_in_running_text() {
    for (text, runs) in [
        ("the code is 123456 and the rest", vec!["123456"]),
        ("it was one two, 3-4, thank you", vec!["one two, 3-4"]),
        ("twenty three is short", vec![]),
        ("twenty three forty is long", vec!["twenty three forty"]),
        ("1 2 3", vec![]),
        ("1 2 3 oh", vec!["1 2 3 oh"]),
        ("one two for five", vec!["one two for five"]),
        ("sent 123456 to you, for 7890", vec!["123456", "7890"]),
        ("from 2 to 4 to go", vec!["2 to 4 to"]),
        ("call_123456abc 0xdeadbeef12 a1234 1234b", vec![]),
        ("12:34:56 or 12:34; 1234/5678", vec!["34; 1234", "5678"]),
        ("it is one! two! three; four", vec!["one! two! three; four"]),
        ("double four triple five", vec!["double four triple five"]),
        ("验证码123456请", vec!["123456"]),
        ("인증번호는 123456입니다", vec!["123456"]),
        ("รหัส๑๒๓๔ครับ", vec!["๑๒๓๔"]),
        ("quatre-vingt-douze euros", vec![]),
        ("eins zwei drei vier!", vec!["eins zwei drei vier"]),
        ("one two (three four)", vec![]),
        ("1 2 um 3 and then 4.", vec!["1 2 um 3 and then 4"]),
    ] {
        assert_eq!(found(text, 4), runs, "{text}");
    }
    assert_eq!(found("a 1 b", 0), ["1"]);
    assert_eq!(found("a 1 b", 1), ["1"]);
}

#[test]
fn long_texts() {
    for piece in ["1 ", "one ", "to ", "double ", "x1", "it's ", "'", "quatre vingt ", "é"] {
        let text = piece.repeat(200_000);
        let _ = find(&text, 4).len() + digits(&text).map_or(0, |code| code.len());
    }
}

const LANGUAGES: [[&str; 10]; 7] = [
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    ["oh", "One", "TWO", "three", "four", "five", "six", "seven", "eight", "niner"],
    ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
    ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"],
    ["null", "eins", "zwo", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"],
    ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    ["０", "１", "２", "３", "４", "５", "６", "７", "８", "９"],
];

const SEPARATORS: [&str; 8] = [" ", ", ", "-", " - ", ". ", " and ", " um ", "\u{a0}"];

/// A code of 4 to 10 digits and one way to say it.
pub(crate) fn spelled() -> impl Strategy<Value = (String, String)> {
    let digit = (0_usize..10, 0..LANGUAGES.len(), 0..SEPARATORS.len(), any::<bool>());
    prop::collection::vec(digit, 4..=10).prop_map(|parts| {
        let code: String = parts.iter().map(|part| char::from(b"0123456789"[part.0])).collect();
        let mut said = String::new();
        let mut at = 0;
        while let Some(&(digit, language, separator, fold)) = parts.get(at) {
            if at > 0 {
                said.push_str(SEPARATORS[separator]);
            }
            let twice = parts.get(at + 1).is_some_and(|next| next.0 == digit);
            if twice && fold {
                said.push_str("double ");
                at += 1;
            }
            said.push_str(LANGUAGES[language][digit]);
            at += 1;
        }
        (code, said)
    })
}

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

fn english(number: usize) -> String {
    match (number / 10, number % 10) {
        (0 | 1, _) => ONES[number].to_owned(),
        (tens, 0) => TENS[tens].to_owned(),
        (tens, ones) => format!("{}-{}", TENS[tens], ONES[ones]),
    }
}

proptest! {
    #[test]
    fn a_spelled_code_is_read_back((code, said) in spelled()) {
        prop_assert_eq!(digits(&said), Some(code));
        prop_assert_eq!(find(&said, 4), vec![0..said.len()]);
    }

    #[test]
    fn pairs_are_read_back(pairs in prop::collection::vec(10_usize..100, 2..=5)) {
        let said: Vec<String> = pairs.iter().map(|pair| english(*pair)).collect();
        let code: String = pairs.iter().map(ToString::to_string).collect();
        prop_assert_eq!(digits(&said.join(", ")), Some(code));
    }

    #[test]
    fn any_text_gives_sound_ranges(text in any::<String>(), at_least in 0_usize..8) {
        let mut end = 0;
        for range in find(&text, at_least) {
            prop_assert!(range.start >= end && range.start < range.end);
            prop_assert!(text.get(range.clone()).is_some());
            end = range.end;
        }
    }

    #[test]
    fn what_is_read_is_digits(text in "(one|to|for|oh|o|double|vingt|quatre|dix|und|y|[ 0-9,'_é-]|[a-z]){0,12}") {
        if let Some(code) = digits(&text) {
            prop_assert!(!code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()));
            prop_assert!(!find(&text, 1).is_empty());
        }
    }
}
