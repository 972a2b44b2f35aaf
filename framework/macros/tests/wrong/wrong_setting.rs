#![allow(unused_imports)]

use swaig::{FunctionError, Reply};

/// Book a table
#[swaig::function]
async fn book(#[setting("seats")] seats: u8) -> Result<Reply, FunctionError> {
    Ok(Reply::text(seats.to_string()))
}

fn main() {}
