//! The SignalWire account that live mode uses.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{Settings, SetupError};

const PROJECT: &str = "SIGNALWIRE_PROJECT_ID";
const TOKEN: &str = "SIGNALWIRE_API_TOKEN";
const SPACE: &str = "SIGNALWIRE_SPACE";
const API_URL: &str = "SIGNALWIRE_API_URL";

/// Where upstream calls go.
///
/// ```
/// use swaig::Setup;
/// use swaig::setup::SignalWire;
///
/// match Setup::test([("SIGNALWIRE_SPACE", "")]).signalwire() {
///     SignalWire::Live(account) => println!("texts are sent by {}", account.base_url),
///     SignalWire::Sandbox => println!("texts are shown here"),
/// }
/// ```
#[derive(Debug)]
pub enum SignalWire {
    /// To SignalWire's REST API, or to what `SIGNALWIRE_API_URL` names in its place.
    Live(Account),
    /// To stand-ins on this machine: no credentials are set.
    Sandbox,
}

/// Credentials and address of a SignalWire account's REST API.
///
/// ```
/// use swaig::Setup;
/// use swaig::setup::SignalWire;
///
/// let setup = Setup::test([
///     ("SIGNALWIRE_PROJECT_ID", "p1"),
///     ("SIGNALWIRE_API_TOKEN", "PT1"),
///     ("SIGNALWIRE_SPACE", "example"),
/// ]);
/// let SignalWire::Live(account) = setup.signalwire() else { panic!("an account is set") };
/// assert_eq!(account.base_url.as_str(), "https://example.signalwire.com/");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Account {
    /// The project id: the user name of REST calls.
    pub project_id: String,
    /// The API token (`PT…`): the password of REST calls.
    pub api_token: SecretString,
    /// `scheme://host[:port]` that REST paths are put behind.
    pub base_url: Url,
}

impl SignalWire {
    /// Reads `SIGNALWIRE_PROJECT_ID`, `SIGNALWIRE_API_TOKEN`, and `SIGNALWIRE_SPACE` or `SIGNALWIRE_API_URL`.
    pub(super) fn from_settings(settings: &Settings) -> Result<Self, SetupError> {
        let [project, token, space, api_url] =
            [PROJECT, TOKEN, SPACE, API_URL].map(|name| settings.get(name));
        if [&project, &token, &space, &api_url].iter().all(|value| value.is_none()) {
            return Ok(Self::Sandbox);
        }
        let (Some(project_id), Some(token), true) = (&project, &token, space.is_some() || api_url.is_some())
        else {
            let all = [(PROJECT, &project), (TOKEN, &token), (SPACE, &space), (API_URL, &api_url)];
            let set = all.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| *name).collect();
            let missing = all
                .iter()
                .filter(|(name, value)| {
                    value.is_none() && *name != API_URL && (*name != SPACE || api_url.is_none())
                })
                .map(|(name, _)| *name)
                .collect();
            return Err(SetupError::HalfSet { set, missing });
        };
        let base_url = match (api_url, space) {
            (Some(url), _) => base(API_URL, &url)?,
            (None, Some(space)) => base(SPACE, &space_url(&space))?,
            (None, None) => return Err(SetupError::Missing { name: SPACE.into() }),
        };
        let api_token = SecretString::from(token.clone());
        if api_token.expose_secret().chars().any(char::is_control) || project_id.contains(':') {
            return Err(SetupError::invalid(PROJECT, &"it and the token must fit HTTP Basic credentials"));
        }
        Ok(Self::Live(Account { project_id: project_id.clone(), api_token, base_url }))
    }

    /// Whether no account is set.
    pub fn is_sandbox(&self) -> bool {
        matches!(self, Self::Sandbox)
    }
}

/// `example`, `example.signalwire.com` and `https://example.signalwire.com/` are one space.
fn space_url(space: &str) -> String {
    if space.contains("://") {
        space.to_owned()
    } else if space.contains('.') || space.contains(':') {
        format!("https://{space}")
    } else {
        format!("https://{space}.signalwire.com")
    }
}

fn base(name: &'static str, text: &str) -> Result<Url, SetupError> {
    let expected = "expected scheme://host[:port] with http or https, no credentials and no path";
    let mut url = plain_url(name, text, expected)?;
    if !matches!(url.path(), "" | "/" | "/api/relay/rest" | "/api/relay/rest/") {
        return Err(SetupError::invalid(name, &expected));
    }
    url.set_path("");
    Ok(url)
}

/// A web address without credentials, query and fragment; `expected` says it in words.
pub(crate) fn plain_url(name: &'static str, text: &str, expected: &str) -> Result<Url, SetupError> {
    let url =
        Url::parse(text).map_err(|error| SetupError::invalid(name, &format_args!("{error}; {expected}")))?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if plain { Ok(url) } else { Err(SetupError::invalid(name, &expected)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(settings: &[(&str, &str)]) -> Result<SignalWire, SetupError> {
        SignalWire::from_settings(&Settings::of(settings.iter().copied()))
    }

    #[test]
    fn a_space_is_a_subdomain_a_host_or_a_url() {
        for space in ["example", "example.signalwire.com", "https://example.signalwire.com/"] {
            let SignalWire::Live(account) = live(&[(PROJECT, "p"), (TOKEN, "t"), (SPACE, space)]).unwrap()
            else {
                panic!("{space} is a live account");
            };
            assert_eq!(account.base_url.as_str(), "https://example.signalwire.com/");
        }
    }

    #[test]
    fn half_set_credentials_are_an_error_that_names_both_halves() {
        assert!(live(&[]).unwrap().is_sandbox());
        let error = live(&[(PROJECT, "p"), (SPACE, "example")]).unwrap_err().to_string();
        assert!(error.contains("SIGNALWIRE_API_TOKEN missing"), "{error}");
        let error = live(&[(API_URL, "http://127.0.0.1:1")]).unwrap_err().to_string();
        assert!(error.contains("SIGNALWIRE_PROJECT_ID, SIGNALWIRE_API_TOKEN missing"), "{error}");
        let error = live(&[(PROJECT, "p"), (TOKEN, "t")]).unwrap_err().to_string();
        assert!(error.contains("SIGNALWIRE_SPACE missing"), "{error}");
    }

    #[test]
    fn the_override_replaces_the_space_and_debug_hides_the_token() {
        let account =
            live(&[(PROJECT, "p"), (TOKEN, "PT-secret"), (API_URL, "http://127.0.0.1:8080/")]).unwrap();
        assert!(!format!("{account:?}").contains("PT-secret"));
        let SignalWire::Live(account) = account else { panic!("live") };
        assert_eq!(account.base_url.as_str(), "http://127.0.0.1:8080/");
        assert!(live(&[(PROJECT, "p"), (TOKEN, "t"), (API_URL, "127.0.0.1:8080")]).is_err());
        assert!(live(&[(PROJECT, "p"), (TOKEN, "t"), (API_URL, "http://h/x")]).is_err());
    }
}
