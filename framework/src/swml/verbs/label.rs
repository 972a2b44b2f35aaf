use crate::swml::object::wrapper;

wrapper! {
    /// The verb `label`: a place in a section that [`Goto`](crate::swml::Goto) jumps to.
    Label(String)
}
