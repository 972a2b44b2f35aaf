//! Reading a webhook's JSON, where it is clear what it says.
//!
//! JSON lets an object have a key twice, and readers disagree which one counts: what a proxy in front has looked at may not
//! be what runs here. So a key that is there twice is refused where it decides something: in the body itself, and
//! anywhere in `argument`, `call` and `meta_data`. Elsewhere (a transcript, say) the last one counts, as usual.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use super::tree::{Node, Span, Tree};

/// Whether no key may be there twice below this key of a body.
fn is_strict(key: &str) -> bool {
    matches!(key, "argument" | "call" | "meta_data")
}
/// Up to so many keys are compared with each other, and of more a set is made.
const FEW: usize = 32;

/// Reads a value.
pub(super) fn read(bytes: &[u8]) -> Result<Tree, serde_json::Error> {
    let Ok(text) = str::from_utf8(bytes) else {
        // It says where.
        let read = serde_json::from_slice::<Value>(bytes);
        return Err(read.err().unwrap_or_else(|| serde_json::Error::custom("it is not UTF-8")));
    };
    let mut found =
        Found { text, unescaped: String::new(), entries: Vec::with_capacity(FEW), items: Vec::new() };
    let mut reader = serde_json::Deserializer::from_str(text);
    let root = Seed { found: &mut found, unique: Unique::Body }.deserialize(&mut reader)?;
    reader.end()?;
    let unescaped = found.unescaped;
    Ok(Tree { text: text.into(), unescaped, root })
}

/// What was found in a text so far.
struct Found<'de> {
    text: &'de str,
    unescaped: String,
    /// The entries of the objects that are read, those of the innermost last.
    entries: Vec<(Span, Node)>,
    /// The same of lists.
    items: Vec<Node>,
}

impl<'de> Found<'de> {
    /// A part of the text.
    fn part<E: serde::de::Error>(&self, part: &'de str) -> Result<Span, E> {
        span(part.as_ptr().addr() - self.text.as_ptr().addr(), part.len())
    }

    /// A text that is written with escapes.
    fn unescaped<E: serde::de::Error>(&mut self, text: &str) -> Result<Span, E> {
        let start = self.text.len() + self.unescaped.len();
        self.unescaped.push_str(text);
        span(start, text.len())
    }

    fn at(&self, span: Span) -> &str {
        span.of(self.text, &self.unescaped)
    }

    /// Whether an object that began there has this key already.
    fn repeats(&self, key: Span, keys: &mut Keys, start: usize) -> bool {
        let key = self.at(key);
        let before = self.entries.get(start..).unwrap_or_default();
        if before.len() < FEW {
            return keys.may_have(key)
                && before.iter().any(|(other, _)| other.is(key, self.text, &self.unescaped));
        }
        if keys.all.is_empty() {
            keys.all.extend(before.iter().map(|(other, _)| self.at(*other).to_owned()));
        }
        !keys.all.insert(key.to_owned())
    }
}

/// The keys of an object so far.
#[derive(Default)]
struct Keys {
    /// A bit for each length and first and last letter that there was: it tells most keys from all others at once.
    seen: u64,
    /// All of them, where there are many.
    all: HashSet<String>,
}

impl Keys {
    /// Whether the key may have been there before. It has been from now on.
    fn may_have(&mut self, key: &str) -> bool {
        let letter = |byte: Option<&u8>| byte.map_or(0, |byte| u32::from(*byte));
        let (first, last) = (letter(key.as_bytes().first()), letter(key.as_bytes().last()));
        let length = u32::try_from(key.len() % 64).unwrap_or_default();
        // The factors tell the keys of the platform's own bodies apart.
        let bit = 1_u64.rotate_left(first + 17 * last + 9 * length);
        let seen = self.seen;
        self.seen |= bit;
        seen & bit != 0
    }
}

fn span<E: serde::de::Error>(start: usize, length: usize) -> Result<Span, E> {
    match (u32::try_from(start), u32::try_from(length)) {
        (Ok(start), Ok(length)) => Ok(Span { start, length }),
        _ => Err(E::custom("it is longer than 4 GiB")),
    }
}

/// Where no key may be there twice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unique {
    /// In the body, and below some of its keys.
    Body,
    /// In the value and all that is in it.
    Everywhere,
    /// As `serde_json` has it.
    Nowhere,
}

/// Reads a value.
struct Seed<'a, 'de> {
    found: &'a mut Found<'de>,
    unique: Unique,
}

