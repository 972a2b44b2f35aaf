use crate::swml::List;
use crate::swml::object::object;

object! {
    /// The verb `send_sms`: sends a text or a picture message.
    ///
    /// It has a text ([`SendSms::text`]), media ([`SendSms::with_media`]), or both.
    ///
    /// ```
    /// use swaig::swml::SendSms;
    ///
    /// let sms = SendSms::text("+15551230001", "+15551230002", "Your table is ready").tags(["tables"]);
    /// assert_eq!(sms.read().body().as_deref(), Some("Your table is ready"));
    /// ```
    SendSms
    required {
        /// The receiver's number, in E.164.
        to_number: String,
        /// The sender's number, in E.164; one of the account's.
        from_number: String,
    }
    one_of {
        body: String,
        media: List<String>,
    }
    optional {
        /// The region from which the message is sent.
        region: String,
        /// Labels for searching messages.
        tags each tag: List<String>,
        /// The URL that is told when the state of the message changes.
        status_callback: String where url(),
    }
    rules { at_least_one ["body" "media"] }
}

impl SendSms {
    /// A text message.
    pub fn text(to: impl Into<String>, from: impl Into<String>, body: impl Into<String>) -> Self {
        Self::empty().to_number(to).from_number(from).put("body", body.into())
    }

    /// A message with media, given by their URLs.
    pub fn with_media(
        to: impl Into<String>,
        from: impl Into<String>,
        media: impl Into<List<String>>,
    ) -> Self {
        Self::empty().to_number(to).from_number(from).put("media", media.into())
    }

    /// Adds a text to media.
    #[must_use]
    pub fn body(self, body: impl Into<String>) -> Self {
        self.put("body", body.into())
    }
}
