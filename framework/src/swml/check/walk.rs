//! The walk through a document along the tables of its types.

use super::describe::{engine_only, expected};
use super::place::Place;
use super::report::{ENGINE_ONLY, Finding};
use super::{object, step};
use crate::swml::document::{MAIN, SECTIONS, VERSION};
use crate::swml::dynamic::is_placeholder;
use crate::swml::json::Json;
use crate::swml::shape::{Field, Presence, Shape};
use crate::swml::value::Kind;

/// What the walk has found.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) findings: Vec<Finding>,
    /// Every step that has one verb, in the order of the document.
    pub(super) steps: Vec<StepAt<'a>>,
}

impl Found<'_> {
    fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.is_error()).count()
    }
}

/// A step and where it stands.
pub(super) struct StepAt<'a> {
    pub(super) verb: &'a str,
    pub(super) body: &'a Json,
    /// The pointer to the body.
    pub(super) place: String,
    pub(super) scope: Scope<'a>,
}

/// The document and the section that a value stands in.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) document: &'a Json,
    pub(super) section: &'a str,
    /// Whether the document stands in another one.
    pub(super) nested: bool,
}

/// Walks a document, `nested` when another one holds it.
pub(super) fn structure(document: &Json, nested: bool) -> Found<'_> {
    let mut found = Found::default();
    whole_document(document, &Place::Root, nested, &mut found);
    found
}

/// Walks a value that stands alone.
pub(super) fn value(kind: Kind, json: &Json) -> Found<'_> {
    let mut found = Found::default();
    Scope { document: json, section: "", nested: false }.value(kind, json, &Place::Root, &mut found);
    found
}

fn whole_document<'a>(document: &'a Json, place: &Place<'_>, nested: bool, found: &mut Found<'a>) {
    const TOP: &Shape = &Shape::closed(&[
        Field::new("version", Presence::Optional, || Kind::Choice(&[VERSION])),
        // The sections are walked below, each in a scope of its own.
        Field::new(SECTIONS, Presence::Required, || Kind::Map(|| Kind::Any)),
    ]);
    let scope = Scope { document, section: "", nested };
    scope.value(Kind::Object(TOP), document, place, found);
    let Some(sections) = document.get(SECTIONS).and_then(Json::as_object) else { return };
    let below = place.key(SECTIONS);
    for (name, steps) in sections {
        let scope = Scope { section: name, ..scope };
        scope.value(Kind::List(|| Kind::Step), steps, &below.key(name), found);
    }
    if !sections.contains_key(MAIN) {
        let (message, remedy) = ("`main` is missing: a list", "add `main`: a list of steps");
        found.findings.push(Finding::error("missing-field", &below, message, remedy));
    }
}

impl<'a> Scope<'a> {
    /// Checks a value against a kind.
    pub(super) fn value(self, kind: Kind, json: &'a Json, place: &Place<'_>, found: &mut Found<'a>) {
        match (kind, json) {
            (Kind::OrVariable(inner), _) => self.or_variable(inner(), json, place, found),
            (Kind::EngineOnly(inner), _) => self.value(inner(), json, place, found),
            (Kind::OneOf(kinds), _) => self.one_of(kind, kinds, json, place, found),
            (Kind::Step, _) => step::check(self, None, json, place, found),
            (Kind::StepOf(verbs), _) => step::check(self, Some(verbs), json, place, found),
            (Kind::Document, _) => whole_document(json, place, true, found),
            (Kind::List(item), Json::Array(items)) => {
                for (index, json) in items.iter().enumerate() {
                    self.value(item(), json, &place.index(index), found);
                }
            }
            (Kind::Map(item), Json::Object(members)) => {
                for (key, json) in members {
                    self.value(item(), json, &place.key(key), found);
                }
            }
            (Kind::Object(shape), Json::Object(members)) => {
                object::check(self, shape, members, place, found);
            }
            (Kind::Choice(choices), Json::String(text)) => {
                if !choices.contains(&text.as_str()) {
                    found.findings.push(expected("not-a-choice", kind, json, place));
                }
            }
            (Kind::Text(pattern), Json::String(text)) => {
                if !(pattern.matches)(text) {
                    found.findings.push(expected("wrong-form", kind, json, place));
                }
            }
            (Kind::Variable, Json::String(text)) if is_placeholder(text) => {}
            _ if has_type(kind, json) => {}
            _ => found.findings.push(expected("wrong-type", kind, json, place)),
        }
    }

