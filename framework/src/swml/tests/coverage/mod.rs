//! `docs/coverage.md` lists what the published language has and which type carries it. Its tables are derived from the
//! types, so they cannot go stale; that they are complete is proved against the published schema.

mod schema;
#[cfg(feature = "server")]
mod webhooks;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use crate::swml::ai::Ai;
use crate::swml::{Field, Kind, Limit, Presence, Shape, Step, Value as _};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/coverage.md");

/// The chapter of the file that lists the verbs.
const METHODS: &str = "Methods";

/// The chapter that lists what an agent is made of, a table for each type.
const AGENT: &str = "The method `ai`";

fn file() -> String {
    fs::read_to_string(FILE).expect("docs/coverage.md")
}

/// The text of a chapter, without its heading and its introduction (what stands before the first table or
/// sub-heading).
fn chapter<'f>(file: &'f str, heading: &str) -> &'f str {
    let start = format!("\n## {heading}\n");
    let (_, rest) = file.split_once(&start).unwrap_or_else(|| panic!("there is no chapter {heading}"));
    let chapter = rest.split_once("\n## ").map_or(rest, |(chapter, _)| chapter);
    let tables = chapter.find("\n|").into_iter().chain(chapter.find("\n### ")).min();
    chapter[tables.expect("a table")..].trim()
}

#[test]
fn the_tables_are_those_of_the_types() {
    let mut file = file();
    #[cfg_attr(not(feature = "server"), expect(unused_mut, reason = "what the server knows comes on top"))]
    let mut derived = vec![(METHODS, methods()), (AGENT, agent())];
    #[cfg(feature = "server")]
    derived.extend(webhooks::chapters());
    if std::env::var_os("UPDATE_COVERAGE").is_some() {
        for (heading, text) in &derived {
            let old = chapter(&file, heading).to_owned();
            file = file.replacen(&old, text.trim(), 1);
        }
        fs::write(FILE, &file).expect("docs/coverage.md");
    }
    for (heading, text) in derived {
        let stands = chapter(&file, heading).lines();
        for (stands, derived) in stands.zip(text.trim().lines()) {
            assert_eq!(
                stands, derived,
                "{heading}: run this test with UPDATE_COVERAGE=1 and look at the change"
            );
        }
        assert_eq!(chapter(&file, heading).lines().count(), text.trim().lines().count(), "{heading}");
    }
}

/// A row for each verb.
fn methods() -> String {
    let mut text = String::from("| method | type | its body |\n|---|---|---|\n");
    for verb in Step::VERBS {
        let _ = writeln!(text, "| `{}` | `{}` | {} |", verb.name, verb.type_name, body((verb.kind)()));
    }
    text
}

/// The body of a verb: its fields, those that must be there in bold, or what stands in their place.
fn body(kind: Kind) -> String {
    match kind {
        Kind::Object(shape) if shape.rest.is_some() => "any keys".to_owned(),
        Kind::Object(shape) if shape.fields.is_empty() => "no fields".to_owned(),
        Kind::Object(shape) => {
            let key = |field: &Field| match field.presence {
                Presence::Required => format!("**`{}`**", field.key),
                _ => format!("`{}`", field.key),
            };
            shape.fields.iter().map(key).collect::<Vec<_>>().join(", ")
        }
        Kind::OneOf(kinds) => kinds.iter().map(|kind| body(kind())).collect::<Vec<_>>().join("; or "),
        Kind::List(item) => format!("list of {}", body(item())),
        kind => holds(kind, Limit::None),
    }
}

/// A table for each type that an agent is made of, each where it is met first.
fn agent() -> String {
    let mut sections = Sections::default();
    sections.visit(Ai::kind(), "ai".to_owned());
    sections.text
}

#[derive(Default)]
struct Sections {
    seen: BTreeSet<&'static str>,
    text: String,
}

impl Sections {
    fn visit(&mut self, kind: Kind, path: String) {
        match kind {
            Kind::Object(shape) => self.section(shape, &path),
            Kind::OrVariable(inner) | Kind::EngineOnly(inner) => self.visit(inner(), path),
            Kind::OneOf(kinds) => kinds.iter().for_each(|kind| self.visit(kind(), path.clone())),
            Kind::List(item) => self.visit(item(), path + "[]"),
            Kind::Map(item) => self.visit(item(), path + ".NAME"),
            _ => {}
        }
    }

