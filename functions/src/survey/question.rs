//! A question, and what answers it.

use serde::Deserialize;
use swaig::redact::Redactor;

/// The longest text of an answer, in characters.
const LONGEST: usize = 1000;

/// A question of a survey.
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
/// assert_eq!(questions.questions[0].read("4")?, "4");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name in the file of the answers.
    pub key: String,
    /// What the caller is asked.
    pub ask: String,
    /// What answers it.
    pub kind: Kind,
    /// The least number, for the kind `number`.
    pub least: Option<i64>,
    /// The greatest number.
    pub most: Option<i64>,
    /// The choices, for the kind `choice`.
    #[serde(default)]
    pub choices: Vec<String>,
}

/// What answers a question.
///
/// ```
/// use swaig_functions::survey::{Kind, Questions};
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
/// assert!(matches!(questions.questions[0].kind, Kind::Number));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A whole number.
    Number,
    /// One of some choices.
    Choice,
    /// Yes or no.
    YesNo,
    /// Anything.
    Text,
}

/// Why an answer is none, in words for the model.
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
/// let error = questions.questions[0].read("9").unwrap_err();
/// assert!(error.to_string().contains("from 1 to 5"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAnAnswer(String);

impl Question {
    /// Why it cannot be answered.
    pub(super) fn problem(&self) -> Option<&'static str> {
        let is_number = self.kind == Kind::Number;
        let is_choice = self.kind == Kind::Choice;
        if self.key.trim().is_empty() || self.ask.trim().is_empty() {
            Some("it has no key or asks nothing")
        } else if is_choice && self.choices.iter().all(|choice| choice.trim().is_empty()) {
            Some("it has no choices")
        } else if !is_choice && !self.choices.is_empty() {
            Some("choices are for the kind choice")
        } else if !is_number && (self.least.is_some() || self.most.is_some()) {
            Some("least and most are for the kind number")
        } else if self.least.zip(self.most).is_some_and(|(least, most)| least > most) {
            Some("least is more than most")
        } else {
            None
        }
    }

    /// What can be answered, for the model.
    pub fn expected(&self) -> String {
        match self.kind {
            Kind::Number => match (self.least, self.most) {
                (Some(least), Some(most)) => format!("a whole number from {least} to {most}"),
                (Some(least), None) => format!("a whole number of {least} or more"),
                (None, Some(most)) => format!("a whole number of {most} or less"),
                (None, None) => "a whole number".to_owned(),
            },
            Kind::Choice => format!("one of: {}", self.choices.join(", ")),
            Kind::YesNo => "yes or no".to_owned(),
            Kind::Text => "the caller's own words".to_owned(),
        }
    }

    /// An answer as it is kept.
    ///
    /// ```
    /// use swaig_functions::survey::{Kind, Question};
    ///
    /// let question = Question {
    ///     key: "overall".into(), ask: "How was it?".into(), kind: Kind::Number,
    ///     least: Some(1), most: Some(5), choices: Vec::new(),
    /// };
    /// assert_eq!(question.read(" 4 "), Ok("4".to_owned()));
    /// assert!(question.read("9").unwrap_err().to_string().contains("from 1 to 5"));
    /// ```
    ///
    /// # Errors
    /// [`NotAnAnswer`], with what was expected.
    pub fn read(&self, answer: &str) -> Result<String, NotAnAnswer> {
        let answer = answer.trim();
        let folded = answer.to_lowercase();
        let found = match self.kind {
            Kind::Number => folded
                .parse::<i64>()
                .ok()
                .filter(|number| {
                    self.least.is_none_or(|least| *number >= least)
                        && self.most.is_none_or(|most| *number <= most)
                })
                .map(|number| number.to_string()),
            Kind::Choice => self.choices.iter().find(|choice| choice.to_lowercase() == folded).cloned(),
            Kind::YesNo => match folded.trim_end_matches('.') {
                "yes" | "y" | "true" | "yeah" | "yep" | "sure" => Some("yes".to_owned()),
                "no" | "n" | "false" | "nope" => Some("no".to_owned()),
                _ => None,
            },
            // What a caller says may hold a code or the number of a card.
            Kind::Text => {
                (!answer.is_empty()).then(|| Redactor::new().text(answer).chars().take(LONGEST).collect())
            }
        };
        found.ok_or_else(|| {
            NotAnAnswer(format!(
                "That does not answer the question. Expected: {}. Ask again.",
                self.expected()
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: Kind) -> Question {
        let choices =
            if kind == Kind::Choice { vec!["Business".into(), "Holiday".into()] } else { Vec::new() };
        Question { key: "k".into(), ask: "?".into(), kind, least: None, most: None, choices }
    }

    #[test]
    fn answers_are_kept_in_one_form() {
        for (kind, answer, kept) in [
            (Kind::Choice, "holiday", Some("Holiday")),
            (Kind::Choice, "work", None),
            (Kind::YesNo, "Yes.", Some("yes")),
            (Kind::YesNo, "nope", Some("no")),
            (Kind::YesNo, "perhaps", None),
            (Kind::Number, "007", Some("7")),
            (Kind::Number, "seven", None),
            (Kind::Text, "  the beds  ", Some("the beds")),
            (Kind::Text, "my card is 4111 1111 1111 1111", Some("my card is ••••••")),
            (Kind::Text, " ", None),
        ] {
            assert_eq!(question(kind).read(answer).ok().as_deref(), kept, "{answer}");
        }
        assert_eq!(question(Kind::Text).read(&"x".repeat(5000)).unwrap().len(), LONGEST);
    }
}
