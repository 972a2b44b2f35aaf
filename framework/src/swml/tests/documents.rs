//! Built documents pass the schema; read documents print back unchanged.

use std::time::Duration;

use serde_json::json;

use super::schema::{Foreign, accepts, assert_documents, assert_valid, documents_of_others, validator};
use crate::swml::ai::*;
use crate::swml::*;

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn every_verb_passes_the_schema() {
    let sound = Sound::ring("us", seconds(3));
    assert_valid([
        Answer::new().max_duration(seconds(60)).codecs("PCMU").username("u").password("p").into(),
        Answer::new().max_duration(Variable::new("vars.limit")).into(),
        Hangup::new().into(),
        Hangup::new().reason(HangupReason::Busy).into(),
        Play::url("https://example.com/a.mp3").volume(-3).auto_answer(false).into(),
        Play::url(Variable::new("vars.sound")).into(),
        Play::urls([sound, Sound::silence(seconds(1)), Sound::say("Hi")])
            .say_voice("Polly.Joanna")
            .say_language("en-US")
            .say_gender("female")
            .status_url("https://example.com/status")
            .into(),
        PromptCaller::new("say:Press one").max_digits(1).digit_timeout(Duration::from_millis(2500)).into(),
        PromptCaller::new(["say:Press one", "say:or two"]).speech_hint("one").speech_hint("two").into(),
        Record::new().direction(RecordDirection::Speak).format(RecordFormat::Wav).beep(true).into(),
        RecordCall::new().stereo(true).format(RecordFormat::Mp3).direction(CallDirection::Both).into(),
        RecordCall::new().control_id("r").input_sensitivity(44).max_length(seconds(90)).into(),
        StopRecordCall::new().control_id("r").into(),
        Transfer::new("other").params(json!({"n": 1})).meta([("k", "v")]).into(),
        Execute::new("sub").params([("n", 1)]).on_return([Hangup::new()]).into(),
        Execute::new("sub").result(ResultSwitch::new([("1", [Hangup::new()])])).into(),
        Set::new().variable("a", 1).variable("b", "x").into(),
        Set::from(json!({"a": {"b": []}})).into(),
        Unset::new("a").into(),
        Unset::new(["a", "b"]).into(),
        Sleep::new(seconds(1)).into(),
        Sleep::new(Variable::new("vars.pause")).into(),
        Sleep::forever().into(),
        Sleep::Object(SleepDuration::new(seconds(1))).into(),
        Label::new("again").into(),
        Goto::new("again").when("vars.n < 3").max(3).into(),
        Return::new(json!([1, "a", null])).into(),
        Cond::new([
            Branch::when("vars.a == 1", [Hangup::new()]),
            Branch::when("vars.a == 2", [Hangup::new()]).or_else([Answer::new()]),
        ])
        .into(),
        Cond::new([Branch::otherwise(Section::new().step(Answer::new()).step(Hangup::new()))]).into(),
        Switch::new("vars.a", [("1", [Hangup::new()])]).default([Answer::new()]).into(),
        Request::new("https://example.com", HttpMethod::Post)
            .headers([("x-a", "b")])
            .body(json!({"a": 1}))
            .timeout(Duration::from_millis(2500))
            .save_variables(true)
            .into(),
        Request::new("https://example.com", HttpMethod::Get).body("text").into(),
        SendDigits::new("1w2").into(),
        SendSms::text("+15550001", "+15550002", "hi").tag("a").region("us").into(),
        SendSms::with_media("+15550001", "+15550002", ["https://example.com/a.png"]).body("hi").into(),
        UserEvent::new(json!({"kind": "hello"})).into(),
    ]);
}

