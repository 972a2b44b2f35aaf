//! The body of a request: read once, and made into values where somebody asks for them.
//!
//! Of a webhook's twenty fields the server looks at five, all of them texts. So the rest stays text, and is made into JSON
//! values when a function or an agent wants one.

mod read;
mod tree;

use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use super::fields::Fields;
use tree::{Place, Tree};

/// A JSON object.
#[derive(Clone, Default)]
pub(crate) struct Body {
    /// As it was read; `None` for one that was made here, or changed.
    tree: Option<Arc<Tree>>,
    /// As values, once they were asked for. There is a tree where there are none.
    values: OnceLock<Map<String, Value>>,
}

impl Body {
    /// Reads an object, where it is clear what it says; `None` where it is JSON and no object.
    pub(crate) fn read(bytes: &[u8]) -> Result<Option<Self>, serde_json::Error> {
        let tree = read::read(bytes)?;
        let is_object = tree.root().is_object();
        Ok(is_object.then(|| Self { tree: Some(Arc::new(tree)), values: OnceLock::new() }))
    }

    /// All of it as values.
    pub(super) fn values(&self) -> &Map<String, Value> {
        let make = || match self.root().map(Place::to_value) {
            Some(Value::Object(values)) => values,
            _ => Map::new(),
        };
        self.values.get_or_init(make)
    }

    pub(super) fn into_values(mut self) -> Map<String, Value> {
        self.values();
        self.values.take().unwrap_or_default()
    }

    /// All of it as a value.
    pub(crate) fn into_value(self) -> Value {
        self.into_values().into()
    }

    pub(super) fn insert(&mut self, key: &str, value: Value) {
        let mut values = std::mem::take(self).into_values();
        values.insert(key.to_owned(), value);
        *self = values.into();
    }

    /// A field that is an object itself.
    pub(super) fn part<'a>(&'a self, key: &'static str) -> Part<'a> {
        Part { body: self, key }
    }

    fn root(&self) -> Option<Place<'_>> {
        self.tree.as_ref().map(|tree| tree.root())
    }
}

impl From<Map<String, Value>> for Body {
    fn from(values: Map<String, Value>) -> Self {
        Self { tree: None, values: values.into() }
    }
}

impl<'a> Fields<'a> for &'a Body {
    fn any(self, key: &str) -> Option<&'a Value> {
        self.values().get(key)
    }

    fn field(self, key: &str) -> Field<'a> {
        match self.root() {
            Some(root) => Field::Read(root.get(key)),
            None => Field::Value(self.values().get(key)),
        }
    }
}

/// An object in a body; an empty one where there is none.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    body: &'a Body,
    key: &'static str,
}

impl<'a> Part<'a> {
    /// All of it as values.
    pub(super) fn values(self) -> &'a Map<String, Value> {
        self.body.object(self.key)
    }
}

impl<'a> Fields<'a> for Part<'a> {
    fn any(self, key: &str) -> Option<&'a Value> {
        self.values().get(key)
    }

    fn field(self, key: &str) -> Field<'a> {
        match self.body.root() {
            Some(root) => Field::Read(root.get(self.key).and_then(|part| part.get(key))),
            None => Field::Value(self.values().get(key)),
        }
    }
}

/// A field of an object, as it is there.
#[derive(Clone, Copy)]
pub(super) enum Field<'a> {
    Read(Option<Place<'a>>),
    Value(Option<&'a Value>),
}

impl<'a> Field<'a> {
    pub(super) fn as_text(self) -> Option<&'a str> {
        match self {
            Self::Read(place) => place?.as_text(),
            Self::Value(value) => value?.as_str(),
        }
    }

    pub(super) fn is_object(self) -> bool {
        match self {
            Self::Read(place) => place.is_some_and(Place::is_object),
            Self::Value(value) => value.is_some_and(Value::is_object),
        }
    }

    /// Its value, where that is neither a list nor an object.
    pub(super) fn scalar(self) -> Option<Value> {
        match self {
            Self::Read(place) => place.filter(Place::is_scalar).map(Place::to_value),
            Self::Value(value) => value.filter(|value| !value.is_array() && !value.is_object()).cloned(),
        }
    }

    /// Its value.
    pub(super) fn to_value(self) -> Option<Value> {
        match self {
            Self::Read(place) => place.map(Place::to_value),
            Self::Value(value) => value.cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_read_says_the_same_as_what_was_made() {
        let value = json!({
            "text": "a \"quoted\" ä", "flag": "TRUE", "yes": true, "number": " 2.5 ", "whole": 7, "list": [1, [2], {"a": 3}],
            "part": {"inner": "x", "deep": {"er": null}}, "empty": {}, "ключ": "\u{1f4de}", "null": null,
        });
        let Value::Object(values) = value.clone() else { unreachable!() };
        let read = Body::read(value.to_string().as_bytes()).unwrap().unwrap();
        let mut changed = read.clone();
        changed.insert("one more", json!(1));
        for body in [&Body::from(values), &read, &changed] {
            assert_eq!(body.text("text"), Some("a \"quoted\" ä"));
            assert_eq!((body.text("ключ"), body.text("number")), (Some("\u{1f4de}"), Some(" 2.5 ")));
            assert_eq!((body.text("whole"), body.text("none"), body.text("list")), (None, None, None));
            assert_eq!(
                (body.flag("flag"), body.flag("yes"), body.flag("list")),
                (Some(true), Some(true), None)
            );
            assert_eq!((body.number("number"), body.integer("whole")), (Some(2.5), Some(7)));
            assert_eq!(body.part("part").text("inner"), Some("x"));
            assert_eq!(body.part("part").field("deep").to_value(), Some(json!({"er": null})));
            assert_eq!(body.part("text").text("inner"), None);
            assert!(body.field("part").is_object() && !body.field("list").is_object());
            assert_eq!(body.part("part").values(), value["part"].as_object().unwrap());
            assert_eq!(body.any("list"), Some(&value["list"]));
        }
        assert_eq!(read.into_value(), value);
        assert_eq!(changed.values()["one more"], 1);
    }

    #[test]
    fn what_is_no_object_is_no_body() {
        for text in ["[]", "null", "7", "\"text\""] {
            assert!(Body::read(text.as_bytes()).unwrap().is_none(), "{text}");
        }
        for bytes in [b"{\"a\":\"\xff\"}".as_slice(), b"{", b"{} {}", b""] {
            assert!(Body::read(bytes).is_err());
        }
    }

    proptest! {
        #[test]
        fn a_text_is_found_whatever_it_is(key in ".{0,8}", text in ".*", other in ".*") {
            let body = json!({"first": other, &key: text, "call": {&key: text}}).to_string();
            let body = Body::read(body.as_bytes()).unwrap().unwrap();
            prop_assert_eq!(body.part("call").text(&key), Some(&*text));
            if key != "first" && key != "call" {
                prop_assert_eq!((body.text("first"), body.text(&key)), (Some(&*other), Some(&*text)));
            }
        }
    }
}
