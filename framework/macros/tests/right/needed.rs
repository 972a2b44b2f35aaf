use swaig::{Function, Setup};

/// Say where the shop is
#[swaig::function]
async fn place(#[setting("SHOP_CITY", "where it is")] city: String) -> String {
    city
}

fn main() {
    let none: [(&str, &str); 0] = [];
    let error = Place::build(&Setup::test(none)).err().unwrap().to_string();
    assert!(error.contains("the setting SHOP_CITY is missing"), "{error}");
}
