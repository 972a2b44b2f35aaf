/// Book a table
#[swaig::function]
async fn book(guests: u8) {
    drop(guests);
}

fn main() {}
