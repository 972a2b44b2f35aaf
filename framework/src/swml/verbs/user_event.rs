use crate::swml::Data;
use crate::swml::object::object;

object! {
    /// The verb `user_event`: sends an event to the client at the other end of the call.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{Json, UserEvent};
    ///
    /// let user_event = UserEvent::new(json!({"order": "ready"}));
    /// assert_eq!(Json::from(user_event).to_value(), json!({"event": {"order": "ready"}}));
    /// ```
    UserEvent
    required {
        /// The event; its content is the application's own.
        event: Data,
    }
}
