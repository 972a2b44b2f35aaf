use serde_json::json;
use swaig::testing::Platform;

use crate::{CALLER, code};

#[tokio::test]
async fn the_balance_is_for_a_verified_caller_alone() {
    let platform = Platform::new([("SWAIG_AGENTS", "bank_desk")]);
    let mut call = platform.call("bank_desk").from(CALLER).await;
    assert_eq!(call.functions(), ["send_mfa", "verify_mfa"], "the model does not see the balance");
    call.force("account_balance", json!({})).await.assert_contains("not verified");
    call.set_meta_data("account_balance", "verified", true);
    call.force("account_balance", json!({})).await.assert_contains("not verified");
    call.function("send_mfa", json!({})).await.assert_response("6 digit number sent");
    let code = code(&call);
    call.function("verify_mfa", json!({"token": code}))
        .await
        .assert_response("Verification successful")
        .assert_done();
    assert!(call.can_call("account_balance"), "the verification has switched it on");
    call.function("account_balance", json!({})).await.assert_contains("1,250 dollars");
}

#[tokio::test]
async fn an_account_belongs_to_the_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("accounts.toml");
    std::fs::write(&path, "[accounts.\"+15551230000\"]\nbalance = \"ten dollars\"\n").unwrap();
    let settings = [("SWAIG_AGENTS", "bank_desk"), ("BANK_ACCOUNTS", path.to_str().unwrap())];
    for (caller, expected) in [(CALLER, "ten dollars"), ("+15551230001", "No account belongs")] {
        let platform = Platform::new(settings);
        let mut call = platform.call("bank_desk").from(caller).await;
        call.function("send_mfa", json!({})).await.assert_done();
        let code = code(&call);
        call.function("verify_mfa", json!({"token": code})).await.assert_done();
        call.function("account_balance", json!({})).await.assert_contains(expected);
    }
}