impl<'de> DeserializeSeed<'de> for Seed<'_, 'de> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_, 'de> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Node, E> {
        Ok(Node::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        // JSON has no other numbers.
        Ok(Number::from_f64(number).map_or(Node::Null, Node::Number))
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Node, E> {
        self.found.part(text).map(Node::Text)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Node, E> {
        self.found.unescaped(text).map(Node::Text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let Self { found, unique } = self;
        let start = found.items.len();
        while let Some(item) = items.next_element_seed(Seed { found: &mut *found, unique })? {
            found.items.push(item);
        }
        Ok(Node::List(found.items.drain(start..).collect()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let Self { found, unique } = self;
        let (start, mut keys) = (found.entries.len(), Keys::default());
        while let Some(key) = entries.next_key_seed(Key(&mut *found))? {
            if unique != Unique::Nowhere && found.repeats(key, &mut keys, start) {
                // The key is not repeated: it may hold anything.
                return Err(A::Error::custom("a key is there twice, so it is not clear which one counts"));
            }
            let unique = match unique {
                Unique::Body if is_strict(found.at(key)) => Unique::Everywhere,
                Unique::Body => Unique::Nowhere,
                below => below,
            };
            let value = entries.next_value_seed(Seed { found: &mut *found, unique })?;
            found.entries.push((key, value));
        }
        Ok(Node::Object(found.entries.drain(start..).collect()))
    }
}

/// Reads the key of an entry.
struct Key<'a, 'de>(&'a mut Found<'de>);

impl<'de> DeserializeSeed<'de> for Key<'_, 'de> {
    type Value = Span;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Span, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key<'_, 'de> {
    type Value = Span;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, key: &'de str) -> Result<Span, E> {
        self.0.part(key)
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Span, E> {
        self.0.unescaped(key)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> Result<Value, serde_json::Error> {
        super::read(bytes).map(|tree| tree.root().to_value())
    }

    #[test]
    fn a_key_that_decides_something_is_there_once() {
        let twice = [
            r#"{"function":"a","function":"b"}"#,
            r#"{"argument":{"raw":""},"argument":{"raw":""}}"#,
            r#"{"a":1,"b":2,"a":1}"#,
            r#"{"argument":{"parsed":[],"parsed":[]}}"#,
            r#"{"argument":{"parsed":[{"token":"1","token":"2"}]}}"#,
            r#"{"call":{"from":"+15551230000","from":"+15551239999"}}"#,
            r#"{"meta_data":{"mfa":{"id":"a","id":"b"}}}"#,
            // The same key, written in two ways.
            r#"{"function":"a","\u0066unction":"b"}"#,
        ];
        for body in twice {
            let error = read(body.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with("a key is there twice"), "{body}: {error}");
            assert!(error.contains("at line 1 column"), "{error}");
        }
    }

    #[test]
    fn a_key_among_many_is_there_once_too() {
        let object = |keys: &[usize]| {
            let entries: Vec<_> = keys.iter().map(|key| format!("\"key {key}\":{{\"a\":1}}")).collect();
            format!(r#"{{"call":{{{}}}}}"#, entries.join(","))
        };
        for count in [FEW - 1, FEW, FEW + 1, 500] {
            let mut keys: Vec<_> = (0..count).collect();
            assert_eq!(read(object(&keys).as_bytes()).unwrap()["call"].as_object().unwrap().len(), count);
            for twice in [0, count / 2, count - 1] {
                keys.push(twice);
                assert!(read(object(&keys).as_bytes()).is_err(), "{count} {twice}");
                keys.pop();
            }
        }
    }

    #[test]
    fn elsewhere_the_last_one_counts() {
        let body =
            br#"{"call_log":[{"role":"user","role":"system"}],"argument":{"raw":"{\"a\":1,\"a\":2}"}}"#;
        let value = read(body).unwrap();
        assert_eq!(value["call_log"][0]["role"], "system");
    }

    #[test]
    fn what_is_deep_is_refused_at_the_limit_of_the_reader() {
        for (open, close) in [("[", "]"), (r#"{"argument":"#, "}")] {
            let deep = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert!(read(deep(100).as_bytes()).is_ok());
            let error = read(deep(10_000).as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with("recursion limit"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn it_agrees_with_serde_json(text in r#"[\[\]{}:,"a0-9.eE+\-tnrulfs \\]{0,40}"#) {
            match (read(text.as_bytes()), serde_json::from_str::<Value>(&text)) {
                (Ok(ours), theirs) => prop_assert_eq!(ours, theirs.unwrap()),
                (Err(error), Ok(_)) => prop_assert!(error.to_string().starts_with("a key is there twice")),
                (Err(_), Err(_)) => {}
            }
        }

        #[test]
        fn what_was_written_is_read_back(
            key in ".*", text in ".*", number in any::<f64>().prop_filter("JSON has no other numbers", |it| it.is_finite()),
            whole in any::<i64>(), flag in any::<bool>(),
        ) {
            let inner = serde_json::json!({&key: [text, number, whole, flag, null]});
            let value = serde_json::json!({"argument": inner, "call": [inner], "x": inner});
            prop_assert_eq!(read(value.to_string().as_bytes()).unwrap(), value);
        }
    }
}
