use crate::swml::object::object;
use crate::swml::{Data, OnResult, Section};

object! {
    /// The verb `execute`: runs another section or document as a subroutine, then goes on.
    ///
    /// The subroutine comes back at its end or at [`Return`](crate::swml::Return); its value is
    /// `return_value`.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Execute, Json};
    ///
    /// let execute = Execute::new("https://example.com/sub").params(json!({"order": 7}));
    /// assert_eq!(
    ///     Json::from(execute).to_value(),
    ///     json!({"dest": "https://example.com/sub", "params": {"order": 7}})
    /// );
    /// ```
    Execute
    required {
        /// A section of this document, the URL of another document, or a document as text.
        dest: String,
    }
    optional {
        /// Values that the subroutine reads as `params.*`.
        params: Data,
        /// Data of your own, which the platform ignores.
        meta: Data,
        /// Steps that run when the subroutine has come back.
        on_return: Section,
        /// What to do with the returned value.
        result: OnResult,
    }
}
