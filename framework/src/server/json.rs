//! Reading a webhook's JSON, where it is clear what it says.
//!
//! JSON lets an object have a key twice, and readers disagree which one counts: what a proxy in front has looked at may not
//! be what runs here. So a key that is there twice is refused where it decides something: in the body itself, and
//! anywhere in `argument`, `call` and `meta_data`. Elsewhere (a transcript, say) the last one counts, as usual.

use std::fmt;

use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The keys of a body below which no key may be there twice.
const STRICT: [&str; 3] = ["argument", "call", "meta_data"];

/// Reads a value.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Unique::Body.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Where a key must not be there twice.
#[derive(Clone, Copy)]
enum Unique {
    /// In this object, and below some of its keys.
    Body,
    /// In this value and all that is in it.
    Everywhere,
    /// Nowhere.
    Nowhere,
}

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self {
            Self::Nowhere => Value::deserialize(deserializer),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                // The key is not repeated: it may hold anything.
                return Err(A::Error::custom("a key is there twice, so it is not clear which one counts"));
            }
            let below = match self {
                Self::Body if !STRICT.contains(&key.as_str()) => Self::Nowhere,
                _ => Self::Everywhere,
            };
            object.insert(key, entries.next_value_seed(below)?);
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
