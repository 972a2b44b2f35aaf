//! Every mistake of the first hour is told with what to do about it, and is on the page of errors.

use std::net::TcpListener;

use swaig_tests::{Employee, Program, StandIn, made, workspace};

/// How a mistake shows.
enum Shows {
    /// The program ends with this status.
    Ends(i32),
    /// It goes on, and the log warns.
    Warns,
}
use Shows::{Ends, Warns};

/// What somebody does, how it shows, and what is said: first what is wrong, then what to do.
type Mistake = (&'static str, Program, Shows, &'static [&'static str]);

fn serve<'a>(settings: impl IntoIterator<Item = (&'a str, &'a str)>) -> Program {
    Program::new(["--listen", "127.0.0.1:0"]).settings(settings)
}

/// Settings of a whole account.
const ACCOUNT: [(&str, &str); 3] = [
    ("SIGNALWIRE_PROJECT_ID", StandIn::PROJECT),
    ("SIGNALWIRE_API_TOKEN", StandIn::TOKEN),
    ("SIGNALWIRE_SPACE", "example"),
];

fn live<'a>(more: impl IntoIterator<Item = (&'a str, &'a str)>) -> Program {
    serve(ACCOUNT.into_iter().chain(more))
}

/// Addresses, and the account.
fn of_addresses(taken: &str) -> Vec<Mistake> {
    vec![
        (
            "the port is taken",
            Program::new(["--listen", taken]),
            Ends(1),
            &["cannot listen on", "another program listens there; stop it, or name another port"],
        ),
        (
            "an address that is none",
            Program::new(["--listen", "3000"]),
            Ends(1),
            &["cannot listen on", "name an address and a port, such as --listen 127.0.0.1:3000"],
        ),
        (
            "the sandbox for everybody",
            Program::new(["--listen", "0.0.0.0:0"]),
            Ends(1),
            &["the sandbox listens on loopback addresses only", "use --listen 127.0.0.1:3000"],
        ),
        (
            "a number without its country code",
            serve([("MFA_FROM_NUMBER", "5551234")]),
            Ends(1),
            &["MFA_FROM_NUMBER is not valid", "for example +15551230000"],
        ),
        (
            "half of the account",
            serve([("SIGNALWIRE_PROJECT_ID", StandIn::PROJECT)]),
            Ends(1),
            &[
                "the SignalWire account is only half set",
                "set all of them for live mode, or none for the sandbox",
            ],
        ),
        (
            "a space that is none",
            serve([ACCOUNT[0], ACCOUNT[1], ("SIGNALWIRE_SPACE", "https://example.signalwire.com/a/path")]),
            Ends(1),
            &["SIGNALWIRE_SPACE is not valid", "no credentials and no path"],
        ),
    ]
}

/// Settings that are missing, or not what they should be.
fn of_settings() -> Vec<Mistake> {
    vec![
        (
            "a setting that a function needs",
            live([("SWAIG_AGENTS", "faq")]),
            Ends(1),
            &[
                "the setting KNOWLEDGE_FOLDER is missing",
                "set it in the environment, or put knowledge_folder = ",
            ],
        ),
        (
            "no key of a model",
            Program::new(["chat", "mfa"]),
            Ends(1),
            &["no model is named", "set OPENAI_API_KEY for OpenAI, or OPENAI_BASE_URL"],
        ),
        (
            "a secret that is too short",
            serve([("SWAIG_SECRET", "secret")]),
            Ends(1),
            &["SWAIG_SECRET is not valid", "openssl rand -base64 32"],
        ),
        (
            "no secret in live mode",
            live([("SWML_BASIC_AUTH_PASSWORD", "try-me"), ("SWAIG_STORE", "memory:")]),
            Warns,
            &["SWAIG_SECRET is not set", "openssl rand -base64 32"],
        ),
        (
            "a certificate without its key",
            serve([("SWAIG_TLS_CERTIFICATE", "chain.pem")]),
            Ends(1),
            &["SWAIG_TLS_KEY is missing", "or unset SWAIG_TLS_CERTIFICATE"],
        ),
        (
            "a tunnel without https",
            serve([("SWML_PROXY_URL_BASE", "http://1234.tunnel.example")]),
            Warns,
            &["is not https", "set SWML_PROXY_URL_BASE to the https:// address"],
        ),
        (
            "a tunnel without its scheme",
            serve([("SWML_PROXY_URL_BASE", "1234.tunnel.example")]),
            Ends(1),
            &["SWML_PROXY_URL_BASE is not valid", "expected https://host"],
        ),
    ]
}

