use crate::swml::object::object;

object! {
    /// The verb `join_room`: puts the caller into a room for sound and video.
    JoinRoom
    required {
        /// The room: letters, digits, underscores and hyphens. It is made when there is none of this name.
        name: String,
    }
}
