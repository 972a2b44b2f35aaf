//! The server and command-line tool with the reference agents.

use std::process::ExitCode;

// Links the agents, which register themselves; they link their functions.
use swaig_agents as _;

fn main() -> ExitCode {
    swaig::main()
}
