#![allow(unused_imports)]

use swaig::{FunctionError, Reply};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Booking {
    guests: u8,
}

/// Book a table
#[swaig::function]
async fn book(#[args] booking: Booking, time: String) -> Result<Reply, FunctionError> {
    Ok(Reply::text(format!("{} {time}", booking.guests)))
}

fn main() {}
