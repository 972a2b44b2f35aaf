#![allow(unused_imports)]

use swaig::{FunctionError, Reply};

/// Book a table
#[swaig::function(timeout = 3)]
async fn book(guests: u8) -> Result<Reply, FunctionError> {
    Ok(Reply::text(guests.to_string()))
}

fn main() {}
