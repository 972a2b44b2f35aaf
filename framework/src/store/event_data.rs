//! The data of an event, written once on its way into the log.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// The data of an event as text: a value of JSON.
///
/// ```
/// use serde_json::json;
/// use swaig::store::EventData;
///
/// let data = EventData::from(json!({"guests": 4}));
/// assert_eq!((data.as_str(), data.to_value()), (r#"{"guests":4}"#, json!({"guests": 4})));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct EventData(Box<str>);

impl EventData {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it says.
    pub fn to_value(&self) -> Value {
        // It was written from a value, or read as one.
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl From<Value> for EventData {
    fn from(value: Value) -> Self {
        Self(value.to_string().into())
    }
}

impl fmt::Debug for EventData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for EventData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EventData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw: Box<RawValue> = Deserialize::deserialize(deserializer)?;
        Ok(Self(raw.into()))
    }
}

/// The data of an event of the server's own: an object, whose members are written one after the other. Nothing in it can fail:
/// memory takes what it is given, and what is given to it has a form in JSON.
pub(crate) struct OwnData(Vec<u8>);

impl OwnData {
    /// The bytes of usual data.
    const TYPICAL: usize = 256;

    pub(crate) fn new() -> Self {
        let mut text = Vec::with_capacity(Self::TYPICAL);
        text.push(b'{');
        Self(text)
    }

    /// Adds a member. The name is written as it is.
    pub(crate) fn with(mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Self {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
        let _ = serde_json::to_writer(&mut self.0, value);
        self
    }
}

impl From<OwnData> for EventData {
    fn from(mut data: OwnData) -> Self {
        data.0.push(b'}');
        // It was written as text.
        Self(String::from_utf8(data.0).unwrap_or_default().into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_an_object() {
        assert_eq!(EventData::from(OwnData::new()).as_str(), "{}");
        let data = OwnData::new().with("text", "a \"b\" ä").with("list", &["c"]).with("none", &None::<u8>);
        let data = EventData::from(data);
        assert_eq!(data.to_value(), json!({"text": "a \"b\" ä", "list": ["c"], "none": null}));
        assert_eq!(data, data.to_value().into());
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let data = EventData::from(json!({"a": [1.5, null, {"b": u64::MAX}], "ü": "\u{0}<"}));
        let written = serde_json::to_string(&[&data]).unwrap();
        assert_eq!(written, format!("[{}]", data.as_str()));
        assert_eq!(serde_json::from_str::<Vec<EventData>>(&written).unwrap(), [data]);
    }
}
