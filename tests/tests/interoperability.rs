//! For who comes from one of SignalWire's own SDKs: their variables of the environment are understood.

use swaig_tests::{Identity, Program, TlsClient};

#[tokio::test]
async fn the_variables_of_the_sdks_turn_tls_on_and_name_the_host() {
    let identity = Identity::default();
    let program = Program::new(["--listen", "127.0.0.1:0"]).settings([
        ("SWML_SSL_ENABLED", "true"),
        ("SWML_SSL_CERT_PATH", "chain.pem"),
        ("SWML_SSL_KEY_PATH", "key.pem"),
        ("SWML_DOMAIN", "localhost"),
        ("SWML_BASIC_AUTH_USER", "python"),
        ("SWML_BASIC_AUTH_PASSWORD", "try-me"),
        ("SWML_RATE_LIMIT", "60"),
        ("SIGNALWIRE_LOG_LEVEL", "WARNING"),
    ]);
    let program = program.file("chain.pem", &identity.chain).file("key.pem", &identity.key);
    let employee = program.serve().await;
    let client = TlsClient::new(&identity.root, &["http/1.1"]);
    // python:try-me
    let request = "GET /mfa HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic cHl0aG9uOnRyeS1tZQ==\r\nConnection: close\r\n\r\n";
    let answer = client.exchange(employee.address(), request).await.expect("it speaks TLS");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let url = format!("https://python:try-me@localhost:{}/mfa/swaig", employee.address().port());
    assert!(answer.contains(&url), "{url} is not in {answer}");
    let told = employee.log().find("the warning", |line| {
        line.contains("SWML_RATE_LIMIT is set and has no effect here").then(|| line.to_owned())
    });
    assert!(told.await.contains("WARN"));
}
