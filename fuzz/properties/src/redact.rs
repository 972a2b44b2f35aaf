//! Masking.

use serde_json::Value;
use swaig::redact::{MASK, Redactor};

/// What must not be shown, and how it stands in a text: the first is what is looked for afterwards.
const PLANTED: [(&str, &str); 12] = [
    ("73915846", "73915846"),
    ("7391 5846", "7391 5846"),
    ("seven three nine one five eight four six", "seven three nine one five eight four six"),
    ("5550173915", "+15550173915"),
    ("open-sesame", "https://jim:open-sesame@example.com/mfa"),
    ("open-sesame", "Authorization: Bearer open-sesame"),
    ("open-sesame", "https://example.com/?token=open-sesame"),
    ("open-sesame", "\"token\": \"open-sesame\""),
    ("ali baba/40", "ali baba/40"),
    ("ali%20baba%2F40", "ali%20baba%2F40"),
    ("ali%20baba%2f40", "ali%20baba%2f40"),
    ("ali+baba%2F40", "ali+baba%2F40"),
];

/// A password of the server itself.
const PASSWORD: &str = "ali baba/40";

/// The first line of an input is a place in the rest of it. A text that is masked, as it is and as JSON, is not changed by
/// masking it again; and a code, a number or a password that stands at the place, between spaces, does not survive. Nor does
/// a code whose digits are the items of a list.
pub fn redact(input: &[u8]) {
    let Some(([place], text)) = crate::text_lines(input) else { return };
    let redactor = Redactor::new().sensitive(["token"]).secrets([PASSWORD]);
    let once = redactor.text(text);
    assert_eq!(redactor.text(&once), once, "masking twice masks more");
    if let Ok(json) = serde_json::from_str::<Value>(text) {
        let once = redactor.json(&json);
        assert_eq!(redactor.json(&once), once, "masking JSON twice masks more");
    }

    let place = place.parse::<usize>().unwrap_or_default() % (text.len() + 1);
    let Some((before, after)) = text.split_at_checked(place) else { return };
    for (secret, form) in PLANTED {
        // Where quotes are broken, nobody can say which of them begins a name.
        let quoted = form.contains('"') && text.contains(['"', '\\']);
        if text.contains(secret) || quoted {
            continue;
        }
        let planted = format!("{before} {form} {after}");
        let masked = redactor.text(&planted);
        assert!(!masked.contains(secret), "{secret} is shown: {planted:?} became {masked:?}");
        let in_json = Value::from(vec![Value::from(planted)]);
        let masked = redactor.json(&in_json).to_string();
        assert!(!masked.contains(secret), "{secret} is shown: {in_json} became {masked}");
    }
    let items: Vec<Value> = text.chars().filter_map(|c| c.to_digit(10)).map(Value::from).collect();
    if items.len() >= 4 {
        assert_eq!(redactor.json(&items.into()), serde_json::json!([MASK]), "a code as a list is shown");
    }
}
