//! Whatever texts, numbers and durations the builders are given, the schema accepts what they write, within
//! the documented ranges.

use std::time::Duration;

use proptest::prelude::*;

use super::schema::validator;
use crate::swml::ai::*;
use crate::swml::*;

/// What the documents are made of.
#[derive(Clone, Debug)]
struct Material {
    text: String,
    other: String,
    span: Duration,
    count: i64,
    share: f64,
    switch: bool,
}

fn material() -> impl Strategy<Value = Material> {
    let span = (0..100_000_u64, 0..1_000_000_000_u32).prop_map(|(secs, nanos)| Duration::new(secs, nanos));
    ("(?s).{0,12}", "(?s).{0,12}", span, 1..=100_i64, 0.0..=1.0, any::<bool>()).prop_map(
        |(text, other, span, count, share, switch)| Material { text, other, span, count, share, switch },
    )
}

fn calls(m: &Material) -> Vec<Step> {
    let text = || m.text.as_str();
    let variable = || Variable::new(text());
    let sides = || [CallSide::Remote, CallSide::Local];
    let destination = || Destination::new(text()).timeout(m.span).header(SipHeader::new(text(), &m.other));
    let cases = || [(text(), [Hangup::new()])];
    let confirm = [Play::url(Sound::say(text()))];
    vec![
        Answer::new().max_duration(m.span).codecs(text()).into(),
        AiSidecar::new(format!("{}x", m.text)).prompt(text()).into(),
        AmazonBedrock::new(BedrockPrompt::text(text()).top_p(m.share)).into(),
        Cond::new([Branch::when(text(), [Hangup::new()]).or_else([Label::new(text())])]).into(),
        Connect::to(text()).timeout(m.span).confirm(ConfirmSteps::from(confirm)).username(text()).into(),
        Connect::serial([destination()]).result(ResultSwitch::new(cases()).variable(text())).into(),
        Connect::parallel([destination(), Destination::new(&m.other)]).answer_on_bridge(m.switch).into(),
        Connect::serial_parallel([[destination()], [destination()]]).max_duration(variable()).into(),
        Denoise::new().into(),
        DetectMachine::new().wait(m.switch).initial_timeout(m.span).machine_words_threshold(m.count).into(),
        EnterQueue::new(text(), text()).wait_time(m.span + Duration::from_secs(1)).into(),
        Execute::new(text()).params([(text(), m.count)]).on_return([StopDenoise::new()]).into(),
        Goto::new(text()).when(text()).max(m.count).into(),
        JoinConference::new(text()).max_participants(m.count + 1).result(Switch::new(text(), cases())).into(),
        JoinRoom::new(text()).into(),
        LiveTranscribe::start(StartTranscribing::new(text(), sides()).vad_silence_ms(m.span)).into(),
        LiveTranscribe::summarize(Summarize::new().prompt(text())).into(),
        LiveTranscribe::stop().into(),
        LiveTranslate::start(
            StartTranslating::new(text(), text(), sides())
                .filter_from(CustomFilter::prompt(format!("{}x", m.text)))
                .filter_to(TranslationStyle::GenZ),
        )
        .into(),
        LiveTranslate::inject(text(), CallSide::Local).into(),
        Pay::new(text())
            .postal_code(m.switch)
            .prompt(PayPrompt::new(
                text(),
                [PromptAction::say(text()), PromptAction::play("https://a.example")],
            ))
            .parameter(PayParameter::new(text(), text()))
            .into(),
        Play::url(Sound::say(text())).volume(m.share).into(),
        Play::url(variable()).into(),
        Play::urls([Sound::silence(m.span), Sound::ring("us", m.span), Sound::say(text())]).into(),
        PromptCaller::new([Sound::say(text())]).digit_timeout(m.span).speech_hint(text()).into(),
        ReceiveFax::new().status_url(text()).into(),
        Record::new().beep(variable()).max_length(m.span).into(),
        RecordCall::new().stereo(m.switch).end_silence_timeout(m.span).into(),
        Request::new(text(), HttpMethod::Put).body(text()).timeout(m.span).into(),
        Return::new(text()).into(),
        SendDigits::new(text()).into(),
        SendFax::new(text()).identity(text()).into(),
        SendSms::text(text(), text(), text()).tag(text()).into(),
        Set::new().variable(text(), m.share).into(),
        SipRefer::new(text()).into(),
        Sleep::new(m.span).into(),
        Stream::new(text()).track(StreamTrack::Both).custom_parameters([(text(), text())]).into(),
        Switch::new(text(), cases()).default([Transfer::new(text())]).into(),
        Tap::new(text()).rtp_ptime(m.span).into(),
        Transcribe::new().into(),
        Unset::new([text(), &m.other]).into(),
        UserEvent::new(Data::from([(text(), text())])).into(),
    ]
}

