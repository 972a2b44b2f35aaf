#![allow(unused_imports)]

use swaig::{Call, FunctionError, Reply};

/// Book a table
#[swaig::function]
async fn book(call: &Call, again: &Call) -> Result<Reply, FunctionError> {
    Ok(Reply::text(format!("{}{}", call.call_id(), again.call_id())))
}

fn main() {}
