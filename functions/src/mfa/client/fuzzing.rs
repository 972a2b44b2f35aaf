//! Doors to the readers of the API's replies, for the fuzz targets. No part of the API of this crate.

use super::{Channel, MfaError, Problem, ReplyError, Ticket, Verdict, error, reply};

/// Reads the body of a good reply to a request for a code.
///
/// # Errors
/// What is wrong with it.
pub fn ticket(body: &[u8], asked: Channel) -> Result<Ticket, MfaError> {
    reply::ticket(body, asked)
}

/// Reads the body of a good reply to a code.
///
/// # Errors
/// What is wrong with it.
pub fn verdict(body: &[u8]) -> Result<Verdict, ReplyError> {
    reply::verdict(body)
}

/// Reads the body of a refusal.
pub fn problems(body: &[u8], secrets: &[&str]) -> Vec<Problem> {
    error::problems(body, secrets)
}
