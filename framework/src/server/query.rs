//! The query of a request, and forms, which are written the same way.

use hyper::Uri;

/// The pairs of a query or a form, decoded. It has no `Debug`: a password may be in it.
pub(crate) struct Query(Vec<(String, String)>);

/// The longest `agent_id` that is taken.
const AGENT_ID_LENGTH: usize = 128;

impl Query {
    pub(crate) fn of(uri: &Uri) -> Self {
        Self::read(uri.query().unwrap_or_default().as_bytes())
    }

    pub(crate) fn read(bytes: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// The first value of a key that is not empty.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, value)| name == key && !value.is_empty()).map(|(_, value)| &**value)
    }

    /// The `agent_id`, or the agent's name where there is none; an error text for one that cannot be taken.
    pub(crate) fn agent_id<'a>(&'a self, agent: &'a str) -> Result<&'a str, &'static str> {
        let id = self.get("agent_id").unwrap_or(agent);
        if id.len() > AGENT_ID_LENGTH || id.chars().any(char::is_control) {
            return Err("agent_id is longer than 128 bytes or holds control characters");
        }
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agent_id_is_decoded_and_defaults_to_the_agent() {
        let of = |uri: &str| Query::of(&uri.parse().unwrap()).agent_id("mfa").map(str::to_owned);
        assert_eq!(of("/mfa").unwrap(), "mfa");
        assert_eq!(of("/mfa?agent_id=").unwrap(), "mfa");
        assert_eq!(of("/mfa?x=1&agent_id=7+%26").unwrap(), "7 &");
        assert!(of("/mfa?agent_id=a%0Ab").is_err());
        assert!(of(&format!("/mfa?agent_id={}", "x".repeat(129))).is_err());
    }
}
