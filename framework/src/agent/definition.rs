//! What an agent is: everything of its document that is not an address.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::Arc;

use super::conversation::Conversing;
use super::data_map::DataMapFunction;
use super::hooks::Hooks;
use crate::RemoteFunctions;
use crate::swml::ai::{Ai, FunctionDefinition, Hint, Language, Params, PostPrompt, Prompt, Pronounce};
use crate::swml::{Json, Section, Step};

/// The definition of an agent. The server adds what only it knows: signatures, URLs, and credentials.
///
/// ```
/// use std::time::Duration;
/// use swaig::AgentDefinition;
/// use swaig::swml::ai::{Language, Params, PomSection, PostPrompt, Prompt};
/// use swaig::swml::{Hangup, RecordCall};
///
/// let definition = AgentDefinition::new(Prompt::pom([
///     PomSection::new("Role").body("You are Ada. You take orders for a bakery."),
/// ]))
/// .post_prompt(PostPrompt::text("Summarise the order as JSON."))
/// .language(Language::new("English", "en-US", "elevenlabs.rachel"))
/// .params(Params::new().end_of_speech_timeout(Duration::from_millis(700)))
/// .before(RecordCall::new())
/// .after(Hangup::new());
/// assert!(definition.mounts().is_empty());
/// ```
#[derive(Clone)]
pub struct AgentDefinition(Arc<Parts>);

/// What a definition consists of. It is shared: a clone costs nothing until one of the two is changed.
#[doc(hidden)]
#[derive(Clone)]
pub struct Parts {
    pub(super) ai: Ai,
    pub(super) mounts: Vec<Mount>,
    pub(super) includes: Vec<RemoteFunctions>,
    pub(super) before: Section,
    pub(super) after: Section,
    pub(super) sections: Vec<(String, Section)>,
    pub(super) debug_level: Option<u8>,
    pub(super) meta_data_token: Option<String>,
    pub(crate) call_tokens: bool,
    pub(super) conversing: Conversing,
    pub(super) hooks: Hooks,
}

impl AgentDefinition {
    /// An agent with this prompt. Its document answers the call and then runs the `ai` verb.
    pub fn new(prompt: Prompt) -> Self {
        Self(Arc::new(Parts {
            ai: Ai::new(prompt),
            mounts: Vec::new(),
            includes: Vec::new(),
            before: Section::new(),
            after: Section::new(),
            sections: Vec::new(),
            debug_level: None,
            meta_data_token: None,
            call_tokens: false,
            conversing: Conversing::default(),
            hooks: Hooks::default(),
        }))
    }

    /// Whether it is the same one: a clone that nobody has changed.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// What the model is asked when the conversation has ended; its answer is in the end-of-call report.
    #[must_use]
    pub fn post_prompt(self, prompt: PostPrompt) -> Self {
        self.ai(|ai| ai.post_prompt(prompt))
    }

    /// Tuning: timeouts, the model, what the agent says when nobody speaks.
    #[must_use]
    pub fn params(self, params: Params) -> Self {
        self.ai(|ai| ai.params(params))
    }

    /// Adds a language with its voice.
    #[must_use]
    pub fn language(self, language: Language) -> Self {
        self.ai(|ai| ai.language(language))
    }

    /// Adds a word or a phrase that the speech recognition should expect.
    #[must_use]
    pub fn hint(self, hint: impl Into<Hint>) -> Self {
        self.ai(|ai| ai.hint(hint))
    }

    /// Adds a pronunciation.
    #[must_use]
    pub fn pronounce(self, pronounce: Pronounce) -> Self {
        self.ai(|ai| ai.pronunciation(pronounce))
    }

    /// Sets one value of `global_data`, which prompts can refer to.
    #[must_use]
    pub fn global_data(mut self, key: impl Into<String>, value: impl Into<Json>) -> Self {
        let mut data =
            self.ai.as_object().get("global_data").and_then(Json::as_object).cloned().unwrap_or_default();
        data.insert(key.into(), value.into());
        self.ai.as_object_mut().insert("global_data".to_owned(), Json::Object(data));
        self
    }

    /// Changes the `ai` verb itself, for what has no method here.
    #[must_use]
    pub fn ai(mut self, change: impl FnOnce(Ai) -> Ai) -> Self {
        let ai = self.ai.clone();
        self.ai = change(ai);
        self
    }

