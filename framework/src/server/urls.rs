//! The addresses that the server puts into a document.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use secrecy::ExposeSecret;
use url::{Position, Url, form_urlencoded};

use super::Credentials;
use super::auth::{CALL_TOKEN, CallTokens, DEBUG, POST_PROMPT};
use crate::registry::RegisteredAgent;

/// What is encoded in a user name or a password: all but the unreserved characters (RFC 3986, section 2.3), and `*`, which
/// masks a password. `Url` alone would leave a `%` as it is.
pub(crate) const USERINFO: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'*');

/// The URLs of one agent for one agent id, with the credentials that the platform is to use.
pub(crate) struct Urls {
    /// What all of them start with, up to the agent's name.
    stem: String,
    agent: String,
    agent_id: String,
    tokens: Option<ForCall>,
}

/// The call that the URLs are for.
struct ForCall {
    tokens: CallTokens,
    call_id: String,
}

impl Urls {
    /// URLs under the public base.
    pub(crate) fn new(base: &Url, credentials: &Credentials, agent: &str, agent_id: &str) -> Self {
        let (user, password) = (encoded(&credentials.user), encoded(credentials.password.expose_secret()));
        Self::under(base, &format!("{user}:{password}@"), agent, agent_id)
    }

    fn under(base: &Url, login: &str, agent: &str, agent_id: &str) -> Self {
        let (scheme, host) = (base.scheme(), &base[Position::BeforeHost..Position::AfterPort]);
        // The name of an agent has letters, digits and `_`.
        let stem = format!("{scheme}://{login}{host}{}/{agent}", base.path().trim_end_matches('/'));
        Self { stem, agent: agent.to_owned(), agent_id: agent_id.to_owned(), tokens: None }
    }

    /// The URLs of an agent as its documents have them: with tokens for one call where it wants them.
    pub(crate) fn of(
        base: &Url,
        credentials: &Credentials,
        agent: &RegisteredAgent,
        agent_id: &str,
        tokens: &CallTokens,
        call_id: Option<&str>,
    ) -> Self {
        let urls = Self::new(base, credentials, &agent.name, agent_id);
        if agent.definition.call_tokens {
            urls.with_tokens(tokens, call_id.unwrap_or_default())
        } else {
            urls
        }
    }

    /// URLs that lead nowhere, for a document that is only looked at.
    pub(crate) fn example(agent: &str) -> Self {
        // Credentials are not what is looked at.
        let base = Url::parse("https://example.com").unwrap_or_else(|_| unreachable!("a constant URL"));
        Self::under(&base, "", agent, agent)
    }

    pub(crate) fn agent(&self) -> &str {
        &self.agent
    }

    /// The same URLs with tokens for one call. Without a call they have none, and nothing can be called with them.
    fn with_tokens(mut self, tokens: &CallTokens, call_id: &str) -> Self {
        self.tokens = Some(ForCall { tokens: tokens.clone(), call_id: call_id.to_owned() });
        self
    }

    /// Where all functions are called; `None` where each has a URL of its own.
    pub(crate) fn swaig(&self) -> Option<String> {
        self.tokens.is_none().then(|| self.path("/swaig", ""))
    }

    /// Where one function is called.
    pub(crate) fn function(&self, name: &str) -> String {
        self.path("/swaig", name)
    }

    pub(crate) fn post_prompt(&self) -> String {
        self.path("/post_prompt", POST_PROMPT)
    }

    pub(crate) fn debug(&self) -> String {
        self.path("/debug", DEBUG)
    }

    fn path(&self, end: &str, target: &str) -> String {
        let mut query = form_urlencoded::Serializer::for_suffix(
            format!("{}{end}?", self.stem),
            self.stem.len() + end.len() + 1,
        );
        query.append_pair("agent_id", &self.agent_id);
        let token = self
            .tokens
            .as_ref()
            .and_then(|call| call.tokens.issue(&self.agent, &self.agent_id, &call.call_id, target));
        let mut url = query.finish();
        if let Some(token) = token {
            // It has no letter that would be encoded (RFC 7515, section 2: base64url without padding).
            url.extend(["&", CALL_TOKEN, "=", &token]);
        }
        url
    }
}

fn encoded(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, USERINFO)
}

/// Puts a user name and a password into a URL that has a host.
pub(crate) fn set_credentials(url: &mut Url, user: &str, password: &str) {
    // Only a URL that cannot have a host refuses these, and one of that kind is refused at start-up.
    let _ = url.set_username(&encoded(user).to_string());
    let _ = url.set_password(Some(&encoded(password).to_string()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_and_agent_id_are_carried_and_escaped() {
        let credentials = Credentials::new("sw", "p@ss:/w%41rd");
        let urls = Urls::new(&Url::parse("https://example.com/base/").unwrap(), &credentials, "mfa", "7 & 8");
        assert_eq!(
            urls.function("send_mfa"),
            "https://sw:p%40ss%3A%2Fw%2541rd@example.com/base/mfa/swaig?agent_id=7+%26+8"
        );
    }
}
