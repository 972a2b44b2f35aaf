use crate::swml::object::wrapper;

wrapper! {
    /// The verb `label`: a place in a section that [`Goto`](crate::swml::Goto) jumps to.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Label, Step};
    ///
    /// let step = Step::from(Label::new("again"));
    /// assert_eq!(Json::from(step).to_value(), json!({"label": "again"}));
    /// ```
    Label(String)
}
