//! A whole document and its sections.

use std::ops::Deref;

use indexmap::IndexMap;
use serde::{Serialize, Serializer};

use super::check::Report;
use super::json::{Json, JsonError, Object};
use super::value::{Kind, Value};
use super::verbs::Step;
use super::yaml::YamlError;

/// The version of the language that this crate writes; the platform knows no other.
///
/// ```
/// use swaig::swml::{Document, VERSION};
///
/// assert!(Document::new().to_json_string().contains(VERSION));
/// ```
pub const VERSION: &str = "1.0.0";

/// The section at which a call enters the document.
///
/// ```
/// use swaig::swml::{Answer, Document, MAIN};
///
/// assert!(Document::new().step(Answer::new()).sections().contains_key(MAIN));
/// ```
pub const MAIN: &str = "main";

pub(super) const SECTIONS: &str = "sections";

/// A SWML document: named sections of steps.
///
/// ```
/// use swaig::swml::{Answer, Document, Execute, Hangup, Play, Section};
///
/// let document = Document::new()
///     .step(Answer::new())
///     .step(Execute::new("goodbye"))
///     .section("goodbye", Section::new().step(Play::url("say:Goodbye")).step(Hangup::new()));
/// assert_eq!(
///     document.to_json_string(),
///     concat!(
///         r#"{"version":"1.0.0","sections":{"#,
///         r#""main":[{"answer":{}},{"execute":{"dest":"goodbye"}}],"#,
///         r#""goodbye":[{"play":{"url":"say:Goodbye"}},{"hangup":{}}]}}"#,
///     ),
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The top level in its order; `sections` stands in it for its place only.
    members: Object,
    sections: IndexMap<String, Section>,
}

/// Why a JSON value could not be read as a [`Document`].
///
/// ```
/// use swaig::swml::{Document, DocumentError};
///
/// assert!(matches!(Document::parse("{}"), Err(DocumentError::NoSections)));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The text is not JSON.
    #[error("document is not json")]
    Json(#[from] JsonError),
    /// The text is not YAML.
    #[error("document is not yaml")]
    Yaml(#[from] YamlError),
    /// The document, or its `sections`, is not an object, or there is no `sections`.
    #[error("document has no object `sections`")]
    NoSections,
    /// A section is not an array of steps.
    #[error("section `{section}` is not an array of steps")]
    NotASection {
        /// The name of the section.
        section: String,
    },
}

impl Document {
    /// A document with an empty section `main`.
    pub fn new() -> Self {
        Self {
            members: Object::from([
                ("version".to_owned(), VERSION.into()),
                (SECTIONS.to_owned(), Json::Null),
            ]),
            sections: IndexMap::from([(MAIN.to_owned(), Section::new())]),
        }
    }

    /// Appends a step to section `main`.
    #[must_use]
    pub fn step(mut self, step: impl Into<Step>) -> Self {
        self.sections.entry(MAIN.to_owned()).or_default().push(step);
        self
    }

    /// Sets a section, which `execute` and `transfer` reach by its name. An earlier one of that name is
    /// replaced.
    #[must_use]
    pub fn section(mut self, name: impl Into<String>, section: impl Into<Section>) -> Self {
        self.sections.insert(name.into(), section.into());
        self
    }

    /// The sections in their order.
    pub const fn sections(&self) -> &IndexMap<String, Section> {
        &self.sections
    }

    /// Reads a document. Everything that is there is kept, also what this crate does not know; only an
    /// absent part stays absent.
    ///
    /// # Errors
    ///
    /// When the text is not JSON, or the document has no object `sections` of arrays. What stands in the arrays may be
    /// anything: what is no step becomes [`Step::Other`], and the checker refuses it.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        Self::from_json(Json::parse(text)?)
    }

    /// Reads a document that is written in YAML, as [`Json::parse_yaml`] does; see [`parse`](Self::parse).
    ///
    /// ```
    /// use swaig::swml::Document;
    ///
    /// let text = "
    /// version: 1.0.0
    /// sections:
    ///   main:
    ///     - answer: {}
    ///     - play: { url: 'say:Hello', volume: 1.0 }
    /// ";
    /// let document = Document::parse_yaml(text)?;
    /// assert_eq!(
    ///     document.to_json_string(),
    ///     r#"{"version":"1.0.0","sections":{"main":[{"answer":{}},{"play":{"url":"say:Hello","volume":1.0}}]}}"#,
    /// );
    /// # Ok::<(), swaig::swml::DocumentError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the text is not one YAML document or holds what JSON cannot say, or as [`parse`](Self::parse).
    pub fn parse_yaml(text: &str) -> Result<Self, DocumentError> {
        Self::from_json(Json::parse_yaml(text)?)
    }

    /// Reads a document from JSON; see [`parse`](Self::parse).
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn from_json(json: Json) -> Result<Self, DocumentError> {
        let Json::Object(mut members) = json else { return Err(DocumentError::NoSections) };
        let Some(Json::Object(named)) = members.get_mut(SECTIONS).map(std::mem::take) else {
            return Err(DocumentError::NoSections);
        };
        let sections = named
            .into_iter()
            .map(|(name, steps)| read_section(&name, &steps).map(|section| (name, section)))
            .collect::<Result<_, _>>()?;
        Ok(Self { members, sections })
    }

    /// Checks the document; see [`check`](mod@super::check).
    ///
    /// ```
    /// use swaig::swml::{Document, Execute};
    ///
    /// let report = Document::new().step(Execute::new("nowhere")).check();
    /// assert!(!report.is_valid());
    /// assert_eq!(report.findings[0].message, "there is no section `nowhere`");
    /// ```
    pub fn check(&self) -> Report {
        super::check::check(&Json::from(self.clone()))
    }

    /// The document as compact JSON text.
    pub fn to_json_string(&self) -> String {
        Json::from(self.clone()).to_string()
    }

    /// The document as YAML text in block style, as [`Json::to_yaml`] writes it.
    ///
    /// ```
    /// use swaig::swml::{Answer, Document};
    ///
    /// let yaml = "version: \"1.0.0\"\nsections:\n  main:\n    - answer: {}\n";
    /// assert_eq!(Document::new().step(Answer::new()).to_yaml(), yaml);
    /// ```
    pub fn to_yaml(&self) -> String {
        Json::from(self.clone()).to_yaml()
    }
}

