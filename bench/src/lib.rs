//! What the measurements share: agents, servers that are bound to a processor, and a load on them.

pub mod agents;
#[cfg(feature = "doors")]
pub mod exchange;
pub mod load;
pub mod requests;
pub mod server;

/// A runtime that is this thread alone.
///
/// # Panics
/// Where the system gives none.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// The time in the middle.
///
/// # Panics
/// Of none.
pub fn median(mut times: Vec<std::time::Duration>) -> std::time::Duration {
    times.sort();
    times[times.len() / 2]
}

/// The figure in the middle; 0 of none.
pub fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}
