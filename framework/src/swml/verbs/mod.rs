//! The verbs, a file each.
//!
//! To add one: write its file, declare the module, and name its type in the list below.

mod answer;
mod cond;
mod execute;
mod goto;
mod hangup;
mod label;
mod play;
mod prompt;
mod record;
mod record_call;
mod request;
mod return_value;
mod send_digits;
mod send_sms;
mod set;
mod sleep;
mod stop_record_call;
mod switch;
mod transfer;
mod unset;
mod user_event;

use super::ai;
use super::json::Json;
use super::step::Verb;
use super::value::Value;

pub use cond::Branch;
pub use hangup::HangupReason;
pub use play::Sound;
pub use prompt::Sounds;
pub use record::{RecordDirection, RecordFormat};
pub use record_call::CallDirection;
pub use request::{HttpMethod, RequestBody};
pub use sleep::SleepDuration;
pub use unset::Names;

macro_rules! verbs {
    ($($module:ident::$name:ident = $verb:literal),+ $(,)?) => {
        $(pub use $module::$name;)+

        /// One step of a section: a verb and its body.
        ///
        /// Every verb's type converts into a step.
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
        }

        impl Step {
            /// The verbs that have a type.
            pub const VERBS: &'static [Verb] =
                &[$(Verb { name: $verb, kind: <$name as Value>::kind }),+];

            /// The key of the step.
            pub fn verb(&self) -> &str {
                match self {
                    $(Self::$name(_) => $verb,)+
                    Self::Raw { verb, .. } => verb,
                }
            }

            pub(super) fn read(verb: &str, body: &Json) -> Self {
                let typed = match verb {
                    $($verb => $name::from_json(body).map(Self::$name),)+
                    _ => None,
                };
                typed.unwrap_or_else(|| Self::raw(verb, body.clone()))
            }

            pub(super) fn into_parts(self) -> (String, Json) {
                match self {
                    $(Self::$name(body) => ($verb.to_owned(), body.into()),)+
                    Self::Raw { verb, body } => (verb, body),
                }
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
    answer::Answer = "answer",
    cond::Cond = "cond",
    execute::Execute = "execute",
    goto::Goto = "goto",
    hangup::Hangup = "hangup",
    label::Label = "label",
    play::Play = "play",
    prompt::PromptCaller = "prompt",
    record::Record = "record",
    record_call::RecordCall = "record_call",
    request::Request = "request",
    return_value::Return = "return",
    send_digits::SendDigits = "send_digits",
    send_sms::SendSms = "send_sms",
    set::Set = "set",
    sleep::Sleep = "sleep",
    stop_record_call::StopRecordCall = "stop_record_call",
    switch::Switch = "switch",
    transfer::Transfer = "transfer",
    unset::Unset = "unset",
    user_event::UserEvent = "user_event",
}
