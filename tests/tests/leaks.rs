//! Whole calls, with everything that can go wrong in them, and then a search of all that the program has written and shows:
//! no code, no phone number and no secret is anywhere, in any spelling. The sandbox's phone is the one exception.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use swaig_tests::{
    Credentials, Employee, Events, PhoneCall, Program, Recorded, StandIn, Will, cargo, function_request,
    workspace,
};

/// The caller, and others who turn up in what the platform posts.
const CALLER: &str = "+15557340192";
const OTHER: &str = "+442079460958";
/// A code in live mode, where the stand-in takes any. Eight digits: the fractions of a second in a log have six.
const CODE: &str = "73914682";

const USER: &str = "operator";
const PASSWORD: &str = "operators-Pa55/word";
const SECRETS: [(&str, &str); 7] = [
    ("SWML_BASIC_AUTH_PASSWORD", PASSWORD),
    ("SWML_BASIC_AUTH_PREVIOUS_PASSWORD", "yesterdays-pass:word"),
    ("LEAKY_BASIC_AUTH_PASSWORD", "of the agent 100%"),
    ("SIGNALWIRE_SIGNING_KEY", "PSK_signing-key-of-the-project"),
    ("SIGNALWIRE_PREVIOUS_SIGNING_KEY", "PSK_previous-key-of-the-project"),
    ("SWAIG_SECRET", "the-secret-that-seals-are-made-with+42"),
    ("SWAIG_PREVIOUS_SECRET", "the-secret-that-seals-were-made-with/1"),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Live,
    Sandbox,
}

/// An agent that does with a code, a number and a token what no agent should do.
const LEAKY: &str = r#"
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use swaig::swml::ai::{PostPrompt, Prompt};
use swaig::{Agent, AgentDefinition, Call, Event, Function, FunctionError, IncomingCall, PhoneNumber, Report, Reply, Setup, SetupError, async_trait};
use swaig_agents as _;
use swaig_functions::mfa::Token;

fn main() -> std::process::ExitCode {
    swaig::main()
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Leak {
    /// How to fail.
    how: String,
    /// A code.
    token: Token,
    /// A number.
    number: PhoneNumber,
    /// Anything.
    note: String,
}

struct Leaks {
    api_token: String,
}

#[async_trait]
impl Function for Leaks {
    const NAME: &'static str = "leak";
    const DESCRIPTION: &'static str = "Leaks";
    type Args = Leak;

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        Ok(Self { api_token: setup.setting("SIGNALWIRE_API_TOKEN").unwrap_or_default() })
    }

    async fn call(&self, args: Leak, call: &Call) -> Result<Reply, FunctionError> {
        let raw = serde_json::to_string(call.raw())?;
        let all = format!("{args:?} {} {} {raw} {} {:?}", args.token, args.number, self.api_token, call);
        match args.how.as_str() {
            "panic" => panic!("{all}"),
            "error" => Err(FunctionError::new("It failed.").caused_by(std::io::Error::other(all))),
            "question" => Err(std::io::Error::other(all))?,
            "event" => {
                call.broadcast(Event::new("leaked", json!({"all": all, "token": args.token, "raw": call.raw(), "note": args.note})));
                Ok(Reply::text(all))
            }
            // What a type masks may be logged.
            _ => {
                tracing::info!(token = %args.token, number = %args.number, ?args.token, ?args.number, caller = ?call.caller(), "{call:?}");
                Ok(Reply::text("done"))
            }
        }
    }
}
swaig::register_function!(Leaks);

struct Leaky;

#[async_trait]
impl Agent for Leaky {
    const NAME: &'static str = "leaky";

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    fn define(&self) -> AgentDefinition {
        AgentDefinition::new(Prompt::text("You leak.")).post_prompt(PostPrompt::text("Sum up.")).function(Leaks::NAME)
    }

    async fn for_call(&self, _: AgentDefinition, call: &IncomingCall) -> AgentDefinition {
        panic!("{call:?} {:?}", call.raw())
    }

