//! What of the store's URL must not be seen.

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

use super::super::STORE;
use crate::setup::Setup;

/// The password of the URL in `SWAIG_STORE`, as it is and as it is written there, to be masked wherever it turns up.
pub(in crate::store) fn passwords(setup: &Setup) -> Vec<SecretString> {
    setup.setting(STORE).map(|url| of(&url)).unwrap_or_default().into_iter().map(SecretString::from).collect()
}

fn of(text: &str) -> Vec<String> {
    let Ok(url) = Url::parse(text) else { return Vec::new() };
    let written =
        |value: &str| [value.to_owned(), percent_decode_str(value).decode_utf8_lossy().into_owned()];
    let mut found: Vec<String> = url.password().into_iter().flat_map(written).collect();
    // The URL of a socket has it in its query.
    for part in url.query().unwrap_or_default().split('&') {
        if let Some(value) = part.strip_prefix("pass=") {
            found.extend(written(value));
        }
    }
    found.extend(url.query_pairs().filter(|(name, _)| name == "pass").map(|(_, value)| value.into_owned()));
    // As the setting has it, where the parser writes it in another way.
    if let Some((_, rest)) = text.split_once("://")
        && let Some((credentials, _)) = rest.rsplit_once('@')
        && let Some((_, password)) = credentials.split_once(':')
    {
        found.push(password.to_owned());
    }
    found.retain(|password| !password.is_empty());
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_in_each_form_that_may_turn_up() {
        assert_eq!(of("redis://user:s3cret@host:6379/0"), ["s3cret"]);
        assert_eq!(of("rediss://:s3%2Fcret@host"), ["s3%2Fcret", "s3/cret"]);
        assert_eq!(of("redis://user:s3|cret@host"), ["s3%7Ccret", "s3|cret"]);
        assert_eq!(of("redis+unix:///run/r.sock?db=1&pass=a%2Bb&user=u"), ["a%2Bb", "a+b"]);
        for none in
            ["redis://host", "redis://user@host", "redis+unix:///run/r.sock?db=1", "memory:", "sqlite:a:b@c"]
        {
            assert_eq!(of(none), Vec::<String>::new(), "{none}");
        }
    }
}
