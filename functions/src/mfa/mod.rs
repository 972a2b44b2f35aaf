//! Multi-factor authentication by phone: a one-time code is sent to the caller, read back, and verified.
//!
//! [`SendMfa`] and [`VerifyMfa`] are the functions; [`MfaApi`] is what they share: the [client](MfaClient) of SignalWire's
//! REST API (or its [sandbox](Sandbox)) and the [settings](MfaSettings). The request that is waiting for its code travels
//! in the call's `meta_data` as `mfa`; a verified call has its [`Verification`](swaig::Verification) there. Both are sealed;
//! the `verified: true` beside them is for people and prompts.

mod api;
mod client;
mod limits;
mod policy;
mod sandbox;
mod send;
mod settings;
mod state;
mod token;
mod verify;

pub use api::MfaApi;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use client::fuzzing;
pub use client::{
    Channel, ClientError, Credentials, InvalidRequest, MaxAttempts, Message, MfaClient, MfaClientBuilder,
    MfaError, Outcome, Problem, ReplyError, RequestId, SendRequest, Ticket, TokenLength, ValidFor, Verdict,
};
pub use limits::MfaLimits;
pub use policy::NumberPolicy;
pub use sandbox::{Sandbox, SandboxError, TextMessage};
pub use send::{SendMfa, SendMfaArgs};
pub use settings::MfaSettings;
pub use state::MfaState;
pub use token::Token;
pub use verify::{VerifyMfa, VerifyMfaArgs};

pub use crate::numbering::{Countries, InvalidCountries};
