use proptest::prelude::*;

use super::*;

#[test]
fn separators_and_tel_are_dropped() {
    for text in [
        "+15551230000",
        "  +1 555 123 0000 ",
        "+1 (555) 123-0000",
        "+1.555.123.0000",
        "tel:+1-555-123-0000",
        "TEL: +15551230000",
    ] {
        let number = PhoneNumber::parse(text).map(|n| n.expose().to_owned());
        assert_eq!(number.as_deref(), Ok("+15551230000"), "{text}");
    }
}

#[test]
fn other_forms_are_refused() {
    use PhoneNumberError as E;
    for (text, error) in [
        ("", E::Empty),
        (" tel: ", E::Empty),
        ("5551230000", E::NoCountryCode),
        ("0015551230000", E::NoCountryCode),
        ("+05551230000", E::LeadingZero),
        ("+1", E::Length),
        ("+", E::Length),
        ("+1234567890123456", E::Length),
        ("+1234567890123456789012345", E::Length),
        ("+1555CALLME", E::Character),
        ("++15551230000", E::Character),
        ("+1555１２３", E::Character),
    ] {
        assert_eq!(PhoneNumber::parse(text), Err(error), "{text}");
        assert!(error.to_string().contains("E.164"));
        assert!(error.to_string().contains("+15551230000"));
    }
}

#[test]
fn masked_forms() {
    assert_eq!(mask("+15551234567"), "+1••••••4567");
    assert_eq!(mask("+12345678"), "+1•••5678");
    assert_eq!(mask("+1234567"), "+•••••67");
    assert_eq!(mask("+12"), "+12");
    assert_eq!(mask("5551234567"), "5•••••4567");
}

#[test]
fn nothing_prints_the_number() {
    let number = PhoneNumber::parse("+15551234567").unwrap();
    assert_eq!(format!("{number:?}"), "PhoneNumber(+1••••••4567)");
    assert_eq!(serde_json::to_string(&number).unwrap(), "\"+1••••••4567\"");
    for json in ["15551234567", "-15551234567", "15551234567.5", "\"5551234567\""] {
        let error = serde_json::from_str::<PhoneNumber>(json).unwrap_err();
        assert!(!error.to_string().contains("5551234567"), "{error}");
    }
    let read: PhoneNumber = serde_json::from_str("\"+1 555 123 4567\"").unwrap();
    assert_eq!(read, number);
}

#[test]
fn schema_has_no_pattern() {
    let schema = schemars::schema_for!(PhoneNumber);
    assert_eq!(schema.get("type").and_then(|t| t.as_str()), Some("string"));
    assert!(schema.get("pattern").is_none());
}

#[test]
fn caller_ids() {
    let read = |id| CallerNumber::from_caller_id(Some(id));
    assert!(read("+15551234567").phone().is_some());
    assert!(read("tel:+15551234567").phone().is_some());
    assert!(read("sip:+15551234567;x=1@10.0.0.1;user=phone").phone().is_some());
    assert!(read("SIPS:+15551234567:pw@example.com").phone().is_some());
    for id in [
        "",
        "anonymous",
        "Restricted",
        "UNAVAILABLE",
        "private",
        "unknown",
        "15551234567",
        "Jane Doe",
        "sip:anonymous@anonymous.invalid",
        "sip:",
    ] {
        assert_eq!(read(id), CallerNumber::Anonymous, "{id}");
    }
    assert_eq!(CallerNumber::from_caller_id(None), CallerNumber::Anonymous);
    let sip = read("sip:alice@example.com");
    assert_eq!(sip, CallerNumber::Sip("sip:alice@example.com".into()));
    assert_eq!(sip.to_string(), "sip:••••@example.com");
    assert_eq!(format!("{sip:?}"), "Sip(sip:••••@example.com)");
    assert_eq!(format!("{:?}", read("+15551234567")), "Phone(+1••••••4567)");
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in any::<String>()) {
        let _ = CallerNumber::from_caller_id(Some(&text)).to_string();
        if let Ok(number) = PhoneNumber::parse(&text) {
            prop_assert_eq!(PhoneNumber::parse(number.expose()), Ok(number));
        }
    }

    #[test]
    fn every_e164_number_is_taken_and_hidden(text in "\\+[1-9][0-9]{7,14}") {
        let number = PhoneNumber::parse(&text).unwrap();
        prop_assert_eq!(number.expose(), &text);
        let masked = number.masked();
        prop_assert_eq!(masked.chars().count(), text.len());
        prop_assert_eq!(masked.matches('•').count(), text.len() - 6);
        prop_assert_eq!(&masked[masked.len() - 4..], &text[text.len() - 4..]);
    }
}
