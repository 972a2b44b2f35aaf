//! What must hold for any input: one function for each fuzz target.
//!
//! A function takes the bytes that came from outside, and panics when what it says does not hold. `cargo fuzz run NAME`
//! calls it with what libFuzzer makes up; `cargo test` calls it with the inputs that are kept in `fuzz/corpus/NAME`.
//! Inputs are text where they can be, so that people can read and write them.

#![expect(clippy::missing_panics_doc, reason = "to panic is how a property says that it does not hold")]

mod address;
mod document;
mod mfa_reply;
mod phone_number;
mod redact;
mod request;
mod server;
mod signature;
mod spoken;
mod token;
mod webhook;
mod yaml;

pub use address::address;
pub use document::document;
pub use mfa_reply::mfa_reply;
pub use phone_number::phone_number;
pub use redact::redact;
pub use request::request;
pub use signature::signature;
pub use spoken::spoken;
pub use token::token;
pub use webhook::webhook;
pub use yaml::yaml;

/// What must hold for the bytes of one input.
pub type Property = fn(&[u8]);

/// All targets, by the names of their programs and of the folders of their inputs.
pub const TARGETS: [(&str, Property); 11] = [
    ("address", address),
    ("document", document),
    ("mfa_reply", mfa_reply),
    ("phone_number", phone_number),
    ("redact", redact),
    ("request", request),
    ("signature", signature),
    ("spoken", spoken),
    ("token", token),
    ("webhook", webhook),
    ("yaml", yaml),
];

/// The first lines of an input, and what follows them. Lines that are not there are empty.
fn lines<const N: usize>(input: &[u8]) -> ([&[u8]; N], &[u8]) {
    let mut rest = input;
    let lines = std::array::from_fn(|_| {
        let (line, after) = match rest.iter().position(|byte| *byte == b'\n') {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => (rest, &[][..]),
        };
        rest = after;
        line
    });
    (lines, rest)
}

/// The same for an input that is text; `None` for one that is not.
fn text_lines<const N: usize>(input: &[u8]) -> Option<([&str; N], &str)> {
    let mut rest = std::str::from_utf8(input).ok()?;
    let lines = std::array::from_fn(|_| {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = after;
        line
    });
    Some((lines, rest))
}
