use crate::swml::object::object;

object! {
    /// The verb `sip_refer`: asks the caller's SIP endpoint to call somebody else instead.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, SipRefer};
    ///
    /// let sip_refer = SipRefer::new("sip:desk@example.com");
    /// assert_eq!(Json::from(sip_refer).to_value(), json!({"to_uri": "sip:desk@example.com"}));
    /// ```
    SipRefer
    required {
        /// The SIP address to call.
        to_uri: String,
    }
    optional {
        /// The URL that is told how it goes.
        status_url: String where url(),
        /// The user name for SIP authentication.
        username: String,
        /// The password for SIP authentication. It is written into the document in clear.
        password: String,
    }
}
