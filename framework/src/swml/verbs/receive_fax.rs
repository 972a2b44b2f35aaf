use crate::swml::object::object;

object! {
    /// The verb `receive_fax`: takes a fax.
    ///
    /// The platform puts the address of the document into the variable `receive_fax_document`.
    ReceiveFax
    optional {
        /// The URL that is told when the state of the fax changes.
        status_url: String where url(),
    }
}
