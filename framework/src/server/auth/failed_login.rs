//! A limit on failed logins, by the client's address.
//!
//! It tells operators of whoever tries passwords or scans the server, and sends them away. It never locks the platform out:
//! right credentials pass whatever came from their address before, since many may share one. So credentials are compared
//! first, which costs two digests; that a guess is hopeless is up to the password.

use std::net::IpAddr;
use std::time::Duration;

use hyper::header;
use hyper::{Response, StatusCode};

use crate::limit::{LimitReached, count_reached, mark};
use url::Url;

use crate::server::one_client::one_client;
use crate::server::response::{Body, refusal};
use crate::server::set_credentials;
use crate::setup::{Settings, SetupError};
use crate::store::{Bound, LimitKey, Limits};

const MOST: &str = "SWAIG_FAILED_LOGINS";
const SECONDS: &str = "SWAIG_FAILED_LOGINS_WINDOW";
/// The name of the limit, in metrics.
const NAME: &str = "failed_logins";

/// How many logins of one address may fail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FailedLogins {
    /// 0: any number.
    most: u32,
    window: Duration,
}

impl FailedLogins {
    pub(crate) fn from_settings(settings: &Settings) -> Result<Self, SetupError> {
        let most = settings.number(MOST, 0..=1_000_000)?.unwrap_or(10);
        let window = settings.number(SECONDS, 1..=86_400)?.unwrap_or(300);
        Ok(Self { most, window: Duration::from_secs(window) })
    }

    /// Counts a failed login: its answer, or 429 where there were too many from this address.
    pub(crate) async fn refuse(
        self,
        store: &(impl Limits + ?Sized),
        client: IpAddr,
        answer: Response<Body>,
    ) -> Response<Body> {
        match self.count(store, client).await {
            Some(reached) => too_many(&reached),
            None => answer,
        }
    }

    /// Counts a failed login, and says whether there were too many from this address.
    pub(crate) async fn count(self, store: &(impl Limits + ?Sized), client: IpAddr) -> Option<LimitReached> {
        if self.most == 0 {
            return None;
        }
        let subject = network(client);
        let bound = Bound { key: LimitKey::new(NAME, &subject), most: self.most, window: self.window };
        let full = match store.count(&[bound], mark()).await {
            Ok(full) => full?,
            Err(error) => {
                // Nobody gets in by this: the login has failed already.
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "failed logins are not counted now"
                );
                return None;
            }
        };
        count_reached(NAME);
        let reached = LimitReached { name: NAME, retry_after: full.room_in };
        // One line a window: a flood of requests is not to become a flood of lines.
        let line =
            Bound { key: LimitKey::new("failed_logins_logged", &subject), most: 1, window: self.window };
        if matches!(store.count(&[line], mark()).await, Ok(None)) {
            tracing::warn!(
                address = subject,
                failed = self.most,
                within_seconds = self.window.as_secs(),
                "too many failed logins: more of them are answered with status 429, and not logged"
            );
        }
        Some(reached)
    }

    /// Tells the log of a request for an agent that had no right credentials: one line for an agent and an address within
    /// the time. Most likely it is the platform, whose address of the agent has no password in it, or an old one.
    pub(crate) async fn tell(self, store: &(impl Limits + ?Sized), client: IpAddr, failed: FailedLogin<'_>) {
        let FailedLogin { agent, sent, base, user } = failed;
        let subject = network(client);
        let key = LimitKey::new("failed_logins_told", &format!("{agent} {subject}"));
        let line = Bound { key, most: 1, window: self.window };
        if !matches!(store.count(&[line], mark()).await, Ok(None)) {
            return;
        }
        let mut example = base.clone();
        set_credentials(&mut example, user, "PASSWORD");
        if let Ok(mut path) = example.path_segments_mut() {
            path.pop_if_empty().push(agent);
        }
        let what = if sent { "wrong credentials" } else { "no credentials" };
        tracing::warn!(
            %agent,
            address = subject,
            "a request for the agent {agent} had {what}; if it was SignalWire, put the user and the password into the address there: {example}"
        );
    }
}

/// A request for an agent without the right credentials.
pub(crate) struct FailedLogin<'a> {
    pub(crate) agent: &'a str,
    /// Whether it had any.
    pub(crate) sent: bool,
    /// What the agent's address starts with.
    pub(crate) base: &'a Url,
    /// The agent's user name.
    pub(crate) user: &'a str,
}

/// Whom failed logins are counted for, in the spelling of networks.
fn network(address: IpAddr) -> String {
    match one_client(address) {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(network) => format!("{network}/64"),
    }
}

fn too_many(reached: &LimitReached) -> Response<Body> {
    let message = format!(
        "too many failed logins from this address: send the right credentials, or try again in {}",
        reached.wait()
    );
    let mut response = refusal(StatusCode::TOO_MANY_REQUESTS, &message);
    response.headers_mut().insert(header::RETRY_AFTER, reached.seconds().into());
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    fn of(settings: &[(&str, &str)]) -> Result<FailedLogins, SetupError> {
        FailedLogins::from_settings(&Settings::of(settings.iter().copied()))
    }

    async fn refuse(limit: FailedLogins, store: &MemoryStore, client: IpAddr) -> Response<Body> {
        limit.refuse(store, client, refusal(StatusCode::UNAUTHORIZED, "wrong")).await
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        let table = [
            ("203.0.113.9", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ];
        for (client, subject) in table {
            assert_eq!(network(address(client)), subject);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_eleventh_within_five_minutes_is_too_many() {
        let (limit, store) = (of(&[("X", "y")]).unwrap(), MemoryStore::default());
        let (client, other) = (address("203.0.113.9"), address("203.0.113.10"));
        for _ in 0..10 {
            assert_eq!(refuse(limit, &store, client).await.status(), 401);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let refused = refuse(limit, &store, client).await;
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()["retry-after"]),
            (429, &"290".parse().unwrap())
        );
        assert_eq!(refuse(limit, &store, other).await.status(), 401);
        tokio::time::advance(Duration::from_secs(290)).await;
        assert_eq!(refuse(limit, &store, client).await.status(), 401);
        assert_eq!(refuse(limit, &store, client).await.status(), 429);
    }

    #[tokio::test]
    async fn the_settings_change_it_or_switch_it_off() {
        let store = MemoryStore::default();
        let none = of(&[(MOST, "0")]).unwrap();
        let one = of(&[(MOST, "1"), (SECONDS, "60")]).unwrap();
        let client = address("203.0.113.9");
        for _ in 0..20 {
            assert_eq!(refuse(none, &store, client).await.status(), 401);
        }
        assert_eq!(refuse(one, &store, client).await.status(), 401);
        assert_eq!(refuse(one, &store, client).await.status(), 429);
        for (name, value) in [(MOST, "-1"), (MOST, "few"), (SECONDS, "0"), (SECONDS, "86401")] {
            let error = of(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("whole number"), "{error}");
        }
    }
}
