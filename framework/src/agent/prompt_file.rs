//! Prompts that are kept in files of their own.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::{Path, PathBuf};

use crate::swml::ai::Prompt;

/// A text that is kept in a file beside the code, such as a prompt in Markdown: [`prompt_file!`](crate::prompt_file) makes
/// one.
///
/// The text is part of the program. Where `serve --watch` runs, it is read from the file, and again when the file changes,
/// so that a prompt is tried without a build: the next call gets the new one. A file that cannot be read, or a document
/// that does not pass the check, leaves the prompt as it was, and the log says so.
///
/// Read it in [`Agent::define`](crate::Agent::define); elsewhere it is always the text of the program.
///
/// ```
/// use swaig::{Agent, AgentDefinition, Setup, SetupError};
///
/// struct Librarian;
///
/// impl Agent for Librarian {
///     const NAME: &'static str = "librarian";
///
///     fn build(_: &Setup) -> Result<Self, SetupError> {
///         Ok(Self)
///     }
///
///     fn define(&self) -> AgentDefinition {
///         // The path begins at the folder of the crate's Cargo.toml.
///         AgentDefinition::new(swaig::prompt_file!("src/agent/example.md").prompt())
///     }
/// }
/// # let _ = Librarian.define();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PromptFile {
    path: &'static str,
    text: &'static str,
}

impl PromptFile {
    /// Called by [`prompt_file!`](crate::prompt_file), which knows the folder.
    #[doc(hidden)]
    pub const fn of(path: &'static str, text: &'static str) -> Self {
        Self { path, text }
    }

    /// Where the file is, or was when the program was built.
    pub fn path(self) -> &'static Path {
        Path::new(self.path)
    }

    /// The text, without space around it: of a step, say.
    pub fn text(self) -> Cow<'static, str> {
        let read = READING.with_borrow_mut(|reading| reading.as_mut().and_then(|it| it.read(self.path())));
        match read {
            Some(text) => Cow::Owned(text.trim().to_owned()),
            None => Cow::Borrowed(self.text.trim()),
        }
    }

    /// The text as a prompt.
    pub fn prompt(self) -> Prompt {
        Prompt::text(self.text())
    }
}

/// A file with a prompt, from the folder of the crate's `Cargo.toml`: see [`PromptFile`](crate::agent::PromptFile).
///
/// ```
/// let greeting = swaig::prompt_file!("src/agent/example.md");
/// assert!(greeting.text().starts_with("# Role"));
/// ```
#[macro_export]
macro_rules! prompt_file {
    ($path:literal) => {
        $crate::agent::PromptFile::of(
            ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", $path),
            ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", $path)),
        )
    };
}

thread_local! {
    /// Set while a definition is made with the files as they are now.
    static READING: RefCell<Option<Reading>> = const { RefCell::new(None) };
}

/// What was read while a definition was made.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) files: Vec<PathBuf>,
    /// The first one that could not be read.
    pub(crate) failed: Option<(PathBuf, std::io::Error)>,
}

impl Reading {
    /// Does it with the files as they are now.
    pub(crate) fn during<T>(make: impl FnOnce() -> T) -> (T, Self) {
        /// Takes the place back also where `make` panics.
        struct Begun;
        impl Drop for Begun {
            fn drop(&mut self) {
                READING.set(None);
            }
        }
        READING.set(Some(Self::default()));
        let begun = Begun;
        let result = make();
        let reading = READING.take().unwrap_or_default();
        drop(begun);
        (result, reading)
    }

    fn read(&mut self, path: &Path) -> Option<String> {
        if !self.files.iter().any(|file| file == path) {
            self.files.push(path.to_owned());
        }
        match std::fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) => {
                self.failed.get_or_insert_with(|| (path.to_owned(), error));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_only_while_it_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prompt.md");
        let path: &'static str = path.display().to_string().leak();
        let file = PromptFile::of(path, " of the program\n");
        assert_eq!(file.text(), "of the program");
        let (text, reading) = Reading::during(|| file.text());
        assert_eq!(text, "of the program");
        assert_eq!(reading.failed.unwrap().0, file.path());
        std::fs::write(path, "of the file\n").unwrap();
        let (text, reading) = Reading::during(|| (file.text(), file.prompt()).0);
        assert_eq!((text.as_ref(), reading.files), ("of the file", vec![file.path().to_owned()]));
        assert!(reading.failed.is_none());
        assert_eq!(file.text(), "of the program");
        let _ = std::panic::catch_unwind(|| Reading::during(|| panic!("a mistake in define")));
        assert_eq!(file.text(), "of the program");
    }
}
