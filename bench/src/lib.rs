//! What the measurements share: agents, servers that are bound to a processor, and a load on them.

pub mod agents;
pub mod body;
#[cfg(feature = "doors")]
pub mod exchange;
pub mod load;
pub mod server;