fn agent(m: &Material) -> Ai {
    let text = || m.text.as_str();
    let fillers = || Fillers::new().phrase(text(), text());
    let output = || {
        Output::new()
            .response(ToolResult::new().tool_result(text()).tool_prompt(text()))
            .action(Action::hold(m.span))
            .action(Action::swml(Document::new().step(Hangup::new())).with_transfer(m.switch))
            .action(Action::toggle_functions([Toggle::new(text(), m.switch)]))
            .action(Action::change_context(text()))
            .action(Action::change_step(text()))
            .action(Action::context_switch(text()))
            .action(Action::context_switch(
                ContextSwitch::new(text()).user_prompt(text()).consolidate(m.switch),
            ))
            .action(Action::hangup())
            .action(Action::playback_bg(text()))
            .action(Action::playback_bg(PlaybackBackground::new(text()).wait(m.switch)))
            .action(Action::say(text()))
            .action(Action::set_global_data([(text(), m.count)]))
            .action(Action::set_meta_data([(text(), m.share)]))
            .action(Action::stop())
            .action(Action::stop_playback_bg())
            .action(Action::transfer_to_swml(Document::new().step(Hangup::new())))
            .action(Action::unset_global_data(text()))
            .action(Action::unset_meta_data(Unsetting::everything()))
            .action(Action::user_input(text()))
    };
    let data_map = DataMap::new()
        .expression(Expression::new(text(), text(), text()))
        .webhook(
            Webhook::new(text())
                .error_keys([text()])
                .foreach(ForEach::new(text(), text(), text()).max(m.count))
                .output(output()),
        )
        .output(output());
    let parameters = Parameters::new()
        .property(text(), StringProperty::new().values([text()]).description(text()))
        .property(&m.other, ArrayProperty::new(NumberProperty::new().default(m.share)))
        .property(
            "c",
            PropertyUnion::one_of([Property::from(NullProperty::new(text())), BooleanProperty::new().into()]),
        )
        .require(text());
    let function = FunctionDefinition::new(text(), text())
        .parameters(parameters)
        .data_map(data_map)
        .fillers(fillers())
        .active(Variable::new(text()));
    let step = ContextStep::text(format!("a{}", m.count), text()).function(text()).step_criteria(text());
    Ai::new(Prompt::text(text()).temperature(m.share).contexts(Contexts::new(Context::new([step]))))
        .params(
            Params::new()
                .hard_stop_time(m.span)
                .barge_min_words(m.count.min(99))
                .background_file_loops(7)
                .eleven_labs_stability(m.share),
        )
        .hint(text())
        .global(text(), text())
        .post_prompt(text())
        .swaig(Swaig::new().function(function))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_builders_write_passes_the_schema(material in material()) {
        let document = calls(&material).into_iter().fold(Document::new(), Document::step).step(agent(&material));
        let json = Json::from(document);
        prop_assert_eq!(crate::swml::check::published(&json), []);
        if let Some(validator) = validator()
            && let Err(error) = validator.validate(&json.to_value())
        {
            prop_assert!(false, "at {}: {error}", error.instance_path());
        }
    }
}
