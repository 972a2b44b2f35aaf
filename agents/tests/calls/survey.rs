use serde_json::json;
use swaig::testing::Platform;

use crate::CALLER;

#[tokio::test]
async fn questions_are_asked_in_order_until_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("survey.db");
    let platform = Platform::new([("SWAIG_AGENTS", "survey"), ("SURVEY_ANSWERS", path.to_str().unwrap())]);
    let mut call = platform.call("survey").from(CALLER).await;
    assert!(call.prompt().contains("1. How satisfied were you"), "{}", call.prompt());
    for (question, answer, expected) in [
        ("overall", "9", "from 1 to 5"),
        ("overall", "4", "key reason"),
        ("reason", "holiday", "key again"),
        ("again", "yes", "key comment"),
        ("comment", "Softer beds", "last question"),
    ] {
        call.say(answer);
        let turn = call.function("record_answer", json!({"question": question, "answer": answer})).await;
        turn.assert_contains(expected).assert_done();
    }
    assert_eq!(call.meta_data("record_answer")["answered"].as_array().unwrap().len(), 4);
    call.end().await;
}

#[tokio::test]
async fn a_file_has_the_questions() {
    let folder = tempfile::tempdir().unwrap();
    let [questions, answers] =
        ["questions.toml", "survey.db"].map(|name| folder.path().join(name).display().to_string());
    std::fs::write(
        &questions,
        "title = \"Bread\"\n[[questions]]\nkey = \"rye\"\nask = \"Rye?\"\nkind = \"yes_no\"\n",
    )
    .unwrap();
    let platform = Platform::new([
        ("SWAIG_AGENTS", "survey".to_owned()),
        ("SURVEY_QUESTIONS", questions),
        ("SURVEY_ANSWERS", answers),
    ]);
    let call = platform.call("survey").await;
    assert!(
        call.prompt().contains("\"Bread\"") && call.prompt().contains("Rye? (key rye; expected: yes or no)")
    );
}
