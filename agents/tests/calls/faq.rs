use serde_json::json;
use swaig::testing::Platform;

use crate::CALLER;

#[tokio::test]
async fn questions_are_answered_out_of_the_folder_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bees.md"), "# Honey\n\nA jar costs 7 dollars.\n").unwrap();
    let settings = [("SWAIG_AGENTS", "faq"), ("KNOWLEDGE_FOLDER", folder.path().to_str().unwrap())];
    let platform = Platform::new(settings);
    let mut call = platform.call("faq").from(CALLER).await;
    let turn = call.function("knowledge_search", json!({"query": "What does honey cost?"})).await;
    turn.assert_contains("## Honey\nA jar costs 7 dollars.");
    call.function("knowledge_search", json!({"query": "\"; DROP TABLE"}))
        .await
        .assert_contains("Nothing is known");
}
