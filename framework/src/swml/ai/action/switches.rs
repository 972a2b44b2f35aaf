//! Values that are true, false or something else.

use std::time::Duration;

use crate::swml::{Dyn, Json, Kind, Seconds, Value};

/// Whether the model may call one function after the other.
///
/// ```
/// use serde_json::json;
/// use swaig::swml::Json;
/// use swaig::swml::ai::BackToBack;
///
/// let back_to_back = BackToBack::Forever;
/// assert_eq!(Json::from(back_to_back).to_value(), json!("forever"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BackToBack {
    /// In this turn, or no more.
    Switch(bool),
    /// For the rest of the call.
    Forever,
}

const FOREVER: &str = "forever";

impl From<bool> for BackToBack {
    fn from(allowed: bool) -> Self {
        Self::Switch(allowed)
    }
}

impl From<BackToBack> for Json {
    fn from(allowed: BackToBack) -> Self {
        match allowed {
            BackToBack::Switch(on) => on.into(),
            BackToBack::Forever => FOREVER.into(),
        }
    }
}

impl Value for BackToBack {
    fn kind() -> Kind {
        Kind::OneOf(&[bool::kind, || Kind::Choice(&[FOREVER])])
    }

    fn from_json(json: &Json) -> Option<Self> {
        if json.as_str() == Some(FOREVER) { Some(Self::Forever) } else { switch(json).map(Self::Switch) }
    }
}

/// Whether the agent waits for the caller.
///
/// ```
/// use std::time::Duration;
/// use serde_json::json;
/// use swaig::swml::Json;
/// use swaig::swml::ai::WaitForUser;
///
/// let wait_for_user = WaitForUser::from(Duration::from_secs(5));
/// assert_eq!(Json::from(wait_for_user).to_value(), json!(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitForUser {
    /// Until the caller speaks, or not at all.
    Switch(bool),
    /// So long, in whole seconds.
    Timeout(Seconds),
    /// The agent speaks once before it waits.
    AnswerFirst,
}

const ANSWER_FIRST: &str = "answer_first";

impl From<bool> for WaitForUser {
    fn from(wait: bool) -> Self {
        Self::Switch(wait)
    }
}

impl From<Duration> for WaitForUser {
    fn from(timeout: Duration) -> Self {
        Self::Timeout(timeout.into())
    }
}

impl From<WaitForUser> for Json {
    fn from(wait: WaitForUser) -> Self {
        match wait {
            WaitForUser::Switch(on) => on.into(),
            WaitForUser::Timeout(timeout) => timeout.into(),
            WaitForUser::AnswerFirst => ANSWER_FIRST.into(),
        }
    }
}

impl Value for WaitForUser {
    fn kind() -> Kind {
        Kind::OneOf(&[bool::kind, Seconds::kind, || Kind::Choice(&[ANSWER_FIRST])])
    }

    fn from_json(json: &Json) -> Option<Self> {
        if json.as_str() == Some(ANSWER_FIRST) {
            return Some(Self::AnswerFirst);
        }
        let timeout = || Dyn::<Seconds>::from_json(json).and_then(Dyn::value).map(Self::Timeout);
        switch(json).map(Self::Switch).or_else(timeout)
    }
}

/// What stays of a function call in the conversation that the model remembers.
///
/// ```
/// use serde_json::json;
/// use swaig::swml::Json;
/// use swaig::swml::ai::ReplaceInHistory;
///
/// let replace_in_history = ReplaceInHistory::from("The code was checked.");
/// assert_eq!(Json::from(replace_in_history).to_value(), json!("The code was checked."));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplaceInHistory {
    /// Nothing.
    Remove,
    /// This text, as if the agent had said it.
    Text(String),
}

impl From<&str> for ReplaceInHistory {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for ReplaceInHistory {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<ReplaceInHistory> for Json {
    fn from(with: ReplaceInHistory) -> Self {
        match with {
            ReplaceInHistory::Remove => true.into(),
            ReplaceInHistory::Text(text) => text.into(),
        }
    }
}

impl Value for ReplaceInHistory {
    fn kind() -> Kind {
        Kind::OneOf(&[String::kind, bool::kind])
    }

    fn from_json(json: &Json) -> Option<Self> {
        match json {
            Json::Bool(true) => Some(Self::Remove),
            Json::String(text) => Some(Self::Text(text.clone())),
            _ => None,
        }
    }
}

/// A boolean; replies in the wild write it in quotes too.
fn switch(json: &Json) -> Option<bool> {
    Dyn::<bool>::from_json(json).and_then(Dyn::value)
}