    fn section(&mut self, shape: &Shape, path: &str) {
        if !self.seen.insert(shape.name) {
            return;
        }
        let _ = writeln!(self.text, "### {}\n\n`{path}`\n", name(shape));
        if shape.fields.is_empty() {
            self.text.push_str("An object without fields.\n\n");
            return;
        }
        self.text.push_str("| field | set by | holds | |\n|---|---|---|---|\n");
        for field in shape.fields {
            let (holds, note) = (holds((field.kind)(), field.limit), note(field));
            let _ = writeln!(self.text, "| `{}` | {} | {holds} |{note} |", field.key, set_by(shape, field));
        }
        if let Some(rest) = shape.rest {
            let _ = writeln!(self.text, "| any other | `.extra` | {} | |", holds(rest(), Limit::None));
        }
        self.text.push('\n');
        for field in shape.fields {
            self.visit((field.kind)(), format!("{path}.{}", field.key));
        }
        if let Some(rest) = shape.rest {
            self.visit(rest(), format!("{path}.NAME"));
        }
    }
}

/// The public type: the table of [`Parameters`] is a type of its own.
fn name(shape: &Shape) -> &'static str {
    if shape.name == "ParametersObject" { "Parameters" } else { shape.name }
}

fn set_by(shape: &Shape, field: &Field) -> String {
    if name(shape) == "Parameters" {
        return match field.key {
            "type" => "itself",
            "required" => "`.require`",
            _ => "`.property`",
        }
        .to_owned();
    }
    let has_new = !shape.fields.iter().any(|field| field.presence == Presence::OneOf);
    let constructor = match field.presence {
        Presence::Required if field.setters.is_empty() => return "itself".to_owned(),
        Presence::Required if has_new => Some("`new`"),
        Presence::Required => Some("each constructor"),
        _ if field.setters.is_empty() => Some("a constructor"),
        _ => None,
    };
    let setters = field.setters.iter().map(|setter| format!("`.{setter}`"));
    constructor.map(str::to_owned).into_iter().chain(setters).collect::<Vec<_>>().join(", ")
}

fn note(field: &Field) -> String {
    match field.presence {
        Presence::Required => " required".to_owned(),
        Presence::OneOf => " alternative".to_owned(),
        Presence::Deprecated { instead } => format!(" deprecated: `{instead}`"),
        Presence::EngineOnly => " engine only".to_owned(),
        Presence::Optional => String::new(),
    }
}

/// What a value is, in words.
fn holds(kind: Kind, limit: Limit) -> String {
    let words = match kind {
        Kind::Any => "any JSON".to_owned(),
        Kind::Null => "`null`".to_owned(),
        Kind::Bool => "true or false".to_owned(),
        Kind::Integer => "whole number".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::String if matches!(limit, Limit::Url) => "URL".to_owned(),
        Kind::String => "text".to_owned(),
        Kind::Text(pattern) => pattern.wanted.to_owned(),
        Kind::Choice(choices) => {
            choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ")
        }
        Kind::Variable => "variable".to_owned(),
        Kind::OrVariable(inner) => return format!("{}, or variable", holds(inner(), limit)),
        Kind::EngineOnly(inner) => format!("(engine only) {}", holds(inner(), limit)),
        Kind::OneOf(kinds) => {
            let words: Vec<_> = kinds.iter().map(|kind| holds(kind(), Limit::None)).collect();
            words.join("; or ")
        }
        Kind::List(item) => format!("list of {}", each(item())),
        Kind::Map(item) => format!("map to {}", each(item())),
        Kind::Object(shape) if shape.name.is_empty() => "object".to_owned(),
        Kind::Object(shape) => format!("[{0}](#{1})", name(shape), name(shape).to_lowercase()),
        Kind::Step | Kind::StepOf(_) => "step".to_owned(),
        Kind::Document => "document".to_owned(),
    };
    words
        + &match limit {
            Limit::Between(least, most) if least <= f64::from(i32::MIN) => format!(", at most {most}"),
            Limit::Between(least, most) => format!(", {least} to {most}"),
            Limit::ZeroOrBetween(least, most) => format!(", 0 or {least} to {most}"),
            Limit::AtLeast(least) => format!(", at least {least}"),
            Limit::NotEmpty => ", not empty".to_owned(),
            Limit::MaxItems(most) => format!(", at most {most}"),
            Limit::Unmixed => ", all variables or none".to_owned(),
            Limit::Matching(pattern) => format!(": {}", pattern.wanted),
            Limit::Url | Limit::None => String::new(),
        }
}

/// What each item is, with alternatives in brackets.
fn each(kind: Kind) -> String {
    let words = holds(kind, Limit::None);
    if matches!(kind, Kind::OneOf(_)) { format!("({words})") } else { words }
}
