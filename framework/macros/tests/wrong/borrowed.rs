#![allow(unused_imports)]

use swaig::{FunctionError, Reply};

/// Book a table
#[swaig::function]
async fn book(name: &str) -> Result<Reply, FunctionError> {
    Ok(Reply::text(name))
}

fn main() {}
