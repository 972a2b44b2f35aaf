//! Notes on a caller, across calls: `remember`, `recall` and `forget`.
//!
//! A caller is known by the number that they call from; one who withholds it is not known. The number itself is not kept:
//! what stands for it is made with `SWAIG_SECRET`, so the notes are found again only by a server that has the same secret.
//! Codes and card numbers in a note are masked before it is kept.

mod forget;
mod notes;
mod recall;
mod remember;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use swaig::redact::Redactor;
use swaig::{Call, FunctionError, Setup, SetupError};

pub use forget::Forget;
pub use notes::{Note, Notes, NotesError};
pub use recall::Recall;
pub use remember::{Remember, RememberArgs};

const FILE: &str = "MEMORY_FILE";
const NOTES: &str = "MEMORY_NOTES";
const DAYS: &str = "MEMORY_DAYS";
const VERIFIED: &str = "MEMORY_VERIFIED_ONLY";

/// What the functions of this module share.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig::{Call, Function as _, NoArgs, Setup};
/// use swaig_functions::memory::{Forget, Recall, Remember, RememberArgs};
///
/// # let file = std::env::temp_dir().join(format!("memory-memory-{}.db", std::process::id()));
/// let setup = Setup::test([("MEMORY_FILE", file.to_str().unwrap())]);
/// let call = Call::test().with_caller("+15551230000");
/// let args = RememberArgs { note: "Prefers mornings.".to_owned() };
/// Remember::build(&setup)?.call(args, &call).await.unwrap();
/// let recalled = Recall::build(&setup)?.call(NoArgs {}, &call).await.unwrap();
/// assert!(recalled.spoken().contains("Prefers mornings."));
/// Forget::build(&setup)?.call(NoArgs {}, &call).await.unwrap();
/// # std::fs::remove_file(file)?;
/// # Ok(()) }
/// ```
pub struct Memory {
    notes: Notes,
    /// The most notes of one caller.
    most: u32,
    /// How long a note is kept.
    days: u32,
    verified_only: bool,
    redactor: Redactor,
}

/// Whose notes they are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Caller {
    agent: String,
    /// What stands for the number.
    caller: String,
}

impl Memory {
    /// The settings with their meaning.
    pub const SETTINGS: &'static [(&'static str, &'static str)] = &[
        (FILE, "SQLite file of what is remembered of callers [default: memory.db]"),
        (NOTES, "notes that are kept of one caller, 1 to 100; the oldest goes first [default: 20]"),
        (DAYS, "days that a note is kept, 1 to 3650 [default: 365]"),
        (
            VERIFIED,
            "true: only what a verified caller says is remembered, and only they are told of it [default: false]",
        ),
    ];

    /// The one memory of a server.
    ///
    /// # Errors
    /// A setting that is not valid; a file that cannot be opened; in live mode no `SWAIG_SECRET`.
    pub fn shared(setup: &Setup) -> Result<Arc<Self>, SetupError> {
        setup.shared(|setup| {
            if setup.setting("SWAIG_SECRET").is_none() && !setup.signalwire().is_sandbox() {
                // With a secret of this process alone nobody would be known again after the next start.
                return Err(SetupError::Missing { name: "SWAIG_SECRET".into() });
            }
            let path = setup.setting(FILE).unwrap_or_else(|| "memory.db".to_owned());
            let notes = Notes::open(&path)
                .map_err(|error| SetupError::failed(format!("cannot open {path} ({FILE})"), error))?;
            Ok(Self {
                notes,
                most: setup.number(NOTES, 1..=100)?.unwrap_or(20),
                days: setup.number(DAYS, 1..=3650)?.unwrap_or(365),
                verified_only: setup.flag(VERIFIED)?,
                redactor: Redactor::new(),
            })
        })
    }

    /// Whose notes this call is about, or why it is about nobody's.
    fn caller(&self, call: &Call) -> Result<Caller, FunctionError> {
        let Some(number) = call.caller().phone() else {
            return Err(FunctionError::new(
                "The caller's number is not shown, so nothing is known or kept of them from one call to the next. Go on without it.",
            ));
        };
        if self.verified_only && call.verification().is_none() {
            return Err(FunctionError::new(
                "Nothing is known or kept of a caller who is not verified. Verify them first, or go on without it.",
            ));
        }
        Ok(Caller { agent: call.agent().to_owned(), caller: call.pseudonym(number.expose()) })
    }

    /// From when on notes count.
    fn since(&self) -> Timestamp {
        let kept = SignedDuration::from_hours(i64::from(self.days) * 24);
        Timestamp::now().checked_sub(kept).unwrap_or(Timestamp::MIN)
    }
}

/// What the model hears when the file does not answer.
fn away(error: NotesError) -> FunctionError {
    FunctionError::new("What is known of callers is out of reach now. Go on without it.").caused_by(error)
}

