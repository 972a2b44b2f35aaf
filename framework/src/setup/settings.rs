//! Settings: from the command line, the environment and `digital-employees.toml`, in this order.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use super::SetupError;

/// The name of the settings file that is read from the working folder when it is there.
const DEFAULT_FILE: &str = "digital-employees.toml";

/// Where a setting was found.
///
/// ```
/// use swaig::setup::{Settings, Source};
///
/// let mut settings = Settings::of([("SWAIG_LISTEN", "127.0.0.1:3000")]);
/// assert_eq!(settings.source("SWAIG_LISTEN"), Some(Source::Environment));
/// settings.set_flag("SWAIG_LISTEN", "127.0.0.1:4000");
/// assert_eq!(settings.source("SWAIG_LISTEN"), Some(Source::CommandLine));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A flag of the command line.
    CommandLine,
    /// The environment.
    Environment,
    /// The settings file.
    File,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::CommandLine => "command line",
            Self::Environment => "environment",
            Self::File => "settings file",
        })
    }
}

/// All settings by their name in the environment, such as `MFA_FROM_NUMBER`.
///
/// In the file a name is written in lower case (`mfa_from_number = "+15550001111"`), or as a table and a key
/// (`[mfa]`, `from_number = …`). The environment wins over the file. An empty value counts as not set.
///
/// It has no `Debug`: settings hold secrets.
///
/// ```
/// use swaig::Setup;
/// use swaig::setup::Settings;
///
/// let settings = Settings::of([("RESTAURANT_SEATS", "8")]);
/// assert_eq!(settings.get("RESTAURANT_SEATS").as_deref(), Some("8"));
/// let setup = Setup::new(settings)?;
/// # let _ = setup;
/// # Ok::<(), swaig::SetupError>(())
/// ```
#[derive(Default)]
pub struct Settings {
    flags: BTreeMap<String, String>,
    pub(super) environment: BTreeMap<String, String>,
    file: BTreeMap<String, String>,
    path: Option<PathBuf>,
    pub(super) asked: Mutex<BTreeSet<String>>,
}

impl Settings {
    /// Reads the environment and the settings file: `path`, or `digital-employees.toml` where it is there.
    ///
    /// # Errors
    /// A file that was named and is not there, cannot be read, or is not TOML.
    pub fn read(path: Option<&Path>) -> Result<Self, SettingsError> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let file = path.unwrap_or(Path::new(DEFAULT_FILE));
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && path.is_none() => {
                return Ok(Self { environment, ..Self::default() }.with_variables_of_sdks());
            }
            Err(source) => return Err(SettingsError::Unreadable { path: file.to_owned(), source }),
        };
        let table = text.parse::<toml::Table>().map_err(|error| {
            // The error's own text shows the line, and the line may hold a secret.
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            SettingsError::NotToml { path: file.to_owned(), line, reason: error.message().to_owned() }
        })?;
        let mut values = BTreeMap::new();
        flatten("", table, &mut values)
            .map_err(|name| SettingsError::NotScalar { path: file.to_owned(), name })?;
        let settings = Self { environment, file: values, path: Some(file.to_owned()), ..Self::default() };
        Ok(settings.with_variables_of_sdks())
    }

    fn with_variables_of_sdks(mut self) -> Self {
        super::sdk::apply(&mut self);
        self
    }

    /// Just these settings, as if the environment held them and nothing else.
    pub fn of<K: Into<String>, V: Into<String>>(settings: impl IntoIterator<Item = (K, V)>) -> Self {
        let environment = settings.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { environment, ..Self::default() }
    }

    /// Sets a value as a flag of the command line does: it wins over all others.
    pub fn set_flag(&mut self, name: &str, value: impl Into<String>) {
        self.flags.insert(name.to_owned(), value.into());
    }

    /// Forgets a setting, wherever it was set.
    #[cfg(feature = "cli")]
    pub(crate) fn unset(&mut self, name: &str) {
        for place in [&mut self.flags, &mut self.environment, &mut self.file] {
            place.remove(name);
        }
    }

    /// The value of a setting.
    pub fn get(&self, name: &str) -> Option<String> {
        self.find(name).map(|(value, _)| value.to_owned())
    }

    /// A setting that is a whole number of this range; `None` where it is not set.
    pub(crate) fn number<T>(
        &self,
        name: &'static str,
        range: RangeInclusive<T>,
    ) -> Result<Option<T>, SetupError>
    where
        T: FromStr + PartialOrd + Display,
    {
        let Some(text) = self.get(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => {
                let (least, most) = (range.start(), range.end());
                let expected = format_args!("expected a whole number from {least} to {most}");
                Err(SetupError::invalid(name, &expected))
            }
        }
    }

    /// Where a setting comes from; `None` where it is not set.
    pub fn source(&self, name: &str) -> Option<Source> {
        self.find(name).map(|(_, source)| source)
    }

    /// The settings file that was read.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Settings of the file that nothing has asked for: most likely misspelt.
    pub fn unknown(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        self.file.keys().filter(|name| !asked.contains(*name)).map(|name| name.to_lowercase()).collect()
    }

    /// Whether anything has asked for a setting.
    #[cfg(feature = "cli")]
    pub(crate) fn was_asked(&self, name: &str) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).contains(name)
    }

    /// The settings that have another value in `newer`, when both come from the same command line and environment.
    #[cfg(feature = "cli")]
    pub(crate) fn changed(&self, newer: &Self) -> Vec<String> {
        let names: BTreeSet<_> = self.file.keys().chain(newer.file.keys()).collect();
        let differs = |name: &&&String| self.look(name) != newer.look(name);
        names.iter().filter(differs).map(|name| (*name).clone()).collect()
    }

    fn find(&self, name: &str) -> Option<(&str, Source)> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        self.look(name)
    }

    pub(super) fn look(&self, name: &str) -> Option<(&str, Source)> {
        let places = [
            (&self.flags, Source::CommandLine),
            (&self.environment, Source::Environment),
            (&self.file, Source::File),
        ];
        places.into_iter().find_map(|(place, source)| {
            let value = place.get(name)?.trim();
            (!value.is_empty()).then_some((value, source))
        })
    }
}

