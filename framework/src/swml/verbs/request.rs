use crate::swml::object::{choice, object, union};
use crate::swml::{Data, DecimalSeconds, Dyn};

object! {
    /// The verb `request`: sends an HTTP request and waits for the answer.
    ///
    /// Up to 64 KB of the body of the answer and 64 of its headers are kept.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{HttpMethod, Json, Request};
    ///
    /// let request = Request::new("https://api.example.com/orders", HttpMethod::Post)
    ///     .body(json!({"order": 7}))
    ///     .save_variables(true);
    /// assert_eq!(
    ///     Json::from(request).to_value(),
    ///     json!({
    ///         "url": "https://api.example.com/orders",
    ///         "method": "POST",
    ///         "body": {
    ///             "order": 7
    ///         },
    ///         "save_variables": true
    ///     })
    /// );
    /// ```
    Request
    required {
        /// Where to send it. Credentials may stand in it as `https://user:password@host/…`.
        url: String,
        /// The HTTP method.
        method: HttpMethod,
    }
    optional {
        /// The headers: `Accept`, `Authorization`, `Content-Type`, `Range`, and any that starts with `X-`.
        headers: Data,
        /// The body: text, or an object that is sent as JSON.
        body: RequestBody,
        /// The longest that the whole request may take, in seconds. Default: 0, no limit.
        timeout: Dyn<DecimalSeconds>,
        /// The longest that connecting may take, in seconds. Default: 0, no limit.
        connect_timeout: Dyn<DecimalSeconds>,
        /// Whether to parse the answer as JSON and keep it as variables. Default: false.
        save_variables: Dyn<bool>,
    }
}

choice! {
    /// The method of an HTTP request that the platform sends.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{HttpMethod, Json, Request};
    ///
    /// let request = Request::new("https://api.example.com/orders/7", HttpMethod::Get);
    /// assert_eq!(
    ///     Json::from(request).to_value(),
    ///     json!({"url": "https://api.example.com/orders/7", "method": "GET"})
    /// );
    /// ```
    HttpMethod {
        /// GET.
        Get = "GET",
        /// POST.
        Post = "POST",
        /// PUT.
        Put = "PUT",
        /// DELETE.
        Delete = "DELETE",
    }
}

union! {
    /// The body of a [`Request`].
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, RequestBody};
    ///
    /// let request_body = RequestBody::from(json!({"order": 7}));
    /// assert_eq!(Json::from(request_body).to_value(), json!({"order": 7}));
    /// ```
    RequestBody {
        /// Sent as it is.
        Text(String),
        /// Sent as JSON.
        Data(Data),
    }
}

impl From<&str> for RequestBody {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<serde_json::Value> for RequestBody {
    fn from(value: serde_json::Value) -> Self {
        Self::Data(value.into())
    }
}
