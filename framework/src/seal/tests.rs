use serde_json::{Value, json};

use super::*;
use crate::setup::Settings;

const OLD: &str = "an old secret that is long enough to be one";
const NEW: &str = "a new secret that is long enough to be one!";
const BOUND: [&str; 3] = ["mfa", "call-1", "+15551230000"];

fn sealer(settings: &[(&str, &str)]) -> Sealer {
    Sealer::new(Keys::from_settings(&Settings::of(settings.iter().copied())).unwrap())
}

fn open(sealer: &Sealer, token: &str) -> Result<Value, SealError> {
    sealer.open("mfa", &BOUND, token)
}

#[test]
fn a_seal_opens_only_for_what_it_was_made_for() {
    let sealer = sealer(&[("SWAIG_SECRET", NEW)]);
    let token = sealer.seal("mfa", &BOUND, &json!({"id": 7}), Duration::from_mins(1)).unwrap();
    assert_eq!(open(&sealer, &token), Ok(json!({"id": 7})));
    let refused = |purpose: &str, bound: &[&str]| sealer.open::<Value>(purpose, bound, &token).unwrap_err();
    assert_eq!(refused("verification", &BOUND), SealError::Foreign);
    for other in [
        &["mfa", "call-2", "+15551230000"][..],
        &["mfa", "call-1", "+15551230001"],
        &["bank", "call-1", "+15551230000"],
        &["mfa", "call-1"],
        &["mfacall-1", "+15551230000"],
        &["mfa", "call-1+15551230000", ""],
        &[],
    ] {
        assert_eq!(refused("mfa", other), SealError::Foreign, "{other:?}");
    }
}

#[test]
fn what_is_bound_cannot_be_read_from_the_token() {
    let sealer = sealer(&[("SWAIG_SECRET", NEW)]);
    let token = sealer.seal("mfa", &BOUND, &json!(1), Duration::from_mins(1)).unwrap();
    let claims = token.split('.').nth(1).unwrap();
    let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert!(claims.contains("\"aud\":\"mfa\"") && !claims.contains("5551230000"), "{claims}");
}

#[test]
fn a_changed_token_is_foreign_at_every_byte() {
    let sealer = sealer(&[("SWAIG_SECRET", NEW)]);
    let token = sealer.seal("mfa", &BOUND, &json!({"verified": true}), Duration::from_mins(1)).unwrap();
    for place in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        // The last letter of a base64 text holds unused bits; a strict decoder refuses other ones.
        assert_eq!(open(&sealer, &changed), Err(SealError::Foreign), "{place}");
    }
    for other in
        ["", ".", "..", "a.b.c", &token[..token.len() - 1], &format!("{token}="), &"x".repeat(1 << 20)]
    {
        assert_eq!(open(&sealer, other), Err(SealError::Foreign));
    }
}

#[test]
fn the_algorithm_of_the_header_is_not_the_attackers_to_choose() {
    let sealer = sealer(&[("SWAIG_SECRET", NEW)]);
    let token = sealer.seal("mfa", &BOUND, &json!(1), Duration::from_mins(1)).unwrap();
    let rest = token.split_once('.').unwrap().1;
    for header in [r#"{"alg":"none"}"#, r#"{"alg":"HS384"}"#, r#"{"alg":"RS256"}"#, "{}", "[]"] {
        let forged = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
        assert_eq!(open(&sealer, &forged), Err(SealError::Foreign), "{header}");
        let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(header), rest.split_once('.').unwrap().0);
        assert_eq!(open(&sealer, &unsigned), Err(SealError::Foreign), "{header}");
    }
}

#[test]
fn a_seal_expires() {
    let sealer = sealer(&[("SWAIG_SECRET", NEW)]);
    let past = jsonwebtoken::get_current_timestamp() - 1;
    let token = sealer.seal_until("mfa", &BOUND, &json!(1), past).unwrap();
    assert_eq!(open(&sealer, &token), Err(SealError::Expired));
    // One that is expired and foreign is foreign: nothing is learnt from a forged one.
    assert_eq!(open(&self::sealer(&[("SWAIG_SECRET", OLD)]), &token), Err(SealError::Foreign));
}

#[test]
fn after_a_rotation_the_old_secret_is_accepted_and_the_new_one_signs() {
    let old = sealer(&[("SWAIG_SECRET", OLD)]);
    let both = sealer(&[("SWAIG_SECRET", NEW), ("SWAIG_PREVIOUS_SECRET", OLD)]);
    let new = sealer(&[("SWAIG_SECRET", NEW)]);
    let seal = |sealer: &Sealer| sealer.seal("mfa", &BOUND, &json!(1), Duration::from_mins(1)).unwrap();
    assert_eq!(open(&both, &seal(&old)), Ok(json!(1)));
    assert_eq!(open(&new, &seal(&both)), Ok(json!(1)));
    assert_eq!(open(&old, &seal(&both)), Err(SealError::Foreign));
    assert_eq!(open(&new, &seal(&old)), Err(SealError::Foreign));
}

#[test]
fn a_value_of_another_shape_is_told_apart() {
    let sealer = sealer(&[("SWAIG_SECRET", NEW)]);
    let token = sealer.seal("mfa", &BOUND, &json!("text"), Duration::from_mins(1)).unwrap();
    assert_eq!(sealer.open::<u32>("mfa", &BOUND, &token), Err(SealError::Shape));
}

#[test]
fn a_secret_is_long_or_made_up() {
    let keys = |settings: &[(&str, &str)]| Keys::from_settings(&Settings::of(settings.iter().copied()));
    let error = keys(&[("SWAIG_SECRET", "short")]).unwrap_err().to_string();
    assert!(
        error.contains("SWAIG_SECRET") && error.contains("openssl") && !error.contains("short"),
        "{error}"
    );
    assert!(keys(&[("SWAIG_PREVIOUS_SECRET", OLD)]).unwrap_err().to_string().contains("SWAIG_SECRET"));
    assert!(keys(&[("X", "y")]).unwrap().are_generated());
    assert!(!keys(&[("SWAIG_SECRET", NEW)]).unwrap().are_generated());
    let shown = format!("{:?}", keys(&[("SWAIG_SECRET", NEW)]).unwrap());
    assert!(!shown.contains("new secret"), "{shown}");
    // Two processes without a secret do not accept each other's seals.
    let (first, second) = (sealer(&[("X", "y")]), sealer(&[("X", "y")]));
    let token = first.seal("mfa", &BOUND, &json!(1), Duration::from_mins(1)).unwrap();
    assert_eq!(open(&second, &token), Err(SealError::Foreign));
}
