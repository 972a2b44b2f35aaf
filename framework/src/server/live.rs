//! What may change while the server runs: who may ask, whose word is taken, and how many logins may fail.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};

use super::auth::{Access, FailedLogins, Proxies, Signatures};
use crate::registry::Registry;
use crate::setup::{Settings, SetupError};

/// It is made whole, and whoever answers a request uses one and the same from its beginning to its end.
pub(crate) struct Live {
    pub(crate) access: Access,
    pub(crate) signatures: Signatures,
    pub(crate) proxies: Proxies,
    pub(crate) failed_logins: FailedLogins,
}

impl Live {
    pub(crate) fn from_settings(settings: &Settings, registry: &Registry) -> Result<Self, SetupError> {
        Ok(Self {
            access: Access::from_settings(settings, registry)?,
            signatures: Signatures::from_settings(settings)?,
            proxies: Proxies::from_settings(settings)?,
            failed_logins: FailedLogins::from_settings(settings)?,
        })
    }

    /// What settings that were read again say. A password that was made up at the start stays.
    #[cfg(feature = "cli")]
    pub(crate) fn again(
        &self,
        settings: &Settings,
        registry: &Registry,
    ) -> Result<std::sync::Arc<Self>, SetupError> {
        let mut new = Self::from_settings(settings, registry)?;
        new.access.keep_generated(&self.access)?;
        Ok(std::sync::Arc::new(new))
    }

    /// What must not be seen anywhere: passwords, alone and as HTTP Basic has them, and keys.
    pub(crate) fn secrets(&self) -> Vec<SecretString> {
        let mut secrets: Vec<_> = self.signatures.secrets().cloned().collect();
        for (user, password) in self.access.secrets() {
            secrets.extend(pair(user, password));
        }
        secrets
    }
}

/// A password, and what HTTP Basic makes of it; the padding at its end is no secret.
pub(crate) fn pair(user: &str, password: &SecretString) -> [SecretString; 2] {
    let basic = STANDARD_NO_PAD.encode(format!("{user}:{}", password.expose_secret()));
    [password.clone(), basic.into()]
}
