use crate::swml::Data;
use crate::swml::object::object;

object! {
    /// The verb `user_event`: sends an event to the client at the other end of the call.
    UserEvent
    required {
        /// The event; its content is the application's own.
        event: Data,
    }
}
