use crate::swml::object::object;

object! {
    /// The verb `stop_denoise`: ends [`Denoise`](crate::swml::Denoise).
    StopDenoise
}
