use std::time::Duration;

use secrecy::SecretString;
use swaig::{Call, Effect, Function, FunctionError, Reply, Setup};

/// Book a table
/// for tonight.
///
/// Only once.
#[swaig::function(effect = OncePerCall, deadline = 3, max_concurrent = 10)]
pub async fn book_table(
    /// How many will come.
    #[schemars(range(min = 1, max = 20))]
    guests: u8,
    time: Option<String>,
    #[setting("SEATS", "seats at a table", default = 8)] seats: u8,
    #[setting("KITCHEN_KEY")] key: Option<SecretString>,
    call: &Call,
) -> Result<Reply, FunctionError> {
    let text = format!("{guests} {time:?} {seats} {} {}", key.is_some(), call.call_id());
    Ok(Reply::text(text))
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Order {
    dish: String,
}

/// Order a dish
#[swaig::function(name = "order", effect = Effect::OncePerArgument(Duration::from_secs(60)))]
async fn take_order(#[args] order: Order) -> String {
    order.dish
}

/// Say hello
#[swaig::function]
async fn hello() -> &'static str {
    "Hello"
}

/// Fail
#[swaig::function]
async fn parse(number: String) -> Result<String, std::num::ParseIntError> {
    Ok(number.parse::<u8>()?.to_string())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(BookTable::NAME, "book_table");
    assert_eq!(BookTable::DESCRIPTION, "Book a table for tonight.\nOnly once.");
    assert_eq!(BookTable::SETTINGS, [("SEATS", "seats at a table"), ("KITCHEN_KEY", "")]);
    assert_eq!(BookTable::EFFECT, Effect::OncePerCall);
    assert_eq!((BookTable::DEADLINE, BookTable::MAX_CONCURRENT), (Duration::from_secs(3), Some(10)));
    let function = BookTable::build(&Setup::test([("SEATS", "4")])).unwrap();
    let arguments = BookTableArgs { guests: 2, time: None };
    let reply = function.call(arguments, &Call::test()).await.unwrap();
    assert_eq!(reply.spoken(), "2 None 4 false test-call");
    let schema = swaig::function::Parameters::of::<BookTableArgs>().unwrap().to_json();
    assert_eq!(schema["properties"]["guests"]["description"], "How many will come. Between 1 and 20.");
    assert_eq!(schema["required"], serde_json::json!(["guests"]));
    assert_eq!((TakeOrder::NAME, Hello::NAME, Parse::NAME), ("order", "hello", "parse"));
    let none: [(&str, &str); 0] = [];
    let setup = Setup::test(none);
    let parse = Parse::build(&setup).unwrap();
    assert!(parse.call(ParseArgs { number: "x".into() }, &Call::test()).await.is_err());
    let order = TakeOrder::build(&setup).unwrap();
    assert_eq!(order.call(Order { dish: "Soup".into() }, &Call::test()).await.unwrap().spoken(), "Soup");
}
