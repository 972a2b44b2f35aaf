//! `chat`: the real program, its sandbox, and a model that answers what a test says.

use serde_json::{Value, json};
use swaig_tests::{Ended, Program, Recorded, StandIn, Will, made};

/// An answer of the model as a stream of pieces.
fn stream(pieces: &[Value]) -> Will {
    let pieces = pieces.iter().map(|piece| format!("data: {}\n\n", json!({"choices": [{"delta": piece}]})));
    let mut body: String = pieces.collect();
    body.push_str("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
    Will::body(200, "text/event-stream", body)
}

fn says(text: &str) -> Will {
    let (one, other) = text.split_at(text.len() / 2);
    stream(&[json!({"role": "assistant", "content": one}), json!({"content": other})])
}

fn calls(name: &str, arguments: &Value) -> Will {
    let arguments = arguments.to_string();
    let (one, other) = arguments.split_at(1);
    let first = json!({"tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": {"name": name, "arguments": one}}]});
    stream(&[first, json!({"tool_calls": [{"index": 0, "function": {"arguments": other}}]})])
}

/// Jim, as a good model plays him.
fn jim(request: &Recorded) -> Will {
    let body = request.json();
    let messages = body["messages"].as_array().expect("messages");
    let last = messages.last().expect("a message");
    let text = last["content"].as_str().unwrap_or_default();
    match (last["role"].as_str().unwrap_or_default(), text) {
        ("system", _) if messages.len() == 1 => says("Hello, I am Jim. May I text you a code?"),
        // The post prompt.
        ("system", _) => Will::json(
            200,
            &json!({"choices": [{"message": {"role": "assistant", "content": "{\"verified\":true,\"summary\":\"Verified.\"}"}}]}),
        ),
        ("user", "Yes, please.") => calls("next_step", &json!({"step": "send"})),
        ("tool", text) if text.contains("\"send\"") => calls("send_mfa", &json!({})),
        ("tool", "6 digit number sent") => calls("next_step", &json!({"step": "verify"})),
        ("tool", text) if text.contains("\"verify\"") => says("It is on its way. Please read it out."),
        ("user", text) if text.starts_with("It is ") => {
            let token = text.trim_start_matches("It is ").trim_end_matches('.');
            calls("verify_mfa", &json!({"token": token}))
        }
        ("tool", "Verification successful") => says("You are verified. Goodbye!"),
        ("user", "Call it.") => calls("verify_mfa", &json!({"token": "1"})),
        _ => says("I did not understand."),
    }
}

fn chat(model: &StandIn) -> Program {
    Program::new(["chat", "mfa"])
        .set("OPENAI_BASE_URL", format!("{}/v1", model.url()))
        .set("OPENAI_API_KEY", "sk-of-the-test")
}

const SCRIPT: &str = r#"
caller: "+15551230000"
turns:
  - expect:
      reply: "i am jim"
      step: greet
  - say: "Yes, please."
    expect:
      called: [next_step, send_mfa]
      not_called: verify_mfa
      step: verify
      reply: "read it out"
  - say: "It is ${code}."
    expect:
      called: {function: verify_mfa, with: {token: "${code}"}}
      meta_data: {verified: true}
      reply: verified
      over: false
"#;