/// Names that lead to nothing.
fn of_names() -> Vec<Mistake> {
    vec![
        (
            "an agent that is not there",
            Program::new(["render", "nobody"]),
            Ends(1),
            &["there is no agent named \"nobody\"", "agents: mfa"],
        ),
        (
            "an agent of the settings that is not there",
            serve([("SWAIG_AGENTS", "nobody")]),
            Ends(1),
            &["SWAIG_AGENTS names the agent \"nobody\"", "agents: bank_desk, faq"],
        ),
        (
            "a command that is misspelt",
            Program::new(["sevre"]),
            Ends(2),
            &["unrecognized subcommand 'sevre'", "a similar subcommand exists: 'serve'"],
        ),
        (
            "a settings file that is not there",
            Program::new(["--config", "nowhere.toml"]),
            Ends(1),
            &["cannot read the settings file nowhere.toml", "name one that is there, or leave --config out"],
        ),
        (
            "a settings file that is broken",
            Program::new(["list"]).file("digital-employees.toml", "mfa_token_length =\n"),
            Ends(1),
            &["is not valid TOML at line 1", "string values must be quoted"],
        ),
        (
            "a setting of the file that is misspelt",
            serve([]).file("digital-employees.toml", "mfa_tokn_length = 7\n"),
            Warns,
            &["nothing reads the setting mfa_tokn_length", "is mfa_token_length meant?"],
        ),
        (
            "a variable that is misspelt",
            serve([("SWAIG_STOER", "memory:")]),
            Warns,
            &["nothing reads SWAIG_STOER of the environment", "is SWAIG_STORE meant?"],
        ),
        (
            "a store in a folder that is not there",
            serve([("SWAIG_STORE", "sqlite:nowhere/store.db")]),
            Ends(1),
            &["cannot open the store", "make its folder, or name another file in SWAIG_STORE"],
        ),
        (
            "a store that is none",
            serve([("SWAIG_STORE", "postgres://host")]),
            Ends(1),
            &["which this build does not have", "use sqlite:PATH, redis://HOST or memory:"],
        ),
        (
            "a name that a crate cannot have",
            Program::new(["new", "My-Agent"]),
            Ends(1),
            &["cannot be the name of an agent", "choose one such as my-agent"],
        ),
        (
            "a document that is not there",
            Program::new(["check", "nothing.json"]),
            Ends(2),
            &["there is neither a file nor an agent named \"nothing.json\"", "agents: mfa"],
        ),
        (
            "a phone call that is not there",
            Program::new(["replay", "nothing"]),
            Ends(1),
            &["the store knows no phone call \"nothing\"", "look for its id in the console or the log"],
        ),
    ]
}

/// The page that lists them, its quotation marks and breaks of lines apart.
fn page() -> String {
    let page = std::fs::read_to_string(workspace().join("docs/errors.md")).expect("the page is there");
    page.replace('`', "")
}

#[tokio::test]
async fn each_mistake_is_told_with_what_to_do() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    let page = page();
    for (what, program, shows, said) in
        of_addresses(&taken).into_iter().chain(of_settings()).chain(of_names())
    {
        let (text, code) = match shows {
            Ends(code) => {
                let ended = program.run().await;
                assert!(!ended.stderr.contains("panicked"), "{what}: {}", ended.stderr);
                (ended.stderr, Some(code) == ended.code)
            }
            Warns => {
                let employee = program.serve().await;
                let line = employee.log().find(what, |it| it.contains(said[0]).then(|| it.to_owned())).await;
                assert!(line.contains("WARN"), "{what}: {line}");
                (line, true)
            }
        };
        assert!(code, "{what} has another exit status: {text}");
        for part in said {
            assert!(text.contains(part), "{what}: {part:?} is missing in: {text}");
        }
        assert!(page.contains(said[0]), "docs/errors.md does not have {:?}", said[0]);
    }
}

#[tokio::test]
async fn a_wrong_password_at_the_platform_is_in_the_log() {
    let employee = Employee::sandbox_with([
        ("SWML_BASIC_AUTH_PASSWORD", "the-right-one"),
        ("SWML_PROXY_URL_BASE", "https://agents.example.com/here"),
    ])
    .await;
    for (credentials, expected) in [(None, "had no credentials"), (Some("old"), "had wrong credentials")] {
        let before = employee.log().lines().len();
        let credentials = credentials.map(|password| swaig_tests::Credentials {
            user: "signalwire".to_owned(),
            password: password.to_owned(),
        });
        let agent = if expected.contains("wrong") { "/mfa/swaig" } else { "/mfa" };
        let client = employee.client().with(credentials);
        assert_eq!(client.post(agent, &serde_json::json!({})).await.status, 401);
        if expected.contains("wrong") {
            // One line for an agent and an address is enough.
            assert_eq!(employee.log().lines().len(), before);
            continue;
        }
        let line = employee
            .log()
            .find_after(before, expected, |it| it.contains(expected).then(|| it.to_owned()))
            .await;
        assert!(line.contains("https://signalwire:PASSWORD@agents.example.com/here/mfa"), "{line}");
    }
    assert!(page().contains("a request for the agent mfa had no credentials"));
    // Nobody learns from outside which agents there are.
    let before = employee.log().lines().len();
    assert_eq!(employee.client().with(None).get("/nobody").await.status, 401);
    assert_eq!(employee.log().lines().len(), before);
}

