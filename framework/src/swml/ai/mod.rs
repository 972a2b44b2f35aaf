//! The verb `ai`: an agent that talks with the caller.
//!
//! [`Ai`] holds the prompt, the languages, the engine's parameters and, under [`Swaig`], the functions that
//! the model may call. Field names and limits follow the published SWML reference, method `ai`. Fields that
//! only the engine knows say so; a document that sets one does not pass the published schema.

mod action;
mod contexts;
mod data_map;
mod fillers;
mod function;
mod hint;
mod language;
mod multilingual;
mod parameters;
mod params;
mod pom;
mod post_prompt;
mod prompt;
mod pronounce;
mod swaig;

use super::object::insert;
use super::object::object;
use super::{Data, Json, List};

pub use action::{
    Action, Actions, Active, BackToBack, ContextSwitch, Everything, Hold, HoldTime, NewContext, Playback,
    PlaybackBackground, ReplaceInHistory, Settings, Toggle, TransferDestination, TransferTo, Unsetting,
    WaitForUser,
};
pub use contexts::{Context, ContextStep, Contexts, Gather, GatherQuestion, GatherType, History, Reset};
pub use data_map::{DataMap, Expression, ForEach, Output, Response, ToolResult, Webhook};
pub use fillers::Fillers;
pub use function::{FunctionDefinition, LoopCount};
pub use hint::{Hint, HintPattern};
pub use language::{Emotion, Language, LanguageCode, LanguageParams};
pub use multilingual::{FillerPhrases, Multilingual, MultilingualLanguage};
pub use parameters::{
    ArrayProperty, BooleanProperty, ConstProperty, IntegerProperty, NullProperty, NumberProperty,
    ObjectProperty, Parameters, Property, PropertyUnion, StringFormat, StringProperty,
};
pub(super) use params::CLOCK_TIME;
pub use params::{
    BackgroundLoops, CallLeg, Debug, EnableBarge, Message, NumberFormat, Params, PomFormat, Role,
    SummaryMode, SwmlVars, TextNormalization,
};
pub use pom::{PomSection, render_markdown};
pub use post_prompt::PostPrompt;
pub use prompt::Prompt;
pub use pronounce::Pronounce;
pub use swaig::{Defaults, Include, InternalFillers, McpServer, NativeFunction, Swaig};

object! {
    /// The verb `ai`.
    ///
    /// ```
    /// use swaig::swml::ai::{Ai, Prompt};
    ///
    /// let ai = Ai::new(Prompt::text("You are a friendly host.")).hint("Ferris").global("tier", "gold");
    /// assert_eq!(
    ///     serde_json::to_string(&ai)?,
    ///     r#"{"prompt":{"text":"You are a friendly host."},"hints":["Ferris"],"global_data":{"tier":"gold"}}"#,
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Ai
    required {
        /// What the model is told.
        prompt: Prompt,
    }
    optional {
        /// What the model is asked after the call; its answer goes to `post_prompt_url`.
        post_prompt: PostPrompt,
        /// The URL that receives the end-of-call report. Credentials may stand in it as
        /// `https://user:password@host/…`.
        post_prompt_url: String where url(),
        /// The parameters of the engine.
        params: Params,
        /// Words that the speech recognition should expect.
        hints each hint: List<Hint>,
        /// The languages that the agent speaks. The platform ignores them beside `multilingual`.
        languages each language: List<Language>,
        /// One agent that follows the caller's language, instead of `languages`.
        multilingual: Multilingual,
        /// How words are spoken, in every language.
        pronounce each pronunciation: List<Pronounce>,
        /// Data of the session. Prompts and functions can read it, so it may reach the model: keep tokens
        /// and ids in a function's `meta_data`. A few kilobytes at most.
        global_data: Data,
        /// The functions that the model may call.
        swaig as "SWAIG": Swaig,
    }
    engine_only {
        /// The user name for `post_prompt_url`.
        post_prompt_auth_user: String,
        /// The password for `post_prompt_url`. It is written into the document in clear.
        post_prompt_auth_password: String,
        /// Data about the agent, from older documents.
        agent_meta_data: Data,
    }
}

impl Ai {
    /// Sets one member of [`global_data`](Self::global_data).
    #[must_use]
    pub fn global(mut self, key: impl Into<String>, value: impl Into<Json>) -> Self {
        insert(&mut self.0, "global_data", key.into(), value.into());
        self
    }
}