    async fn on_report(&self, report: &Report) {
        panic!("{}", report.raw())
    }
}
swaig::register_agent!(Leaky);
"#;

fn leaky() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("leaky");
        let root = workspace();
        let package = |path: &str| json!(root.join(path)).to_string();
        let manifest = format!(
            "[package]\nname = \"leaky\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nschemars = \"1\"\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\ntracing = \"0.1\"\nswaig = {{ path = {} }}\n\
             swaig-agents = {{ path = {} }}\nswaig-functions = {{ path = {} }}\n\n[profile.dev]\ndebug = \"line-tables-only\"\n\n[workspace]\n",
            package("framework"),
            package("agents"),
            package("functions"),
        );
        fs::create_dir_all(folder.join("src")).expect("a folder can be made");
        let files = [("Cargo.toml", &*manifest), ("src/main.rs", LEAKY)];
        for (name, text) in files {
            let path = folder.join(name);
            // Cargo looks at the time of change.
            if fs::read_to_string(&path).is_ok_and(|old| old == text) {
                continue;
            }
            // Tests in other processes write it too.
            let new = folder.join(format!("{}.new", std::process::id()));
            fs::write(&new, text).and_then(|()| fs::rename(&new, &path)).expect("a file can be written");
        }
        if !folder.join("Cargo.lock").exists() {
            fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the versions can be copied");
        }
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder is in the target folder");
        let target = target.to_str().expect("the path is UTF-8");
        let built = cargo(&folder, ["--offline", "--bins", "--target-dir", target]);
        built.into_iter().find(|(name, _)| name == "leaky").expect("it was built").1
    })
}

fn program(log_format: &str) -> Program {
    let program = Program::at(leaky()).arguments(["--listen", "127.0.0.1:0", "--log-format", log_format]);
    let secrets = SECRETS.iter().fold(program, |program, (name, value)| program.set(name, *value));
    secrets
        .set("SWML_BASIC_AUTH_USER", USER)
        .set("SIGNALWIRE_REQUIRE_SIGNATURE", "none")
        .set("MFA_TOKEN_LENGTH", "8")
        .set("RUST_LOG", "trace")
}

/// The digits as words.
fn spoken(digits: &str) -> String {
    const WORDS: [&str; 10] =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let word = |b: u8| WORDS.get(usize::from(b - b'0')).copied().unwrap_or_default();
    digits.bytes().map(word).collect::<Vec<_>>().join(" ")
}

