//! `replay`: a stored phone call against the program as it is now.

use serde_json::json;
use swaig_tests::{Ended, PhoneCall, Program, StandIn};

const CALLER: &str = "+15551230000";

/// A program that keeps its records here.
fn at(folder: &std::path::Path, arguments: &[&str]) -> Program {
    Program::new(arguments.iter().copied())
        .set("SWAIG_STORE", format!("sqlite:{}", folder.join("store.db").display()))
        .set("SWAIG_SECRET", "0123456789abcdef0123456789abcdef")
}

fn printed(ended: &Ended) -> &str {
    &ended.stdout
}

#[tokio::test]
async fn a_call_that_ends_as_it_did_differs_in_nothing_and_another_one_does() {
    let folder = tempfile::tempdir().unwrap();
    let stand_in = StandIn::obliging().await;
    let mut employee = at(folder.path(), &["--listen", "127.0.0.1:0"]).account(&stand_in).serve().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    call.call("send_mfa", json!({})).await;
    assert_eq!(
        call.call("verify_mfa", json!({"token": "482913"})).await.response(),
        "Verification successful"
    );
    let report = json!({"post_prompt_data": {"raw": "Verified."}});
    assert_eq!(call.end(report).await.status, 200);
    let id = call.call_id().to_owned();
    employee.signal("TERM");
    assert_eq!(employee.exit().await, Some(0));
    let asked = stand_in.requests().len();

    // The account is set, and not used.
    let replay = |more: &[&str]| {
        let mut arguments = vec!["replay", &id];
        arguments.extend(more);
        at(folder.path(), &arguments).account(&stand_in)
    };
    let ended = replay(&[]).run().await;
    assert_eq!(printed(&ended).matches("--with-effects runs it").count(), 2, "{ended:?}");
    let ended = replay(&["--with-effects"]).run().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(printed(&ended).contains("same     6 digit number sent"), "{}", ended.stdout);
    assert!(printed(&ended).contains("same     Verification successful"), "{}", ended.stdout);
    assert!(printed(&ended).ends_with("nothing differs\n"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("482913"), "{}", ended.stdout);
    assert_eq!(stand_in.requests().len(), asked, "SignalWire is not asked");

    let ended = replay(&["--with-effects"]).set("MFA_TOKEN_LENGTH", "8").run().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let differs =
        "was      6 digit number sent  [set_meta_data]\n       now      8 digit number sent  [set_meta_data]";
    assert!(printed(&ended).contains(differs), "{}", ended.stdout);
    assert!(printed(&ended).ends_with("one function call differs\n"), "{}", ended.stdout);
}

#[tokio::test]
async fn a_call_that_is_not_known_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let ended = at(folder.path(), &["replay", "nobody-called"]).run().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("the store knows no phone call \"nobody-called\""), "{}", ended.stderr);
}
