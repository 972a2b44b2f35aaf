//! Which names are sensitive, and masking of their values in JSON text that
//! cannot be parsed: cut off, escaped, or with other text around it.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::{MASK, Redactor, Splice};

/// Whether a name, folded, is sensitive whatever the agent says.
fn is_always_sensitive(name: &str) -> bool {
    matches!(
        name,
        "accesstoken"
            | "apitoken"
            | "authorization"
            | "clientsecret"
            | "password"
            | "proxyauthorization"
            | "refreshtoken"
            | "seal"
            | "signingkey"
            | "swaigsecret"
    ) || name.ends_with("authpassword")
}

/// `"name":`, with the backslashes of JSON text inside JSON text.
static KEY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(\\*)"([^"\\\r\n]{1,64})\\*"\s*:\s*"#).expect("the pattern is constant"));

/// A name in the form in which names are compared.
pub(super) fn folded(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return name.into();
    }
    let mut folded = name.to_ascii_lowercase();
    if !name.is_ascii() {
        // Letter by letter: as a whole, a sigma at its end would become another one.
        folded = folded.chars().flat_map(char::to_lowercase).collect();
    }
    folded.retain(|c| !matches!(c, '_' | '-' | ' '));
    folded.into()
}

impl Redactor {
    pub(super) fn is_sensitive(&self, name: &str) -> bool {
        self.is_sensitive_folded(&folded(name))
    }

    /// The same of a name that is folded already.
    pub(super) fn is_sensitive_folded(&self, name: &str) -> bool {
        is_always_sensitive(name) || self.sensitive.contains(name)
    }
}

pub(super) fn mask<'a>(text: &'a str, redactor: &Redactor) -> Cow<'a, str> {
    if !text.contains('"') {
        return Cow::Borrowed(text);
    }
    let mut splice = Splice::new(text);
    let mut at = 0;
    while let Some(found) = KEY.captures_at(text, at) {
        let (Some(all), Some(slashes), Some(name)) = (found.get(0), found.get(1), found.get(2)) else {
            break;
        };
        at = all.end();
        if redactor.is_sensitive(name.as_str()) {
            let rest = text.get(at..).unwrap_or_default();
            let mut value = Value::read(rest, slashes.len());
            // In broken text, what reads as a value may be the next name: then both go.
            while let Some(next) = rest.get(value.length..).and_then(after_colon) {
                let start = rest.len() - next.len();
                let next = Value::read(next, slashes.len());
                if next.length == 0 {
                    break;
                }
                value.length = start + next.length;
            }
            if value.length > 0 {
                let quote = format!("{}\"", "\\".repeat(value.slashes));
                splice.replace(at..at + value.length, &format!("{quote}{MASK}{quote}"));
                at += value.length;
            }
        }
    }
    splice.finish()
}

/// What follows a colon at the start of a text.
fn after_colon(text: &str) -> Option<&str> {
    text.trim_start().strip_prefix(':').map(str::trim_start)
}

/// A JSON value in escaped text.
struct Value {
    length: usize,
    /// How many backslashes stand before its quotes.
    slashes: usize,
}

impl Value {
    /// Reads the value at the start of `rest`, whose key had its quotes behind
    /// so many backslashes. A value that is cut off goes to the end.
    fn read(rest: &str, slashes: usize) -> Self {
        let opening = rest.bytes().take_while(|b| *b == b'\\').count();
        let bytes = rest.as_bytes();
        let (slashes, length) = match bytes.get(opening) {
            Some(b'"') => (opening, string_end(bytes, opening + 1, opening)),
            Some(b'{' | b'[') if opening == 0 => (slashes, container_end(bytes, slashes)),
            _ => {
                let ends = |c: char| c.is_whitespace() || ",}]\"\\".contains(c);
                (slashes, rest.find(ends).unwrap_or(rest.len()))
            }
        };
        Self { length, slashes }
    }
}

/// What a quote behind so many backslashes is, in text whose own quotes stand
/// behind `own` of them.
#[derive(PartialEq)]
enum Quote {
    Own,
    /// Of a text around this one.
    Outer,
    /// Of a text inside a string.
    Inner,
}

fn quote(slashes: usize, own: usize) -> Quote {
    // Each level doubles the backslashes and adds one, so an escaped backslash
    // before an own quote adds 2 * (own + 1).
    match slashes {
        _ if slashes < own => Quote::Outer,
        _ if slashes % (2 * (own + 1)) == own => Quote::Own,
        _ => Quote::Inner,
    }
}

/// The quotes from `from` on, as (start of the backslashes, end, kind).
fn quotes(bytes: &[u8], from: usize, own: usize) -> impl Iterator<Item = (usize, usize, Quote)> + '_ {
    let mut slashes = 0;
    bytes.iter().enumerate().skip(from).filter_map(move |(at, byte)| {
        let before = slashes;
        slashes = if *byte == b'\\' { slashes + 1 } else { 0 };
        (*byte == b'"').then(|| (at - before, at + 1, quote(before, own)))
    })
}

/// The end of the string whose content starts at `from`.
fn string_end(bytes: &[u8], from: usize, own: usize) -> usize {
    for (start, end, kind) in quotes(bytes, from, own) {
        match kind {
            Quote::Own => return end,
            Quote::Outer => return start,
            Quote::Inner => {}
        }
    }
    bytes.len()
}

/// The end of the object or array at the start.
fn container_end(bytes: &[u8], own: usize) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
            }
            b'"' => {
                let slashes = bytes[..at - 1].iter().rev().take_while(|b| **b == b'\\').count();
                if quote(slashes, own) == Quote::Outer {
                    return at - 1 - slashes;
                }
                at = string_end(bytes, at, own);
            }
            _ => {}
        }
    }
    bytes.len()
}
