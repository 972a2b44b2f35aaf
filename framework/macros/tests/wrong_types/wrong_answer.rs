/// Book a table
#[swaig::function]
async fn book(guests: u8) -> u8 {
    guests
}

fn main() {}
