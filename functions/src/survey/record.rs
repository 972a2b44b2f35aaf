//! `record_answer`: one answer of the caller, checked and kept.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use swaig::{Call, Event, Function, FunctionError, Reply, Setup, SetupError, async_trait};

use super::Survey;

/// The key in `meta_data`: which questions are answered.
const ANSWERED: &str = "answered";

/// Keeps an answer of the caller, and says what to ask next.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::survey::{RecordAnswer, RecordAnswerArgs};
///
/// # let file = std::env::temp_dir().join(format!("survey-recordanswer-{}.db", std::process::id()));
/// let record = RecordAnswer::build(&Setup::test([("SURVEY_ANSWERS", file.to_str().unwrap())]))?;
/// let args = RecordAnswerArgs { question: "overall".to_owned(), answer: "9".to_owned() };
/// // It does not fit, and the model is told what would.
/// let reply = record.call(args, &Call::test()).await;
/// assert!(reply.unwrap_err().reply().is_some());
/// # std::fs::remove_file(file)?;
/// # Ok(()) }
/// ```
pub struct RecordAnswer {
    /// Questions and answers.
    pub survey: Arc<Survey>,
}

/// The arguments of [`RecordAnswer`].
///
/// ```
/// use swaig_functions::survey::RecordAnswerArgs;
///
/// let args: RecordAnswerArgs = serde_json::from_str(r#"{"question": "overall", "answer": "4"}"#)?;
/// assert_eq!((args.question.as_str(), args.answer.as_str()), ("overall", "4"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
pub struct RecordAnswerArgs {
    /// The key of the question.
    pub question: String,
    /// What the caller answered, such as "4", "yes", or the caller's own words.
    pub answer: String,
}

#[async_trait]
impl Function for RecordAnswer {
    const NAME: &'static str = "record_answer";
    const DESCRIPTION: &'static str = "Keep the caller's answer to a question of the survey";
    const SETTINGS: &'static [(&'static str, &'static str)] = Survey::SETTINGS;
    type Args = RecordAnswerArgs;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { survey: Survey::shared(setup)? })
    }

    async fn call(&self, args: RecordAnswerArgs, call: &Call) -> Result<Reply, FunctionError> {
        let questions = self.survey.questions();
        let mut answered: Vec<String> = call.meta(ANSWERED)?.unwrap_or_default();
        let Some(question) = questions.questions.iter().find(|it| it.key == args.question) else {
            let next =
                questions.next(&answered).map(|it| format!(" The next question has the key {}.", it.key));
            return Err(FunctionError::new(format!(
                "There is no question of that key, so nothing was kept.{}",
                next.unwrap_or_default()
            )));
        };
        let answer = question.read(&args.answer).map_err(|error| FunctionError::new(error.to_string()))?;
        let kept = self.survey.answers().put(call.agent_id(), call.call_id(), &question.key, &answer).await;
        kept.map_err(|error| {
            FunctionError::new("The answer could not be kept, for a technical reason. Apologise, and go on with the next question.")
                .caused_by(error)
        })?;
        if !answered.contains(&question.key) {
            answered.push(question.key.clone());
        }
        let next = questions.next(&answered);
        call.broadcast(Event::new(
            "survey_answered",
            json!({"question": question.key, "left": questions.questions.len() - answered.len()}),
        ));
        let text = match next {
            Some(next) => {
                format!("Kept. Ask next, with the key {}: {} ({})", next.key, next.ask, next.expected())
            }
            None => "Kept. That was the last question: thank the caller and say goodbye.".to_owned(),
        };
        Ok(Reply::text(text).set_meta_data(ANSWERED, answered))
    }
}
swaig::register_function!(RecordAnswer);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn answers_are_kept_in_order_and_can_be_corrected() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("survey.db").display().to_string();
        let function = RecordAnswer::build(&Setup::test([("SURVEY_ANSWERS", path)])).unwrap();
        let mut call = Call::test();
        for (question, answer, expected) in [
            ("overall", "5", "the key reason"),
            ("reason", "HOLIDAY", "the key again"),
            ("overall", "4", "the key again"),
            ("again", "yes", "the key comment"),
            ("comment", "Softer beds", "the last question"),
        ] {
            let args = RecordAnswerArgs { question: question.to_owned(), answer: answer.to_owned() };
            let reply = function.call(args, &call).await.unwrap();
            assert!(reply.spoken().contains(expected), "{}", reply.spoken());
            call = reply.applied_to(call);
        }
        let mut answers = function.survey.answers().of("test", "test-call").await.unwrap();
        answers.sort();
        let expected =
            [("again", "yes"), ("comment", "Softer beds"), ("overall", "4"), ("reason", "holiday")];
        assert_eq!(answers, expected.map(|(question, answer)| (question.to_owned(), answer.to_owned())));
        for (question, answer, expected) in
            [("overall", "9", "from 1 to 5"), ("none", "x", "no question of that key")]
        {
            let args = RecordAnswerArgs { question: question.to_owned(), answer: answer.to_owned() };
            let error = function.call(args, &call).await.unwrap_err();
            assert!(format!("{error:?}").contains(expected), "{error:?}");
        }
    }
}
