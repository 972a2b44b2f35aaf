//! Masks credentials in URLs, query parameters and headers.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memchr2_iter;
use regex::{Captures, Regex};

use super::{MASK, Redactor, Splice, then};

/// What stands for the user and password of a URL.
const USERINFO: &str = "••••";

/// Up to the last `@` of the authority.
static URL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?-u:\b)[A-Za-z][A-Za-z0-9+.-]{0,31}://([^\s/?#"<>\\]*)@"#));

/// `name=` in a query, a form or a log line. The value is read by hand: that of
/// `url=https://host/?token=…` holds a query of its own.
static PARAMETER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[?&;\s])([A-Za-z0-9_.\[\]-]{1,64})="));

static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?-u:\b)authorization\s*[:=]\s*",
        r#"(?:(?:basic|bearer|digest|negotiate|token)\s+)?([^\s"'\\,;]+)"#,
    ))
});

static SCHEME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?-u:\b)(basic|bearer)\s+([A-Za-z0-9+/=_.~:•-]+)"));

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant")
}

pub(super) fn mask<'a>(text: &'a str, redactor: &Redactor) -> Cow<'a, str> {
    // Most texts hold none of the signs that a pattern needs, and looking for a sign costs next to nothing.
    let text = where_it_may(
        text.into(),
        |text| text.contains('@'),
        |text| replace(text, &URL, USERINFO, |found| group(found, 1)),
    );
    let text = where_it_may(text, |text| text.contains('='), |text| mask_parameters(text, redactor));
    let text = where_it_may(
        text,
        |text| may_hold(text, &["authorization"]),
        |text| replace(text, &HEADER, MASK, |found| group(found, 1)),
    );
    where_it_may(
        text,
        |text| may_hold(text, &["basic", "bearer"]),
        |text| {
            replace(text, &SCHEME, MASK, |found| {
                let scheme = found.get(1)?.as_str();
                let credentials = found.get(2)?.as_str();
                // "The basic plan" is a sentence; "bearer" hardly occurs in one.
                let secret = scheme.eq_ignore_ascii_case("bearer") || !is_plain_word(credentials);
                secret.then(|| group(found, 2)).flatten()
            })
        },
    )
}

/// Runs a pass over a text that has its sign.
fn where_it_may<'a>(
    text: Cow<'a, str>,
    has_sign: impl Fn(&str) -> bool,
    pass: impl for<'b> Fn(&'b str) -> Cow<'b, str>,
) -> Cow<'a, str> {
    if has_sign(&text) { then(text, pass) } else { text }
}

/// The letters outside of ASCII that are, in another case, one inside: s and k (Unicode Character Database, `CaseFolding`).
const ALIKE: [char; 2] = ['\u{17f}', '\u{212a}'];

/// Whether a text may hold one of these words, in capitals or not.
fn may_hold(text: &str, words: &[&str]) -> bool {
    let bytes = text.as_bytes();
    let is_at = |word: &str, at: usize| {
        bytes.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    let holds = |word: &&str| {
        let first = word.bytes().next();
        first.is_none_or(|first| {
            memchr2_iter(first, first.to_ascii_uppercase(), bytes).any(|at| is_at(word, at))
        })
    };
    words.iter().any(holds) || (!text.is_ascii() && text.contains(ALIKE))
}

fn group(found: &Captures<'_>, index: usize) -> Option<Range<usize>> {
    found.get(index).map(|group| group.range())
}

/// Replaces the part of each match that `part` chooses.
fn replace<'a>(
    text: &'a str,
    pattern: &Regex,
    with: &str,
    part: impl Fn(&Captures<'_>) -> Option<Range<usize>>,
) -> Cow<'a, str> {
    let mut splice = Splice::new(text);
    for found in pattern.captures_iter(text) {
        if let Some(range) = part(&found) {
            splice.replace(range, with);
        }
    }
    splice.finish()
}

fn mask_parameters<'a>(text: &'a str, redactor: &Redactor) -> Cow<'a, str> {
    let mut splice = Splice::new(text);
    let mut at = 0;
    while let Some(found) = PARAMETER.captures_at(text, at) {
        let (Some(all), Some(name)) = (found.get(0), found.get(1)) else {
            break;
        };
        at = all.end();
        let name = name.as_str();
        if is_secret(name) || redactor.is_sensitive(name) {
            let rest = text.get(at..).unwrap_or_default();
            let ends = |c: char| c.is_whitespace() || "&#;\"'<>\\".contains(c);
            let length = rest.find(ends).unwrap_or(rest.len());
            if length > 0 {
                splice.replace(at..at + length, MASK);
            }
            at += length;
        }
    }
    splice.finish()
}

/// Whether the name of a query parameter says that its value is secret.
fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 6] = ["token", "password", "secret", "key", "signature", "code"];
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

/// Letters as in a sentence: all small, or only the first one a capital.
fn is_plain_word(text: &str) -> bool {
    let text = text.trim_end_matches(['.', ':', '-']);
    let rest = text.get(1..).unwrap_or_default();
    text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
        && !rest.bytes().any(|b| b.is_ascii_uppercase())
}
