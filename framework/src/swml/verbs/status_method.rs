//! What streams of media share.

use crate::swml::object::choice;

choice! {
    /// The HTTP method of a status request.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, StatusMethod, Stream};
    ///
    /// let stream = Stream::new("wss://example.com/audio").status_url_method(StatusMethod::Post);
    /// assert_eq!(
    ///     Json::from(stream).to_value(),
    ///     json!({"url": "wss://example.com/audio", "status_url_method": "POST"})
    /// );
    /// ```
    StatusMethod {
        /// GET.
        Get = "GET",
        /// POST.
        Post = "POST",
    }
}
