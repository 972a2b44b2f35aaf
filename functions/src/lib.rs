//! Functions that any agent can mount: link this crate and name them.
//!
//! | folder | functions |
//! |---|---|
//! | [`appointments`] | `free_times`, `book_appointment`, `cancel_appointment`: a diary without double bookings |
//! | [`knowledge`] | `knowledge_search`: answers out of a folder of Markdown |
//! | [`mfa`] | `send_mfa` texts or speaks a one-time code to the caller, `verify_mfa` checks it |
//! | [`survey`] | `record_answer`: answers to the questions of a file, checked and kept |
//! | [`time`] | `current_time`: the time and the day, here or elsewhere |
//! | [`transfer`] | `transfer_call`: connects the caller with somebody of a directory |
//!
//! A binary that names nothing of this crate links it with `use swaig_functions as _;`.

pub mod appointments;
pub mod knowledge;
pub mod mfa;
mod sqlite;
pub mod survey;
pub mod time;
pub mod transfer;
