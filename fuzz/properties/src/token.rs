//! Seals, and the tokens in webhook URLs.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use swaig::fuzzing::{Seals, Tokens, Webhook};
use swaig::{SealError, Setup};

use crate::text_lines;

const SECRET: &str = "a secret that is long enough to be one";

static ISSUER: LazyLock<(Seals, Tokens)> = LazyLock::new(|| {
    let setup = Setup::test([("SWAIG_SECRET", SECRET)]);
    (Seals::new(&setup), Tokens::new(&setup).expect("the lifetime that is the default"))
});

/// The lines of an input are an agent, its id, a call and a function; then a token, and the header and the claims of
/// another one; then a place and a letter, `12x`. The given token is refused. A token that is issued passes for what it was
/// issued for and for nothing else, and not when the letter is put at the place, in or over what is there. What is signed
/// with the key is refused all the same when its claims are not whole, or its header names another algorithm.
pub fn token(input: &[u8]) {
    let Some(([agent, agent_id, call_id, function, token, header, claims], edit)) = text_lines(input) else {
        return;
    };
    let (seals, tokens) = &*ISSUER;
    let webhook = Webhook { agent, agent_id, call_id, function };
    let bound = [agent, agent_id, call_id, function];

    assert!(!tokens.accept(token, webhook), "a token that nobody issued");
    assert!(seals.open("verification", &bound, token).is_err(), "a seal that nobody made");
    assert!(seals.open("verification", &bound, &signed(header, claims)).is_err(), "claims that nobody made");

    let value = json!({"claims": claims, "letters": header.len()});
    let sealed = seals.seal("verification", &bound, &value).expect("it is JSON");
    assert_eq!(seals.open("verification", &bound, &sealed), Ok(value));
    let (_, good) = opened(&sealed).expect("a token of three parts");
    if seals.open("verification", &bound, &signed(header, &good)).is_ok() {
        let header: Value = serde_json::from_str(header).expect("JSON");
        assert_eq!(header["alg"], "HS256", "another algorithm");
    }
    assert_eq!(
        seals.open("call token", &bound, &sealed),
        Err(SealError::Foreign),
        "a seal for another purpose"
    );
    let Some(issued) = tokens.issue(webhook) else {
        assert!(call_id.is_empty(), "no token");
        return;
    };
    assert!(tokens.accept(&issued, webhook), "the right token is refused");
    assert!(!tokens.accept(&sealed, webhook), "a seal passes as a token");
    for other in [
        Webhook { agent: agent_id, agent_id: agent, ..webhook },
        Webhook { call_id: function, function: call_id, ..webhook },
        Webhook { agent: &format!("{agent}{agent_id}"), agent_id: "", ..webhook },
        Webhook { call_id: &call_id[..call_id.len() - last(call_id)], ..webhook },
        Webhook { function: &format!("{function} "), ..webhook },
    ] {
        assert_eq!(tokens.accept(&issued, other), other == webhook, "{other:?}");
    }
    for text in [&issued, &sealed] {
        for changed in edits(text, edit.trim_end_matches('\n')) {
            assert!(!tokens.accept(&changed, webhook) || changed == issued, "a token that was changed");
            let opened = seals.open("verification", &bound, &changed);
            assert!(opened.is_err() || changed == sealed, "a seal that was changed");
        }
    }
}

/// The header and the claims of a token, as text.
fn opened(token: &str) -> Option<(String, String)> {
    let text = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    let mut parts = token.split('.');
    Some((text(parts.next()?)?, text(parts.next()?)?))
}

/// How many bytes the last letter has.
fn last(text: &str) -> usize {
    text.chars().next_back().map_or(0, char::len_utf8)
}

/// A token of any header and claims, signed with the key of the server.
fn signed(header: &str, claims: &str) -> String {
    let mac = |key: &[u8], message: &str| {
        let mac = Hmac::<Sha256>::new_from_slice(key).expect("any key");
        mac.chain_update(message).finalize().into_bytes()
    };
    let key = mac(SECRET.as_bytes(), "swaig seal 1");
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac(&key, &message)))
}

/// The text with a letter put into it, over what is there or before it, with that place left out, and cut off there.
fn edits(text: &str, edit: &str) -> Vec<String> {
    let digits = edit.bytes().take_while(u8::is_ascii_digit).count();
    let place = edit[..digits].parse::<usize>().unwrap_or_default() % text.len();
    let letter = &edit[digits..];
    let (before, from) = text.split_at(place);
    let after = &from[1..];
    vec![
        format!("{before}{letter}{after}"),
        format!("{before}{letter}{from}"),
        format!("{before}{after}"),
        before.to_owned(),
        format!("{text}{letter}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens of this file have the form of the server's own: one of them, with what it must name, opens.
    #[test]
    fn the_signed_tokens_are_of_the_servers_form() {
        let sealed = ISSUER.0.seal("x", &["a"], &Value::Null).unwrap();
        let (header, claims) = opened(&sealed).unwrap();
        assert_eq!(signed(&header, &claims), sealed);
        let none = signed(&header.replace("HS256", "none"), &claims);
        let longer = signed(&header.replace("HS256", "HS384"), &claims);
        assert_eq!(ISSUER.0.open("x", &["a"], &none), Err(SealError::Foreign));
        assert_eq!(ISSUER.0.open("x", &["a"], &longer), Err(SealError::Foreign));
    }
}
