#![allow(unused_imports)]

use swaig::{FunctionError, Reply};

#[swaig::function]
async fn book(guests: u8) -> Result<Reply, FunctionError> {
    Ok(Reply::text(guests.to_string()))
}

fn main() {}
