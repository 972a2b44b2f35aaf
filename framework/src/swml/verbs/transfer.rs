use crate::swml::Data;
use crate::swml::object::object;

object! {
    /// The verb `transfer`: goes on in another section or document and does not come back.
    ///
    /// One call may take 32 such jumps in a row, `goto` included.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, Transfer};
    ///
    /// let transfer = Transfer::new("https://example.com/next").params(json!({"order": 7}));
    /// assert_eq!(
    ///     Json::from(transfer).to_value(),
    ///     json!({"dest": "https://example.com/next", "params": {"order": 7}})
    /// );
    /// ```
    Transfer
    required {
        /// A section of this document, the URL of another document, or a document as text.
        dest: String,
    }
    optional {
        /// Values that the destination reads as `params.*`.
        params: Data,
        /// Data of your own, which the platform ignores.
        meta: Data,
    }
}
