#![allow(unused_imports)]

use swaig::{FunctionError, Reply};

/// Book a table
#[swaig::function]
async fn book((guests, tables): (u8, u8)) -> Result<Reply, FunctionError> {
    Ok(Reply::text((guests + tables).to_string()))
}

fn main() {}