fn joined(digits: &str, separator: &str) -> String {
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
async fn harvest(employee: &Employee, live: Events) -> Vec<(String, String)> {
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
    for path in ["/console", "/metrics", "/health", "/ready", "/nothing"] {
        found.push((path.to_owned(), client.get(path).await.text().to_owned()));
    }
    for id in 1.. {
        let answer = client.get(&format!("/console/conversations/{id}")).await;
        if answer.status == 404 {
            assert!(id > 2, "there are reports");
            break;
        }
        found.push((format!("conversation {id}"), answer.text().to_owned()));
    }
    let lines = |lines: &swaig_tests::Log| {
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
async fn login_form(client: &swaig_tests::Client) -> (String, String) {
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

/// A client with the credentials that the platform has for an agent.
fn agent_client(employee: &Employee, path: &str) -> swaig_tests::Client {
    let password = if path.starts_with("/leaky") { "of the agent 100%" } else { PASSWORD };
    employee.client().with(Some(Credentials { user: USER.into(), password: password.into() }))
}

fn assert_clean(found: &[(String, String)], codes: &[String], mode: Mode) {
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

/// Webhooks that hold the code and the number where nobody expects them.
fn hostile(code: &str) -> Vec<Value> {
    let words = spoken(code);
    let number: u64 = code.parse().expect("digits");
    let arguments = [
        json!({"token": number}),
        json!({"token": [code]}),
        json!({"token": {"value": code}}),
        json!({"token": words}),
        json!({"token": joined(code, " ")}),
        json!({"token": format!("{code}{code}{code}")}),
        json!({"Token": code}),
        json!({"code": code, "pin": number, "otp": words, "x": [[number]]}),
        json!({code: "token", CALLER: OTHER, &words: 1}),
        json!({"note": format!("my code is {words}, call me at {CALLER}")}),
        json!({"token": Value::Null, "to": OTHER, "phone_number": "15557340192"}),
        json!({"token": format!("{{\"token\": \"{code}\"}}")}),
    ];
    let mut webhooks: Vec<_> =
        arguments.iter().map(|arguments| function_request("verify_mfa", arguments)).collect();
    let mut odd = |change: &dyn Fn(&mut Value)| {
        let mut webhook = function_request("verify_mfa", &json!({"token": code}));
        change(&mut webhook);
        webhooks.push(webhook);
    };
    odd(&|it| it["argument"] = json!({"raw": format!("{{\"token\": \"{code}")}));
    odd(&|it| it["argument"] = json!({"parsed": format!("{{\"token\": \"{code}\"}}")}));
    odd(&|it| it["argument"] = code.into());
    odd(&|it| it["argument"] = json!([code, {"token": code}]));
    odd(&|it| it["function"] = code.into());
    odd(&|it| it["function"] = CALLER.into());
    odd(&|it| it["function"] = Value::Null);
    odd(&|it| it["call_id"] = code.into());
    odd(&|it| it["call_id"] = CALLER.into());
    odd(&|it| it["caller_id_name"] = words.as_str().into());
    odd(&|it| it["caller_id_num"] = "sip:+15557340192@example.com".into());
    odd(&|it| it["caller_id_num"] = "sip:15557340192;phone-context=x@10.0.0.1".into());
    odd(&|it| it["caller_id_num"] = "15557340192".into());
    odd(&|it| it["caller_id_num"] = format!("tel:{CALLER}").into());
    odd(&|it| {
        it["meta_data"] =
            json!({"mfa": {"id": code, "to": CALLER, "seal": code}, "verified": code, "mfa_sends": code});
    });
    odd(&|it| it["meta_data"] = json!({"verification": {"to": CALLER, "seal": format!("eyJ{code}.x.y")}}));
    odd(&|it| it["global_data"] = json!({"code": code, "caller": CALLER}));
    webhooks.push(json!({"action": "get_signature", "functions": [code, CALLER, words]}));
    webhooks.push(json!({"action": code, "call_id": CALLER}));
    webhooks
}

/// An end-of-call report as the platform posts it, with its log of functions, and everything else that may be in it.
fn report(call: &PhoneCall, code: &str) -> Value {
    let mut url =
        url::Url::parse("https://agents.example.com/mfa/swaig?agent_id=mfa&call_token=eyJhbGciOi.eyJx.abc")
            .expect("a URL");
    url.set_username(USER).expect("a URL with a host");
    url.set_password(Some(PASSWORD)).expect("a URL with a host");
    let webhook = call.webhook("verify_mfa", &json!({"token": code}));
    let basic = STANDARD.encode(format!("{USER}:{PASSWORD}"));
    let words = spoken(code);
    let secrets: Vec<_> = SECRETS.iter().map(|(_, secret)| *secret).collect();
    json!({
        "caller_id_name": CALLER, "caller_id_number": "15557340192",
        "SWMLVars": {"from": CALLER, "to": OTHER},
        "SWMLCall": {"from": CALLER, "headers": [{"name": "Authorization", "value": format!("Basic {basic}")}]},
        "post_prompt_data": {
            "raw": format!("The caller {CALLER} was verified with {code}."),
            "substituted": format!("The caller (555) 734-0192 read out {words}."),
            "parsed": [{"code": code, "number": CALLER, "digits": code.bytes().map(|b| b - b'0').collect::<Vec<_>>()}],
        },
        "call_log": [
            {"role": "user", "content": format!("it is {words}")},
            {"role": "user", "content": joined(code, ", ")},
            {"role": "user", "content": format!("{}... {}", &code[..4], &code[4..])},
            {"role": "assistant", "content": format!("I sent it to +1 555 734 0192, or {OTHER}."), "tool_calls": [
                {"function": {"name": "verify_mfa", "arguments": format!("{{\"token\":\"{code}\"}}")}}
            ]},
            {"role": "tool", "content": format!("Authorization: Basic {basic}")},
        ],
        "raw_call_log": [{"content": webhook.to_string()}],
        "swaig_log": [{
            "command_name": "verify_mfa", "command_arg": format!("{{\"token\":\"{code}\"}}"), "url": url.as_str(),
            "post_data": webhook, "post_response": {"action": [{"set_meta_data": {"mfa": {"to": CALLER, "seal": "eyJhbGciOi.eyJx.abc"}}}]},
        }],
        "odd": {code: CALLER, "text": format!("{url} {} {basic}", StandIn::TOKEN), "secrets": secrets, "token": StandIn::TOKEN},
    })
}

/// What goes wrong in calls of both modes.
async fn trouble(employee: &Employee, code: &str) {
    let client = employee.client();
    for webhook in hostile(code) {
        let answer = client.post("/mfa/swaig", &webhook).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    for feed in hostile(code) {
        assert_eq!(client.post("/mfa/debug", &feed).await.status, 200);
    }
    for body in
        [format!("token={code}&to={CALLER}"), format!("{{\"token\": \"{code}\""), format!("[\"{CALLER}\"]")]
    {
        for path in ["/mfa", "/mfa/swaig", "/mfa/post_prompt", "/mfa/debug"] {
            assert_eq!(client.send("POST", path, &[], body.clone()).await.status, 400, "{path}");
        }
    }
    for path in [
        format!("/{code}"),
        format!("/console/{code}"),
        format!("/mfa/events?after={code}x"),
        format!("/mfa/{CALLER}"),
    ] {
        client.get(&path).await;
    }
    let wrong = client.with(Some(Credentials { user: code.into(), password: CALLER.into() }));
    assert_eq!(wrong.get("/console").await.status, 401);
    let signed = [("x-signalwire-signature", code)];
    assert_eq!(client.send("POST", "/mfa/swaig", &signed, "{}").await.status, 403);
    for caller in
        ["sip:+15557340192@example.com", "sip:15557340192@10.0.0.1", CALLER, "15557340192", "anonymous"]
    {
        PhoneCall::incoming(employee, "/mfa", Some(caller)).await;
    }

    let own = agent_client(employee, "/leaky");
    let incoming = json!({"call": {"call_id": "c1", "from": CALLER, "to": OTHER}, "vars": {"code": code}});
    assert_eq!(own.post("/leaky", &incoming).await.status, 200);
    for how in ["panic", "error", "question", "event", "log"] {
        let note = format!("{code} {} {PASSWORD} {}", spoken(code), StandIn::TOKEN);
        let arguments = json!({"how": how, "token": code, "number": CALLER, "note": note});
        let mut webhook = function_request("leak", &arguments);
        webhook["caller_id_num"] = CALLER.into();
        assert_eq!(own.post("/leaky/swaig", &webhook).await.status, 200, "{how}");
    }
    let call = PhoneCall::from(employee, CALLER).await;
    assert_eq!(own.post("/leaky/post_prompt", &report(&call, code)).await.status, 200);
}

#[tokio::test]
async fn in_the_sandbox_only_the_phone_shows_a_code() {
    let employee = program("text").serve().await;
    let mut live = employee.events("").await;
    live.ready().await;
    let mut codes = Vec::new();
    for channel in ["sms", "call"] {
        let mut call = PhoneCall::from(&employee, CALLER).await;
        let seen = employee.log().lines().len();
        assert_eq!(
            call.call("send_mfa", json!({"channel": channel})).await.response(),
            "8 digit number sent"
        );
        let code = employee.code_after(seen).await;
        call.call("verify_mfa", json!({"token": OTHER.trim_start_matches('+')})).await;
        call.call("verify_mfa", json!({"token": "00000000"})).await;
        let reply = call.call("verify_mfa", json!({"token": spoken(&code)})).await;
        assert_eq!(reply.response(), "Verification successful");
        assert_eq!(call.end(report(&call, &code)).await.status, 200);
        codes.push(code);
    }
    trouble(&employee, &codes[0]).await;
    let mut found = harvest(&employee, live).await;
    let (_, page) =
        found.iter_mut().find(|(place, _)| place == "/console").expect("the console was looked at");
    let (before, rest) = page.split_once("id=\"phone\"").expect("the phone is on the page");
    let (phone, after) = rest.split_once("id=\"conversations\"").expect("so are the conversations");
    assert!(codes.iter().all(|code| phone.contains(code)), "{phone}");
    // The phone shows codes. It shows no numbers.
    let phone = codes.iter().fold(phone.to_owned(), |phone, code| phone.replace(code, ""));
    *page = format!("{before}{phone}{after}");
    assert_clean(&found, &codes, Mode::Sandbox);
}

#[tokio::test]
async fn in_live_mode_nothing_shows_a_code() {
    let stand_in = StandIn::start(|request: &Recorded| {
        // Whoever is asked says again all that was said.
        let said = format!("{} with {} of {}", request.text(), request.header("authorization"), request.path);
        let failed = |status| {
            Will::json(
                status,
                &json!({"errors": [{"detail": said, "title": said, "code": said}], "error": said}),
            )
        };
        let body = request.json();
        match body["token"].as_str().or(body["to"].as_str()).unwrap_or_default() {
            "10000001" | "+15557340101" => failed(400),
            "10000002" | "+15557340102" => failed(401),
            "10000003" | "+15557340103" => failed(422),
            "10000004" | "+15557340104" => failed(429),
            "10000005" | "+15557340105" => failed(500),
            "10000006" | "+15557340106" => Will::body(200, "text/html", said),
            "10000007" | "+15557340107" => {
                Will::json(200, &json!({"id": said, "success": said, "to": said, "channel": said}))
            }
            "10000008" | "+15557340108" => {
                let to = format!("http://127.0.0.1:1/{}", utf8_percent_encode(&said, NON_ALPHANUMERIC));
                Will::Answer { status: 307, headers: vec![("Location", to)], body: Vec::new() }
            }
            "10000009" | "+15557340109" => Will::Reset,
            _ => Will::succeed(request),
        }
    })
    .await;
    let program = program("json")
        .account(&stand_in)
        .set("SWML_BASIC_AUTH_PASSWORD", PASSWORD)
        .set("MFA_NUMBER_POLICY", "any");
    let employee = program.serve().await;
    let mut live = employee.events("").await;
    live.ready().await;
    let mut call = PhoneCall::from(&employee, CALLER).await;
    assert_eq!(call.call("send_mfa", json!({})).await.response(), "8 digit number sent");
    let mut codes = vec![CODE.to_owned()];
    for kind in 1..=9 {
        let code = format!("1000000{kind}");
        call.call("verify_mfa", json!({"token": code})).await;
        codes.push(code);
        let other = PhoneCall::from(&employee, &format!("+1555734010{kind}")).await;
        other.post(&other.webhook("send_mfa", &json!({}))).await;
        other
            .post(&other.webhook(
                "send_mfa",
                &json!({"phone_number": format!("+1555734010{kind}"), "channel": "call"}),
            ))
            .await;
    }
    assert_eq!(call.call("verify_mfa", json!({"token": CODE})).await.response(), "Verification successful");
    assert_eq!(call.end(report(&call, CODE)).await.status, 200);
    assert_eq!(call.end(report(&call, CODE)).await.status, 200);
    trouble(&employee, CODE).await;
    let found = harvest(&employee, live).await;
    assert_clean(&found, &codes, Mode::Live);
    for (place, text) in &found {
        assert!(!text.contains("555734010"), "a number is in {place}");
    }
}