/// Turns tables into names joined by `_`, and scalars into text. Returns the name of a value that has no text.
fn flatten(prefix: &str, table: toml::Table, into: &mut BTreeMap<String, String>) -> Result<(), String> {
    for (key, value) in table {
        let name = format!("{prefix}{}", key.to_uppercase());
        match value {
            toml::Value::Table(table) => flatten(&format!("{name}_"), table, into)?,
            toml::Value::Array(items) => {
                let items: Option<Vec<_>> = items.into_iter().map(scalar).collect();
                into.insert(name.clone(), items.ok_or(name)?.join(","));
            }
            value => {
                into.insert(name.clone(), scalar(value).ok_or(name)?);
            }
        }
    }
    Ok(())
}

fn scalar(value: toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Datetime(time) => Some(time.to_string()),
        toml::Value::Array(_) | toml::Value::Table(_) => None,
    }
}

/// Why the settings file could not be taken.
///
/// ```
/// use std::path::Path;
/// use swaig::setup::{Settings, SettingsError};
///
/// let read = Settings::read(Some(Path::new("/there/is/none.toml")));
/// assert!(matches!(read.err(), Some(SettingsError::Unreadable { .. })));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// It cannot be read.
    #[error("cannot read the settings file {}: name one that is there, or leave --config out", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not TOML.
    #[error("the settings file {} is not valid TOML at line {line}: {reason}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A value is a list of lists or of tables.
    #[error("the setting {} in {} must be a text, a number, a boolean or a list of these", name.to_lowercase(), path.display())]
    NotScalar {
        /// The file.
        path: PathBuf,
        /// The setting.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Settings {
        let mut values = BTreeMap::new();
        flatten("", text.parse().unwrap(), &mut values).unwrap();
        Settings { file: values, ..Settings::default() }
    }

    #[test]
    fn the_environment_wins_over_the_file_and_a_flag_over_both() {
        let mut settings = file("mfa_from_number = '+1'\n[mfa]\ntoken_length = 8");
        assert_eq!(settings.get("MFA_TOKEN_LENGTH").as_deref(), Some("8"));
        settings.environment.insert("MFA_TOKEN_LENGTH".into(), "7".into());
        assert_eq!(settings.get("MFA_TOKEN_LENGTH").as_deref(), Some("7"));
        settings.set_flag("MFA_TOKEN_LENGTH", "6");
        assert_eq!(settings.get("MFA_TOKEN_LENGTH").as_deref(), Some("6"));
        assert_eq!(settings.source("MFA_TOKEN_LENGTH"), Some(Source::CommandLine));
        assert_eq!(settings.source("MFA_FROM_NUMBER"), Some(Source::File));
    }

    #[test]
    fn an_empty_value_counts_as_not_set() {
        let mut settings = file("mfa_message = 'hello'");
        settings.environment.insert("MFA_MESSAGE".into(), "  ".into());
        assert_eq!(settings.get("MFA_MESSAGE").as_deref(), Some("hello"));
    }

    #[test]
    #[cfg(feature = "cli")]
    fn what_changes_is_named_and_what_the_environment_has_does_not_change() {
        let mut first =
            file("mfa_message = 'a'\nrust_log = 'info'\nswaig_store = 'memory:'\nswaig_spool = 'x'");
        let mut newer =
            file("mfa_message = 'b'\nrust_log = 'debug'\nswaig_store = 'memory:'\nmfa_countries = 'US'");
        for settings in [&mut first, &mut newer] {
            settings.environment.insert("RUST_LOG".into(), "warn".into());
        }
        assert_eq!(first.changed(&newer), ["MFA_COUNTRIES", "MFA_MESSAGE", "SWAIG_SPOOL"]);
        assert!(!first.was_asked("MFA_MESSAGE") && first.get("MFA_MESSAGE").is_some());
        assert!(first.was_asked("MFA_MESSAGE") && first.changed(&first).is_empty());
    }

    #[test]
    fn lists_are_joined_and_misspelt_names_are_found() {
        let settings = file("mfa_number_policy = ['+1', '+44']\nmfa_form_number = '+1'");
        assert_eq!(settings.get("MFA_NUMBER_POLICY").as_deref(), Some("+1,+44"));
        assert_eq!(settings.unknown(), ["mfa_form_number"]);
    }
}