    /// Mounts a registered function, by its name or as a [`Mount`] that changes its signature; or a
    /// [`DataMapFunction`], which the platform runs by itself. Both may be mixed; the model sees them in this order.
    ///
    /// ```
    /// use swaig::swml::ai::{DataMap, Expression, Output, Prompt};
    /// use swaig::{AgentDefinition, DataMapFunction};
    ///
    /// let hours = DataMap::new()
    ///     .expression(Expression::new("${args.day}", "(?i)sunday", Output::text("The shop is closed.")))
    ///     .output(Output::text("The shop is open from 9 to 6."));
    /// let definition = AgentDefinition::new(Prompt::text("You are Ada, the receptionist."))
    ///     .function("send_mfa")
    ///     .function(DataMapFunction::new("opening_hours", "Say when the shop is open", hours))
    ///     .function("verify_mfa");
    /// assert_eq!(definition.mounts()[1].name(), "opening_hours");
    /// assert!(definition.mounts()[1].is_data_map());
    /// ```
    #[must_use]
    #[track_caller]
    pub fn function(mut self, function: impl Into<Mount>) -> Self {
        self.mounts.push(Mount { place: Location::caller(), ..function.into() });
        self
    }

    /// Includes functions of another server: the platform calls them there. When this server starts, it asks the other
    /// one for their signatures, and does not start without them.
    #[must_use]
    pub fn include(mut self, functions: RemoteFunctions) -> Self {
        self.includes.push(functions);
        self
    }

    /// Takes a function away, mounted or included, for [`for_call`](super::Agent::for_call).
    #[must_use]
    pub fn without_function(mut self, name: &str) -> Self {
        self.mounts.retain(|mount| mount.name() != name);
        self.includes.retain_mut(|include| include.without(name));
        self
    }

    /// Appends a step that runs before the `ai` verb. The call is answered first, unless a step here answers it.
    #[must_use]
    pub fn before(mut self, step: impl Into<Step>) -> Self {
        self.before.push(step);
        self
    }

    /// Appends a step that runs when the `ai` verb has ended and the caller is still there.
    #[must_use]
    pub fn after(mut self, step: impl Into<Step>) -> Self {
        self.after.push(step);
        self
    }

    /// Adds a section beside `main`, for `execute` and `transfer`.
    #[must_use]
    pub fn section(mut self, name: impl Into<String>, section: Section) -> Self {
        self.sections.push((name.into(), section));
        self
    }

    /// Asks the platform for its debug feed: 1, or 2 for whole model requests. Its events are broadcast as `debug` and
    /// handed to [`on_event`](super::Agent::on_event).
    #[must_use]
    pub fn debug_events(mut self, level: u8) -> Self {
        self.debug_level = Some(level);
        self
    }

    /// The `meta_data_token` of every function. By default it is the agent's name, so that all its functions share
    /// `meta_data`.
    #[must_use]
    pub fn meta_data_token(mut self, token: impl Into<String>) -> Self {
        self.meta_data_token = Some(token.into());
        self
    }

    /// Puts a token into every webhook URL of the document, for this call, this agent and this function alone. Webhooks
    /// without it, or with one of another call, are refused with 403, so that the password by itself is not enough to call
    /// a function. It is decided once, in [`define`](super::Agent::define), and not for one call.
    ///
    /// A token is good for a day (`SWAIG_CALL_TOKEN_LIFETIME`, in seconds). Functions of such an agent cannot be
    /// included by other documents: those have no call when they ask for the signatures.
    #[must_use]
    pub fn call_tokens(mut self) -> Self {
        self.call_tokens = true;
        self
    }

    /// The functions that are mounted.
    pub fn mounts(&self) -> &[Mount] {
        &self.mounts
    }

    /// The functions of other servers that are included.
    pub fn includes(&self) -> &[RemoteFunctions] {
        &self.includes
    }

    /// The names of all functions, those that are mounted and those that are included.
    pub fn function_names(&self) -> Vec<&str> {
        let included = self.includes.iter().flat_map(RemoteFunctions::names).map(String::as_str);
        self.mounts.iter().map(Mount::name).chain(included).collect()
    }

