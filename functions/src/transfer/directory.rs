//! Whom callers can be connected with.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use swaig::{PhoneNumber, Setup, SetupError};

/// The setting of the file.
const FILE: &str = "TRANSFER_DIRECTORY";
/// In the sandbox, where no call goes anywhere: numbers for fiction.
const EXAMPLE: &str = include_str!("example.toml");

/// The destinations that callers can be connected with.
///
/// ```
/// use swaig_functions::transfer::Directory;
///
/// let directory = Directory::read(
///     r#"
///         [[destinations]]
///         name = "Sales"
///         number = "+15550100001"
///         about = "new orders"
///     "#,
/// )?;
/// assert_eq!(directory.names(), ["Sales"]);
/// # Ok::<(), swaig_functions::transfer::DirectoryError>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    destinations: Vec<Destination>,
}

/// Whom a caller can be connected with.
///
/// ```
/// use swaig_functions::transfer::Directory;
///
/// let directory = Directory::read(
///     r#"
///         [[destinations]]
///         name = "Sales"
///         number = "+15550100001"
///         about = "new orders"
///     "#,
/// )?;
/// assert_eq!(directory.find("sales").map(|it| it.about.as_str()), Some("new orders"));
/// # Ok::<(), swaig_functions::transfer::DirectoryError>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// What the model calls them, such as `Sales`.
    pub name: String,
    /// An E.164 number or a SIP address.
    pub number: String,
    /// What they are for, for the prompt.
    #[serde(default)]
    pub about: String,
}

/// Why a directory cannot be used.
///
/// ```
/// use swaig_functions::transfer::{Directory, DirectoryError};
///
/// assert!(matches!(Directory::read("destinations = []"), Err(DirectoryError::Empty)));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// The file cannot be read.
    #[error("the file cannot be read")]
    File(#[from] std::io::Error),
    /// It is not TOML of this form.
    #[error("expected [[destinations]] with name, number and, if you like, about")]
    Toml(#[from] toml::de::Error),
    /// There is nobody in it.
    #[error("there is nobody in it; add [[destinations]]")]
    Empty,
    /// Two have one name.
    #[error("two destinations are named {0:?}; rename one of them")]
    Twice(String),
    /// A number that cannot be dialled.
    #[error(
        "the number of {0:?} is neither one such as +15550100001 nor a SIP address such as sip:desk@example.com"
    )]
    Number(String),
}

impl Directory {
    /// The settings with their meaning.
    pub const SETTINGS: &'static [(&'static str, &'static str)] = &[(
        FILE,
        "TOML file of whom callers can be connected with [default: an example, in the sandbox only]",
    )];

    /// What all functions and agents of a server share.
    ///
    /// # Errors
    /// A directory that cannot be used; none at all in live mode.
    pub fn shared(setup: &Setup) -> Result<Arc<Self>, SetupError> {
        setup.shared(|setup| {
            let path = setup.setting(FILE);
            let text = match &path {
                Some(path) => std::fs::read_to_string(Path::new(path)).map_err(DirectoryError::from),
                None if setup.signalwire().is_sandbox() => Ok(EXAMPLE.to_owned()),
                None => return Err(SetupError::Missing { name: FILE.into() }),
            };
            text.and_then(|text| Self::read(&text)).map_err(|error| {
                let path = path.unwrap_or_default();
                SetupError::failed(format!("cannot take the directory {path} ({FILE})"), error)
            })
        })
    }

    /// Reads a directory.
    ///
    /// # Errors
    /// [`DirectoryError`]
    pub fn read(text: &str) -> Result<Self, DirectoryError> {
        let directory: Self = toml::from_str(text)?;
        if directory.destinations.is_empty() {
            return Err(DirectoryError::Empty);
        }
        for (place, destination) in directory.destinations.iter().enumerate() {
            let Destination { name, number, .. } = destination;
            if directory.destinations[..place].iter().any(|other| folded(&other.name) == folded(name)) {
                return Err(DirectoryError::Twice(name.clone()));
            }
            let is_sip = number.strip_prefix("sip:").is_some_and(|address| {
                address.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
            });
            if !is_sip && number.parse::<PhoneNumber>().is_err() {
                return Err(DirectoryError::Number(name.clone()));
            }
        }
        Ok(directory)
    }

    /// The destination of a name, as a model writes it.
    pub fn find(&self, name: &str) -> Option<&Destination> {
        self.destinations.iter().find(|destination| folded(&destination.name) == folded(name))
    }

    /// The names.
    pub fn names(&self) -> Vec<&str> {
        self.destinations.iter().map(|destination| destination.name.as_str()).collect()
    }

    /// The destinations, in the order of the file.
    pub fn destinations(&self) -> &[Destination] {
        &self.destinations
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_a_directory_and_mistakes_are_told() {
        assert!(Directory::read(EXAMPLE).unwrap().names().len() > 1);
        let one = |number: &str| format!("[[destinations]]\nname = \"A\"\nnumber = \"{number}\"\n");
        for (text, expected) in [
            ("destinations = []".to_owned(), "nobody in it"),
            (one("12"), "the number of \"A\""),
            (one("sip:@x"), "the number of \"A\""),
            (one("+15550100001") + &one("+15550100002"), "two destinations are named"),
            (one("+15550100001") + "phone = 1\n", "expected [[destinations]]"),
        ] {
            let error = Directory::read(&text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn in_live_mode_it_has_to_be_named() {
        let live = [
            ("SIGNALWIRE_PROJECT_ID", "8f0f3b1e-5c1d-4a7b-9b57-3f1c2d4e5a6b"),
            ("SIGNALWIRE_API_TOKEN", "PT-of-the-test"),
            ("SIGNALWIRE_SPACE", "example"),
        ];
        let error = Directory::shared(&Setup::test(live)).unwrap_err().to_string();
        assert!(error.contains("TRANSFER_DIRECTORY is missing"), "{error}");
    }
}
