//! A framework for SignalWire **digital employees**: AI phone agents defined in code.

pub mod swml;

#[cfg(feature = "server")]
pub mod agent;
#[cfg(feature = "server")]
pub mod call;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "console")]
mod console;
#[cfg(feature = "server")]
pub mod function;
#[cfg(feature = "server")]
mod phone_number;
#[cfg(feature = "server")]
pub mod redact;
#[cfg(feature = "server")]
mod registry;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod setup;
#[cfg(feature = "server")]
pub mod spoken;
#[cfg(feature = "server")]
pub mod store;

#[cfg(feature = "server")]
pub use {
    agent::{Agent, AgentDefinition, Mount},
    async_trait::async_trait,
    call::{Call, IncomingCall, MetaDataError, Report},
    function::{Action, Effect, Function, FunctionError, NoArgs, Reply},
    phone_number::{CallerNumber, PhoneNumber, PhoneNumberError},
    registry::{Problem, RegistryError},
    server::{Server, StartError},
    setup::{Setup, SetupError},
    store::Event,
};

#[cfg(feature = "server")]
#[doc(hidden)]
pub use inventory;

#[cfg(feature = "cli")]
pub use cli::main;
