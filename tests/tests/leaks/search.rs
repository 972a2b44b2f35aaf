//! What must not be found, in each of its spellings, and all the places to look in.

use std::fmt::Write as _;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use swaig_tests::{Client, Employee, Events, Log, StandIn};

use crate::traffic::agent_client;
use crate::{CALLER, Mode, OTHER, SECRETS, USER};

/// The digits as words.
pub(crate) fn spoken(digits: &str) -> String {
    const WORDS: [&str; 10] =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let word = |b: u8| WORDS.get(usize::from(b - b'0')).copied().unwrap_or_default();
    digits.bytes().map(word).collect::<Vec<_>>().join(" ")
}

pub(crate) fn joined(digits: &str, separator: &str) -> String {
    digits.split("").filter(|digit| !digit.is_empty()).collect::<Vec<_>>().join(separator)
}

/// The spellings of a code.
fn code_forms(code: &str) -> Vec<String> {
    let mut forms = vec![code.to_owned(), spoken(code), spoken(code).replace(' ', ", ")];
    forms.extend([" ", "-", ", ", ".", "\",\"", ","].map(|separator| joined(code, separator)));
    forms.push(format!("{} {}", &code[..4], &code[4..]));
    forms.push(STANDARD_NO_PAD.encode(code));
    forms
}

/// The spellings of a number.
fn number_forms(number: &str) -> Vec<String> {
    let digits = number.trim_start_matches('+');
    let local = &digits[digits.len() - 10..];
    let (area, exchange, line) = (&local[..3], &local[3..6], &local[6..]);
    let mut forms =
        vec![digits.to_owned(), local.to_owned(), spoken(local), joined(local, " "), joined(local, "-")];
    forms.extend([
        format!("({area}) {exchange}-{line}"),
        format!("{area}-{exchange}-{line}"),
        format!("{area} {exchange} {line}"),
        format!("{area}.{exchange}.{line}"),
        // The exchange is hidden by every mask.
        format!("{exchange}{line}"),
        format!("{exchange}-{line}"),
        STANDARD_NO_PAD.encode(number),
    ]);
    forms
}

/// The spellings of a secret that belongs to a user.
fn secret_forms(user: &str, secret: &str) -> Vec<String> {
    let json = json!(secret).to_string();
    let pair = format!("{user}:{secret}");
    vec![
        secret.to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        json.trim_matches('"').to_owned(),
        STANDARD_NO_PAD.encode(&pair),
        URL_SAFE_NO_PAD.encode(&pair),
    ]
}

/// All that must not be found, beside the codes of this run.
fn forbidden(codes: &[String], mode: Mode) -> Vec<String> {
    let secrets = SECRETS.iter().map(|(_, secret)| secret_forms(USER, secret));
    let account = match mode {
        Mode::Live => secret_forms(StandIn::PROJECT, StandIn::TOKEN),
        // There is no account, so its token is a text like any other.
        Mode::Sandbox => Vec::new(),
    };
    // A seal, a call token or a session starts like this.
    let tokens = vec!["eyJ".to_owned()];
    [CALLER, OTHER]
        .iter()
        .map(|number| number_forms(number))
        .chain(codes.iter().map(|code| code_forms(code)))
        .chain(secrets)
        .chain([account, tokens])
        .flatten()
        .collect()
}

/// What the program has written and what it shows, by where it was found.
pub(crate) async fn harvest(employee: &Employee, live: Events) -> Vec<(String, String)> {
    let client = employee.client();
    let mut found = Vec::new();
    // What is after this in a stream was not there when the search began.
    for path in ["/mfa", "/leaky"] {
        let end =
            agent_client(employee, path).post(&format!("{path}/debug"), &json!({"label": "the end"})).await;
        assert_eq!(end.status, 200);
        let replayed = client.events(&format!("{path}/events?after=0"), &[]).await;
        found.push((format!("{path}, replayed"), to_the_end(replayed).await));
    }
    found.push(("live".to_owned(), to_the_end(live).await));
    let (before, after) = login_form(&client).await;
    found.extend([("the login form".to_owned(), before), ("the login form".to_owned(), after)]);
    let pages = [
        "/console",
        "/console/live",
        "/console/live?agent=leaky",
        "/console/conversations",
        "/console/agents/mfa",
        "/console/agents/leaky",
    ];
    for path in pages.into_iter().chain(["/metrics", "/health", "/ready", "/nothing"]) {
        found.push((path.to_owned(), client.get(path).await.text().to_owned()));
    }
    for id in 1.. {
        let page = client.get(&format!("/console/conversations/{id}")).await;
        found.push((format!("the page of conversation {id}"), page.text().to_owned()));
        let answer = client.get(&format!("/console/conversations/{id}.json")).await;
        if answer.status == 404 {
            assert!(id > 2, "there are reports");
            break;
        }
        found.push((format!("conversation {id}"), answer.text().to_owned()));
    }
    let lines = |lines: &Log| {
        let lines = lines.lines();
        // The phone is the exception.
        lines.iter().filter(|line| !line.contains(" sandbox::phone: ")).fold(
            String::new(),
            |mut text, line| {
                let _ = writeln!(text, "{line}");
                text
            },
        )
    };
    found.push(("the log".to_owned(), lines(employee.log())));
    found.push(("stdout".to_owned(), lines(employee.stdout())));
    for file in fs::read_dir(employee.folder()).expect("the folder can be read") {
        let path = file.expect("a file").path();
        let bytes = fs::read(&path).expect("a file can be read");
        found.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    let arguments = fs::read(format!("/proc/{}/cmdline", employee.process())).unwrap_or_default();
    found.push(("the command line".to_owned(), String::from_utf8_lossy(&arguments).into_owned()));
    found
}

/// The login form before and after the token that is there for its visitor.
async fn login_form(client: &Client) -> (String, String) {
    let page = client.get("/console/login").await.text().to_owned();
    let (before, rest) = page.split_once("name=\"form_token\" value=\"").expect("the form has a token");
    let (_, after) = rest.split_once('"').expect("the token ends");
    (before.to_owned(), after.to_owned())
}

async fn to_the_end(mut events: Events) -> String {
    while let Some(event) = events.next().await {
        if event.data()["label"] == "the end" {
            break;
        }
    }
    events.seen().to_owned()
}

pub(crate) fn assert_clean(found: &[(String, String)], codes: &[String], mode: Mode) {
    let forbidden = forbidden(codes, mode);
    // The search is of something: what is masked is there.
    let (_, log) = found.iter().find(|(place, _)| place == "the log").expect("the log was read");
    for text in [
        "function_replied",
        "function_failed",
        "panic: Leak {",
        "+1••••••0192",
        "Token(••••••)",
        "TRACE",
        "DEBUG",
    ] {
        assert!(log.contains(text), "{text} is not in the log: {log}");
    }
    let mut leaks = String::new();
    for (place, text) in found {
        let small = text.to_lowercase();
        for needle in &forbidden {
            // Words are looked for in any case; secrets have one.
            let at = text.find(needle.as_str()).or_else(|| small.find(needle.as_str()));
            if let Some(at) = at {
                let around: String =
                    text.chars().skip(text[..at].chars().count().saturating_sub(120)).take(300).collect();
                let _ = writeln!(leaks, "{needle:?} is in {place}: …{around}…");
            }
        }
    }
    assert!(leaks.is_empty(), "{leaks}");
}
