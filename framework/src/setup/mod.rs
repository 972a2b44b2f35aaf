//! What a function or an agent is built from, once, at start-up.
//!
//! [`Setup`] gives a [`build`](crate::Function::build) its settings, the SignalWire account, and resources that
//! several functions share. It is not for state of a call: that travels in the call's `meta_data`.

mod account;
#[cfg(feature = "cli")]
mod misspelt;
mod phone;
mod sdk;
mod settings;

use std::any::{Any, TypeId};
use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;

use crate::call::Inputs;
use crate::limit::Limiter;
use crate::seal::{Keys, Sealer};
use crate::store::STORE;

pub(crate) use account::plain_url;
pub use account::{Account, SignalWire};
pub use settings::{Settings, SettingsError, Source};

pub use phone::{Phone, TextMessage};

/// What start-up hands to [`Function::build`](crate::Function::build) and [`Agent::build`](crate::Agent::build).
///
/// ```
/// use swaig::Setup;
///
/// let setup = Setup::test([("WEATHER_API_URL", "http://127.0.0.1:9")]);
/// assert_eq!(setup.require("WEATHER_API_URL")?, "http://127.0.0.1:9");
/// assert_eq!(setup.parse::<u16>("WEATHER_RETRIES")?, None);
/// # Ok::<(), swaig::SetupError>(())
/// ```
pub struct Setup {
    settings: Settings,
    signalwire: SignalWire,
    shared: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    phone: Phone,
    sealer: Sealer,
    inputs: Inputs,
    limits: Limiter,
}

impl Setup {
    /// Reads the SignalWire account from the settings; without one, it is the sandbox.
    ///
    /// # Errors
    /// Half-set credentials, or one that is not valid; a `SWAIG_SECRET` that is too short.
    pub fn new(settings: Settings) -> Result<Self, SetupError> {
        let signalwire = SignalWire::from_settings(&settings)?;
        let sealer = Sealer::new(Keys::from_settings(&settings)?);
        Ok(Self {
            settings,
            signalwire,
            shared: Mutex::default(),
            phone: Phone::default(),
            sealer,
            inputs: Inputs::default(),
            limits: Limiter::default(),
        })
    }

    /// A setup with just these settings, for a test of one function. It reads neither file nor environment, and the store is
    /// in memory unless `SWAIG_STORE` is one of the settings.
    ///
    /// # Panics
    /// When the settings hold half of a SignalWire account: a mistake in the test itself.
    pub fn test<K: Into<String>, V: Into<String>>(settings: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut settings = Settings::of(settings);
        if settings.get(STORE).is_none() {
            settings.set_flag(STORE, "memory:");
        }
        match Self::new(settings) {
            Ok(setup) => setup,
            Err(error) => panic!("{error}"),
        }
    }

    /// The setting of this name, from the command line, the environment or the settings file, in this order.
    pub fn setting(&self, name: &str) -> Option<String> {
        self.settings.get(name)
    }

    /// A setting that has to be there.
    ///
    /// # Errors
    /// [`SetupError::Missing`], which names the setting and the two places to put it.
    pub fn require(&self, name: &'static str) -> Result<String, SetupError> {
        self.setting(name).ok_or(SetupError::Missing { name: name.into() })
    }

    /// A setting as a type of its own; `None` where it is not set.
    ///
    /// # Errors
    /// [`SetupError::Invalid`] with the type's own words.
    pub fn parse<T>(&self, name: &'static str) -> Result<Option<T>, SetupError>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        self.setting(name)
            .map(|text| text.parse().map_err(|error| SetupError::invalid(name, &error)))
            .transpose()
    }

    /// A setting that is `true` or `false`; `false` where it is not set.
    ///
    /// # Errors
    /// [`SetupError::Invalid`] for anything else.
    pub fn flag(&self, name: &'static str) -> Result<bool, SetupError> {
        match self.setting(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(SetupError::invalid(name, &"expected true or false")),
        }
    }

    /// A setting that is a whole number of this range; `None` where it is not set.
    ///
    /// # Errors
    /// [`SetupError::Invalid`], which says the range.
    pub fn number<T>(&self, name: &'static str, range: RangeInclusive<T>) -> Result<Option<T>, SetupError>
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        self.settings.number(name, range)
    }

