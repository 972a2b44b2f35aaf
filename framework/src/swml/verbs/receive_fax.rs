use crate::swml::object::object;

object! {
    /// The verb `receive_fax`: takes a fax.
    ///
    /// The platform puts the address of the document into the variable `receive_fax_document`.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, ReceiveFax};
    ///
    /// let receive_fax = ReceiveFax::new().status_url("https://example.com/fax");
    /// assert_eq!(Json::from(receive_fax).to_value(), json!({"status_url": "https://example.com/fax"}));
    /// ```
    ReceiveFax
    optional {
        /// The URL that is told when the state of the fax changes.
        status_url: String where url(),
    }
}
