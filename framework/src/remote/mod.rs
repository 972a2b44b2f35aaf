//! Functions of another server, which an agent includes.
//!
//! The agent's document names the server and the functions (SWML reference, `ai.SWAIG.includes`). When the agent loads,
//! the platform asks that server for their signatures, and later posts their calls there: this server sees neither.
//! What is wrong over there would only show in a call, as a function that is silently not there. So this server asks the
//! same question when it starts, and refuses to start when the answer would not do.

mod answer;
mod ask;
mod error;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::http::shown;
use crate::server::set_credentials;
use crate::setup::{Setup, SetupError};
use crate::swml::ai::Include;
use crate::swml::{Json, Object};

pub(crate) use ask::ask_all;
pub use error::IncludeError;

/// How long the other server may take to give its signatures.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Functions of another server, for [`AgentDefinition::include`](crate::AgentDefinition::include).
///
/// The URL is that of the server's SWAIG webhook, which for a server made with this crate is `/{agent}/swaig`.
/// Credentials may stand in it, or are given apart; the document carries them in the URL either way.
///
/// ```
/// use swaig::swml::ai::Prompt;
/// use swaig::{AgentDefinition, RemoteFunctions};
///
/// let calendar = RemoteFunctions::new("https://calendar.example.com/agenda/swaig")
///     .functions(["find_slot", "book_slot"])
///     .credentials("signalwire", "the password".into())
///     .meta_data("branch", "Porto");
/// let definition = AgentDefinition::new(Prompt::text("You book appointments.")).include(calendar);
/// assert_eq!(definition.function_names(), ["find_slot", "book_slot"]);
/// ```
#[derive(Clone)]
pub struct RemoteFunctions {
    url: Result<Url, IncludeError>,
    functions: Vec<String>,
    credentials: Option<(String, SecretString)>,
    meta_data: Object,
    optional: bool,
    timeout: Duration,
}

impl RemoteFunctions {
    /// Functions of the server that answers at this URL, `http` or `https`. A URL that cannot be taken is an error when
    /// the program starts.
    pub fn new(url: impl AsRef<str>) -> Self {
        Self {
            url: parse(url.as_ref()),
            functions: Vec::new(),
            credentials: None,
            meta_data: Object::new(),
            optional: false,
            timeout: TIMEOUT,
        }
    }

    /// The same, with a URL out of the settings, for [`Agent::build`](crate::Agent::build).
    ///
    /// # Errors
    /// The setting is missing, or is not a URL of the web. The error does not repeat it.
    pub fn from_setting(setup: &Setup, name: &'static str) -> Result<Self, SetupError> {
        let remote = Self::new(setup.require(name)?);
        match &remote.url {
            Ok(_) => Ok(remote),
            Err(error) => Err(SetupError::invalid(name, error)),
        }
    }

    /// The names of the functions to take, at least one.
    #[must_use]
    pub fn functions<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.functions.extend(names.into_iter().map(Into::into));
        self
    }

    /// The user name and the password that the other server asks for. They win over those in the URL.
    #[must_use]
    pub fn credentials(mut self, user: impl Into<String>, password: SecretString) -> Self {
        self.credentials = Some((user.into(), password));
        self
    }

    /// Adds data that the platform sends along to the other server and that the model does not see.
    #[must_use]
    pub fn meta_data(mut self, key: impl Into<String>, value: impl Into<Json>) -> Self {
        self.meta_data.insert(key.into(), value.into());
        self
    }

    /// Lets the program start when the other server does not give these functions: the log says why, and the agent is
    /// served without them.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// How long the other server may take to answer when this program starts. Default: 5 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The names of the functions.
    pub fn names(&self) -> &[String] {
        &self.functions
    }

    /// The URL for people: without credentials and query.
    pub(crate) fn shown(&self) -> String {
        self.url.as_ref().map_or_else(|_| "(a URL that cannot be taken)".to_owned(), shown)
    }

    /// The URL with the credentials.
    fn url(&self) -> Result<Url, IncludeError> {
        let mut url = self.url.clone()?;
        if let Some((user, password)) = &self.credentials {
            set_credentials(&mut url, user, password.expose_secret());
        }
        Ok(url)
    }

    /// What is wrong with it as it stands, without asking anybody.
    pub(crate) fn problem(&self) -> Option<IncludeError> {
        match &self.url {
            Err(error) => Some(error.clone()),
            Ok(_) if self.credentials.as_ref().is_some_and(|(user, _)| user.contains(':')) => {
                Some(IncludeError::User)
            }
            Ok(_) if self.functions.is_empty() => Some(IncludeError::NoNames),
            Ok(_) => None,
        }
    }

    /// Whether it asks the same server for no more functions than `other`.
    pub(crate) fn is_part_of(&self, other: &Self) -> bool {
        self.url.as_ref().ok() == other.url.as_ref().ok()
            && self.functions.iter().all(|name| other.functions.contains(name))
    }

    /// Takes a name away; whether any is left.
    pub(crate) fn without(&mut self, function: &str) -> bool {
        self.functions.retain(|name| name != function);
        !self.functions.is_empty()
    }

    /// The same, with `****` for the password.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "a command shows it"))]
    pub(crate) fn masked(mut self) -> Self {
        if let Some((_, password)) = &mut self.credentials {
            *password = "****".into();
        }
        if let Ok(url) = &mut self.url
            && url.password().is_some()
        {
            // A URL of the web can have one: it has a host.
            let _ = url.set_password(Some("****"));
        }
        self
    }

    /// What an entry of a document stands for.
    #[cfg(feature = "cli")]
    pub(crate) fn of_document(include: &serde_json::Value) -> Self {
        let text = |key: &str| include[key].as_str().unwrap_or_default();
        let names =
            include["functions"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
        let mut remote = Self::new(text("url")).functions(names);
        if !text("auth_user").is_empty() {
            remote = remote.credentials(text("auth_user"), text("auth_password").into());
        }
        for (key, value) in include["meta_data"].as_object().into_iter().flatten() {
            remote = remote.meta_data(key, value.clone());
        }
        remote
    }

    /// The data that travels along.
    #[cfg(feature = "cli")]
    pub(crate) fn data(&self) -> serde_json::Map<String, serde_json::Value> {
        match Json::Object(self.meta_data.clone()).into() {
            serde_json::Value::Object(data) => data,
            _ => serde_json::Map::new(),
        }
    }

    /// The entry of the document.
    pub(crate) fn to_include(&self) -> Option<Include> {
        let include = Include::new(self.url().ok()?, self.functions.clone());
        Some(if self.meta_data.is_empty() { include } else { include.meta_data(self.meta_data.clone()) })
    }
}

impl fmt::Debug for RemoteFunctions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteFunctions")
            .field("url", &self.shown())
            .field("functions", &self.functions)
            .field("optional", &self.optional)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn parse(text: &str) -> Result<Url, IncludeError> {
    let url = Url::parse(text.trim()).map_err(IncludeError::Url)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || url.fragment().is_some() {
        return Err(IncludeError::NotWeb);
    }
    Ok(url)
}
