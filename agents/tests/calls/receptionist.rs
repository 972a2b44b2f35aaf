use serde_json::json;
use swaig::testing::Platform;

use crate::CALLER;

#[tokio::test]
async fn a_caller_is_connected_with_a_department_and_the_agent_ends() {
    let platform = Platform::new([("SWAIG_AGENTS", "receptionist")]);
    let mut call = platform.call("receptionist").from(CALLER).await;
    assert!(call.prompt().contains("Support: something does not work"), "{}", call.prompt());
    call.function("current_time", json!({})).await.assert_contains("It is ");
    call.function("transfer_call", json!({"destination": "+15557777777"}))
        .await
        .assert_contains("Sales, Support");
    assert!(!call.is_over());
    let turn = call.function("transfer_call", json!({"destination": "support"})).await;
    turn.assert_contains("connected with Support").assert_done();
    assert_eq!(turn.said(), ["One moment, I am connecting you with Support."]);
    assert!(call.is_over() && call.functions().is_empty());
}
