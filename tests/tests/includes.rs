//! Functions of one server in the document of another: `get_signature` as the platform asks it, and the check of it when
//! the including program starts.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::{Value, json};
use swaig_tests::{Employee, Ended, Program, Recorded, StandIn, Will, function_request, made};

const PASSWORD: &str = "hunter2-of-theirs";

/// An agent that has the functions of the MFA digital employee from another server.
const BRANCH: &str = r#"
use std::time::Duration;
use swaig::RemoteFunctions;
use swaig::swml::ai::{Context, ContextStep, Contexts};

struct Branch {
    codes: RemoteFunctions,
}

impl Agent for Branch {
    const NAME: &'static str = "branch";

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        let mut codes = RemoteFunctions::from_setting(setup, "CODES_URL")?
            .functions(["send_mfa", "verify_mfa"])
            .meta_data("branch", "Porto");
        if let Some(password) = setup.secret("CODES_PASSWORD") {
            codes = codes.credentials("signalwire", password);
        }
        if let Some(milliseconds) = setup.parse("CODES_TIME")? {
            codes = codes.timeout(Duration::from_millis(milliseconds));
        }
        if setup.setting("CODES_OPTIONAL").is_some() {
            codes = codes.optional();
        }
        Ok(Self { codes })
    }

    fn define(&self) -> AgentDefinition {
        let steps = Contexts::new(Context::new([
            ContextStep::text("verify", "Verify the caller.").functions(["send_mfa", "verify_mfa"]),
        ]));
        AgentDefinition::new(Prompt::text("You answer the phone of a branch.").contexts(steps)).include(self.codes.clone())
    }
}
swaig::register_agent!(Branch);
"#;

/// The program with the agent above.
fn branch(url: &str) -> Program {
    static BUILT: OnceLock<Vec<(String, PathBuf)>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        made::make(
            env!("CARGO_TARGET_TMPDIR"),
            "includes",
            vec![("branch", vec![("branch", BRANCH.to_owned())])],
        )
    });
    let (_, path) = built.iter().find(|(name, _)| name == "branch").expect("it was built");
    Program::at(path).set("CODES_URL", url).set("CODES_PASSWORD", PASSWORD)
}

fn serving(url: &str) -> Program {
    branch(url).arguments(["--listen", "127.0.0.1:0"])
}

fn ai(document: &Value) -> &Value {
    let steps = document["sections"]["main"].as_array().expect("there are steps");
    steps.iter().find_map(|step| step.get("ai")).expect("there is an agent")
}

fn definition(name: &str) -> Value {
    json!({"function": name, "description": "A test", "web_hook_url": "https://example.com/swaig"})
}

/// A server that answers so, whatever is asked.
async fn answering(will: impl Fn() -> Will + Send + Sync + 'static) -> StandIn {
    StandIn::start(move |_: &Recorded| will()).await
}

#[tokio::test]
async fn a_document_includes_functions_that_another_server_answers() {
    let employee = Employee::sandbox_with([("SWML_BASIC_AUTH_PASSWORD", PASSWORD)]).await;
    let url = format!("http://{}/mfa/swaig", employee.address());
    let branch = serving(&url).serve().await;
    let mut events = employee.events("?after=0").await;
    let seen = events.until("signatures_fetched").await;
    let asked = seen.last().expect("it was asked");
    assert_eq!(asked.data(), &json!({"asked": ["send_mfa", "verify_mfa"], "given": 2}));

    let document = branch.client().get("/branch").await.json();
    let swaig = &ai(&document)["SWAIG"];
    let with_credentials = url.replace("http://", &format!("http://signalwire:{PASSWORD}@"));
    let functions = json!(["send_mfa", "verify_mfa"]);
    assert_eq!(
        swaig,
        &json!({"includes": [{"url": with_credentials, "functions": functions, "meta_data": {"branch": "Porto"}}]})
    );
    branch.log().find("what to try next", |line| line.contains("try next").then_some(())).await;
    let log = branch.log().lines().join("\n");
    assert!(
        log.contains(&format!("branch (send_mfa, verify_mfa of {url})")) && !log.contains(PASSWORD),
        "{log}"
    );

    // What the platform makes of the document: it asks the other server, and calls what that one names.
    let client = employee.client();
    let ask = json!({"action": "get_signature", "functions": functions, "meta_data": swaig["includes"][0]["meta_data"]});
    let given = client.post("/mfa/swaig", &ask).await.json();
    let hook = url::Url::parse(given[0]["web_hook_url"].as_str().unwrap()).unwrap();
    assert_eq!((hook.username(), hook.password()), ("signalwire", Some(PASSWORD)));
    let target = format!("{}?{}", hook.path(), hook.query().unwrap());
    let mut request = function_request("send_mfa", &json!({}));
    request["caller_id_num"] = "+15551230000".into();
    assert_eq!(client.post(&target, &request).await.json()["response"], "6 digit number sent");

    // A call that goes astray is answered as that of any other unknown function.
    let reply = branch.client().post("/branch/swaig", &function_request("send_mfa", &json!({}))).await;
    assert!(
        reply.json()["response"].as_str().unwrap().contains("no function named send_mfa"),
        "{}",
        reply.text()
    );
}

