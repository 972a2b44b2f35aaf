//! Why functions of another server cannot be included.

use std::sync::Arc;

use crate::http::HttpError;
use crate::swml::JsonError;
use crate::swml::check::Finding;

/// Why functions of another server cannot be included.
///
/// ```
/// use swaig::{IncludeError, RemoteFunctions, Setup};
///
/// let setup = Setup::test([("CALENDAR_URL", "ftp://example.com")]);
/// let error = RemoteFunctions::from_setting(&setup, "CALENDAR_URL").unwrap_err();
/// assert!(error.to_string().contains(&IncludeError::NotWeb.to_string()));
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IncludeError {
    /// The URL is none. It is not repeated, since it may hold credentials.
    #[error("the URL cannot be taken ({0}); expected https://host/agent/swaig")]
    Url(url::ParseError),
    /// The URL is not one of the web, or has a fragment.
    #[error("the URL is not one of the web; expected https://host/agent/swaig, without a fragment")]
    NotWeb,
    /// The user name has a colon, which HTTP Basic cannot carry.
    #[error("the user name has a colon; check which of the credentials is the password")]
    User,
    /// No function is named.
    #[error("no function is named; name those to take with `.functions([…])`")]
    NoNames,
    /// Two functions of one agent would have one name.
    #[error("the agent has a function {function:?} already; mount one of the two, or rename one")]
    Clash {
        /// The name.
        function: String,
    },
    /// A name that the platform uses itself.
    #[error("the name {function:?} is reserved: it means a function of the platform; rename it over there")]
    Reserved {
        /// The name.
        function: String,
    },
    /// The URL leads to this program itself.
    #[error(
        "the URL leads to the agent {agent:?} of this program itself; mount the functions with `.function(…)`"
    )]
    Itself {
        /// The agent that the URL leads to.
        agent: String,
    },
    /// The other server cannot be asked, or does not answer as it should.
    #[error(
        "the server did not give its signatures; put that right, or let the program start without them with `.optional()`"
    )]
    Fetch(#[source] Arc<HttpError>),
    /// The answer is not JSON.
    #[error(
        "the answer is not JSON; check that the URL is that of a SWAIG webhook, such as https://host/agent/swaig"
    )]
    NotJson(#[source] Arc<JsonError>),
    /// The answer is JSON, but holds no signatures.
    #[error(
        "the answer holds no signatures: expected a list of definitions, one definition, or an object with `functions`; check that the URL is that of a SWAIG webhook"
    )]
    NotSignatures,
    /// Functions that were asked for are not in the answer.
    #[error(
        "the server has no function {}; it has: {given}; correct the names, or add the functions there",
        quoted(missing)
    )]
    Missing {
        /// The names that are missing.
        missing: Vec<String>,
        /// The names that the server gives.
        given: String,
    },
    /// A definition that the platform would silently pass over.
    #[error("definition {number} of the answer{} has no {what}, so the platform passes over it; add it over there", name.as_ref().map(|name| format!(" ({name:?})")).unwrap_or_default())]
    Incomplete {
        /// Its place in the answer, from 1.
        number: usize,
        /// Its name, where it has one.
        name: Option<String>,
        /// What it lacks.
        what: &'static str,
    },
    /// Two definitions of one name.
    #[error("the answer defines the function {function:?} twice; remove one over there")]
    Twice {
        /// The name.
        function: String,
    },
    /// A definition that is not valid.
    #[error("the definition of {function:?} is not valid at {}: {}; over there, {}", if finding.path.is_empty() { "/" } else { &finding.path }, finding.message, finding.remedy)]
    Definition {
        /// The name of the function.
        function: String,
        /// What is wrong, where, and what to do.
        finding: Finding,
    },
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}
