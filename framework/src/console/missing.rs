//! Pages for what is not there, and for what cannot be read now.

use hyper::{Response, StatusCode};
use maud::html;

use super::page::{Page, Shell};
use crate::server::response::Body;
use crate::store::StoreError;

/// There is no such page.
pub(super) fn page(shell: &Shell<'_>) -> Response<Body> {
    of(
        shell,
        StatusCode::NOT_FOUND,
        "No such page",
        "There is nothing at this address. The console begins at Agents.",
    )
}

/// There is no such agent.
pub(super) fn agent(shell: &Shell<'_>) -> Response<Body> {
    let words = "This server has no agent of this name. Those that it has are on the page Agents; SWAIG_AGENTS chooses them.";
    of(shell, StatusCode::NOT_FOUND, "No such agent", words)
}

/// There is no such conversation.
pub(super) fn conversation(shell: &Shell<'_>) -> Response<Body> {
    let words = "There is no conversation of this number. It may be older than what the store keeps (SWAIG_STORE_MAX_AGE).";
    of(shell, StatusCode::NOT_FOUND, "No such conversation", words)
}

/// The store cannot be read.
pub(super) fn store(shell: &Shell<'_>, error: &StoreError) -> Response<Body> {
    tracing::error!(error = error as &dyn std::error::Error, "the console cannot read the store");
    let words = "The store cannot be read now. Calls go on without it. Load the page again in a minute; the log of the server says what is wrong.";
    of(shell, StatusCode::SERVICE_UNAVAILABLE, "The store does not answer", words)
}

fn of(shell: &Shell<'_>, status: StatusCode, title: &str, words: &str) -> Response<Body> {
    let content = html! { p .notice .bad role="alert" { (words) } };
    shell.page(&Page { status, title, ..Page::default() }, &content)
}
