//! SWML documents: the script that SignalWire runs for a call.
//!
//! A [`Document`] has named sections; a section is a list of steps; a step is one verb with its body. This
//! module builds and reads documents. It is data only: nothing here opens a file or a socket.
//!
//! # A document
//!
//! Every verb is a type. What it must have are the arguments of its constructor, everything else is a
//! setter, and only what was set is written, in the order in which it was set.
//!
//! ```
//! use std::time::Duration;
//! use swaig::swml::ai::{Ai, FunctionDefinition, Language, Params, PomSection, Prompt, Swaig};
//! use swaig::swml::{Answer, Document, Hangup, RecordCall, RecordFormat};
//! use serde_json::json;
//!
//! let prompt = Prompt::pom([
//!     PomSection::new("Role").body("You take reservations for a small restaurant."),
//!     PomSection::new("Rules").bullets(["Ask for one thing at a time.", "Repeat the date and the time."]),
//! ])
//! .temperature(0.3);
//!
//! let reserve = FunctionDefinition::new("reserve_table", "Reserve a table")
//!     .parameters(json!({"type": "object", "properties": {"guests": {"type": "integer"}}}))
//!     .web_hook_url("https://agents.example.com/tables/swaig");
//!
//! let ai = Ai::new(prompt)
//!     .language(Language::new("English", "en-US", "elevenlabs.rachel"))
//!     .params(Params::new().end_of_speech_timeout(Duration::from_millis(500)).wait_for_user(true))
//!     .global_data(json!({"restaurant": "Chez Ferris"}))
//!     .swaig(Swaig::new().function(reserve));
//!
//! let document = Document::new()
//!     .step(Answer::new())
//!     .step(RecordCall::new().format(RecordFormat::Mp3))
//!     .step(ai)
//!     .step(Hangup::new());
//! assert!(document.to_json_string().starts_with(r#"{"version":"1.0.0","sections":{"main":[{"answer":{}}"#));
//! ```
//!
//! # Values that are known later
//!
//! Where the language allows it, a setter takes a [`Variable`] instead of a value; the platform fills it in
//! when the call runs.
//!
//! ```
//! use swaig::swml::{Json, Play, Variable};
//!
//! let play = Play::url("say:Hello").volume(Variable::new("vars.gain"));
//! assert_eq!(Json::from(play).to_string(), r#"{"url":"say:Hello","volume":"${vars.gain}"}"#);
//! ```
//!
//! # Checking
//!
//! Builders write what they are told. [`Document::check`] says what the platform would refuse, and why; see
//! [`check`](mod@check).
//!
//! ```
//! use swaig::swml::{Document, Goto, Label};
//!
//! let document = Document::new().step(Label::new("again")).step(Goto::new("again").max(500));
//! let report = document.check();
//! assert_eq!(report.findings[0].path, "/sections/main/1/goto/max");
//! assert_eq!(report.findings[0].remedy, "choose a number from 1 to 100");
//! ```
//!
//! # What has no type
//!
//! All verbs and fields of the published reference have types. For what the platform adds later, every object takes any key with `extra`, and [`Step::raw`] makes a step of any verb.
//!
//! ```
//! use swaig::swml::{Document, Hangup, Step};
//! use serde_json::json;
//!
//! let document = Document::new()
//!     .step(Step::raw("new_verb", json!({"speed": "fast"})))
//!     .step(Hangup::new().extra("note", "bye"));
//! # let _ = document;
//! ```
//!
//! # Reading
//!
//! [`Document::parse`] keeps everything, also what this crate does not know: key order, number lexemes,
//! unknown keys and verbs. Typed getters hang off `read()`.
//!
//! ```
//! use swaig::swml::{Document, Step};
//!
//! let text = r#"{"version":"1.0.0","sections":{"main":[{"answer":{"max_duration":60,"new":1.0}}]}}"#;
//! let document = Document::parse(text)?;
//! assert_eq!(document.to_json_string(), text);
//!
//! let Step::Answer(answer) = &document.sections()["main"][0] else { unreachable!() };
//! let limit = answer.read().max_duration().and_then(|limit| limit.value());
//! assert_eq!(limit.map(|limit| limit.duration().as_secs()), Some(60));
//! # Ok::<(), swaig::swml::DocumentError>(())
//! ```
//!
//! A document in YAML is read by [`Document::parse_yaml`] and written by [`Document::to_yaml`], as exactly.

pub mod ai;
mod alternatives;
pub mod check;
mod document;
mod duration;
mod dynamic;
mod json;
mod line;
mod object;
mod shape;
mod step;
#[cfg(test)]
mod tests;
mod value;
mod verbs;
mod yaml;

pub use check::check;
pub use document::{Document, DocumentError, MAIN, Section, VERSION};
pub use duration::{ClockTime, DecimalSeconds, Milliseconds, Seconds};
pub use dynamic::{Dyn, Variable};
pub use json::{Json, JsonError, Number, Object};
pub use object::Read;
pub use shape::{Field, Limit, Pattern, Presence, Rule, Shape};
pub use step::{StepError, Verb};
pub use value::{Collection, Data, Kind, List, Map, Value};
pub use verbs::*;
pub use yaml::{Place, YamlError};