fn read_section(name: &str, steps: &Json) -> Result<Section, DocumentError> {
    let steps = steps.as_array().ok_or_else(|| DocumentError::NotASection { section: name.to_owned() })?;
    Ok(Section(steps.iter().map(Step::kept).collect()))
}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Document> for Json {
    fn from(Document { mut members, sections }: Document) -> Self {
        let sections: Object = sections.into_iter().map(|(name, section)| (name, section.into())).collect();
        // Keeps the place of a key that is there.
        members.insert(SECTIONS.to_owned(), sections.into());
        Self::Object(members)
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Json::from(self.clone()).serialize(serializer)
    }
}

impl Value for Document {
    fn kind() -> Kind {
        Kind::Document
    }

    fn from_json(json: &Json) -> Option<Self> {
        Self::from_json(json.clone()).ok()
    }
}

/// A list of steps that run one after the other.
///
/// Made step by step, or from anything that iterates over steps or verbs of one type.
///
/// ```
/// use serde_json::json;
/// use swaig::swml::{Answer, Hangup, Json, Section};
///
/// let section = Section::new().step(Answer::new()).step(Hangup::new());
/// assert_eq!(Json::from(section).to_value(), json!([{"answer": {}}, {"hangup": {}}]));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section(Vec<Step>);

impl Section {
    /// Without steps.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a step.
    #[must_use]
    pub fn step(mut self, step: impl Into<Step>) -> Self {
        self.push(step);
        self
    }

    /// Appends a step in place.
    pub fn push(&mut self, step: impl Into<Step>) {
        self.0.push(step.into());
    }

    /// The steps.
    pub fn into_steps(self) -> Vec<Step> {
        self.0
    }
}

impl Deref for Section {
    type Target = [Step];

    fn deref(&self) -> &[Step] {
        &self.0
    }
}

impl<I> From<I> for Section
where
    I: IntoIterator,
    I::Item: Into<Step>,
{
    fn from(steps: I) -> Self {
        Self(steps.into_iter().map(Into::into).collect())
    }
}

impl From<Section> for Json {
    fn from(section: Section) -> Self {
        section.0.into()
    }
}

impl Serialize for Section {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl Value for Section {
    fn kind() -> Kind {
        Kind::List(Step::kind)
    }

    fn from_json(json: &Json) -> Option<Self> {
        json.as_array()?.iter().map(|step| Step::from_json(step).ok()).collect::<Option<_>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swml::{Answer, Hangup};

    #[test]
    fn reading_keeps_what_this_crate_does_not_know() {
        let text =
            r#"{"x":{},"sections":{"main":[{"answer":{"later":1.50}},{"new_verb":[1e1]}]},"version":"1.0"}"#;
        let document = Document::parse(text).expect("a document");
        assert_eq!(document.to_json_string(), text);
        assert!(matches!(document.sections()[MAIN][1], Step::Raw { .. }));
    }

    #[test]
    fn an_absent_version_stays_absent() {
        let text = r#"{"sections":{"main":[]}}"#;
        assert_eq!(Document::parse(text).expect("a document").to_json_string(), text);
    }

    #[test]
    fn what_is_no_step_is_kept_and_refused_by_the_checker_with_its_place() {
        let text = r#"{"sections":{"main":[{"answer":{}},"hangup",{"label":"a","answer":{}},7]}}"#;
        let document = Document::parse(text).expect("a document");
        assert_eq!(document.to_json_string(), text);
        assert!(matches!(document.sections()[MAIN][1], Step::Other(_)));
        let report = document.check();
        let places: Vec<_> = report.errors().map(|finding| &*finding.path).collect();
        assert_eq!(places, ["/sections/main/1", "/sections/main/2", "/sections/main/3"]);
    }

    #[test]
    fn what_has_no_sections_is_no_document() {
        for text in ["[]", "{}", r#"{"sections":[]}"#] {
            assert!(matches!(Document::parse(text), Err(DocumentError::NoSections)), "{text}");
        }
        assert!(matches!(
            Document::parse(r#"{"sections":{"main":{}}}"#),
            Err(DocumentError::NotASection { section }) if section == MAIN
        ));
    }

    #[test]
    fn steps_go_to_main_wherever_it_stands() {
        let document =
            Document::new().step(Answer::new()).section("end", [Hangup::new()]).step(Hangup::new());
        assert_eq!(document.sections()[MAIN].len(), 2);
        assert_eq!(document.sections().keys().collect::<Vec<_>>(), ["main", "end"]);
    }
}
