//! The reference digital employees, one file each.
//!
//! The binary `digital-employees` links this crate and serves them all.

pub mod mfa;
