//! What all pages have in common.

use hyper::{Response, StatusCode};
use maud::{DOCTYPE, Markup, html};

use crate::server::response::{Body, with_type};

/// A page with this title and body.
pub(super) fn page(status: StatusCode, title: &str, body: &Markup) -> Response<Body> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" type="image/svg+xml" href="/console/icon.svg";
                link rel="stylesheet" href="/console/style.css";
            }
            body { (body) }
        }
    };
    with_type(status, "text/html; charset=utf-8", page.into_string())
}
