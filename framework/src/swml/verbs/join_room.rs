use crate::swml::object::object;

object! {
    /// The verb `join_room`: puts the caller into a room for sound and video.
    ///
    /// ```
    /// use serde_json::json;
    /// use swaig::swml::{JoinRoom, Json, Step};
    ///
    /// let step = Step::from(JoinRoom::new("lobby"));
    /// assert_eq!(Json::from(step).to_value(), json!({"join_room": {"name": "lobby"}}));
    /// ```
    JoinRoom
    required {
        /// The room: letters, digits, underscores and hyphens. It is made when there is none of this name.
        name: String,
    }
}
