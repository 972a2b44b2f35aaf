//! Compact JSON text, of which what stays the same is written once.
//!
//! A document for one call shares most of its objects with the definition that it was made from, and they say the same in
//! each document: their text is kept beside them.

use serde::Serialize;

use super::{Json, Object};

impl Json {
    /// Appends the compact text.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Array(items) => {
                out.push(b'[');
                for (place, item) in items.iter().enumerate() {
                    separate(place, out);
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Object(object) => object.write(out),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => scalar(self, out),
        }
    }
}

impl Object {
    fn write(&self, out: &mut Vec<u8>) {
        let members = |out: &mut Vec<u8>| {
            out.push(b'{');
            for (place, (name, value)) in self.iter().enumerate() {
                separate(place, out);
                scalar(name, out);
                out.push(b':');
                value.write(out);
            }
            out.push(b'}');
        };
        // What nobody else has is likely to be gone once it is written.
        if self.is_shared() {
            out.extend_from_slice(self.text(|| {
                let mut text = Vec::new();
                members(&mut text);
                text.into()
            }));
        } else {
            members(out);
        }
    }
}

/// Memory takes whatever is written to it, and what is no list and no object has a form in JSON.
fn scalar(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, value);
}

fn separate(place: usize, out: &mut Vec<u8>) {
    if place > 0 {
        out.push(b',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &Json) -> String {
        let mut out = Vec::new();
        json.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_text_that_is_kept_is_not_that_of_an_object_that_was_changed() {
        let json = Json::parse(r#"{"a":{"b":[1.0,"\u0001ä\"",null,true,{}]}}"#).unwrap();
        let kept = json.clone();
        let before = text(&json);
        assert_eq!(before, serde_json::to_string(&json).unwrap());
        assert_eq!(text(&kept), before, "from what is kept");

        let mut changed = json.clone();
        let Json::Object(members) = &mut changed else { unreachable!() };
        let Some(Json::Object(inner)) = members.get_mut("a") else { unreachable!() };
        inner.insert("c".to_owned(), 1.into());
        assert_eq!(text(&changed), serde_json::to_string(&changed).unwrap());
        assert_eq!(text(&json), before);

        // Alone again, and changed in place.
        drop((kept, changed));
        let mut alone = json;
        let Json::Object(members) = &mut alone else { unreachable!() };
        members.insert("d".to_owned(), 2.into());
        let shared = alone.clone();
        assert_eq!(text(&alone), serde_json::to_string(&alone).unwrap());
        assert_eq!(text(&shared), text(&alone));
    }
}
