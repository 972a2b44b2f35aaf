//! What the measurements share: servers that are bound to a processor, and a load on them.

pub mod load;
pub mod server;