fn whole_agent() -> Ai {
    let fillers = || Fillers::from([("en-US", ["One moment.", "Just a second."])]).auto(["Wait."]);
    let sections = || [PomSection::new("Role").body("A host."), PomSection::untitled().bullet("Be brief.")];
    let contexts = Contexts::new(
        Context::new([
            ContextStep::text("greet", "Greet.").step_criteria("Greeted.").valid_step("next").no_functions(),
            ContextStep::pom("help", sections()).function("verify_code").skip_user_turn(true).end(true),
        ])
        .text("Be kind.")
        .enter_fillers(fillers())
        .exit_fillers(fillers()),
    )
    .context("billing", Context::new([ContextStep::text("bill", "Explain.")]).isolated(true).pom(sections()));
    let function = FunctionDefinition::new("verify_code", "Verify the code")
        .parameters(
            json!({"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}),
        )
        .web_hook_url("https://u:p@example.com/swaig")
        .active(Variable::new("global_data.on"))
        .meta_data(json!({"a": {"b": 1}}))
        .meta_data_token("codes")
        .fillers(fillers())
        .skip_fillers(true)
        .wait_for_fillers(false)
        .wait_file("https://example.com/wait.mp3")
        .wait_file_loops(2);
    let swaig = Swaig::new()
        .defaults(Defaults::new().web_hook_url("https://example.com/swaig"))
        .function(function)
        .function(FunctionDefinition::new("startup_hook", "At the start"))
        .include(Include::new("https://example.com/more", ["a", "b"]).meta_data([("k", "v")]))
        .native_functions([NativeFunction::CheckTime, NativeFunction::WaitSeconds])
        .internal_fillers(InternalFillers::new().check_time(fillers()).next_step(fillers()))
        .mcp_server(McpServer::new("https://example.com/mcp").headers([("x-token", "t")]).resources(true));
    Ai::new(
        Prompt::pom(sections())
            .contexts(contexts)
            .temperature(0.3)
            .top_p(1)
            .max_tokens(300)
            .confidence(0.5)
            .presence_penalty(-0.5)
            .frequency_penalty(Variable::new("vars.penalty")),
    )
    .post_prompt(PostPrompt::text("Summarise as JSON.").temperature(0.1))
    .post_prompt_url("https://example.com/post_prompt")
    .params(
        Params::new()
            .enable_barge(false)
            .debug(2)
            .swaig_post_swml_vars(["record_call_url"])
            .attention_timeout(Duration::ZERO)
            .convo([Message::new(Role::User, "Hello").lang("en")])
            .enable_text_normalization(TextNormalization::Off)
            .extra("developer_prompt", "Be brief."),
    )
    .hint("Ferris")
    .hint(HintPattern::new("SWML", "swim(m)?el", "SWML").ignore_case(true))
    .language(
        Language::new("English", ["en-US", "en-GB"], "elevenlabs.rachel")
            .function_filler("One moment.")
            .params(LanguageParams::new().stability(0.4).pitch(-2).emotion(Emotion::Happy))
            .pronunciation(Pronounce::new("SWML", "swimmel"))
            .auto_speed(true),
    )
    .pronounce([Pronounce::new("API", "A P I").ignore_case(false)])
    .global_data(json!({"restaurant": "Chez Ferris"}))
    .global("tier", "gold")
    .multilingual(
        Multilingual::new([MultilingualLanguage::new("default").voice("elevenlabs.rachel")])
            .fillers(["Hm."])
            .function_fillers(fillers())
            .min_switch_words(3),
    )
    .swaig(swaig)
}

#[test]
fn a_whole_agent_passes_the_schema() {
    let steps = Section::new().step(Answer::new()).step(whole_agent()).step(Hangup::new());
    assert_documents([
        Document::new(),
        Document::new().section(MAIN, steps).section("later", [Hangup::new()]),
        Document::new().step(Ai::new("Text.").post_prompt(PostPrompt::pom([PomSection::new("T").body("b")]))),
    ]);
}

#[test]
fn the_schema_rejects_what_engine_only_fields_write() {
    let Some(schema) = validator() else { return };
    let agent = |prompt: Prompt| Document::new().step(Ai::new(prompt));
    assert!(accepts(schema, agent(Prompt::text("t"))));
    assert!(!accepts(schema, agent(Prompt::text("t").barge_confidence(0.5))));
    let step = ContextStep::text("a", "b").gather_info(
        Gather::new([GatherQuestion::new("age", "How old?").answer_type(GatherType::Integer).confirm(true)])
            .output_key("answers"),
    );
    assert!(!accepts(schema, agent(Prompt::text("t").contexts(Contexts::new(Context::new([step]))))));
}

#[test]
fn an_agent_reads_back_with_its_types() {
    let text = Json::from(Document::new().step(whole_agent())).to_string();
    let document = Document::parse(&text).expect("own output");
    let Step::Ai(ai) = &document.sections()[MAIN][0] else { panic!("no agent") };
    assert_eq!(ai, &whole_agent());

    let prompt = ai.read().prompt().expect("a prompt");
    assert_eq!(prompt.read().temperature(), Some(Dyn::Value(0.3)));
    assert_eq!(prompt.read().frequency_penalty(), Some(Variable::new("vars.penalty").into()));
    assert_eq!(prompt.read().text(), None);
    let contexts = prompt.read().contexts().expect("contexts");
    assert_eq!(contexts.get("billing").and_then(|context| context.read().isolated()), Some(true));
    let functions = ai.read().swaig().and_then(|swaig| swaig.read().functions()).expect("functions");
    let names: Vec<_> = functions.iter().filter_map(|function| function.read().function()).collect();
    assert_eq!(names, ["verify_code", "startup_hook"]);
    assert_eq!(document.to_json_string(), text);
}

#[test]
fn setters_replace_in_place_and_singular_ones_append() {
    let ai = Ai::new("one").hints(["a", "b"]).hint("c").global("k", 1).prompt("two").hint("d");
    assert_eq!(
        Json::from(ai).to_string(),
        r#"{"prompt":{"text":"two"},"hints":["a","b","c","d"],"global_data":{"k":1}}"#
    );
}

#[test]
fn documents_of_others_print_back_as_they_were() {
    let documents = documents_of_others();
    if documents.is_empty() {
        return;
    }
    assert!(documents.len() > 100, "{} files", documents.len());
    for Foreign { file, text, json, .. } in documents {
        assert!(tokens(&json.to_string()) == tokens(&text), "{file} prints with other tokens");
        // What others wrote wrongly is read as well: the checker is who refuses.
        let document = Document::from_json(json).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(tokens(&document.to_json_string()) == tokens(&text), "{file} as a document");
    }
}

/// The tokens of a JSON text, without white space; strings are decoded, since an escape may be written in
/// several ways.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '"' {
            let mut string = String::from(c);
            while let Some(c) = chars.next() {
                string.push(c);
                match c {
                    '"' => break,
                    '\\' => string.extend(chars.next()),
                    _ => {}
                }
            }
            tokens.push(serde_json::from_str::<String>(&string).expect("a string"));
            tokens.push(String::new());
        } else if !c.is_ascii_whitespace() {
            tokens.last_mut().expect("never empty").push(c);
        }
    }
    tokens
}
