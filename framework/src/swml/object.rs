//! The macros that define the types of the document.
//!
//! Every type here is a thin, typed face of JSON, so that the author's key order stands, unset fields
//! are absent, and a document that is read loses nothing. Four shapes cover the whole language:
//!
//! * [`object!`]: an object with known fields,
//! * [`choice!`]: one string out of a list,
//! * [`union!`]: one of several shapes,
//! * [`wrapper!`]: a verb whose body is another value.
//!
//! # An object
//!
//! ```text
//! object! {
//!     /// What it is.
//!     Example
//!     constant { "type" = "example" }
//!     required {
//!         /// Goes into `new`, in this order, and has a setter too.
//!         dest: String,
//!     }
//!     one_of {
//!         /// Alternatives. With this group there is no `new`: the type's file writes a constructor
//!         /// for each alternative, with `Self::empty().put("url", url)`.
//!         url: String,
//!     }
//!     engine_only_one_of {
//!         /// Alternatives that the platform reads and the published schema does not know.
//!         event: Data,
//!     }
//!     optional {
//!         /// `.max_duration(…)` sets the key `max_duration`.
//!         /// `where` limits the values; see [`limits`](super::shape::limits).
//!         max_duration: Dyn<Seconds> where at_least(1.0),
//!         /// `as` gives the JSON key where it differs from the Rust name.
//!         numbered_bullets as "numberedBullets": Dyn<bool>,
//!         /// `each` adds `.hint(…)`, which appends one item.
//!         hints each hint: List<Hint>,
//!     }
//!     deprecated {
//!         /// Still read; the other field has taken its place.
//!         to: String => "dest",
//!     }
//!     engine_only {
//!         /// A key that the platform reads and the published schema does not know.
//!         history: History,
//!     }
//!     rules { exactly_one ["url" "urls"] }
//!     // What other keys hold; without it there must be none.
//!     rest: Json
//! }
//! ```
//!
//! Groups may be left out; their order is fixed. `constant` is a required key with one value. The type gets `new` (and `Default` when nothing is
//! required), the setters, `.extra`, `.read()` with a getter for each field, `FIELDS`, `SHAPE`, [`Value`] and
//! `Serialize`.
//!
//! [`Value`]: super::Value

use super::json::{Json, Object};

/// The typed getters of `T`, from `T::read`.
///
/// Each getter returns `None` when the key is absent or holds another shape than the published one.
///
/// ```
/// use swaig::swml::Hangup;
///
/// assert!(Hangup::new().read().reason().is_none());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Read<'a, T>(pub(crate) &'a T);

/// Appends to the array at `key`. A value that is no array becomes its first item.
pub(crate) fn push(object: &mut Object, key: &str, item: Json) {
    match object.entry(key.to_owned()).or_insert_with(|| Json::Array(Vec::new())) {
        Json::Array(items) => items.push(item),
        single => *single = Json::Array(vec![std::mem::take(single), item]),
    }
}

/// Sets a member of the object at `key`. A value that is no object is replaced by one.
pub(crate) fn insert(object: &mut Object, key: &str, name: String, value: Json) {
    match object.entry(key.to_owned()).or_default() {
        Json::Object(members) => {
            members.insert(name, value);
        }
        other => *other = Json::Object(Object::from([(name, value)])),
    }
}

