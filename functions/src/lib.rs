//! Functions that any agent can mount: link this crate and name them.
//!
//! | folder | functions |
//! |---|---|
//! | [`appointments`] | `free_times`, `book_appointment`, `cancel_appointment`: a diary without double bookings |
//! | [`http_lookup`] | [`HttpLookup`](http_lookup::HttpLookup) makes functions that ask a web service, without a handler |
//! | [`knowledge`] | `knowledge_search`: answers out of a folder of Markdown |
//! | [`lookup`] | `lookup_caller`: what a directory says of the caller's number |
//! | [`memory`] | `remember`, `recall`, `forget`: notes on a caller, across calls |
//! | [`mfa`] | `send_mfa` texts or speaks a one-time code to the caller, `verify_mfa` checks it |
//! | [`sms`] | `send_sms`: a text message to the caller, once they agreed |
//! | [`survey`] | `record_answer`: answers to the questions of a file, checked and kept |
//! | [`time`] | `current_time`: the time and the day, here or elsewhere |
//! | [`transfer`] | `transfer_call`: connects the caller with somebody of a directory |
//!
//! A binary that names nothing of this crate links it with `use swaig_functions as _;`.

pub mod appointments;
mod counting;
pub mod http_lookup;
pub mod knowledge;
pub mod lookup;
pub mod memory;
pub mod mfa;
mod numbering;
mod rest;
pub mod sms;
mod sqlite;
pub mod survey;
pub mod time;
pub mod transfer;

/// The blocks of the page compile.
#[cfg(doctest)]
#[doc = include_str!("../../docs/functions.md")]
struct FunctionsPage;
