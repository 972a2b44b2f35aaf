//! What the MFA API answers.

use serde_json::Value;
use swaig_functions::mfa::{Channel, MfaError, RequestId, Verdict, fuzzing};

/// What the API token is, for this.
const SECRET: &str = "PT0123secret";

/// Any body is a reply or an error. A ticket has an id that is safe in a path, and only `success: true` is a success. What
/// an error says is short, on one line, and holds neither the token nor digits in a row.
pub fn mfa_reply(input: &[u8]) {
    let body = serde_json::from_slice::<Value>(input).ok();
    let said = body.as_ref().and_then(|body| body.get("success"));
    let success = said.is_some_and(|it| {
        it == &Value::Bool(true) || it.as_str().is_some_and(|word| word.eq_ignore_ascii_case("true"))
    });
    match fuzzing::ticket(input, Channel::Sms) {
        Ok(ticket) => {
            let id = ticket.id.to_string();
            assert!(success && id.len() == 36, "{id}");
            assert!(id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit()), "{id}");
            assert_eq!(RequestId::parse(&id).ok(), Some(ticket.id));
            if let Some(to) = &ticket.to {
                assert!(to.expose().len() < 5 || !format!("{ticket:?}").contains(to.expose()));
            }
        }
        Err(MfaError::NotQueued) => assert!(said.is_some() && !success),
        Err(error) => assert!(error.effect_unknown(), "{error}: a code may be on its way"),
    }
    match fuzzing::verdict(input) {
        Ok(verdict) => assert_eq!(verdict == Verdict::Accepted, success),
        Err(error) => assert!(!success, "{error}"),
    }

    let planted = [b"{\"errors\":[{\"detail\":\"", SECRET.as_bytes(), b"\"},", input, b"]}"].concat();
    let as_text =
        serde_json::json!({"error": format!("{} {SECRET}", String::from_utf8_lossy(input))}).to_string();
    for body in [input, &planted, as_text.as_bytes()] {
        let problems = fuzzing::problems(body, &[SECRET]);
        assert!(problems.len() <= 10);
        for problem in &problems {
            let texts = [
                Some(&problem.detail),
                problem.title.as_ref(),
                problem.code.as_ref(),
                problem.attribute.as_ref(),
            ];
            for text in texts.into_iter().flatten() {
                assert!(!text.trim().is_empty() && text.chars().count() <= 200, "{text}");
                assert!(!text.chars().any(char::is_control) && !text.contains(SECRET), "{text}");
                let longest = text.split(|c: char| !c.is_numeric()).map(|run| run.chars().count()).max();
                assert!(longest.unwrap_or_default() < 4, "{text}");
            }
        }
    }
}
