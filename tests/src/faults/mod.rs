//! Runs against faults: seeded, bounded, and each prints its figures. `cargo run --release -p swaig-tests --bin faults` runs
//! them at full length, `tests/faults.rs` in short.

pub mod crash;
mod ledger;
mod line;
pub mod outage;
mod random;
pub mod rolling;
pub mod soak;
pub mod upstream;

pub use line::{Failure, Line};
pub use random::Random;

use std::fmt;

/// What a run counted, in the order in which it is printed.
#[derive(Default)]
pub struct Figures(Vec<(&'static str, String)>);

impl Figures {
    /// Adds one.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.0.push((name, value.to_string()));
        self
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in &self.0 {
            writeln!(f, "{name:>width$}  {value}")?;
        }
        Ok(())
    }
}
