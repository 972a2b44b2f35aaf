//! Digital employees to copy from.
//!
//! | file | what it shows |
//! |---|---|
//! | `src/bin/hello.rs` | the smallest program: an agent and a function, all in one file |
//! | `src/bin/bank.rs` | a function for verified callers only, beside the ready-made `send_mfa` and `verify_mfa` |
//! | `src/bin/concierge.rs` | conversations that are remembered, messages while the agent talks, and hooks |
//! | [`weather`] and `src/bin/weather.rs` | a function that asks another service over HTTPS, with its client, its failures and its tests; in a library that a binary links |

pub mod weather;

/// The guide's code is compiled and run as well.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide.md")]
struct Guide;
