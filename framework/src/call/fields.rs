//! Reading the fields of a JSON object leniently: what is absent or of another type is none, and nothing else fails.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::body::Field;
use crate::phone_number::CallerNumber;

/// What a field that holds no object reads as.
static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// The object that a body is; an empty one where it is something else.
pub(super) fn object_of(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap_or(&EMPTY)
}

/// An object whose fields are read. It is a reference, or as small as one.
pub(super) trait Fields<'a>: Copy {
    fn any(self, key: &str) -> Option<&'a Value>;

    /// A field that need not be made into a value.
    fn field(self, key: &str) -> Field<'a> {
        Field::Value(self.any(key))
    }

    fn text(self, key: &str) -> Option<&'a str> {
        self.field(key).as_text()
    }

    /// A boolean; its name as a text counts, since older engines send `"true"`.
    fn flag(self, key: &str) -> Option<bool> {
        match self.field(key).scalar()? {
            Value::Bool(flag) => Some(flag),
            Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
            _ => None,
        }
    }

    /// A finite number; its digits as a text count.
    fn number(self, key: &str) -> Option<f64> {
        let number = match self.field(key).scalar()? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number: &f64| number.is_finite())
    }

    /// A whole number; its digits as a text count, and so does `3.0`.
    fn integer(self, key: &str) -> Option<i64> {
        match self.field(key).scalar()? {
            Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(whole)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn object(self, key: &str) -> &'a Map<String, Value> {
        self.any(key).map_or(&EMPTY, object_of)
    }

    fn array(self, key: &str) -> &'a [Value] {
        self.any(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The objects of an array; what is no object is left out.
    fn objects(self, key: &str) -> impl Iterator<Item = &'a Map<String, Value>> {
        self.array(key).iter().filter_map(Value::as_object)
    }

    /// A time in microseconds since 1970. The platform writes 0 for what never happened.
    fn micros(self, key: &str) -> Option<Timestamp> {
        let micros = self.integer(key).filter(|micros| *micros != 0)?;
        Timestamp::from_microsecond(micros).ok()
    }

    /// A time in seconds since 1970.
    fn seconds(self, key: &str) -> Option<Timestamp> {
        let seconds = self.integer(key).filter(|seconds| *seconds != 0)?;
        Timestamp::from_second(seconds).ok()
    }

    /// Who calls: function calls say `caller_id_num`, reports `caller_id_number`, and Bedrock agents `caller_id` too.
    fn caller(self) -> CallerNumber {
        CallerNumber::from_caller_id(self.caller_id())
    }

    /// The caller as the platform wrote it.
    fn caller_id(self) -> Option<&'a str> {
        self.first_text(&["caller_id_num", "caller_id_number", "caller_id"])
    }

    /// The first of these fields that holds a text which is not blank.
    fn first_text(self, keys: &[&str]) -> Option<&'a str> {
        keys.iter().filter_map(|key| self.text(key)).find(|text| !text.trim().is_empty())
    }
}

impl<'a> Fields<'a> for &'a Map<String, Value> {
    fn any(self, key: &str) -> Option<&'a Value> {
        self.get(key)
    }
}

/// A float that is a whole number, where a float counts in steps of one.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// Writes accessors of fields. The type has a method `fields` that gives its object; the lifetime is that of the object.
/// A field is named like its accessor, or in the brackets; the first of several names that is there counts.
macro_rules! fields {
    ($life:lifetime; $($(#[$doc:meta])* $name:ident: $kind:ident $([$($key:literal),+])?;)+) => {
        $(
            $(#[$doc])*
            pub fn $name(&self) -> $crate::call::fields::fields!(@type $life $kind) {
                let fields = self.fields();
                $crate::call::fields::fields!(@read fields $kind $name $([$($key),+])?)
            }
        )+
    };
    (@type $life:lifetime text) => { Option<&$life str> };
    (@type $life:lifetime flag) => { Option<bool> };
    (@type $life:lifetime number) => { Option<f64> };
    (@type $life:lifetime integer) => { Option<i64> };
    (@type $life:lifetime micros) => { Option<::jiff::Timestamp> };
    (@type $life:lifetime seconds) => { Option<::jiff::Timestamp> };
    (@type $life:lifetime object) => { &$life ::serde_json::Map<String, ::serde_json::Value> };
    (@type $life:lifetime any) => { Option<&$life ::serde_json::Value> };
    (@read $fields:ident $kind:ident $name:ident) => {
        $crate::call::fields::Fields::$kind($fields, stringify!($name))
    };
    (@read $fields:ident $kind:ident $name:ident [$key:literal]) => {
        $crate::call::fields::Fields::$kind($fields, $key)
    };
    (@read $fields:ident $kind:ident $name:ident [$($key:literal),+]) => {
        [$($key),+].into_iter().find_map(|key| $crate::call::fields::Fields::$kind($fields, key))
    };
}
pub(super) use fields;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_stands_for_a_value_is_taken_and_all_else_is_none() {
        let body = json!({
            "t": "true", "f": " FALSE ", "b": true, "yes": "yes", "one": 1,
            "n": "2.5", "nan": "NaN", "i": "42", "float": 3.0, "half": 3.5, "huge": 1e300, "null": null, "list": [1, {}],
        });
        let body = object_of(&body);
        assert_eq!(
            ["t", "f", "b", "yes", "one"].map(|key| body.flag(key)),
            [Some(true), Some(false), Some(true), None, None]
        );
        assert_eq!(
            ["n", "nan", "i", "null", "list"].map(|key| body.number(key)),
            [Some(2.5), None, Some(42.0), None, None]
        );
        assert_eq!(
            ["i", "float", "half", "huge", "absent"].map(|key| body.integer(key)),
            [Some(42), Some(3), None, None, None]
        );
        assert_eq!((body.objects("list").count(), body.objects("t").count()), (1, 0));
    }

    #[test]
    fn a_time_is_in_its_unit_and_never_is_none() {
        let body = json!({
            "at": 1_705_300_001_123_000_i64, "text": "1705300001123000", "float": 1_705_300_001_123_000.0,
            "never": 0, "far": i64::MAX, "word": "soon",
        });
        let body = object_of(&body);
        let at: Timestamp = "2024-01-15T06:26:41.123Z".parse().unwrap();
        assert_eq!(["at", "text", "float"].map(|key| body.micros(key)), [Some(at); 3]);
        assert_eq!(["never", "far", "word"].map(|key| body.micros(key)), [None; 3]);
        let body = json!({"epoch_time": 1_700_000_015});
        assert_eq!(object_of(&body).seconds("epoch_time").unwrap().to_string(), "2023-11-14T22:13:35Z");
    }

    #[test]
    fn the_caller_is_found_under_each_name() {
        let caller = |body: Value| object_of(&body).caller().to_string();
        for key in ["caller_id_num", "caller_id_number", "caller_id"] {
            assert_eq!(caller(json!({ key: "+15551230000" })), "+1••••••0000");
        }
        assert_eq!(caller(json!({"caller_id_num": "", "caller_id_number": "+15551230000"})), "+1••••••0000");
        // A number that is withheld stays so, whatever the other fields say.
        assert_eq!(caller(json!({"caller_id_num": "anonymous", "caller_id": "+15551230000"})), "anonymous");
        assert_eq!(caller(json!({"caller_id_num": 15_551_230_000_i64})), "anonymous");
    }
}
