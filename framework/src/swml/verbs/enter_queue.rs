use crate::swml::object::object;
use crate::swml::{Dyn, Seconds};

object! {
    /// The verb `enter_queue`: puts the caller into a queue, from which somebody else's
    /// [`Connect`](crate::swml::Connect) to `queue:NAME` takes them.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{EnterQueue, Json};
    ///
    /// let enter_queue =
    ///     EnterQueue::new("support", "https://example.com/after").wait_url("https://example.com/music");
    /// assert_eq!(
    ///     Json::from(enter_queue).to_value(),
    ///     json!({
    ///         "queue_name": "support",
    ///         "transfer_after_bridge": "https://example.com/after",
    ///         "wait_url": "https://example.com/music"
    ///     })
    /// );
    /// ```
    EnterQueue
    required {
        /// The queue; it is made when there is none of this name.
        queue_name: String,
        /// What to run when the two calls come apart: the URL of a document, or a document as text.
        transfer_after_bridge: String,
    }
    optional {
        /// The URL that is told when the state in the queue changes.
        status_url: String where url(),
        /// The URL of what the caller hears while waiting. Default: music.
        wait_url: String where url(),
        /// The longest wait, in whole seconds, at least 1. Default: 3600 (one hour).
        wait_time: Dyn<Seconds> where at_least(1.0),
    }
}
