//! The addresses that the server puts into a document.

use secrecy::ExposeSecret;
use url::Url;

use super::Credentials;

/// The URLs of one agent for one agent id, with the credentials that the platform is to use.
#[derive(Clone)]
pub(crate) struct Urls {
    base: Url,
    agent: String,
    agent_id: String,
}

impl Urls {
    /// URLs under the public base.
    pub(crate) fn new(base: &Url, credentials: &Credentials, agent: &str, agent_id: &str) -> Self {
        let mut base = base.clone();
        // Only a URL that cannot have a host refuses these, and `PublicUrl` takes none of that kind.
        let _ = base.set_username(&credentials.user);
        let _ = base.set_password(Some(credentials.password.expose_secret()));
        Self { base, agent: agent.to_owned(), agent_id: agent_id.to_owned() }
    }

    pub(crate) fn agent(&self) -> &str {
        &self.agent
    }

    pub(crate) fn swaig(&self) -> String {
        self.path("/swaig")
    }

    pub(crate) fn post_prompt(&self) -> String {
        self.path("/post_prompt")
    }

    pub(crate) fn debug(&self) -> String {
        self.path("/debug")
    }

    fn path(&self, end: &str) -> String {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{}{end}", self.base.path().trim_end_matches('/'), self.agent));
        url.query_pairs_mut().append_pair("agent_id", &self.agent_id);
        url.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_and_agent_id_are_carried_and_escaped() {
        let credentials = Credentials::new("sw", "p@ss:/word");
        let urls = Urls::new(&Url::parse("https://example.com/base/").unwrap(), &credentials, "mfa", "7 & 8");
        assert_eq!(urls.swaig(), "https://sw:p%40ss%3A%2Fword@example.com/base/mfa/swaig?agent_id=7+%26+8");
    }
}
