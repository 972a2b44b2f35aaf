/// A table
#[swaig::function]
struct Table;

fn main() {}
