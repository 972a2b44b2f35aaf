//! That the page lists all that the published schema has.

use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

use serde_json::{Map, Value};

use super::{AGENT, METHODS, chapter, file, name};
use crate::swml::ai::Ai;
use crate::swml::tests::schema::{definition, load};
use crate::swml::{Kind, Presence, Shape, Step, Value as _};

/// The texts in back quotes in the first cell of each row below each sub-heading.
fn listed(chapter: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut rows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut heading = "";
    for line in chapter.lines() {
        if let Some(name) = line.strip_prefix("### ") {
            heading = name;
            rows.entry(heading).or_default();
        } else if let Some(cell) = line.strip_prefix("| `").and_then(|rest| rest.split_once("` |")) {
            rows.entry(heading).or_default().insert(cell.0);
        }
    }
    rows
}

#[test]
fn every_method_of_the_schema_is_listed_with_its_fields() {
    let Some(schema) = load() else { return };
    let file = file();
    let chapter = chapter(&file, METHODS);
    let mut count = 0;
    for method in schema["$defs"]["SWMLMethod"]["anyOf"].as_array().expect("the methods") {
        let definition = definition(schema, method);
        let properties = definition["properties"].as_object().expect("properties");
        let (verb, body) = properties.iter().next().expect("a verb");
        let start = format!("| `{verb}` | `");
        let row = chapter.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("{verb} is not listed"));
        for key in keys(schema, body) {
            assert!(row.contains(&format!("`{key}`")), "{verb}.{key} is not listed: {row}");
        }
        count += 1;
    }
    assert_eq!(count, Step::VERBS.len());
}

#[test]
fn every_field_of_the_method_ai_in_the_schema_is_listed() {
    let Some(schema) = load() else { return };
    let file = file();
    let listed = listed(chapter(&file, AGENT));
    let mut walk = Walk { schema, listed: &listed, seen: BTreeMap::new() };
    walk.visit(&schema["$defs"]["AIObject"], Ai::kind());
    let rows =
        |name: &str| walk.seen.values().filter(|(section, _)| *section == name).map(|(_, keys)| keys).max();
    assert_eq!(rows("Params"), Some(&99));
    assert_eq!(rows("Ai"), Some(&10));
    let actions = schema["$defs"]["Action"]["anyOf"].as_array().expect("the actions");
    assert_eq!(actions.len(), 16);
    for key in actions.iter().flat_map(|action| keys(schema, action)) {
        assert!(listed["Action"].contains(key.as_str()), "the action {key} is not listed");
    }
    let sections: BTreeSet<&str> = walk.seen.values().map(|(section, _)| *section).collect();
    let mut published = BTreeSet::new();
    without_engine_only(Ai::kind(), &mut published);
    assert_eq!(sections, published, "the objects that the schema has, and those of the tables");
    assert!(published.iter().all(|name| listed.contains_key(name)));
}

/// The types of objects that a kind leads to, what is engine only aside.
fn without_engine_only(kind: Kind, names: &mut BTreeSet<&'static str>) {
    match kind {
        Kind::Object(shape) => {
            if !names.insert(name(shape)) {
                return;
            }
            let published = shape.fields.iter().filter(|field| field.presence != Presence::EngineOnly);
            published.for_each(|field| without_engine_only((field.kind)(), names));
            shape.rest.into_iter().for_each(|rest| without_engine_only(rest(), names));
        }
        Kind::OrVariable(inner) | Kind::List(inner) | Kind::Map(inner) => {
            without_engine_only(inner(), names);
        }
        Kind::OneOf(kinds) => kinds.iter().for_each(|kind| without_engine_only(kind(), names)),
        _ => {}
    }
}

/// Every way through the schema, with the types beside it.
struct Walk<'s> {
    schema: &'s Value,
    listed: &'s BTreeMap<&'s str, BTreeSet<&'s str>>,
    /// The objects of the schema, by their address: the section that lists them, and how many fields they have.
    seen: BTreeMap<*const Value, (&'static str, usize)>,
}

impl<'s> Walk<'s> {
    fn visit(&mut self, node: &'s Value, kind: Kind) {
        for node in alternatives(self.schema, node) {
            if let Some(properties) = node["properties"].as_object() {
                self.object(node, properties, kind);
            }
            for kind in plain(kind) {
                match kind {
                    Kind::List(item) => self.visit(&node["items"], item()),
                    Kind::Map(item) => self.visit(&node["unevaluatedProperties"], item()),
                    _ => {}
                }
            }
        }
    }

    fn object(&mut self, node: &'s Value, properties: &'s Map<String, Value>, kind: Kind) {
        if self.seen.contains_key(&ptr::from_ref(node)) {
            return;
        }
        let lists = |shape: &&Shape| {
            // The languages of fillers, say, are one row.
            let is_map = shape.rest.is_some_and(|rest| !matches!(rest(), Kind::Any));
            let rows = self.listed.get(name(shape));
            rows.is_some_and(|rows| is_map || properties.keys().all(|key| rows.contains(key.as_str())))
                && properties.iter().all(|(key, node)| has_tag(shape, key, node))
        };
        let shapes = plain(kind)
            .into_iter()
            .filter_map(|kind| if let Kind::Object(shape) = kind { Some(shape) } else { None });
        let shape = shapes.filter(lists).min_by_key(|shape| shape.fields.len());
        // Another document has methods of its own, which are listed above.
        let Some(shape) = shape else {
            let is_other = matches!(kind, Kind::Document) || properties.is_empty();
            assert!(is_other, "no table lists all of {:?}", properties.keys());
            return;
        };
        self.seen.insert(node, (name(shape), properties.len()));
        for (key, node) in properties {
            if let Some(field) = shape.field(key) {
                self.visit(node, (field.kind)());
            }
        }
        if let Some(rest) = shape.rest {
            self.visit(&node["unevaluatedProperties"], rest());
        }
    }
}

/// Whether a property that has one value, such as a `type`, has it in the table too.
fn has_tag(shape: &Shape, key: &str, node: &Value) -> bool {
    match (node["const"].as_str(), shape.field(key).map(|field| (field.kind)())) {
        (Some(tag), Some(Kind::Choice(choices))) => choices == [tag],
        _ => true,
    }
}

/// A node of the schema, or what it may be.
fn alternatives<'s>(schema: &'s Value, node: &'s Value) -> Vec<&'s Value> {
    let node = definition(schema, node);
    let kinds = ["anyOf", "oneOf"].iter().filter_map(|key| node[key].as_array()).flatten();
    let below = kinds.flat_map(|kind| alternatives(schema, kind));
    [node].into_iter().chain(below).collect()
}

/// A kind, or what it may be.
fn plain(kind: Kind) -> Vec<Kind> {
    match kind {
        Kind::OrVariable(inner) | Kind::EngineOnly(inner) => plain(inner()),
        Kind::OneOf(kinds) => kinds.iter().flat_map(|kind| plain(kind())).collect(),
        kind => vec![kind],
    }
}

/// The keys that an object of the schema may have, those of its alternatives together.
fn keys(schema: &Value, node: &Value) -> BTreeSet<String> {
    let node = definition(schema, node);
    let alternatives = ["anyOf", "oneOf"].iter().filter_map(|key| node[key].as_array()).flatten();
    let own = node["properties"].as_object().into_iter().flat_map(|keys| keys.keys().cloned());
    alternatives.flat_map(|node| keys(schema, node)).chain(own).collect()
}
