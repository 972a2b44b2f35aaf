//! The types against SignalWire's published schema, which is read in place and skipped where it is absent.

mod builders;
mod completeness;
mod coverage;
mod documents;
pub(in crate::swml) mod from_schema;
pub(in crate::swml) mod random;
pub(in crate::swml) mod schema;