#[tokio::test]
async fn the_address_that_the_log_proposes_can_be_taken_as_it_is() {
    let settings = [("SWML_BASIC_AUTH_USER", "desk@home"), ("SWML_BASIC_AUTH_PASSWORD", "the-right-one")];
    let employee = Employee::sandbox_with(settings).await;
    assert_eq!(employee.client().with(None).get("/mfa").await.status, 401);
    let expected = format!("http://desk%40home:PASSWORD@{}/mfa", employee.address());
    employee.log().find(&expected, |line| line.contains(&expected).then_some(())).await;
}

/// A function without any purpose.
fn function(name: &str, arguments: &str) -> String {
    format!(
        r#"
pub struct Thing;

#[async_trait]
impl Function for Thing {{
    const NAME: &'static str = "{name}";
    const DESCRIPTION: &'static str = "Does nothing";
    type Args = {arguments};

    fn build(_: &Setup) -> Result<Self, SetupError> {{
        Ok(Self)
    }}

    async fn call(&self, _: {arguments}, _: &Call) -> Result<Reply, FunctionError> {{
        Ok(Reply::text("done"))
    }}
}}
swaig::register_function!(Thing);
"#
    )
}

#[tokio::test]
async fn names_and_arguments_that_do_not_fit_are_told_at_the_start_all_at_once() {
    let tree = "#[derive(Deserialize, JsonSchema)]\npub struct Tree {\n    #[allow(dead_code)]\n    branches: Vec<Tree>,\n}\n";
    let lost = r#"
pub struct Lost;

impl Agent for Lost {
    const NAME: &'static str = "lost";

    fn build(_: &Setup) -> Result<Self, SetupError> {
        Ok(Self)
    }

    fn define(&self) -> AgentDefinition {
        AgentDefinition::new(Prompt::text("You are lost.")).function("opening_ours")
    }
}
swaig::register_agent!(Lost);
"#;
    let files = vec![
        ("first", function("opening_hours", "NoArgs")),
        ("second", function("opening_hours", "NoArgs")),
        ("forest", format!("{tree}{}", function("forest", "Tree"))),
        ("reserved", function("startup_hook", "NoArgs")),
        ("lost", lost.to_owned()),
    ];
    let programs = vec![("muddle", files)];
    let built = made::make(env!("CARGO_TARGET_TMPDIR"), "first-hour", programs);
    let ended = Program::at(&built[0].1).arguments(["list"]).run().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let page = page();
    for (wrong, remedy) in [
        ("two functions are named \"opening_hours\"", "rename one of them"),
        ("cannot be described to the model", "limit the nesting with a struct for each level"),
        ("the function name \"startup_hook\" of", "choose another one"),
        ("mounts the function \"opening_ours\", which is not registered", "check the spelling"),
    ] {
        assert!(ended.stderr.contains(wrong) && ended.stderr.contains(remedy), "{wrong}: {}", ended.stderr);
        assert!(page.contains(wrong), "docs/errors.md does not have {wrong:?}");
    }
    assert!(ended.stderr.matches("src/bin/muddle/").count() >= 5, "{}", ended.stderr);
}

#[tokio::test]
async fn what_the_compiler_refuses_is_told_in_our_words() {
    let main = r#"
struct Colour(#[allow(dead_code)] u32);

/// Paint the wall
#[swaig::function]
async fn paint(
    /// Which colour.
    colour: Colour,
) -> &'static str {
    let _ = colour;
    "painted"
}

fn main() {}
"#;
    let files = [("src/bin/painter.rs".to_owned(), main.to_owned())];
    let said = made::mistake(env!("CARGO_TARGET_TMPDIR"), "first-hour-colour", "first-hour-colour", &files);
    for part in [
        "`Colour` cannot be an argument of a function",
        "src/bin/painter.rs:8:13",
        "derive both on the type: `#[derive(serde::Deserialize, schemars::JsonSchema)]`",
    ] {
        assert!(said.contains(part), "{part:?} is missing in: {said}");
    }
    assert!(page().contains("cannot be an argument of a function"));
}
