//! From [`Json`] to YAML in block style.
//!
//! What is written must mean the same to readers of YAML 1.1 and 1.2. So text is plain only where nobody can take
//! it for anything else; to quote too much costs nothing.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::swml::{Json, Object};

/// The indentation of a level.
const STEP: usize = 2;

/// A key that is not longer than this, in bytes, may stand before its colon. The limit of YAML is 1024
/// characters; a longer key is written behind a `?`.
const SHORT_KEY: usize = 1000;

pub(super) fn write(json: &Json) -> String {
    let mut out = String::new();
    if let Some(inner) = inner(json) {
        block(&mut out, inner, 0);
    } else {
        // Without a parent, readers disagree on the indentation of a literal block: so there is none.
        out.push_str(&inline(json));
        out.push('\n');
    }
    out
}

/// A collection that is written over several lines.
#[derive(Clone, Copy)]
enum Inner<'j> {
    Sequence(&'j [Json]),
    Mapping(&'j Object),
}

fn inner(json: &Json) -> Option<Inner<'_>> {
    match json {
        Json::Array(items) if !items.is_empty() => Some(Inner::Sequence(items)),
        Json::Object(members) if !members.is_empty() => Some(Inner::Mapping(members)),
        _ => None,
    }
}

/// Writes a collection whose lines start at this column; the first is there already.
fn block(out: &mut String, collection: Inner<'_>, column: usize) {
    match collection {
        Inner::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                start(out, index, column);
                out.push('-');
                compact(out, item, column + STEP);
            }
        }
        Inner::Mapping(members) => {
            for (index, (key, value)) in members.iter().enumerate() {
                start(out, index, column);
                let key = text(key);
                if key.len() > SHORT_KEY {
                    out.push_str("? ");
                    out.push_str(&key);
                    out.push('\n');
                    indent(out, column);
                    out.push(':');
                    compact(out, value, column + STEP);
                    continue;
                }
                out.push_str(&key);
                out.push(':');
                if let Some(inner) = inner(value) {
                    out.push('\n');
                    indent(out, column + STEP);
                    block(out, inner, column + STEP);
                } else {
                    scalar(out, value, column + STEP);
                }
            }
        }
    }
}

/// Writes a value behind an indicator; a collection begins in the same line.
fn compact(out: &mut String, value: &Json, column: usize) {
    match inner(value) {
        Some(inner) => {
            out.push(' ');
            block(out, inner, column);
        }
        None => scalar(out, value, column),
    }
}

/// Writes the rest of a line, and the lines of a literal block at this column.
fn scalar(out: &mut String, value: &Json, column: usize) {
    out.push(' ');
    match value {
        Json::String(string) if is_literal(string) => literal(out, string, column),
        _ => {
            out.push_str(&inline(value));
            out.push('\n');
        }
    }
}

fn start(out: &mut String, index: usize, column: usize) {
    if index > 0 {
        indent(out, column);
    }
}

fn indent(out: &mut String, column: usize) {
    out.extend(std::iter::repeat_n(' ', column));
}

/// A value that fits in a line.
fn inline(json: &Json) -> Cow<'_, str> {
    match json {
        Json::Array(_) => Cow::Borrowed("[]"),
        Json::Object(_) => Cow::Borrowed("{}"),
        Json::String(string) => text(string),
        Json::Null | Json::Bool(_) | Json::Number(_) => Cow::Owned(json.to_string()),
    }
}

/// Text in a line: plain where nothing speaks against it, else quoted.
fn text(string: &str) -> Cow<'_, str> {
    if is_plain(string) {
        Cow::Borrowed(string)
    } else if string.contains(['"', '\\']) && string.chars().all(is_printable) {
        // Nothing is escaped in single quotes, so that JSON in a string stays readable.
        Cow::Owned(format!("'{}'", string.replace('\'', "''")))
    } else {
        Cow::Owned(quoted(string))
    }
}

/// Whether all readers take it for this text when it is not quoted.
fn is_plain(string: &str) -> bool {
    // Of YAML 1.1; null and the booleans of 1.2 are among them.
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    // What starts with a digit, a sign or a point may be a number, a date or a time; other signs are indicators.
    let starts_well =
        string.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '$' | '_' | '(' | ';'));
    starts_well
        && !string.ends_with([' ', ':'])
        && !string.contains(": ")
        && !string.contains(" #")
        && string.chars().all(is_printable)
        && !WORDS.iter().any(|word| string.eq_ignore_ascii_case(word))
}

/// Whether a character may stand in a line as it is: it is printable in YAML 1.1, and breaks no line there. A tab
/// is left out, since it cannot be seen.
fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{1_0000}'..)
}

/// Text in double quotes.
fn quoted(string: &str) -> String {
    let mut out = String::from('"');
    for c in string.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_printable(c) => out.push(c),
            // All others are below U+10000.
            c => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

/// Whether text of several lines can be a literal block. A line of white space only is not seen, and an editor
/// may well remove it.
fn is_literal(string: &str) -> bool {
    string.contains('\n')
        && string.chars().all(|c| matches!(c, '\n' | '\t') || is_printable(c))
        && string.chars().any(|c| c != '\n')
        && string.split('\n').all(|line| line.is_empty() || !line.trim_matches([' ', '\t']).is_empty())
}

/// Writes a literal block: its indicator, and its lines at this column.
fn literal(out: &mut String, string: &str, column: usize) {
    out.push('|');
    if string.starts_with([' ', '\t', '\n']) {
        // The first line does not show where the indentation ends.
        out.push_str(&STEP.to_string());
    }
    let (lines, chomping) = match string.strip_suffix('\n') {
        None => (string, "-"),
        Some(lines) if lines.ends_with('\n') => (lines, "+"),
        Some(lines) => (lines, ""),
    };
    out.push_str(chomping);
    out.push('\n');
    for line in lines.split('\n') {
        if !line.is_empty() {
            indent(out, column);
            out.push_str(line);
        }
        out.push('\n');
    }
}