#[tokio::test]
async fn commands_that_do_not_serve_ask_nobody_and_show_no_password() {
    let other = answering(|| Will::Reset).await;
    let url = format!("{}/codes/swaig", other.url());
    for arguments in
        [&["list"][..], &["list", "--format", "json"], &["render", "branch"], &["check", "branch"]]
    {
        let Ended { code, stdout, stderr } = branch(&url).arguments(arguments.iter().copied()).run().await;
        assert_eq!(code, Some(0), "{arguments:?}: {stderr}");
        assert!(!format!("{stdout}{stderr}").contains(PASSWORD), "{arguments:?}: {stdout}");
        assert!(stdout.contains("/codes/swaig") || arguments[0] == "check", "{arguments:?}: {stdout}");
    }
    // In the URL itself it is masked as well.
    let url = url.replace("http://", "http://me:hunter3@");
    let ended = branch(&url).set("CODES_PASSWORD", "").arguments(["render", "branch"]).run().await;
    assert!(
        ended.stdout.contains("http://me:****@") && !ended.stdout.contains("hunter3"),
        "{}",
        ended.stdout
    );
    let ended =
        branch(&url).set("CODES_PASSWORD", "").arguments(["render", "branch", "--reveal"]).run().await;
    assert!(ended.stdout.contains("http://me:hunter3@"), "{}", ended.stdout);
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn the_other_server_is_asked_as_the_platform_asks() {
    let other =
        answering(|| Will::json(200, &json!([definition("send_mfa"), definition("verify_mfa")]))).await;
    let _branch = serving(&format!("{}/codes/swaig?agent_id=7", other.url())).serve().await;
    let [request] = &other.requests()[..] else { panic!("it is asked once") };
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/codes/swaig?agent_id=7"));
    assert_eq!(request.header("content-type"), "application/json");
    let basic = swaig_tests::Credentials { user: "signalwire".into(), password: PASSWORD.into() }.basic();
    assert_eq!(request.header("authorization"), basic);
    assert_eq!(
        request.json(),
        json!({
            "action": "get_signature", "functions": ["send_mfa", "verify_mfa"], "meta_data": {"branch": "Porto"},
            "content_type": "text/swaig", "content_disposition": "function signature request", "version": "2.0",
        })
    );
}

#[tokio::test]
async fn answers_of_other_forms_and_with_old_names_do() {
    let old = |name: &str| json!({"function": name, "purpose": "A test", "argument": {"type": "object", "properties": {}}});
    let answer = json!({
        "functions": [old("send_mfa"), old("verify_mfa"), old("more")],
        "defaults": {"web_hook_url": "https://example.com/swaig"},
    });
    let other = answering(move || Will::json(200, &answer)).await;
    let branch = serving(&other.url()).serve().await;
    branch.log().find("what to try next", |line| line.contains("try next").then_some(())).await;
    let log = branch.log().lines().join("\n");
    for part in ["\"send_mfa\" should be otherwise at /purpose", "use `description`", "not asked for", "more"]
    {
        assert!(log.contains(part), "{part} is not in: {log}");
    }
}

/// Asserts that the program does not start, and says all this.
async fn assert_refused(program: Program, expected: &[&str]) {
    let Ended { code, stdout, stderr } = program.arguments(["--listen", "127.0.0.1:0"]).run().await;
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
    for part in ["the agent \"branch\"", "branch.rs:"].iter().chain(expected) {
        assert!(stderr.contains(part), "{part} is not in: {stderr}");
    }
    assert!(!stderr.contains(PASSWORD), "{stderr}");
}

#[tokio::test]
async fn an_answer_that_would_not_do_stops_the_start_and_is_explained() {
    let list = |definitions: &[Value]| Will::json(200, &Value::from(definitions));
    let status = |status| Will::body(status, "text/plain", "no");
    let table: [(Will, &[&str]); 11] = [
        (
            list(&[definition("send_mfa")]),
            &["no function \"verify_mfa\"", "it has: send_mfa", "correct the names"],
        ),
        (list(&[]), &["no function \"send_mfa\", \"verify_mfa\"", "it has: none"]),
        (
            list(&[json!({"function": "send_mfa", "web_hook_url": "https://example.com"})]),
            &["(\"send_mfa\") has no `description`"],
        ),
        (list(&["send_mfa", "verify_mfa", "next_step"].map(definition)), &["\"next_step\" is reserved"]),
        (status(401), &["status 401", "check the user name and the password", ".optional()"]),
        (status(404), &["status 404", "check the path"]),
        (status(503), &["status 503", "that server's log"]),
        (
            Will::Answer { status: 307, headers: vec![("Location", "/x".into())], body: vec![] },
            &["status 307", "redirects are not followed"],
        ),
        (
            Will::body(200, "text/html", "<html>Welcome</html>"),
            &["not JSON", "SWAIG webhook", "line 1 column 1"],
        ),
        (Will::body(200, "application/json", vec![b' '; (1 << 20) + 1]), &["longer than 1048576 bytes"]),
        (Will::Reset, &["did not give its signatures", "connection"]),
    ];
    for (will, expected) in table {
        let other = answering(move || will.clone()).await;
        let url = format!("{}/codes/swaig", other.url());
        assert_refused(branch(&url), &[&[url.as_str()][..], expected].concat()).await;
        assert_eq!(other.requests().len(), 1);
    }
}

/// An address where nobody listens.
async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    format!("http://{}/codes/swaig", listener.local_addr().expect("it has an address"))
}

