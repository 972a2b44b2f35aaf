//! What the measurements share: agents, servers that are bound to a processor, and a load on them.

pub mod agents;
#[cfg(feature = "doors")]
pub mod exchange;
pub mod load;
pub mod requests;
pub mod server;

/// The time in the middle.
///
/// # Panics
/// Of none.
pub fn median(mut times: Vec<std::time::Duration>) -> std::time::Duration {
    times.sort();
    times[times.len() / 2]
}
