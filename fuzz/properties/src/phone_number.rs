//! Phone numbers and caller ids.

use swaig::{CallerNumber, PhoneNumber};

/// What is read as a number is in E.164 form, has the digits of the text in their order, and is read as itself. However it
/// is shown, it does not show itself; nor does an error show the text, or a caller the address.
pub fn phone_number(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match PhoneNumber::parse(text) {
        Ok(number) => {
            let clear = number.expose();
            let digits = clear.strip_prefix('+').expect("a plus");
            assert!((2..=15).contains(&digits.len()) && !digits.starts_with('0'), "{clear}");
            assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{clear}");
            assert!(text.chars().filter(char::is_ascii_digit).eq(digits.chars()), "{clear} is not {text}");
            assert_eq!(PhoneNumber::parse(clear).as_ref(), Ok(&number));
            let caller = CallerNumber::from_caller_id(Some(text));
            assert_eq!(caller.phone(), Some(&number));
            let json = serde_json::to_string(&number).expect("a text");
            for shown in [number.masked(), format!("{number}{number:?}"), json, format!("{caller}{caller:?}")]
            {
                let most = if digits.len() <= 7 { 2 } else { 5 };
                let longest =
                    shown.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
                assert!(
                    longest < most.min(digits.len()).max(3) && (digits.len() < 3 || !shown.contains(digits)),
                    "{shown}"
                );
            }
        }
        Err(error) => {
            let told = serde_json::from_value::<PhoneNumber>(text.into()).map_err(|error| error.to_string());
            assert_eq!(told, Err(error.to_string()), "an error of its own");
        }
    }
    let caller = CallerNumber::from_caller_id(Some(text));
    let shown = format!("{caller} {caller:?}");
    match &caller {
        CallerNumber::Phone(number) => {
            assert!(number.expose().len() <= 3 || !shown.contains(number.expose()), "{shown}");
        }
        CallerNumber::Sip(id) => {
            assert_eq!(id, text.trim());
            let scheme = id.split_once(':').map_or("", |(scheme, _)| scheme);
            let host = id.rsplit_once('@').map_or(String::new(), |(_, host)| format!("@{host}"));
            let masked = format!("{scheme}:••••{host}");
            assert_eq!(shown, format!("{masked} Sip({masked})"));
        }
        CallerNumber::Anonymous => assert_eq!(shown, "anonymous Anonymous"),
    }
}
