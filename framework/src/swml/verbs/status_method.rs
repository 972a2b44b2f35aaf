//! What streams of media share.

use crate::swml::object::choice;

choice! {
    /// The HTTP method of a status request.
    StatusMethod {
        /// GET.
        Get = "GET",
        /// POST.
        Post = "POST",
    }
}
