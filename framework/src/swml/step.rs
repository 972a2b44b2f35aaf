//! One step of a section: a verb and its body.

use serde::{Serialize, Serializer};

use super::json::Json;
use super::value::Kind;
use super::verbs::Step;

/// Why a JSON value could not be read as a [`Step`].
///
/// ```
/// use swaig::swml::{Json, Step, StepError};
///
/// assert!(matches!(Step::from_json(&Json::from("answer")), Err(StepError::NotAnObject)));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// Old pages show `"hangup"` for `{"hangup": {}}`; the platform's schema rejects it.
    #[error("step is not an object")]
    NotAnObject,
    /// A step has one verb.
    #[error("step has {0} keys instead of one")]
    Keys(usize),
}

/// One row of [`Step::VERBS`].
///
/// ```
/// use swaig::swml::Step;
///
/// let answer = Step::VERBS.iter().find(|verb| verb.name == "answer");
/// assert_eq!(answer.map(|verb| verb.type_name), Some("Answer"));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Verb {
    /// The key of the step.
    pub name: &'static str,
    /// The name of its Rust type.
    pub type_name: &'static str,
    /// The shape of its body.
    pub kind: fn() -> Kind,
}

impl Step {
    /// A verb for which there is no type, or a body that its type cannot express.
    pub fn raw(verb: impl Into<String>, body: impl Into<Json>) -> Self {
        Self::Raw { verb: verb.into(), body: body.into() }
    }

    /// Reads a step. A known verb whose body has another shape than its type becomes [`Step::Raw`].
    ///
    /// # Errors
    ///
    /// When the value is not an object with one key.
    pub fn from_json(json: &Json) -> Result<Self, StepError> {
        let object = json.as_object().ok_or(StepError::NotAnObject)?;
        match object.iter().next() {
            Some((verb, body)) if object.len() == 1 => Ok(Self::read(verb, body)),
            _ => Err(StepError::Keys(object.len())),
        }
    }

    /// Reads what stands in a section, whatever it is: what is no step is [`Step::Other`].
    pub(super) fn kept(json: &Json) -> Self {
        Self::from_json(json).unwrap_or_else(|_| Self::Other(json.clone()))
    }

    pub(crate) fn kind() -> Kind {
        Kind::Step
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Json::from(self.clone()).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swml::{Answer, Label};

    fn json(text: &str) -> Json {
        Json::parse(text).expect("json")
    }

    #[test]
    fn a_known_verb_is_typed_and_prints_back() {
        let step = Step::from_json(&json(r#"{"answer":{"x":1.0}}"#)).expect("a step");
        assert!(matches!(&step, Step::Answer(_)));
        assert_eq!(Json::from(step).to_string(), r#"{"answer":{"x":1.0}}"#);
        assert_eq!(
            Step::from_json(&json(r#"{"label":"again"}"#)).expect("a step"),
            Label::new("again").into()
        );
    }

    #[test]
    fn an_unknown_verb_and_a_body_of_another_shape_stay_raw() {
        for text in [r#"{"dance":{}}"#, r#"{"answer":null}"#, r#"{"play":"say:Hi"}"#, r#"{"label":7}"#] {
            let step = Step::from_json(&json(text)).expect("a step");
            assert!(matches!(step, Step::Raw { .. }), "{text}");
            assert_eq!(Json::from(step).to_string(), text);
        }
    }

    #[test]
    fn a_body_that_its_type_would_print_otherwise_stays_raw() {
        for text in [r#"{"sleep":-0}"#, r#"{"sleep":"2000"}"#, r#"{"sleep":2e3}"#] {
            let step = Step::from_json(&json(text)).expect("a step");
            assert_eq!(Json::from(step).to_string(), text);
        }
        assert!(matches!(Step::from_json(&json(r#"{"sleep":2000}"#)), Ok(Step::Sleep(_))));
    }

    #[test]
    fn a_step_has_exactly_one_key() {
        assert!(matches!(Step::from_json(&json("{}")), Err(StepError::Keys(0))));
        assert!(matches!(Step::from_json(&json(r#"{"answer":{},"hangup":{}}"#)), Err(StepError::Keys(2))));
        assert!(matches!(Step::from_json(&json(r#""hangup""#)), Err(StepError::NotAnObject)));
    }

    #[test]
    fn a_verb_knows_its_name() {
        assert_eq!(Step::from(Answer::new()).verb(), "answer");
        assert_eq!(Step::raw("dance", "tango").verb(), "dance");
    }
}
