#![allow(unused_imports)]

use swaig::{FunctionError, Reply};

/// Book a table
#[swaig::function]
async fn book<T: ToString>(guests: T) -> Result<Reply, FunctionError> {
    Ok(Reply::text(guests.to_string()))
}

fn main() {}
