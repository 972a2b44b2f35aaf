//! The macros for values that are not objects with known fields; see [`object`](super::object).

/// An enum of strings: `choice! { /// What it is. Format { /// Doc. Wav = "wav", } }`.
macro_rules! choice {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$v_meta:meta])* $variant:ident = $text:literal),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$v_meta])* $variant),+ }

        impl $name {
            /// The string in the document.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl From<$name> for $crate::swml::Json {
            fn from(choice: $name) -> Self {
                choice.as_str().into()
            }
        }

        impl From<$name> for $crate::swml::Dyn<$name> {
            fn from(choice: $name) -> Self {
                Self::Value(choice)
            }
        }

        impl $crate::swml::Value for $name {
            fn kind() -> $crate::swml::Kind {
                $crate::swml::Kind::Choice(&[$($text),+])
            }

            fn from_json(json: &$crate::swml::Json) -> Option<Self> {
                match json.as_str()? { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

/// One of several shapes: `union! { /// What it is. Hint { /// Doc. Word(String), … } }`. Reading takes the
/// first variant that the tables accept, or else the first that can be read.
///
/// A group `engine_only { … }` after the variants holds shapes that the platform reads and the published schema
/// refuses. They are asked for by their name: nothing converts into them, and they are read last.
macro_rules! union {
    (
        $(#[$meta:meta])*
        $name:ident { $($(#[$v_meta:meta])* $variant:ident($ty:ty)),+ $(,)? }
        $(engine_only { $($(#[$e_meta:meta])* $e_variant:ident($e_ty:ty)),+ $(,)? })?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$v_meta])* $variant($ty),)+
            $($(
                $(#[$e_meta])*
                ///
                /// Engine only: the platform reads it, the published schema refuses it.
                $e_variant($e_ty),
            )+)?
        }

        $(
            impl From<$ty> for $name {
                fn from(value: $ty) -> Self {
                    Self::$variant(value)
                }
            }
        )+

        impl From<$name> for $crate::swml::Json {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$variant(value) => value.into(),)+
                    $($($name::$e_variant(value) => value.into(),)+)?
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::swml::Json::from(self.clone()).serialize(serializer)
            }
        }

        impl $crate::swml::Value for $name {
            fn kind() -> $crate::swml::Kind {
                $crate::swml::Kind::OneOf(&[
                    $(<$ty as $crate::swml::Value>::kind,)+
                    $($(|| $crate::swml::Kind::EngineOnly(<$e_ty as $crate::swml::Value>::kind),)+)?
                ])
            }

            fn from_json(json: &$crate::swml::Json) -> Option<Self> {
                // First what the schema takes, then what can be read at all; what only the engine reads comes last.
                for strict in [true, false] {
                    $(
                        if (!strict || $crate::swml::check::accepts(<$ty as $crate::swml::Value>::kind(), json))
                            && let Some(value) = <$ty as $crate::swml::Value>::from_json(json)
                        {
                            return Some(Self::$variant(value));
                        }
                    )+
                }
                $(for strict in [true, false] {
                    $(
                        if (!strict || $crate::swml::check::accepts(<$e_ty as $crate::swml::Value>::kind(), json))
                            && let Some(value) = <$e_ty as $crate::swml::Value>::from_json(json)
                        {
                            return Some(Self::$e_variant(value));
                        }
                    )+
                })?
                None
            }
        }
    };
}

/// A body that is another value: `wrapper! { /// What it is. Label(String) }`. `kind Kind::…` after it narrows
/// what the value may be.
macro_rules! wrapper {
    ($(#[$meta:meta])* $name:ident($ty:ty)) => {
        wrapper! { $(#[$meta])* $name($ty) kind <$ty as $crate::swml::Value>::kind() }
    };
    ($(#[$meta:meta])* $name:ident($ty:ty) kind $kind:expr) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name($ty);

        impl $name {
            /// With its value.
            pub fn new(value: impl Into<$ty>) -> Self {
                Self(value.into())
            }

            /// The value.
            pub const fn value(&self) -> &$ty {
                &self.0
            }
        }

        impl From<$name> for $crate::swml::Json {
            fn from(wrapper: $name) -> Self {
                wrapper.0.into()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::swml::Json::from(self.clone()).serialize(serializer)
            }
        }

        impl $crate::swml::Value for $name {
            fn kind() -> $crate::swml::Kind {
                $kind
            }

            fn from_json(json: &$crate::swml::Json) -> Option<Self> {
                <$ty as $crate::swml::Value>::from_json(json).map(Self)
            }
        }
    };
}

pub(crate) use {choice, union, wrapper};
