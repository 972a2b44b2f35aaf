//! Hostile requests, in tables by subject. Each row gets the status that `docs/limits.md` promises, runs nothing, and
//! leaves the server to its other clients.
//!
//! A new row is a line in a table; a new subject is a file with a table and a test that hands it to [`check`](row::check).

mod body;
mod forged;
mod framing;
mod head;
mod http2;
mod json;
mod row;
mod slow;
mod target;
mod tls;
mod viewers;
