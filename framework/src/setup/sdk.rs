//! The environment variables of SignalWire's own SDKs, for who comes from one of them ("Environment variables" in the
//! reference of the Python SDK).
//!
//! Those that have the same name here need nothing. Some have another name here, and count where that one is not set. The
//! rest set what this server does in its own way, and are told at start-up.

use std::collections::BTreeMap;

use super::Settings;

/// Variables that have no effect, and what does here what they do there.
#[cfg(feature = "cli")]
const WITHOUT_EFFECT: [(&str, &str); 9] = [
    (
        "SWML_ALLOWED_HOSTS",
        "requests are known by their credentials, and URLs start with SWML_PROXY_URL_BASE",
    ),
    ("SWML_CORS_ORIGINS", "no page of another origin may read or post anything"),
    ("SWML_MAX_REQUEST_SIZE", "each path has a bound of its own"),
    ("SWML_RATE_LIMIT", "connections, calls of functions and failed logins have bounds of their own"),
    ("SWML_REQUEST_TIMEOUT", "each request and each function has a deadline"),
    ("SWML_USE_HSTS", "it is always sent over https"),
    ("SWML_SSL_VERIFY_MODE", "no client needs a certificate"),
    ("SWML_PROXY_DEBUG", "RUST_LOG=swaig=debug shows requests"),
    ("SIGNALWIRE_SKILL_PATHS", "functions are linked: see `list`"),
];

/// Sets what the SDKs' variables mean here, where nothing else sets it.
pub(super) fn apply(settings: &mut Settings) {
    let meant = meant(|name| settings.look(name).map(|(value, _)| value.to_owned()));
    for (name, value) in meant {
        if settings.look(name).is_none() {
            settings.environment.insert(name.to_owned(), value);
        }
    }
}

fn meant(get: impl Fn(&str) -> Option<String>) -> BTreeMap<&'static str, String> {
    let mut meant = BTreeMap::new();
    let is_on = |name: &str| {
        get(name).is_some_and(|value| matches!(value.to_lowercase().as_str(), "true" | "1" | "yes"))
    };
    if is_on("SWML_SSL_ENABLED") {
        for (theirs, own) in
            [("SWML_SSL_CERT_PATH", "SWAIG_TLS_CERTIFICATE"), ("SWML_SSL_KEY_PATH", "SWAIG_TLS_KEY")]
        {
            meant.extend(get(theirs).map(|path| (own, path)));
        }
    }
    let level = match get("SIGNALWIRE_LOG_LEVEL").map(|level| level.to_lowercase()).as_deref() {
        Some("debug") => Some("swaig=debug,info"),
        Some("info") => Some("info"),
        Some("warn" | "warning") => Some("warn"),
        Some("error" | "critical") => Some("error"),
        _ => None,
    };
    let is_off = get("SIGNALWIRE_LOG_MODE").is_some_and(|mode| mode.eq_ignore_ascii_case("off"));
    let level = if is_off { Some("off") } else { level };
    meant.extend(level.map(|level| ("RUST_LOG", level.to_owned())));
    meant
}

impl Settings {
    /// What is set for another SDK and has no effect here: a sentence each.
    #[cfg(feature = "cli")]
    pub(crate) fn without_effect(&self) -> Vec<String> {
        let set = WITHOUT_EFFECT.iter().filter(|(name, _)| self.look(name).is_some());
        set.map(|(name, instead)| format!("{name} is set and has no effect here: {instead}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(set: &[(&str, &str)]) -> Settings {
        let mut settings = Settings::of(set.iter().copied());
        apply(&mut settings);
        settings
    }

    #[test]
    fn variables_of_the_sdks_count_where_their_own_are_not_set() {
        for (set, name, expected) in [
            (
                &[("SWML_SSL_ENABLED", "yes"), ("SWML_SSL_CERT_PATH", "c.pem")][..],
                "SWAIG_TLS_CERTIFICATE",
                Some("c.pem"),
            ),
            (&[("SWML_SSL_ENABLED", "true"), ("SWML_SSL_KEY_PATH", "k.pem")], "SWAIG_TLS_KEY", Some("k.pem")),
            (
                &[("SWML_SSL_ENABLED", "false"), ("SWML_SSL_CERT_PATH", "c.pem")],
                "SWAIG_TLS_CERTIFICATE",
                None,
            ),
            (&[("SWML_SSL_CERT_PATH", "c.pem")], "SWAIG_TLS_CERTIFICATE", None),
            (
                &[
                    ("SWML_SSL_ENABLED", "1"),
                    ("SWML_SSL_CERT_PATH", "c.pem"),
                    ("SWAIG_TLS_CERTIFICATE", "own.pem"),
                ],
                "SWAIG_TLS_CERTIFICATE",
                Some("own.pem"),
            ),
            (&[("SIGNALWIRE_LOG_LEVEL", "WARNING")], "RUST_LOG", Some("warn")),
            (&[("SIGNALWIRE_LOG_LEVEL", "debug"), ("SIGNALWIRE_LOG_MODE", "off")], "RUST_LOG", Some("off")),
            (&[("SIGNALWIRE_LOG_LEVEL", "loud")], "RUST_LOG", None),
            (&[("SIGNALWIRE_LOG_LEVEL", "error"), ("RUST_LOG", "trace")], "RUST_LOG", Some("trace")),
        ] {
            assert_eq!(settings(set).get(name).as_deref(), expected, "{set:?}");
        }
    }

    #[cfg(feature = "cli")]
    #[test]
    fn what_has_no_effect_is_told() {
        let told = settings(&[("SWML_RATE_LIMIT", "60"), ("SWML_DOMAIN", "x")]).without_effect();
        assert_eq!(told.len(), 1);
        assert!(told[0].starts_with("SWML_RATE_LIMIT is set and has no effect here"), "{told:?}");
    }
}
