//! A survey: questions of a file, answers that are checked and kept.
//!
//! [`RecordAnswer`] is the function; [`Survey`] is what it knows: the [questions](Question), and the SQLite file of the
//! [answers](Answers). Which questions are answered travels in the call's `meta_data`.

mod answers;
mod question;
mod record;

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use swaig::{Setup, SetupError};

pub use answers::{Answers, AnswersError};
pub use question::{Kind, NotAnAnswer, Question};
pub use record::{RecordAnswer, RecordAnswerArgs};

/// The questions where no file is named: they show each kind.
const EXAMPLE: &str = include_str!("example.toml");
/// How many questions a call bears.
const MOST: usize = 30;

/// Questions, and where their answers go.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, Setup};
/// use swaig_functions::survey::{RecordAnswer, RecordAnswerArgs};
///
/// # let file = std::env::temp_dir().join(format!("survey-survey-{}.db", std::process::id()));
/// let record = RecordAnswer::build(&Setup::test([("SURVEY_ANSWERS", file.to_str().unwrap())]))?;
/// let args = RecordAnswerArgs { question: "overall".to_owned(), answer: "9".to_owned() };
/// // It does not fit, and the model is told what would.
/// let reply = record.call(args, &Call::test()).await;
/// assert!(reply.unwrap_err().reply().is_some());
/// # std::fs::remove_file(file)?;
/// # Ok(()) }
/// ```
pub struct Survey {
    questions: Questions,
    answers: Answers,
}

/// A file of questions.
///
/// ```
/// use swaig_functions::survey::Questions;
///
/// let questions = Questions::read(
///     r#"
///         title = "Three questions"
///         [[questions]]
///         key = "overall"
///         ask = "How was it, from 1 to 5?"
///         kind = "number"
///         least = 1
///         most = 5
///     "#,
/// )?;
/// assert_eq!(questions.next(&[]).map(|question| question.key.as_str()), Some("overall"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    /// What the survey is about, for the prompt.
    pub title: String,
    /// The questions, in their order.
    pub questions: Vec<Question>,
}

/// Why questions cannot be asked.
///
/// ```
/// use swaig_functions::survey::{Questions, QuestionsError};
///
/// assert!(matches!(Questions::read("title ="), Err(QuestionsError::Toml(_))));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionsError {
    /// The file cannot be read.
    #[error("the file cannot be read")]
    File(#[from] std::io::Error),
    /// It is not TOML of this form.
    #[error("the questions cannot be read; expected [[questions]] with key, ask and kind")]
    Toml(#[from] toml::de::Error),
    /// There is none, or there are too many.
    #[error("there are {0} questions; expected 1 to {MOST}")]
    Count(usize),
    /// Two questions share a key.
    #[error("two questions have the key {0:?}; rename one of them")]
    Twice(String),
    /// A question that has no answer.
    #[error("the question {key:?} cannot be answered: {problem}")]
    Unanswerable {
        /// Its key.
        key: String,
        /// Why.
        problem: &'static str,
    },
}

impl Questions {
    /// Reads questions.
    ///
    /// # Errors
    /// [`QuestionsError`]
    pub fn read(text: &str) -> Result<Self, QuestionsError> {
        let questions: Self = toml::from_str(text)?;
        let list = &questions.questions;
        if !(1..=MOST).contains(&list.len()) {
            return Err(QuestionsError::Count(list.len()));
        }
        for (place, question) in list.iter().enumerate() {
            if list[..place].iter().any(|other| other.key == question.key) {
                return Err(QuestionsError::Twice(question.key.clone()));
            }
            if let Some(problem) = question.problem() {
                return Err(QuestionsError::Unanswerable { key: question.key.clone(), problem });
            }
        }
        Ok(questions)
    }

    /// The first question that is not among these.
    pub fn next(&self, answered: &[String]) -> Option<&Question> {
        self.questions.iter().find(|question| !answered.contains(&question.key))
    }
}

impl Survey {
    /// The settings with their meaning.
    pub const SETTINGS: &'static [(&'static str, &'static str)] = &[
        ("SURVEY_QUESTIONS", "TOML file of the questions [default: an example]"),
        ("SURVEY_ANSWERS", "SQLite file of the answers [default: survey.db]"),
    ];

    /// What all functions of a server share.
    ///
    /// # Errors
    /// Questions that cannot be asked, or a file that cannot be written.
    pub fn shared(setup: &Setup) -> Result<Arc<Self>, SetupError> {
        setup.shared(|setup| {
            let path = setup.setting("SURVEY_ANSWERS").unwrap_or_else(|| "survey.db".to_owned());
            let answers = Answers::open(&path)
                .map_err(|error| SetupError::failed(format!("cannot open {path} (SURVEY_ANSWERS)"), error))?;
            Ok(Self { questions: Self::questions_of(setup)?, answers })
        })
    }

    /// The questions of the settings.
    ///
    /// # Errors
    /// Questions that cannot be asked.
    pub fn questions_of(setup: &Setup) -> Result<Questions, SetupError> {
        let path = setup.setting("SURVEY_QUESTIONS");
        let text = match &path {
            Some(path) => std::fs::read_to_string(Path::new(path)).map_err(QuestionsError::from),
            None => Ok(EXAMPLE.to_owned()),
        };
        text.and_then(|text| Questions::read(&text)).map_err(|error| {
            let path = path.unwrap_or_default();
            SetupError::failed(format!("cannot take the questions of {path} (SURVEY_QUESTIONS)"), error)
        })
    }

    /// The questions.
    pub fn questions(&self) -> &Questions {
        &self.questions
    }

    /// The answers.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_can_be_asked_and_mistakes_are_told() {
        let example = Questions::read(EXAMPLE).unwrap();
        assert_eq!(example.next(&[]).unwrap().key, example.questions[0].key);
        let all: Vec<_> = example.questions.iter().map(|question| question.key.clone()).collect();
        assert!(example.next(&all).is_none());
        let one = |more: &str| format!("title = \"x\"\n[[questions]]\nkey = \"a\"\nask = \"A?\"\n{more}\n");
        for (text, expected) in [
            ("title = \"x\"\nquestions = []".to_owned(), "there are 0 questions"),
            (
                one("kind = \"text\"") + "[[questions]]\nkey = \"a\"\nask = \"B?\"\nkind = \"text\"",
                "the key \"a\"",
            ),
            (one("kind = \"choice\""), "it has no choices"),
            (one("kind = \"number\"\nleast = 5\nmost = 1"), "least is more than most"),
            (one("kind = \"dance\""), "expected [[questions]]"),
            (one("kind = \"text\"\nchoices = [\"a\"]"), "choices are for the kind choice"),
            (
                "title = \"x\"\n[[questions]]\nkey = \" \"\nask = \"\"\nkind = \"text\"".to_owned(),
                "no key or asks nothing",
            ),
        ] {
            let error = Questions::read(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
