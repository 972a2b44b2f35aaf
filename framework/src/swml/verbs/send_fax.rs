use crate::swml::object::object;

object! {
    /// The verb `send_fax`: sends a document as a fax.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SendFax};
    ///
    /// let send_fax = SendFax::new("https://example.com/order.pdf").identity("+15550100001");
    /// assert_eq!(
    ///     Json::from(send_fax).to_value(),
    ///     json!({"document": "https://example.com/order.pdf", "identity": "+15550100001"})
    /// );
    /// ```
    SendFax
    required {
        /// The URL of a PDF file.
        document: String where url(),
    }
    optional {
        /// A line at the top of each page.
        header_info: String,
        /// The number that the other machine is told. Default: the caller's.
        identity: String,
        /// The URL that is told when the state of the fax changes.
        status_url: String where url(),
    }
}