macro_rules! object {
    (
        $(#[$meta:meta])*
        $name:ident
        $(constant { $c_key:literal = $c_value:literal })?
        $(required { $($(#[$r_meta:meta])* $r:ident $(as $r_key:literal)? $(each $r_each:ident)? : $r_ty:ty $(where $r_limit:expr)?),+ $(,)? })?
        $(one_of { $($(#[$x_meta:meta])* $x:ident $(as $x_key:literal)? : $x_ty:ty $(where $x_limit:expr)?),+ $(,)? })?
        $(engine_only_one_of { $($(#[$y_meta:meta])* $y:ident $(as $y_key:literal)? : $y_ty:ty $(where $y_limit:expr)?),+ $(,)? })?
        $(optional { $($(#[$o_meta:meta])* $o:ident $(as $o_key:literal)? $(each $o_each:ident)? : $o_ty:ty $(where $o_limit:expr)?),+ $(,)? })?
        $(deprecated { $($(#[$d_meta:meta])* $d:ident $(as $d_key:literal)? : $d_ty:ty $(where $d_limit:expr)? => $d_instead:literal),+ $(,)? })?
        $(engine_only { $($(#[$e_meta:meta])* $e:ident $(as $e_key:literal)? $(each $e_each:ident)? : $e_ty:ty $(where $e_limit:expr)?),+ $(,)? })?
        $(rules { $($rule:ident $rule_arguments:tt),+ $(,)? })?
        $(rest: $rest:ty)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name($crate::swml::Object);

        object!(@new $name [$($($r $(as $r_key)? : $r_ty),+)?] [$($($x)+)?]);

        impl $name {
            /// The fields of this object, in the order of their documentation.
            pub const FIELDS: &'static [$crate::swml::Field] = &[
                $($crate::swml::Field::new(
                    $c_key,
                    $crate::swml::Presence::Required,
                    || $crate::swml::Kind::Choice(&[$c_value]),
                ),)?
                $($(
                    object!(@field [Required] $r $(as $r_key)? : $r_ty $(where $r_limit)?)
                        .set_by(&[stringify!($r), $(stringify!($r_each))?]),
                )+)?
                $($(object!(@field [OneOf] $x $(as $x_key)? : $x_ty $(where $x_limit)?),)+)?
                $($(object!(@field [EngineOnly] $y $(as $y_key)? : $y_ty $(where $y_limit)?),)+)?
                $($(
                    object!(@field [Optional] $o $(as $o_key)? : $o_ty $(where $o_limit)?)
                        .set_by(&[stringify!($o), $(stringify!($o_each))?]),
                )+)?
                $($(
                    object!(@field [Deprecated { instead: $d_instead }] $d $(as $d_key)? : $d_ty $(where $d_limit)?)
                        .set_by(&[stringify!($d)]),
                )+)?
                $($(
                    object!(@field [EngineOnly] $e $(as $e_key)? : $e_ty $(where $e_limit)?)
                        .set_by(&[stringify!($e), $(stringify!($e_each))?]),
                )+)?
            ];

            /// The fields, and how they go together.
            pub const SHAPE: &'static $crate::swml::Shape = &$crate::swml::Shape::new(
                stringify!($name),
                Self::FIELDS,
                &[$($(object!(@rule $rule $rule_arguments)),+)?],
                object!(@rest $($rest)?),
            );

            $($(object!(@setter [$(#[$r_meta])*] $r $(as $r_key)? $(each $r_each)? : $r_ty);)+)?
            $($(object!(@setter [$(#[$o_meta])*] $o $(as $o_key)? $(each $o_each)? : $o_ty);)+)?
            $($(object!(@setter [
                $(#[$d_meta])*
                ///
                #[doc = concat!("Deprecated: the platform still reads it; use `", $d_instead, "`.")]
            ] $d $(as $d_key)? : $d_ty);)+)?
            $($(object!(@setter [
                $(#[$e_meta])*
                ///
                /// Engine only: the platform reads it, the published schema does not know it.
            ] $e $(as $e_key)? $(each $e_each)? : $e_ty);)+)?

            /// Sets a key for which there is no setter.
            #[must_use]
            pub fn extra(self, key: impl Into<String>, value: impl Into<$crate::swml::Json>) -> Self {
                self.put(key, value)
            }

            /// The typed getters.
            pub const fn read(&self) -> $crate::swml::Read<'_, Self> {
                $crate::swml::Read(self)
            }

            /// The members as JSON.
            pub const fn as_object(&self) -> &$crate::swml::Object {
                &self.0
            }

            /// The members as JSON, to be changed. Nothing checks the change.
            pub const fn as_object_mut(&mut self) -> &mut $crate::swml::Object {
                &mut self.0
            }

            fn empty() -> Self {
                let object = Self($crate::swml::Object::new());
                $(let object = object.put($c_key, $c_value);)?
                object
            }

            fn put(mut self, key: impl Into<String>, value: impl Into<$crate::swml::Json>) -> Self {
                self.0.insert(key.into(), value.into());
                self
            }
        }

        impl $crate::swml::Read<'_, $name> {
            $($(object!(@getter $r $(as $r_key)? : $r_ty);)+)?
            $($(object!(@getter $x $(as $x_key)? : $x_ty);)+)?
            $($(object!(@getter $y $(as $y_key)? : $y_ty);)+)?
            $($(object!(@getter $o $(as $o_key)? : $o_ty);)+)?
            $($(object!(@getter $d $(as $d_key)? : $d_ty);)+)?
            $($(object!(@getter $e $(as $e_key)? : $e_ty);)+)?
        }

        impl From<$name> for $crate::swml::Json {
            fn from(object: $name) -> Self {
                Self::Object(object.0)
            }
        }

        impl $crate::swml::Value for $name {
            fn kind() -> $crate::swml::Kind {
                $crate::swml::Kind::Object(Self::SHAPE)
            }

            fn from_json(json: &$crate::swml::Json) -> Option<Self> {
                json.as_object().cloned().map(Self)
            }
        }
    };

    // Nothing is required.
    (@new $name:ident [] []) => {
        impl $name {
            /// With no field set.
            pub fn new() -> Self {
                Self::empty()
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
    };
    (@new $name:ident [$($r:ident $(as $key:literal)? : $ty:ty),+] []) => {
        impl $name {
            #[doc = concat!("With what it must have:", $(" `", object!(@key $r $(as $key)?), "`",)+ ".")]
            pub fn new($($r: impl Into<$ty>),+) -> Self {
                Self::empty()$(.$r($r))+
            }
        }
    };
    // The alternatives have hand-written constructors.
    (@new $name:ident [$($required:tt)*] [$($one_of:tt)+]) => {};

    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident as $key:literal) => { $key };

    (@field [$($presence:tt)+] $field:ident $(as $key:literal)? : $ty:ty) => {
        $crate::swml::Field::new(
            object!(@key $field $(as $key)?),
            $crate::swml::Presence::$($presence)+,
            <$ty as $crate::swml::Value>::kind,
        )
    };
    (@field [$($presence:tt)+] $field:ident $(as $key:literal)? : $ty:ty where $limit:expr) => {{
        #[allow(clippy::wildcard_imports, reason = "the words for limits are named by the table")]
        use $crate::swml::shape::limits::*;
        object!(@field [$($presence)+] $field $(as $key)? : $ty).limited($limit)
    }};

    (@rule exactly_one [$($key:literal)+]) => { $crate::swml::Rule::ExactlyOne(&[$($key),+]) };
    (@rule at_least_one [$($key:literal)+]) => { $crate::swml::Rule::AtLeastOne(&[$($key),+]) };
    (@rule at_most_one [$($key:literal)+]) => { $crate::swml::Rule::AtMostOne(&[$($key),+]) };
    (@rule needs [$key:literal => $other:literal]) => {
        $crate::swml::Rule::Needs { key: $key, other: $other }
    };

    (@rest) => { None };
    (@rest $rest:ty) => { Some(<$rest as $crate::swml::Value>::kind) };

    (@setter [$(#[$meta:meta])*] $field:ident $(as $key:literal)? : $ty:ty) => {
        $(#[$meta])*
        #[must_use]
        pub fn $field(self, $field: impl Into<$ty>) -> Self {
            let value: $ty = $field.into();
            self.put(object!(@key $field $(as $key)?), value)
        }
    };
    (@setter [$(#[$meta:meta])*] $field:ident $(as $key:literal)? each $each:ident : $ty:ty) => {
        object!(@setter [
            $(#[$meta])*
            ///
            #[doc = concat!("Replaces the list; [`", stringify!($each), "`](Self::", stringify!($each), ") appends.")]
        ] $field $(as $key)? : $ty);

        #[doc = concat!("Appends one item to [`", stringify!($field), "`](Self::", stringify!($field), ").")]
        #[must_use]
        pub fn $each(mut self, item: impl Into<<$ty as $crate::swml::Collection>::Item>) -> Self {
            let item: <$ty as $crate::swml::Collection>::Item = item.into();
            $crate::swml::object::push(&mut self.0, object!(@key $field $(as $key)?), item.into());
            self
        }
    };

    (@getter $field:ident $(as $key:literal)? : $ty:ty) => {
        #[doc = concat!("The value of `", object!(@key $field $(as $key)?), "`.")]
        pub fn $field(&self) -> Option<$ty> {
            <$ty as $crate::swml::Value>::from_json(self.0.as_object().get(object!(@key $field $(as $key)?))?)
        }
    };
}

pub(crate) use super::alternatives::{choice, union, wrapper};
pub(crate) use object;
