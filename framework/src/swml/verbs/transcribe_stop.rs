use crate::swml::object::object;

object! {
    /// The verb `transcribe_stop`: ends [`Transcribe`](crate::swml::Transcribe).
    TranscribeStop
}
