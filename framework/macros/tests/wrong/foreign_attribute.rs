#![allow(unused_imports)]

use swaig::{FunctionError, Reply};

/// Book a table
#[swaig::function]
async fn book(#[range(1, 20)] guests: u8) -> Result<Reply, FunctionError> {
    Ok(Reply::text(guests.to_string()))
}

fn main() {}
