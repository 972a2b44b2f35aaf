#![allow(unused_imports)]

use swaig::{FunctionError, Reply};

struct Desk;

impl Desk {
    /// Book a table
    #[swaig::function]
    async fn book(&self, guests: u8) -> Result<Reply, FunctionError> {
        Ok(Reply::text(guests.to_string()))
    }
}

fn main() {}
