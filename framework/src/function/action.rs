//! Actions: what the platform does to the live call when a function replies.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::swml::Document;

/// One action of a reply. On the wire it is an object with one key; `SWML` shares its object with `transfer`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// `set_meta_data`: merged into the `meta_data` that functions of the same `meta_data_token` share.
    SetMetaData(Map<String, Value>),
    /// `unset_meta_data`: removes a key.
    UnsetMetaData(String),
    /// `set_global_data`: merged into the data of the whole session.
    SetGlobalData(Map<String, Value>),
    /// `unset_global_data`: removes a key.
    UnsetGlobalData(String),
    /// `toggle_functions`: switches functions of the same `meta_data_token` on and off.
    ToggleFunctions(Vec<Toggle>),
    /// `say`: speaks a text now.
    Say(String),
    /// `hangup`: ends the call.
    Hangup,
    /// `transfer`: leaves the agent for a section or the URL of a document.
    Transfer(String),
    /// `SWML`: runs a document, and with `transfer` hands the call over to it.
    Swml {
        /// What is run.
        document: Document,
        /// Whether the agent ends.
        transfer: bool,
    },
    /// An action that this crate has no type for, as it goes out.
    Raw {
        /// Its key.
        name: String,
        /// Its value.
        value: Value,
    },
}

/// One function switched on or off.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Toggle {
    /// Its name.
    pub function: String,
    /// Whether the model may call it from now on.
    pub active: bool,
}

impl Action {
    /// An action that this crate has no type for.
    pub fn raw(name: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::Raw { name: name.into(), value: value.into() }
    }

    /// Its key on the wire.
    pub fn name(&self) -> &str {
        match self {
            Self::SetMetaData(_) => "set_meta_data",
            Self::UnsetMetaData(_) => "unset_meta_data",
            Self::SetGlobalData(_) => "set_global_data",
            Self::UnsetGlobalData(_) => "unset_global_data",
            Self::ToggleFunctions(_) => "toggle_functions",
            Self::Say(_) => "say",
            Self::Hangup => "hangup",
            Self::Transfer(_) => "transfer",
            Self::Swml { .. } => "SWML",
            Self::Raw { name, .. } => name,
        }
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::SetMetaData(data) | Self::SetGlobalData(data) => map.serialize_entry(self.name(), data)?,
            Self::UnsetMetaData(text)
            | Self::UnsetGlobalData(text)
            | Self::Say(text)
            | Self::Transfer(text) => map.serialize_entry(self.name(), text)?,
            Self::ToggleFunctions(toggles) => map.serialize_entry(self.name(), toggles)?,
            Self::Hangup => map.serialize_entry(self.name(), &true)?,
            Self::Swml { document, transfer } => {
                // The platform's documentation asks for `transfer` before `SWML`.
                if *transfer {
                    map.serialize_entry("transfer", &true)?;
                }
                map.serialize_entry(self.name(), document)?;
            }
            Self::Raw { name, value } => map.serialize_entry(name, value)?,
        }
        map.end()
    }
}
