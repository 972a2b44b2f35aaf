//! The verbs, a file each.
//!
//! To add one: write its file, declare the module, and name its type in the list below.

mod ai_sidecar;
mod amazon_bedrock;
mod answer;
mod cond;
mod connect;
mod denoise;
mod detect_machine;
mod enter_queue;
mod execute;
mod goto;
mod hangup;
mod join_conference;
mod join_room;
mod label;
mod live_transcribe;
mod live_translate;
mod pay;
mod play;
mod prompt;
mod receive_fax;
mod record;
mod record_call;
mod request;
mod result;
mod return_value;
mod send_digits;
mod send_fax;
mod send_sms;
mod set;
mod sip_refer;
mod sleep;
mod status_method;
mod stop_denoise;
mod stop_record_call;
mod stop_stream;
mod stop_tap;
mod stream;
mod switch;
mod tap;
mod transcribe;
mod transcribe_stop;
mod transfer;
mod unset;
mod user_event;

use super::ai;
use super::json::{Json, Object};
use super::step::Verb;
use super::value::Value;

pub use ai_sidecar::{
    SidecarAction, SidecarDefaults, SidecarFile, SidecarFunction, SidecarParameters, SidecarParams,
    SidecarPermissions, SidecarPom, SidecarPrompt, SidecarSwaig, SidecarText,
};
pub use amazon_bedrock::{
    BedrockDataMap, BedrockFunction, BedrockParams, BedrockPrompt, BedrockSwaig, BedrockVoice,
};
pub use cond::Branch;
pub use connect::{CallState, Confirm, ConfirmSteps, Destination, Encryption, SipHeader};
pub use detect_machine::FaxTone;
pub use hangup::HangupReason;
pub use join_conference::{
    CallbackForm, ConferenceBeep, ConferenceRecording, ConferenceRegion, ConferenceResult, ConferenceStream,
    ConferenceTrim,
};
pub use live_transcribe::{
    CallSide, SpeechEngine, StartTranscribing, Stop, Summarize, SummarizeAction, SummarizeWith,
    SummarizeWord, TranscribeAction, TranscribeStart,
};
pub use live_translate::{
    CustomFilter, Inject, StartTranslating, TranslateAction, TranslateInject, TranslateStart,
    TranslationFilter, TranslationStyle,
};
pub use pay::{
    PayInput, PayParameter, PayPrompt, PaymentMethod, PhraseUrl, PlayPhrase, PostalCode, PromptAction,
    SayPhrase, TokenType,
};
pub use play::Sound;
pub use prompt::Sounds;
pub use record::{RecordDirection, RecordFormat};
pub use record_call::CallDirection;
pub use request::{HttpMethod, RequestBody};
pub use result::{OnResult, ResultSwitch};
pub use sleep::SleepDuration;
pub use status_method::StatusMethod;
pub use stream::StreamTrack;
pub use tap::TapCodec;
pub use unset::Names;

macro_rules! verbs {
    ($($module:ident::$name:ident = $verb:literal),+ $(,)?) => {
        $(pub use $module::$name;)+

        /// One step of a section: a verb and its body.
        ///
        /// Every verb's type converts into a step.
        ///
        /// ```
        /// use serde_json::json;
        /// use swaig::swml::{Answer, Json, Step};
        ///
        /// assert_eq!(Json::from(Step::from(Answer::new())).to_value(), json!({"answer": {}}));
        /// // A verb that has no type yet.
        /// assert_eq!(Json::from(Step::raw("dance", "tango")).to_value(), json!({"dance": "tango"}));
        /// ```
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Step {
            $(
                #[doc = concat!("The verb `", $verb, "`.")]
                $name($name),
            )+
            /// A verb that this crate has no type for, or a body that its type cannot express.
            Raw {
                /// The key of the step.
                verb: String,
                /// Its value.
                body: Json,
            },
            /// What stands where a step belongs and is none, such as `"hangup"` for `{"hangup": {}}` or two verbs in
            /// one object. It is kept as it is; the platform refuses it, and so does the checker.
            Other(Json),
        }

        impl Step {
            /// The verbs that have a type.
            pub const VERBS: &'static [Verb] =
                &[$(Verb { name: $verb, type_name: stringify!($name), kind: <$name as Value>::kind }),+];

            /// The key of the step; empty for what is none.
            pub fn verb(&self) -> &str {
                match self {
                    $(Self::$name(_) => $verb,)+
                    Self::Raw { verb, .. } => verb,
                    Self::Other(_) => "",
                }
            }

            pub(super) fn read(verb: &str, body: &Json) -> Self {
                // A type that would print its body otherwise, `-0` as `0` or `"2000"` as `2000`, does not express it.
                let typed = match verb {
                    $($verb => $name::from_json(body)
                        .filter(|typed| Json::from(typed.clone()) == *body)
                        .map(Self::$name),)+
                    _ => None,
                };
                typed.unwrap_or_else(|| Self::raw(verb, body.clone()))
            }
        }

        impl From<Step> for Json {
            fn from(step: Step) -> Self {
                let (verb, body) = match step {
                    $(Step::$name(body) => ($verb.to_owned(), body.into()),)+
                    Step::Raw { verb, body } => (verb, body),
                    Step::Other(json) => return json,
                };
                Self::Object(Object::from([(verb, body)]))
            }
        }

        $(
            impl From<$name> for Step {
                fn from(body: $name) -> Self {
                    Self::$name(body)
                }
            }
        )+
    };
}

verbs! {
    ai::Ai = "ai",
    ai_sidecar::AiSidecar = "ai_sidecar",
    amazon_bedrock::AmazonBedrock = "amazon_bedrock",
    answer::Answer = "answer",
    cond::Cond = "cond",
    connect::Connect = "connect",
    denoise::Denoise = "denoise",
    detect_machine::DetectMachine = "detect_machine",
    enter_queue::EnterQueue = "enter_queue",
    execute::Execute = "execute",
    goto::Goto = "goto",
    hangup::Hangup = "hangup",
    join_conference::JoinConference = "join_conference",
    join_room::JoinRoom = "join_room",
    label::Label = "label",
    live_transcribe::LiveTranscribe = "live_transcribe",
    live_translate::LiveTranslate = "live_translate",
    pay::Pay = "pay",
    play::Play = "play",
    prompt::PromptCaller = "prompt",
    receive_fax::ReceiveFax = "receive_fax",
    record::Record = "record",
    record_call::RecordCall = "record_call",
    request::Request = "request",
    return_value::Return = "return",
    send_digits::SendDigits = "send_digits",
    send_fax::SendFax = "send_fax",
    send_sms::SendSms = "send_sms",
    set::Set = "set",
    sip_refer::SipRefer = "sip_refer",
    sleep::Sleep = "sleep",
    stop_denoise::StopDenoise = "stop_denoise",
    stop_record_call::StopRecordCall = "stop_record_call",
    stop_stream::StopStream = "stop_stream",
    stop_tap::StopTap = "stop_tap",
    stream::Stream = "stream",
    switch::Switch = "switch",
    tap::Tap = "tap",
    transcribe::Transcribe = "transcribe",
    transcribe_stop::TranscribeStop = "transcribe_stop",
    transfer::Transfer = "transfer",
    unset::Unset = "unset",
    user_event::UserEvent = "user_event",
}