#[tokio::test]
async fn a_server_that_is_down_or_hangs_stops_the_start() {
    assert_refused(branch(&nobody().await), &["no connection can be made", "whether the server runs"]).await;
    for will in [Will::Silence, Will::Stall(200)] {
        let other = answering(move || will.clone()).await;
        assert_refused(branch(&other.url()).set("CODES_TIME", "300"), &["no whole answer within 0.3 s"])
            .await;
    }
}

#[tokio::test]
async fn a_url_that_cannot_be_taken_or_leads_back_is_refused() {
    let ended = serving("signalwire:hunter3@example.com/swaig").run().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.stderr.contains("CODES_URL is not valid") && !ended.stderr.contains("hunter3"),
        "{}",
        ended.stderr
    );
    // The program holds the agent `mfa` too.
    let base = "https://agents.example.com/phone";
    let program = branch(&format!("{base}/mfa/swaig")).set("SWML_PROXY_URL_BASE", base);
    assert_refused(program, &["agent \"mfa\" of this program itself", "`.function(…)`"]).await;
}

#[tokio::test]
async fn an_optional_include_is_left_out_when_it_would_not_do() {
    let wrong = answering(|| Will::json(200, &json!([definition("send_mfa")]))).await;
    for (url, cause) in
        [(nobody().await, "no connection can be made"), (wrong.url(), "no function \"verify_mfa\"")]
    {
        let branch = serving(&url).set("CODES_OPTIONAL", "yes").serve().await;
        let warning =
            branch.log().find("the warning", |line| line.contains("WARN").then(|| line.to_owned())).await;
        for part in ["branch", "send_mfa, verify_mfa", "served without", cause] {
            assert!(warning.contains(part), "{part} is not in: {warning}");
        }
        assert!(!warning.contains(PASSWORD), "{warning}");
        let document = branch.client().get("/branch").await.json();
        let ai = ai(&document);
        assert!(ai.get("SWAIG").is_none(), "{ai}");
        assert_eq!(ai["prompt"]["contexts"]["default"]["steps"][0]["functions"], json!([]));
    }
    // What is there is taken.
    let right =
        answering(|| Will::json(200, &json!([definition("send_mfa"), definition("verify_mfa")]))).await;
    let branch = serving(&right.url()).set("CODES_OPTIONAL", "yes").serve().await;
    assert_eq!(
        ai(&branch.client().get("/branch").await.json())["SWAIG"]["includes"].as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn signatures_are_given_for_every_form_of_the_question() {
    let employee = Employee::sandbox_with([("SWML_BASIC_AUTH_PASSWORD", PASSWORD)]).await;
    let hook = format!("http://signalwire:{PASSWORD}@{}/mfa/swaig?agent_id=front-desk", employee.address());
    let table = [
        (json!({}), vec!["send_mfa", "verify_mfa"]),
        (json!({"functions": []}), vec!["send_mfa", "verify_mfa"]),
        (json!({"functions": null}), vec!["send_mfa", "verify_mfa"]),
        (json!({"functions": ["verify_mfa"]}), vec!["verify_mfa"]),
        (json!({"functions": ["verify_mfa", "transfer call"]}), vec!["verify_mfa"]),
        (json!({"functions": ["transfer call"]}), vec![]),
        (
            json!({"functions": ["send_mfa"], "meta_data": {"k": 1}, "meta_data_token": "t", "version": "2.0"}),
            vec!["send_mfa"],
        ),
    ];
    for (mut question, expected) in table {
        question["action"] = "get_signature".into();
        question["content_disposition"] = "function signature request".into();
        let answer = employee.client().post("/mfa/swaig?agent_id=front-desk", &question).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
        let answer = answer.json();
        let definitions = answer.as_array().expect("it is a list");
        let names: Vec<_> = definitions.iter().map(|it| it["function"].as_str().unwrap()).collect();
        assert_eq!(names, expected, "{question}");
        for definition in definitions {
            assert_eq!(definition["web_hook_url"], hook);
            assert_eq!(definition["meta_data_token"], "mfa");
            assert!(!definition["description"].as_str().unwrap().is_empty());
            assert_eq!(definition["parameters"]["type"], "object");
        }
    }
    assert_eq!(employee.stranger().post("/mfa/swaig", &json!({"action": "get_signature"})).await.status, 401);
}
