//! Calls of the ready-made agents, played with the testing kit.

mod mfa;

use swaig_agents as _;
