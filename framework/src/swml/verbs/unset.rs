use crate::swml::List;
use crate::swml::object::{union, wrapper};

wrapper! {
    /// The verb `unset`: removes variables of the script.
    ///
    /// ```
    /// use swaig::swml::{Json, Unset};
    ///
    /// assert_eq!(Json::from(Unset::new("tier")).to_string(), r#""tier""#);
    /// assert_eq!(Json::from(Unset::new(["tier", "tries"])).to_string(), r#"["tier","tries"]"#);
    /// ```
    Unset(Names)
}

union! {
    /// One name or several.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Names};
    ///
    /// let names = Names::from(["order", "tier"]);
    /// assert_eq!(Json::from(names).to_value(), json!(["order", "tier"]));
    /// ```
    Names {
        /// One.
        One(String),
        /// Several.
        Many(List<String>),
    }
}

impl From<&str> for Names {
    fn from(name: &str) -> Self {
        Self::One(name.to_owned())
    }
}

impl<T: Into<String>, const N: usize> From<[T; N]> for Names {
    fn from(names: [T; N]) -> Self {
        Self::Many(names.into())
    }
}

impl<T: Into<String>> From<Vec<T>> for Names {
    fn from(names: Vec<T>) -> Self {
        Self::Many(names.into())
    }
}
