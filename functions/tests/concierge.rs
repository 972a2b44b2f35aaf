//! Functions of this crate in an agent, in calls that the testing kit plays.
#![expect(clippy::unwrap_used, reason = "a test may unwrap what it has just made")]

use std::net::SocketAddr;

use serde_json::json;
use swaig::swml::ai::Prompt;
use swaig::testing::Platform;
use swaig::{Agent, AgentDefinition, DataMapFunction, Setup, SetupError};
use swaig_functions::http_lookup::HttpLookup;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const CALLER: &str = "+15551230000";

struct Concierge {
    order_status: DataMapFunction,
}

impl Agent for Concierge {
    const NAME: &'static str = "concierge";

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        let orders = setup.setting("ORDERS_URL").unwrap_or_else(|| "https://orders.example.com".to_owned());
        let order_status = HttpLookup::new("order_status", "Look up where an order is")
            .argument("order", "The order's number, such as A17")
            .url(format!("{orders}/orders/{{order}}?fields=all"))
            .header("X-Key", "look up only")
            .error_key("error")
            .answer("Order {order} is {status}, and arrives on {delivery.day}. First: {items[0].name}.")
            .otherwise("There is no order of that number.")
            .build()
            .map_err(|error| SetupError::failed("cannot make order_status", error))?;
        Ok(Self { order_status })
    }

    fn define(&self) -> AgentDefinition {
        let prompt = Prompt::text("You are the concierge. Call recall first.");
        let functions = ["recall", "remember", "forget", "send_sms", "lookup_caller"];
        let definition = AgentDefinition::new(prompt).function(self.order_status.clone());
        functions.into_iter().fold(definition, AgentDefinition::function)
    }
}
swaig::register_agent!(Concierge);

/// A web service that answers each request with what the path asks for, and the requests that it got.
async fn orders() -> (SocketAddr, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (heard, requests) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = Vec::new();
            while !bytes.ends_with(b"\r\n\r\n") && stream.read_buf(&mut bytes).await.unwrap() > 0 {}
            let request = String::from_utf8(bytes).unwrap();
            let body = match request.split_whitespace().nth(1).unwrap() {
                "/orders/A17%2F..%3F%26?fields=all" | "/orders/A17?fields=all" => {
                    r#"{"status":"packed","delivery":{"day":"Friday"},"items":[{"name":"a lamp"}]}"#
                }
                _ => r#"{"error":"none"}"#,
            };
            heard.send(request).unwrap();
            let start = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
            let answer = format!("{start}Content-Length: {}\r\n\r\n{body}", body.len());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, requests)
}

#[tokio::test]
async fn a_web_service_is_asked_by_the_platform() {
    let (address, mut requests) = orders().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("memory.db").display().to_string();
    let platform = Platform::new([("MEMORY_FILE", file), ("ORDERS_URL", format!("http://{address}"))]);
    let mut call = platform.call("concierge").from(CALLER).await;
    call.function("order_status", json!({"order": "A17"}))
        .await
        .assert_response("Order A17 is packed, and arrives on Friday. First: a lamp.");
    assert!(requests.recv().await.unwrap().to_lowercase().contains("\r\nx-key: look up only\r\n"));
    // What the caller says is a part of the path, whatever it is.
    call.function("order_status", json!({"order": "A17/..?&"})).await.assert_contains("is packed");
    call.function("order_status", json!({"order": "B1"}))
        .await
        .assert_response("There is no order of that number.");
}

#[tokio::test]
async fn a_caller_is_known_again_in_the_next_call_and_gets_a_text() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("memory.db").display().to_string();
    let platform = Platform::new([("MEMORY_FILE", file)]);
    let mut call = platform.call("concierge").from(CALLER).await;
    call.function("recall", json!({})).await.assert_contains("Nothing is known");
    call.function("remember", json!({"note": "Prefers to be called Jay"})).await.assert_contains("Noted");
    call.function("send_sms", json!({"text": "12 Rua Augusta", "agreed": false}))
        .await
        .assert_contains("Ask the caller");
    call.function("send_sms", json!({"text": "12 Rua Augusta", "agreed": true}))
        .await
        .assert_response("The text message is on its way.");
    assert_eq!(call.texts(), ["12 Rua Augusta"]);
    call.function("lookup_caller", json!({})).await.assert_contains("made up");

    let mut call = platform.call("concierge").from(CALLER).await;
    call.function("recall", json!({})).await.assert_contains("- Prefers to be called Jay");
    call.function("forget", json!({})).await.assert_response("The note on this caller was deleted.");
    call.function("recall", json!({})).await.assert_contains("Nothing is known");
}
