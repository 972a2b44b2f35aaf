//! Serves the weather agent, which lives in a library: link the crate, and its agents and functions are there.
//!
//! ```sh
//! cargo run -p swaig-examples --bin weather
//! ```

use std::process::ExitCode;

use swaig_examples as _;

fn main() -> ExitCode {
    swaig::main()
}
