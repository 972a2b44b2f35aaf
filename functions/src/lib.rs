//! Functions that any agent can mount: link this crate and name them.
//!
//! | folder | functions |
//! |---|---|
//! | [`appointments`] | `free_times`, `book_appointment`, `cancel_appointment`: a diary without double bookings |
//! | [`mfa`] | `send_mfa` texts or speaks a one-time code to the caller, `verify_mfa` checks it |
//! | [`survey`] | `record_answer`: answers to the questions of a file, checked and kept |
//!
//! A binary that names nothing of this crate links it with `use swaig_functions as _;`.

pub mod appointments;
pub mod mfa;
mod sqlite;
pub mod survey;
