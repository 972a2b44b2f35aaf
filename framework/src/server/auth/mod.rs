//! Who may ask, and whether a request is the platform's.
//!
//! `credentials`: HTTP Basic, for everything but `/health`, `/ready`, and the console's way in and out with its style
//! and icon. `signature`: SignalWire's signing key.
//! `call_token`: a token in each webhook's URL, for one call. `proxy`: whose word on the client's address is taken.
//! `session` and `same_origin`: people who log in at the console.
//! `failed_login`: how many logins of one address may fail.

mod call_token;
mod credentials;
mod failed_login;
mod proxy;
mod same_origin;
#[cfg_attr(not(feature = "console"), allow(dead_code, reason = "the console starts sessions"))]
mod session;
mod signature;

use std::collections::HashMap;
use std::sync::Arc;

use hyper::HeaderMap;
use secrecy::SecretString;

use super::route::Route;
use crate::registry::Registry;
use crate::setup::{Settings, SetupError};

pub(crate) use call_token::{CallTokens, DEBUG, PARAMETER as CALL_TOKEN, POST_PROMPT};
pub use credentials::Credentials;
pub(crate) use credentials::Expected;
pub(crate) use failed_login::{FailedLogin, FailedLogins};
pub(crate) use proxy::Proxies;
pub(crate) use same_origin::{CrossSite, is_cross_site};
#[cfg(feature = "console")]
pub(crate) use session::Visitor;
pub(crate) use session::{Session, Sessions};
pub(crate) use signature::{Signatures, signed_urls};

/// The credentials of the operator, and of the agents that have their own.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) operator: Expected,
    agents: HashMap<Arc<str>, Expected>,
}

impl Access {
    pub(crate) fn from_settings(settings: &Settings, registry: &Registry) -> Result<Self, SetupError> {
        let operator = Credentials::from_settings(settings)?;
        let mut agents = HashMap::new();
        for agent in registry.agents() {
            if let Some(own) = Credentials::of_agent(settings, &agent.name, &operator.user)? {
                agents.insert(agent.name.clone(), own.into());
            }
        }
        Ok(Self { operator: operator.into(), agents })
    }

    /// Keeps the password that was made up at the start, where none is set now either. One that was set cannot go: nobody
    /// would see the one that is made up in its place.
    #[cfg(feature = "cli")]
    pub(crate) fn keep_generated(&mut self, before: &Self) -> Result<(), SetupError> {
        if self.operator.generated {
            if !before.operator.generated {
                return Err(SetupError::Missing { name: "SWML_BASIC_AUTH_PASSWORD".into() });
            }
            let password = before.operator.password.clone();
            self.operator = Credentials { password, ..self.operator.clone() }.into();
        }
        Ok(())
    }

    /// What the platform is to send to an agent.
    pub(crate) fn of(&self, agent: &str) -> &Expected {
        self.agents.get(agent).unwrap_or(&self.operator)
    }

    /// All passwords with their users, those of before too.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (&str, &SecretString)> {
        let all = self.agents.values().chain([&self.operator]);
        all.flat_map(|it| {
            let passwords = [Some(&it.password), it.previous_password.as_ref()];
            passwords.into_iter().flatten().map(|password| (&*it.user, password))
        })
    }

    /// Whether a request may pass. An agent with credentials of its own takes no others, except that the operator, who
    /// watches all agents, may read its events.
    pub(crate) fn allows(&self, route: Option<&Route>, headers: &HeaderMap) -> bool {
        match route {
            Some(Route::Health | Route::Ready) => true,
            // The login form, what it looks like, and the way out.
            Some(Route::Console(path)) if ["login", "logout", "icon.svg", "style.css"].contains(&&**path) => {
                true
            }
            Some(Route::Events(agent)) => self.of(agent).allow(headers) || self.operator.allow(headers),
            Some(route) => self.of(route.agent().unwrap_or_default()).allow(headers),
            None => self.operator.allow(headers),
        }
    }
}
