//! What a field of the document can hold.

use std::ops::Deref;

use super::json::{Json, Object};
use super::shape::{Pattern, Shape};

/// A type that a field of the document can hold.
///
/// Implemented for plain values, for the typed objects of this module, and for the wrappers
/// ([`Dyn`](super::Dyn), [`List`], [`Map`]) around them.
///
/// ```
/// use swaig::swml::{Json, Value as _};
///
/// assert_eq!(i64::from_json(&Json::from(3)), Some(3));
/// assert_eq!(i64::from_json(&Json::from("three")), None);
/// ```
pub trait Value: Into<Json> {
    /// The JSON that the platform expects here.
    fn kind() -> Kind;

    /// Reads the value; `None` when the JSON has another shape.
    fn from_json(json: &Json) -> Option<Self>;
}

/// The shape of a JSON value, for code that checks documents.
///
/// ```
/// use swaig::swml::{Kind, Value as _};
///
/// assert!(matches!(bool::kind(), Kind::Bool));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// Any JSON value.
    Any,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A string.
    String,
    /// A string of a certain form.
    Text(&'static Pattern),
    /// One of these strings.
    Choice(&'static [&'static str]),
    /// A whole-string placeholder such as `${global_data.tier}`.
    Variable,
    /// That kind, or a [`Kind::Variable`].
    OrVariable(fn() -> Kind),
    /// That kind, which the platform reads here and the published schema refuses; it stands among others in a
    /// [`Kind::OneOf`].
    EngineOnly(fn() -> Kind),
    /// Any of these kinds.
    OneOf(&'static [fn() -> Kind]),
    /// An array of that kind.
    List(fn() -> Kind),
    /// An object with free keys and values of that kind.
    Map(fn() -> Kind),
    /// An object of this shape.
    Object(&'static Shape),
    /// One step of a section.
    Step,
    /// One step of these verbs.
    StepOf(&'static [&'static str]),
    /// A whole document.
    Document,
}

macro_rules! scalar_value {
    ($type:ty, $kind:ident, $json:ident => $read:expr) => {
        impl Value for $type {
            fn kind() -> Kind {
                Kind::$kind
            }

            fn from_json($json: &Json) -> Option<Self> {
                $read
            }
        }
    };
}
scalar_value!(bool, Bool, json => json.as_bool());
scalar_value!(i64, Integer, json => json.as_i64());
scalar_value!(f64, Number, json => json.as_f64());
scalar_value!(String, String, json => json.as_str().map(str::to_owned));
scalar_value!(Json, Any, json => Some(json.clone()));
scalar_value!((), Null, json => matches!(json, Json::Null).then_some(()));

/// An array field. Made from anything that can be iterated over and whose items convert.
///
/// ```
/// use serde_json::json;
/// use swaig::swml::{Json, List};
///
/// let list = List::<String>::from(["a", "b"]);
/// assert_eq!(Json::from(list).to_value(), json!(["a", "b"]));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct List<T>(Vec<T>);

impl<T> List<T> {
    /// The items.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, I> From<I> for List<T>
where
    I: IntoIterator,
    I::Item: Into<T>,
{
    fn from(items: I) -> Self {
        Self(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Json>> From<List<T>> for Json {
    fn from(list: List<T>) -> Self {
        list.0.into()
    }
}

impl<T: Value> Value for List<T> {
    fn kind() -> Kind {
        Kind::List(T::kind)
    }

    fn from_json(json: &Json) -> Option<Self> {
        json.as_array()?.iter().map(T::from_json).collect::<Option<_>>().map(Self)
    }
}

/// A field to which a singular setter, such as `hint` for `hints`, appends one item.
///
/// ```
/// use swaig::swml::{Collection, List};
///
/// fn is_text<C: Collection<Item = String>>() {}
/// is_text::<List<String>>();
/// ```
pub trait Collection {
    /// The type of an item.
    type Item: Value;
}

impl<T: Value> Collection for List<T> {
    type Item = T;
}

/// An object field with free keys. Made from anything that iterates over pairs.
///
/// ```
/// use serde_json::json;
/// use swaig::swml::{Json, Map};
///
/// let map = Map::<String>::from([("tier", "gold")]);
/// assert_eq!(Json::from(map).to_value(), json!({"tier": "gold"}));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Map<T>(Vec<(String, T)>);

impl<T> Deref for Map<T> {
    type Target = [(String, T)];

    fn deref(&self) -> &[(String, T)] {
        &self.0
    }
}

impl<T, I, K, V> From<I> for Map<T>
where
    I: IntoIterator<Item = (K, V)>,
    K: Into<String>,
    V: Into<T>,
{
    fn from(members: I) -> Self {
        Self(members.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl<T: Into<Json>> From<Map<T>> for Json {
    fn from(map: Map<T>) -> Self {
        Self::Object(map.0.into_iter().map(|(key, value)| (key, value.into())).collect())
    }
}

impl<T: Value> Value for Map<T> {
    fn kind() -> Kind {
        Kind::Map(T::kind)
    }

    fn from_json(json: &Json) -> Option<Self> {
        let members = json.as_object()?.iter();
        members.map(|(key, value)| Some((key.clone(), T::from_json(value)?))).collect::<Option<_>>().map(Self)
    }
}

/// A free JSON object, such as `global_data` or `meta_data`.
///
/// Made from `serde_json::json!({…})`, from an [`Object`], or from an array of pairs. A JSON value that
/// is not an object is kept as it is, and a check of the document reports it.
///
/// ```
/// use serde_json::json;
/// use swaig::swml::Data;
///
/// let nested = Data::from(json!({"plan": {"tier": "gold", "seats": 3}}));
/// let flat = Data::from([("tier", "gold"), ("region", "eu")]);
/// # let _ = (nested, flat);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Data(Json);

impl Data {
    /// The member `key`.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.0.get(key)
    }

    /// The members.
    pub fn as_object(&self) -> Option<&Object> {
        self.0.as_object()
    }
}

impl<K: Into<String>, V: Into<Json>, const N: usize> From<[(K, V); N]> for Data {
    fn from(members: [(K, V); N]) -> Self {
        Self(Map::<Json>::from(members).into())
    }
}

macro_rules! data_from {
    ($($type:ty),*) => {$(
        impl From<$type> for Data {
            fn from(value: $type) -> Self {
                Self(value.into())
            }
        }
    )*};
}
data_from!(Json, Object, serde_json::Value, serde_json::Map<String, serde_json::Value>);

impl From<Data> for Json {
    fn from(data: Data) -> Self {
        data.0
    }
}

impl Value for Data {
    fn kind() -> Kind {
        Kind::Map(Json::kind)
    }

    fn from_json(json: &Json) -> Option<Self> {
        json.as_object().map(|object| Self(object.clone().into()))
    }
}