#[tokio::test]
async fn a_script_is_played_and_all_is_as_expected() {
    let model = StandIn::start(jim).await;
    let ended = chat(&model).arguments(["--script", "call.yaml"]).file("call.yaml", SCRIPT).run().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for expected in [
        " agent  Hello, I am Jim. May I text you a code?",
        "caller  Yes, please.",
        "        → send_mfa {}",
        "        ← 6 digit number sent",
        " phone  Your Personal Authorization Code is: ",
        "          Sets `verified` and `verification` in `meta_data`.",
        "all expectations were met",
    ] {
        assert!(ended.stdout.contains(expected), "{expected:?} is not in {}", ended.stdout);
    }
    let requests = model.requests();
    assert_eq!(requests[0].path, "/v1/chat/completions");
    assert_eq!(requests[0].header("authorization"), "Bearer sk-of-the-test");
    let first = requests[0].json();
    // What the platform would give the model: the prompt, the step, and its functions alone.
    let prompt = first["messages"][0]["content"].as_str().unwrap();
    assert!(prompt.contains("## Your name is Jim") && prompt.contains("Greet the caller"), "{prompt}");
    assert_eq!(first["model"], "gpt-4o-mini");
    assert_eq!(first["temperature"], 0.3);
    let tools = |index: usize| -> Vec<String> {
        let body = requests[index].json();
        let tools = body["tools"].as_array().unwrap().clone();
        tools.iter().map(|tool| tool["function"]["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(tools(0), ["next_step"]);
    assert_eq!(tools(2), ["send_mfa", "next_step"]);
    let result = &requests[2].json()["messages"];
    assert_eq!(result[4]["tool_call_id"], "c1");
    // Nothing is left behind where nothing was asked for.
    assert!(!ended.stdout.contains("transcript"), "{}", ended.stdout);
}

#[tokio::test]
async fn what_is_not_as_expected_is_said_and_fails() {
    let model = StandIn::start(jim).await;
    let script = "turns:\n  - expect: {reply: goodbye, step: send}\n  - say: Nonsense.\n    expect: {called: send_mfa}\n";
    let ended = chat(&model).arguments(["--script", "call.yaml"]).file("call.yaml", script).run().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for expected in [
        "✗ turn 1: the agent was to say \"goodbye\"; it said \"Hello, I am Jim.",
        "✗ turn 1: the step was to be \"send\"; it is \"greet\"",
        "✗ turn 2: send_mfa was to be called; called: no function",
        "3 expectations were not met",
    ] {
        assert!(ended.stdout.contains(expected), "{expected:?} is not in {}", ended.stdout);
    }
}

#[tokio::test]
async fn a_chat_by_hand_leaves_a_masked_transcript() {
    let model = StandIn::start(jim).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("call.json");
    let ended = chat(&model)
        .arguments(["--transcript", path.to_str().unwrap()])
        .input("Yes, please.\nCall it.\n\n")
        .run()
        .await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let report: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(report["post_prompt_data"]["parsed"][0]["verified"], true, "{report}");
    let roles: Vec<_> = report["call_log"].as_array().unwrap().iter().map(|it| it["role"].clone()).collect();
    assert_eq!(roles[..3], [json!("assistant"), json!("user"), json!("tool")], "{report}");
    assert!(!report.to_string().contains("5551230000"), "{report}");
    let code = ended.stdout.split("Code is: ").nth(1).unwrap()[..6].to_owned();
    assert!(!report.to_string().contains(&code), "{report}");
}

async fn fails(model: &StandIn, settings: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let program = Program::new(["chat", "mfa"]).arguments(arguments.iter().copied());
    let program = program.set("OPENAI_BASE_URL", format!("{}/v1", model.url()));
    program.settings(settings.iter().copied()).file("bad.yaml", "turns:\n  - says: hello\n").run().await
}

#[tokio::test]
async fn what_goes_wrong_is_said_with_what_to_do() {
    let refusing =
        StandIn::start(|_| Will::json(401, &json!({"error": {"message": "Incorrect API key provided"}})))
            .await;
    let confused = StandIn::start(|_| Will::body(200, "text/html", "<h1>Welcome</h1>")).await;
    let gone = StandIn::start(|_| Will::Reset).await;
    for (ended, expected) in [
        (
            fails(&refusing, &[], &[]).await,
            "(status 401, \"Incorrect API key provided\"); check OPENAI_API_KEY",
        ),
        (fails(&confused, &[], &[]).await, "check OPENAI_BASE_URL"),
        (fails(&gone, &[], &[]).await, "check OPENAI_BASE_URL"),
        (fails(&gone, &[], &["--script", "bad.yaml"]).await, "unknown field `says`"),
        (fails(&gone, &[], &["--script", "none.yaml"]).await, "the script none.yaml cannot be used"),
        (
            fails(&gone, &[("OPENAI_BASE_URL", "nonsense")], &[]).await,
            "the setting OPENAI_BASE_URL is not valid",
        ),
        (Program::new(["chat", "mfa"]).run().await, "set OPENAI_API_KEY for OpenAI, or OPENAI_BASE_URL"),
        (Program::new(["chat", "nobody"]).run().await, "there is no agent named \"nobody\"; agents: "),
    ] {
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.stderr.contains(expected), "{expected:?} is not in {}", ended.stderr);
    }
}

/// An agent whose first step asks questions, and whose second has functions of another server and of the platform.
const INTAKE: &str = r#"
use swaig::RemoteFunctions;
use swaig::swml::ai::{Context, ContextStep, Contexts, Gather, GatherQuestion, GatherType, NativeFunction, Swaig};

struct Intake {
    theirs: RemoteFunctions,
}

impl Agent for Intake {
    const NAME: &'static str = "intake";

    fn build(setup: &Setup) -> Result<Self, SetupError> {
        let theirs = RemoteFunctions::from_setting(setup, "THEIR_URL")?.functions(["book"]).meta_data("branch", "Porto");
        Ok(Self { theirs })
    }

    fn define(&self) -> AgentDefinition {
        let gather = Gather::new([
            GatherQuestion::new("name", "What is your name?"),
            GatherQuestion::new("seats", "How many seats?").answer_type(GatherType::Integer).confirm(true).isolated(true),
        ]);
        let steps = Contexts::new(Context::new([
            ContextStep::text("ask", "Ask.").gather_info(gather.output_key("booking").completion_action("next_step")),
            ContextStep::text("book", "Book for ${global_data.booking.name}.").functions(["book"]),
        ]));
        AgentDefinition::new(Prompt::text("You take bookings.").contexts(steps))
            .ai(|ai| ai.swaig(Swaig::new().native_functions([NativeFunction::CheckTime, NativeFunction::WaitForUser])))
            .include(self.theirs.clone())
    }
}
swaig::register_agent!(Intake);
"#;

/// The agent above, as a good model plays it.
fn intake(request: &Recorded) -> Will {
    let body = request.json();
    let messages = body["messages"].as_array().expect("messages");
    let last = messages.last().expect("a message");
    let text = last["content"].as_str().unwrap_or_default();
    let prompt = messages[0]["content"].as_str().unwrap_or_default();
    match (last["role"].as_str().unwrap_or_default(), text) {
        ("user", "Ada.") => calls("gather_submit", &json!({"answer": "Ada"})),
        ("user", "Two.") => calls("gather_submit", &json!({"answer": 2, "confirmed_by_user": "false"})),
        ("tool", text) if text.contains("let the caller confirm") => says("Two seats, is that right?"),
        ("user", "Yes.") => calls("gather_submit", &json!({"answer": 2, "confirmed_by_user": "true"})),
        ("tool", text) if text.starts_with("It is ") => calls("book", &json!({"seats": 2})),
        ("tool", "Booked.") => says("It is booked."),
        ("user", "One moment.") => calls("wait_for_user", &json!({})),
        _ if prompt.contains("What is your name?") => says("Who is it?"),
        _ if prompt.contains("How many seats?") => says("And how many seats?"),
        _ if prompt.contains("Book for Ada.") => calls("check_time", &json!({})),
        _ => says("I did not understand."),
    }
}

const INTAKE_SCRIPT: &str = r"
turns:
  - expect: {reply: who is it, step: ask}
  - say: Ada.
    expect: {called: {function: gather_submit, with: {answer: Ada}}, reply: how many}
  - say: Two.
    expect: {reply: is that right, step: ask}
  - say: Yes.
    expect:
      called: [check_time, book]
      step: book
      global_data: {booking: {name: Ada, seats: 2}, booked: true}
      reply: booked
  - say: One moment.
    expect: {called: wait_for_user, over: false}
";

#[tokio::test]
async fn questions_and_functions_of_others_are_played() {
    let built = made::make(
        env!("CARGO_TARGET_TMPDIR"),
        "chat",
        vec![("intake", vec![("intake", INTAKE.to_owned())])],
    );
    let program = || Program::at(&built[0].1).arguments(["chat", "intake"]);
    let model = StandIn::start(intake).await;
    let theirs = StandIn::start(|request: &Recorded| {
        let body = request.json();
        if body["action"] == "get_signature" {
            let book = json!({"function": "book", "description": "Book seats", "parameters":
                {"type": "object", "properties": {"seats": {"type": "integer"}}}});
            let defaults = json!({"web_hook_url": format!("http://{}/hook", request.header("host"))});
            return Will::json(200, &json!({"functions": [book], "defaults": defaults}));
        }
        Will::json(200, &json!({"response": "Booked.", "action": [{"set_global_data": {"booked": true}}]}))
    })
    .await;
    let with_model = |program: Program, theirs: &str| {
        let program = program.set("OPENAI_BASE_URL", format!("{}/v1", model.url())).set("THEIR_URL", theirs);
        program.arguments(["--script", "intake.yaml"]).file("intake.yaml", INTAKE_SCRIPT)
    };
    let address = theirs.url();
    let ended = with_model(program(), &address).run().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for expected in [
        format!("[functions of {address}/, which are called there: book]"),
        "Keeps the answer as `booking.name` in `global_data`.".to_owned(),
        "Waits until the caller speaks.".to_owned(),
    ] {
        assert!(ended.stdout.contains(&expected), "{expected:?} is not in {}", ended.stdout);
    }
    // The other server is asked as the platform asks it.
    let [asked, called] = &theirs.requests()[..] else { panic!("two requests: {:?}", theirs.requests()) };
    assert_eq!(asked.json()["functions"], json!(["book"]));
    assert_eq!(called.path, "/hook");
    let body = called.json();
    assert_eq!((&body["function"], &body["argument"]["parsed"][0]), (&json!("book"), &json!({"seats": 2})));
    assert_eq!(body["meta_data"], json!({"branch": "Porto"}));

    let requests: Vec<Value> = model.requests().iter().map(Recorded::json).collect();
    let tools = |index: usize| -> Vec<String> {
        let tools = requests[index]["tools"].as_array().expect("tools").iter();
        tools.map(|tool| tool["function"]["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(tools(0), ["gather_submit"]);
    // The answer left no trace in what the model sees, and the second question begins without what was said before.
    assert_eq!(requests[2]["messages"].as_array().map(Vec::len), Some(1), "{}", requests[2]);
    let booking = requests
        .iter()
        .find(|it| it["messages"][0]["content"].as_str().is_some_and(|it| it.contains("Book for Ada")));
    let booking = booking.expect("the step was reached");
    assert!(!booking["messages"].to_string().contains("gather_submit"), "{booking}");
    let names: Vec<_> =
        booking["tools"].as_array().unwrap().iter().map(|it| &it["function"]["name"]).collect();
    assert_eq!(names, ["book", "check_time", "wait_for_user"]);
    assert!(booking["messages"].as_array().unwrap().iter().any(|it| it["content"] == "Ada."), "{booking}");

    // What calls nothing has no list of calls, also where a call was taken out of the memory.
    for message in requests.iter().filter_map(|request| request["messages"].as_array()).flatten() {
        assert!(message.get("tool_calls").is_none_or(serde_json::Value::is_array), "{message}");
    }

    // A server that is away is told, and the conversation goes on without it.
    let gone = StandIn::start(|_| Will::Reset).await;
    let ended = with_model(program(), &gone.url()).run().await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.stdout.contains(&format!("[without the functions of {}/: ", gone.url())),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains("There is no function book."), "{}", ended.stdout);
}
