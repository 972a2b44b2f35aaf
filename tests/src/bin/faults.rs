//! Runs against faults, at full length. Each prints its figures, and fails when something that has to hold does not.

use std::time::Duration;

use clap::{Parser, Subcommand};
use swaig_tests::faults::{crash, outage, rolling, soak, upstream};

/// Runs the server against faults and prints figures.
#[derive(Parser)]
struct Arguments {
    /// What decides of all chances: a run of the same seed meets the same faults.
    #[arg(long, default_value_t = 1, global = true)]
    seed: u64,
    #[command(subcommand)]
    run: Run,
}

#[derive(Subcommand)]
enum Run {
    /// Webhooks against an upstream that fails, hangs, resets and lies.
    Upstream {
        /// How many webhooks are posted.
        #[arg(long, default_value_t = 100_000)]
        webhooks: u64,
        /// How many phone calls go on at the same moment.
        #[arg(long, default_value_t = 200)]
        at_once: u64,
        /// How often in a thousand times the upstream does not do as it should.
        #[arg(long, default_value_t = 300)]
        faults: u64,
    },
    /// A server on one SQLite file that is killed again and again under load.
    Crash {
        /// How often it is killed.
        #[arg(long, default_value_t = 50)]
        kills: u64,
        /// How many phone calls go on at the same moment.
        #[arg(long, default_value_t = 20)]
        at_once: u64,
    },
    /// Two instances on one Redis that is away for a while, under load.
    Outage {
        /// For how many seconds it is away.
        #[arg(long, default_value_t = 20)]
        seconds: u64,
        /// How many phone calls go on at the same moment.
        #[arg(long, default_value_t = 20)]
        at_once: u64,
    },
    /// Instances on one Redis that are replaced one after the other under load.
    Rolling {
        /// How many instances there are.
        #[arg(long, default_value_t = 3)]
        instances: usize,
        /// How often each of them is replaced.
        #[arg(long, default_value_t = 5)]
        rounds: u64,
        /// How many phone calls go on at the same moment.
        #[arg(long, default_value_t = 20)]
        at_once: u64,
    },
    /// A server at full load for a long time.
    Soak {
        /// For how many seconds it goes on.
        #[arg(long, default_value_t = 600)]
        seconds: u64,
        /// How many phone calls go on at the same moment.
        #[arg(long, default_value_t = 50)]
        at_once: u64,
    },
}

#[tokio::main]
async fn main() {
    let Arguments { seed, run } = Arguments::parse();
    let figures = match run {
        Run::Upstream { webhooks, at_once, faults } => {
            upstream::run(upstream::Size { seed, webhooks, at_once, faults }).await
        }
        Run::Crash { kills, at_once } => crash::run(crash::Size { seed, kills, at_once }).await,
        Run::Outage { seconds, at_once } => {
            let run = outage::run(outage::Size { away: Duration::from_secs(seconds), at_once }).await;
            let Some(figures) = run else { return };
            figures
        }
        Run::Rolling { instances, rounds, at_once } => {
            let Some(figures) = rolling::run(rolling::Size { seed, instances, rounds, at_once }).await else {
                return;
            };
            figures
        }
        Run::Soak { seconds, at_once } => {
            soak::run(soak::Size { lasts: Duration::from_secs(seconds), at_once, may_grow: Some(5.0) }).await
        }
    };
    print!("{figures}");
}
