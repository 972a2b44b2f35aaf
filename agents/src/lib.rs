//! Ready-made digital employees, one file each.
//!
//! | file | who |
//! |---|---|
//! | [`bank_desk`] | Vera verifies callers of a bank, and tells them their balance |
//! | [`faq`] | Finn answers questions out of a folder of Markdown |
//! | [`mfa`] | Jim texts the caller a one-time code and verifies it: the reference agent |
//! | [`receptionist`] | Ada finds out whom a caller wants to speak to, and connects them |
//! | [`scheduler`] | Nora takes appointments, and never gives a time twice |
//! | [`survey`] | Sam asks the questions of a file and keeps the answers |
//!
//! The binary `digital-employees` links this crate. It serves [`mfa`], and those that the setting `SWAIG_AGENTS` names.

pub mod bank_desk;
pub mod faq;
pub mod mfa;
pub mod receptionist;
pub mod scheduler;
pub mod survey;