    /// A setting that must never be printed.
    pub fn secret(&self, name: &str) -> Option<SecretString> {
        self.setting(name).map(SecretString::from)
    }

    /// The SignalWire account, or the sandbox that stands in for it.
    pub fn signalwire(&self) -> &SignalWire {
        &self.signalwire
    }

    /// The sandbox's phone: what would have been texted or spoken to a number is shown on the console and in
    /// the log. Nothing is ever delivered to it in live mode.
    pub fn phone(&self) -> &Phone {
        &self.phone
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// The queues of messages for callers' agents, for code that runs outside of a call. They can be filled once the
    /// server has started.
    pub fn inputs(&self) -> Inputs {
        self.inputs.clone()
    }

    /// The counters of what is limited, for code that runs outside of a call; a function has
    /// [`Call::limits`](crate::Call::limits). They count once the server has started.
    pub fn limits(&self) -> Limiter {
        self.limits.clone()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A resource of type `T` that is made once and shared by all who ask for it: a client with its pooled
    /// connections, say.
    ///
    /// ```
    /// # use swaig::{Setup, SetupError};
    /// struct Rates(f64);
    ///
    /// let setup = Setup::test([("RATE", "1.25")]);
    /// let make = |setup: &Setup| Ok(Rates(setup.parse("RATE")?.unwrap_or(1.0)));
    /// let first = setup.shared(make)?;
    /// let second = setup.shared(|_| Ok(Rates(0.0)))?;
    /// assert_eq!((first.0, second.0), (1.25, 1.25));
    /// # Ok::<(), SetupError>(())
    /// ```
    ///
    /// # Errors
    /// What `make` returns; nothing is kept then.
    pub fn shared<T: Send + Sync + 'static>(
        &self,
        make: impl FnOnce(&Setup) -> Result<T, SetupError>,
    ) -> Result<Arc<T>, SetupError> {
        let find = || {
            let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared.get(&TypeId::of::<T>()).cloned().and_then(|any| any.downcast::<T>().ok())
        };
        if let Some(found) = find() {
            return Ok(found);
        }
        // The lock is not held while `make` runs: it may ask for other shared resources.
        let new = Arc::new(make(self)?);
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.insert(TypeId::of::<T>(), new.clone());
        Ok(new)
    }
}

/// Why start-up cannot go on.
///
/// ```
/// use swaig::{Setup, SetupError};
///
/// let error = Setup::test([("SEATS", "many")]).parse::<u8>("SEATS").unwrap_err();
/// assert!(matches!(error, SetupError::Invalid { .. }));
/// assert!(error.to_string().contains("SEATS"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A setting that is needed is not there.
    #[error("the setting {name} is missing: set it in the environment, or put {} = \"…\" into digital-employees.toml", name.to_lowercase())]
    Missing {
        /// Its name in the environment.
        name: Cow<'static, str>,
    },
    /// A setting has a value that its reader refuses.
    #[error("the setting {name} is not valid: {reason}")]
    Invalid {
        /// Its name in the environment.
        name: Cow<'static, str>,
        /// What is wrong with it and what is expected. It never repeats a secret.
        reason: String,
    },
    /// Some, but not all, of the credentials of a SignalWire account are set.
    #[error(
        "the SignalWire account is only half set ({} set, {} missing): set all of them for live mode, or none for the sandbox",
        .set.join(", "), .missing.join(", ")
    )]
    HalfSet {
        /// The settings that are there.
        set: Vec<&'static str>,
        /// The settings that are not.
        missing: Vec<&'static str>,
    },
    /// Something that is needed could not be made: a client, a listener, a file.
    #[error("{what}")]
    Failed {
        /// What could not be done, in words.
        what: String,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl SetupError {
    /// A setting that its reader refuses, in the reader's words.
    pub fn invalid(name: impl Into<Cow<'static, str>>, reason: &impl std::fmt::Display) -> Self {
        Self::Invalid { name: name.into(), reason: reason.to_string() }
    }

    /// Something could not be made.
    pub fn failed(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed { what: what.into(), source: source.into() }
    }
}
