//! A value, or a variable that holds it when the call runs.

use super::json::Json;
use super::line::{is_one_line, one_line};
use super::value::{Kind, Value};

/// A value that may be left to a variable.
///
/// Setters take the plain value or a [`Variable`]:
///
/// ```
/// use swaig::swml::{Json, Play, Variable};
///
/// let play = Play::url("say:Hello").volume(-3.5).auto_answer(Variable::new("vars.pick_up"));
/// assert_eq!(
///     Json::from(play).to_string(),
///     r#"{"url":"say:Hello","volume":-3.5,"auto_answer":"${vars.pick_up}"}"#,
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Dyn<T> {
    /// The value itself.
    Value(T),
    /// A variable that the platform replaces.
    Variable(Variable),
}

impl<T> Dyn<T> {
    /// The value, unless it is left to a variable.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Variable(_) => None,
        }
    }
}

impl<T> From<Variable> for Dyn<T> {
    fn from(variable: Variable) -> Self {
        Self::Variable(variable)
    }
}

macro_rules! dyn_from {
    ($($target:ty: $($source:ty)*;)*) => {$($(
        impl From<$source> for Dyn<$target> {
            fn from(value: $source) -> Self {
                Self::Value(value.into())
            }
        }
    )*)*};
}
pub(crate) use dyn_from;

dyn_from! {
    bool: bool;
    i64: i64 i32 i16 i8 u32 u16 u8;
    f64: f64 i32 i16 i8 u32 u16 u8;
}

impl<T: Into<Json>> From<Dyn<T>> for Json {
    fn from(value: Dyn<T>) -> Self {
        match value {
            Dyn::Value(value) => value.into(),
            Dyn::Variable(variable) => variable.into(),
        }
    }
}

/// Reads leniently: documents in the wild write `"true"` and `"2500"` for `true` and `2500`.
impl<T: Value> Value for Dyn<T> {
    fn kind() -> Kind {
        Kind::OrVariable(T::kind)
    }

    fn from_json(json: &Json) -> Option<Self> {
        if let Some(value) = T::from_json(json) {
            return Some(Self::Value(value));
        }
        if let Some(variable) = Variable::from_json(json) {
            return Some(Self::Variable(variable));
        }
        T::from_json(&Json::parse(json.as_str()?).ok()?).map(Self::Value)
    }
}

/// A placeholder that the platform replaces when the call runs, such as `${global_data.tier}`.
///
/// Inside the braces stands a path or a JavaScript expression. A path that is not set becomes the empty
/// string.
///
/// ```
/// use serde_json::json;
/// use swaig::swml::{Json, Variable};
///
/// let variable = Variable::new("global_data.tier");
/// assert_eq!(Json::from(variable).to_value(), json!("${global_data.tier}"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variable(String);

impl Variable {
    /// The placeholder of a path or an expression. Braces are added unless they are there. The platform takes
    /// one line: a line break becomes a space.
    ///
    /// ```
    /// use swaig::swml::Variable;
    ///
    /// assert_eq!(Variable::new("global_data.tier").as_str(), "${global_data.tier}");
    /// assert_eq!(Variable::new("%{vars.n}").as_str(), "%{vars.n}");
    /// ```
    pub fn new(path: impl Into<String>) -> Self {
        let path = one_line(&path.into());
        Self(if is_placeholder(&path) { path } else { format!("${{{path}}}") })
    }

    /// The placeholder with its braces.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the whole text is one placeholder, as the published schema tells them: `^[\$%]\{.*\}$`.
pub(super) fn is_placeholder(text: &str) -> bool {
    (text.starts_with("${") || text.starts_with("%{")) && text.ends_with('}') && is_one_line(text)
}

/// Whether a part of the text is filled in when the call runs.
pub(super) fn has_placeholder(text: &str) -> bool {
    text.contains("${") || text.contains("%{")
}

impl From<Variable> for Json {
    fn from(variable: Variable) -> Self {
        variable.0.into()
    }
}

/// Where a setter takes text, a variable is text.
impl From<Variable> for String {
    fn from(variable: Variable) -> Self {
        variable.0
    }
}

impl Value for Variable {
    fn kind() -> Kind {
        Kind::Variable
    }

    fn from_json(json: &Json) -> Option<Self> {
        json.as_str().filter(|text| is_placeholder(text)).map(|text| Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Value>(text: &str) -> Option<Dyn<T>> {
        Dyn::from_json(&Json::parse(text).expect("json"))
    }

    #[test]
    fn plain_values_variables_and_quoted_values_are_read() {
        assert_eq!(read("true"), Some(Dyn::Value(true)));
        assert_eq!(read(r#""false""#), Some(Dyn::Value(false)));
        assert_eq!(read(r#""2500""#), Some(Dyn::Value(2500_i64)));
        assert_eq!(read::<bool>(r#""${vars.on}""#), Some(Dyn::Variable(Variable::new("vars.on"))));
    }

    #[test]
    fn other_shapes_are_not() {
        assert_eq!(read::<bool>(r#""yes""#), None);
        assert_eq!(read::<bool>("1"), None);
        assert_eq!(read::<i64>("2.5"), None);
        assert_eq!(read::<i64>(r#""${a} and ${b""#), None);
    }
}