    fn or_variable(self, inner: Kind, json: &'a Json, place: &Place<'_>, found: &mut Found<'a>) {
        if json.as_str().is_some_and(is_placeholder) {
            return;
        }
        self.value(inner, json, place, found);
    }

    /// Takes the first kind that has no error, or else reports on the one that is nearest.
    fn one_of(
        self,
        whole: Kind,
        kinds: &[fn() -> Kind],
        json: &'a Json,
        place: &Place<'_>,
        found: &mut Found<'a>,
    ) {
        let mut nearest: Option<(usize, Found<'a>)> = None;
        for kind in kinds.iter().map(|kind| kind()).filter(|kind| has_type(*kind, json)) {
            let mut tried = Found::default();
            self.value(kind, json, place, &mut tried);
            if matches!(kind, Kind::EngineOnly(_)) && tried.errors() == 0 {
                tried.findings.push(engine_only(whole, json, place));
            }
            let distance = distance(&tried, place);
            if nearest.as_ref().is_none_or(|(least, _)| distance < *least) {
                let done = distance == 0;
                nearest = Some((distance, tried));
                if done {
                    break;
                }
            }
        }
        let is_engine_only = |tried: &Found<'_>| {
            let place = place.to_string();
            tried.findings.iter().any(|finding| finding.code == ENGINE_ONLY && finding.path == place)
        };
        match nearest {
            None => found.findings.push(expected("wrong-type", whole, json, place)),
            Some((0, tried)) => found.extend(tried),
            Some((_, tried)) if is_engine_only(&tried) => found.extend(tried),
            Some(_) if json.as_str().is_some() => {
                found.findings.push(expected("wrong-form", whole, json, place));
            }
            Some((_, tried)) => match object::unknown_tag(kinds, json, place) {
                Some(finding) => found.findings.push(finding),
                None => found.extend(tried),
            },
        }
    }
}

impl Found<'_> {
    fn extend(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.steps.extend(other.steps);
    }
}

/// How far a value is from a kind. A wrong key of the value itself weighs more than anything below it, since
/// keys tell which alternative was meant.
fn distance(tried: &Found<'_>, place: &Place<'_>) -> usize {
    let own = place.to_string();
    let is_own = |finding: &Finding| {
        let parent = finding.path.rsplit_once('/').map_or("", |(parent, _)| parent);
        finding.is_error()
            && (finding.path == own || (parent == own && finding.code != "wrong-type"))
            && !matches!(finding.code, "wrong-form" | "out-of-range")
    };
    tried.errors() + 100 * tried.findings.iter().filter(|finding| is_own(finding)).count()
}

/// Whether the JSON type is right, whatever is in it.
pub(super) fn has_type(kind: Kind, json: &Json) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Null => matches!(json, Json::Null),
        Kind::Bool => json.as_bool().is_some(),
        // JSON Schema: 2.0 is a whole number.
        Kind::Integer => json.as_f64().is_some_and(|number| number.fract() == 0.0),
        Kind::Number => json.as_number().is_some(),
        Kind::String | Kind::Text(_) | Kind::Choice(_) => json.as_str().is_some(),
        Kind::Variable => json.as_str().is_some_and(is_placeholder),
        Kind::OrVariable(inner) => has_type(Kind::Variable, json) || has_type(inner(), json),
        Kind::EngineOnly(inner) => has_type(inner(), json),
        Kind::OneOf(kinds) => kinds.iter().any(|kind| has_type(kind(), json)),
        Kind::List(_) => json.as_array().is_some(),
        Kind::Map(_) | Kind::Object(_) | Kind::Step | Kind::StepOf(_) | Kind::Document => {
            json.as_object().is_some()
        }
    }
}