    /// The names of the functions that the document itself defines: mounted, or written into `SWAIG` by the author.
    pub(crate) fn own_functions(&self) -> impl Iterator<Item = &str> {
        let written = self.ai.as_object().get("SWAIG").and_then(|swaig| swaig.get("functions"));
        let written = written.and_then(Json::as_array).into_iter().flatten();
        let written = written.filter_map(|function| function.get("function")?.as_str());
        self.mounts.iter().map(Mount::name).chain(written)
    }

    /// Takes an include away, and its functions out of the steps: a step must not name what is not there.
    pub(crate) fn leave_out(&mut self, include: &RemoteFunctions) {
        self.includes.retain(|other| !other.is_part_of(include));
        let contexts = self.ai.as_object_mut().get_mut("prompt").and_then(|prompt| match prompt {
            Json::Object(prompt) => prompt.get_mut("contexts"),
            _ => None,
        });
        if let Some(contexts) = contexts {
            forget(contexts, include.names());
        }
    }

    /// The same, with the passwords of other servers masked.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "a command shows it"))]
    pub(crate) fn masked(mut self) -> Self {
        self.includes = self.includes.iter().cloned().map(RemoteFunctions::masked).collect();
        self
    }
}

/// Takes names out of all lists `functions`: those of steps, and those of questions in them.
fn forget(json: &mut Json, names: &[String]) {
    match json {
        Json::Object(members) => {
            for (key, value) in members {
                match value {
                    Json::Array(functions) if key == "functions" => functions
                        .retain(|name| !name.as_str().is_some_and(|name| names.iter().any(|it| it == name))),
                    value => forget(value, names),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| forget(item, names)),
        _ => {}
    }
}

impl Deref for AgentDefinition {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl DerefMut for AgentDefinition {
    fn deref_mut(&mut self) -> &mut Parts {
        Arc::make_mut(&mut self.0)
    }
}

impl fmt::Debug for AgentDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentDefinition").field("functions", &self.function_names()).finish_non_exhaustive()
    }
}

/// A function as one agent mounts it.
///
/// ```
/// use swaig::{Mount, swml::ai::Fillers};
///
/// let mount = Mount::new("send_mfa")
///     .with(|definition| definition.fillers(Fillers::new().language("en-US", ["One moment, please."])));
/// assert_eq!(mount.name(), "send_mfa");
/// ```
#[derive(Clone)]
pub struct Mount {
    source: Source,
    change: Vec<Change>,
    place: &'static Location<'static>,
}

/// What is mounted.
#[derive(Clone)]
enum Source {
    /// A function that is registered under this name.
    Registered(String),
    /// A function that the platform runs by itself.
    DataMap(DataMapFunction),
}

type Change = Arc<dyn Fn(FunctionDefinition) -> FunctionDefinition + Send + Sync>;

impl Mount {
    /// The registered function of this name, as it is.
    pub fn new(name: impl Into<String>) -> Self {
        Self::of(Source::Registered(name.into()))
    }

    fn of(source: Source) -> Self {
        // The place is known when an agent takes it.
        Self { source, change: Vec::new(), place: Location::caller() }
    }

    /// Changes its signature for this agent.
    #[must_use]
    pub fn with(
        mut self,
        change: impl Fn(FunctionDefinition) -> FunctionDefinition + Send + Sync + 'static,
    ) -> Self {
        self.change.push(Arc::new(change));
        self
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        match &self.source {
            Source::Registered(name) => name,
            Source::DataMap(function) => function.name(),
        }
    }

    /// Whether the platform runs it by itself, from its `data_map`, instead of calling this server.
    pub fn is_data_map(&self) -> bool {
        self.data_map().is_some()
    }

    /// The function, when the platform runs it by itself.
    pub(crate) fn data_map(&self) -> Option<&DataMapFunction> {
        match &self.source {
            Source::Registered(_) => None,
            Source::DataMap(function) => Some(function),
        }
    }

    /// Where it was mounted.
    pub(crate) fn place(&self) -> &'static Location<'static> {
        self.place
    }

    pub(super) fn apply(&self, definition: FunctionDefinition) -> FunctionDefinition {
        self.change.iter().fold(definition, |definition, change| change(definition))
    }
}

impl From<&str> for Mount {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<DataMapFunction> for Mount {
    fn from(function: DataMapFunction) -> Self {
        Self::of(Source::DataMap(function))
    }
}
