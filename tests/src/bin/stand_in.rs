//! A stand-in of SignalWire's MFA API, to try several instances without an account: it sends nothing, and finds every code
//! right. It goes on until it is stopped.

use clap::Parser;
use swaig_tests::StandIn;

/// Stands in for SignalWire's MFA API: nothing is sent, and every code is right.
#[derive(Parser)]
struct Arguments {
    /// The port to listen on, on loopback; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[tokio::main]
async fn main() {
    let stand_in = StandIn::obliging_at(Arguments::parse().port).await;
    println!("SIGNALWIRE_PROJECT_ID={}", StandIn::PROJECT);
    println!("SIGNALWIRE_API_TOKEN={}", StandIn::TOKEN);
    println!("SIGNALWIRE_API_URL={}", stand_in.url());
    std::future::pending::<()>().await;
}