#[cfg(test)]
mod tests {
    use swaig::{Function as _, NoArgs, PhoneNumber, Reply, Verification};

    use super::*;
    use crate::rest::stand_in;

    fn setup(more: &[(&str, &str)]) -> (tempfile::TempDir, Setup) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("memory.db").display().to_string();
        let settings = [(FILE, file.as_str()), ("SWAIG_SECRET", "a secret that nobody else has, 32 bytes")];
        let setup = Setup::test(settings.into_iter().chain(more.iter().copied()));
        (folder, setup)
    }

    async fn remember(setup: &Setup, note: &str, call: &Call) -> Result<Reply, FunctionError> {
        let args = RememberArgs { note: note.to_owned() };
        Remember::build(setup).unwrap().call(args, call).await
    }

    async fn recall(setup: &Setup, call: &Call) -> String {
        match Recall::build(setup).unwrap().call(NoArgs {}, call).await {
            Ok(reply) => reply.spoken().to_owned(),
            Err(error) => error.reply().unwrap().spoken().to_owned(),
        }
    }

    #[tokio::test]
    async fn a_caller_is_known_again_and_can_be_forgotten() {
        let (folder, setup) = setup(&[]);
        let jane = Call::test().with_caller("+15551230000");
        assert!(recall(&setup, &jane).await.contains("Nothing is known"));
        remember(&setup, "Likes to be called Jay", &jane).await.unwrap();
        remember(&setup, "Has a dog.\nIts code is 123456", &jane).await.unwrap();
        remember(&setup, "Likes to be called Jay", &jane).await.unwrap();
        let again = Call::test().with_caller("+15551230000").with_field("call_id", "another");
        let text = recall(&setup, &again).await;
        assert_eq!(text.matches("Jay").count(), 1, "{text}");
        assert!(text.contains("- Has a dog. Its code is ••••••"), "{text}");
        assert!(recall(&setup, &Call::test().with_caller("+15559990000")).await.contains("Nothing is known"));

        // Neither the number nor the code is in the file.
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("5551230000") && !text.contains("123456"));
        }

        let forget = Forget::build(&setup).unwrap();
        let reply = forget.call(NoArgs {}, &again).await.unwrap();
        assert!(reply.spoken().contains("2 notes"), "{}", reply.spoken());
        assert!(recall(&setup, &jane).await.contains("Nothing is known"));
    }

    #[tokio::test]
    async fn notes_are_few_and_short_and_of_those_who_show_a_number() {
        let (_folder, setup) = setup(&[(NOTES, "2")]);
        let call = Call::test().with_caller("+15551230000");
        for note in ["one", "two", "three"] {
            remember(&setup, note, &call).await.unwrap();
        }
        let text = recall(&setup, &call).await;
        assert!(!text.contains("one") && text.contains("- two\n- three"), "{text}");
        for note in ["", " \n", &"x".repeat(300)] {
            assert!(remember(&setup, note, &call).await.is_err(), "{note:?}");
        }
        assert!(recall(&setup, &Call::test()).await.contains("not shown"));
        let old = Caller { agent: "test".to_owned(), caller: "x".to_owned() };
        let notes = &Memory::shared(&setup).unwrap().notes;
        notes.put(old.clone(), "old".to_owned(), 2, Timestamp::MIN).await.unwrap();
        assert_eq!(notes.of(old.clone(), Timestamp::MAX).await.unwrap(), []);
    }

    #[tokio::test]
    async fn where_it_is_asked_for_only_a_verified_caller_is_known() {
        let (_folder, setup) = setup(&[(VERIFIED, "true")]);
        let call = Call::test().with_caller("+15551230000");
        assert!(remember(&setup, "x", &call).await.is_err());
        assert!(recall(&setup, &call).await.contains("not verified"));
        let number = PhoneNumber::parse("+15551230000").unwrap();
        let reply = Reply::text("").verified(&call, Verification::now("sms", &number)).unwrap();
        let call = reply.applied_to(call);
        remember(&setup, "x", &call).await.unwrap();
        assert!(recall(&setup, &call).await.contains("- x"));
    }

    #[test]
    fn a_setting_that_is_not_valid_and_a_secret_that_is_missing_are_told() {
        for (setting, expected) in [
            ((NOTES, "0"), "1 to 100"),
            ((DAYS, "forever"), "1 to 3650"),
            ((VERIFIED, "yes"), "true or false"),
            ((FILE, "/nowhere/memory.db"), "cannot open /nowhere/memory.db (MEMORY_FILE)"),
        ] {
            let (_folder, setup) = setup(&[setting]);
            let error = Memory::shared(&setup).err().unwrap().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let error = Memory::shared(&Setup::test(stand_in::ACCOUNT)).err().unwrap().to_string();
        assert!(error.contains("SWAIG_SECRET is missing"), "{error}");
    }
}
