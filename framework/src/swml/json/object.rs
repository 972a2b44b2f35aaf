//! The members of a JSON object.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use indexmap::map::{IntoIter, Iter, IterMut};
use serde::{Serialize, Serializer};

use super::Json;

/// The members of a JSON object, in their order.
///
/// It has the methods of an [`IndexMap`]. A clone shares its members with the first until one of them is changed, so that a
/// document of which little is changed costs little.
///
/// Two objects are equal when they have equal members, whatever the order. To take one out and keep
/// the order of the others, use `shift_remove`.
///
/// ```
/// use swaig::swml::{Json, Object};
///
/// let object = Object::from([("tier".to_owned(), Json::from("gold")), ("visits".to_owned(), 3.into())]);
/// let mut changed = object.clone();
/// changed.insert("tier".to_owned(), "silver".into());
/// assert_eq!(Json::Object(object).to_string(), r#"{"tier":"gold","visits":3}"#);
/// assert_eq!(Json::Object(changed).to_string(), r#"{"tier":"silver","visits":3}"#);
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Object(Arc<Members>);

#[derive(Default)]
struct Members {
    map: IndexMap<String, Json>,
    /// Their text, once it was written; none while they are changed.
    text: OnceLock<Box<[u8]>>,
}

impl Clone for Members {
    fn clone(&self) -> Self {
        // It is cloned to be changed.
        self.map.clone().into()
    }
}

impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        self.map == other.map
    }
}

impl From<IndexMap<String, Json>> for Members {
    fn from(map: IndexMap<String, Json>) -> Self {
        Self { map, text: OnceLock::new() }
    }
}

impl Object {
    /// No members.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there are clones that have the same members still.
    pub(super) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// The text of the members: that which is kept, or else what `write` makes.
    pub(super) fn text(&self, write: impl FnOnce() -> Box<[u8]>) -> &[u8] {
        self.0.text.get_or_init(write)
    }
}

impl Deref for Object {
    type Target = IndexMap<String, Json>;

    fn deref(&self) -> &Self::Target {
        &self.0.map
    }
}

impl DerefMut for Object {
    fn deref_mut(&mut self) -> &mut Self::Target {
        let members = Arc::make_mut(&mut self.0);
        members.text.take();
        &mut members.map
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map.fmt(f)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.map.serialize(serializer)
    }
}

impl From<IndexMap<String, Json>> for Object {
    fn from(members: IndexMap<String, Json>) -> Self {
        Self(Arc::new(members.into()))
    }
}

impl<const N: usize> From<[(String, Json); N]> for Object {
    fn from(members: [(String, Json); N]) -> Self {
        members.into_iter().collect()
    }
}

impl FromIterator<(String, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (String, Json)>>(members: I) -> Self {
        members.into_iter().collect::<IndexMap<_, _>>().into()
    }
}

impl Extend<(String, Json)> for Object {
    fn extend<I: IntoIterator<Item = (String, Json)>>(&mut self, members: I) {
        (**self).extend(members);
    }
}

impl IntoIterator for Object {
    type Item = (String, Json);
    type IntoIter = IntoIter<String, Json>;

    fn into_iter(self) -> Self::IntoIter {
        Arc::unwrap_or_clone(self.0).map.into_iter()
    }
}

impl<'a> IntoIterator for &'a Object {
    type Item = (&'a String, &'a Json);
    type IntoIter = Iter<'a, String, Json>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.map.iter()
    }
}

impl<'a> IntoIterator for &'a mut Object {
    type Item = (&'a String, &'a mut Json);
    type IntoIter = IterMut<'a, String, Json>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}
