use crate::swml::object::object;

object! {
    /// The verb `transcribe`: records the call in the background and writes it down afterwards.
    Transcribe
    optional {
        /// The URL that is told when the text is ready.
        status_url: String where url(),
    }
}
