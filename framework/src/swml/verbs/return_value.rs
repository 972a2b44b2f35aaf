use crate::swml::Json;
use crate::swml::object::wrapper;

wrapper! {
    /// The verb `return`: leaves a subroutine with a value, or the script.
    ///
    /// ```
    /// use swaig::swml::{Json, Return};
    ///
    /// assert_eq!(Json::from(Return::new("done")).to_string(), r#""done""#);
    /// ```
    Return(Json)
}
