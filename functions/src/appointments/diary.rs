//! The diary: a SQLite file that refuses a second booking of a time.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rusqlite::{OptionalExtension as _, params};

use crate::sqlite::{Interrupted, SqliteFile};

/// The appointments of a business. Clones are the same diary.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig_functions::appointments::{Appointment, Booked, Diary};
///
/// # let folder = std::env::temp_dir().join(format!("diary-diary-{}.db", std::process::id()));
/// let diary = Diary::open(&folder)?;
/// let begins = "2027-03-04T10:30".parse()?;
/// let appointment = Appointment { begins, name: "Ada".into(), about: "A first look".into() };
/// // One at a time: whoever comes second is told.
/// assert_eq!(diary.book("+15551230000", appointment.clone(), 1).await?, Booked::New);
/// assert_eq!(diary.book("+15551230001", appointment, 1).await?, Booked::Taken);
/// # drop(diary); std::fs::remove_file(folder)?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Diary {
    file: SqliteFile,
}

/// An appointment.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig_functions::appointments::{Appointment, Booked, Diary};
///
/// # let folder = std::env::temp_dir().join(format!("diary-appointment-{}.db", std::process::id()));
/// let diary = Diary::open(&folder)?;
/// let begins = "2027-03-04T10:30".parse()?;
/// let appointment = Appointment { begins, name: "Ada".into(), about: "A first look".into() };
/// // One at a time: whoever comes second is told.
/// assert_eq!(diary.book("+15551230000", appointment.clone(), 1).await?, Booked::New);
/// assert_eq!(diary.book("+15551230001", appointment, 1).await?, Booked::Taken);
/// # drop(diary); std::fs::remove_file(folder)?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// When it begins, on the clock of the business.
    pub begins: DateTime,
    /// Whom it is for.
    pub name: String,
    /// What it is about; may be empty.
    pub about: String,
}

/// What came of a booking.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use swaig_functions::appointments::{Appointment, Booked, Diary};
///
/// # let folder = std::env::temp_dir().join(format!("diary-booked-{}.db", std::process::id()));
/// let diary = Diary::open(&folder)?;
/// let begins = "2027-03-04T10:30".parse()?;
/// let appointment = Appointment { begins, name: "Ada".into(), about: "A first look".into() };
/// // One at a time: whoever comes second is told.
/// assert_eq!(diary.book("+15551230000", appointment.clone(), 1).await?, Booked::New);
/// assert_eq!(diary.book("+15551230001", appointment, 1).await?, Booked::Taken);
/// # drop(diary); std::fs::remove_file(folder)?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booked {
    /// It is in the diary now.
    New,
    /// The same caller has this time already.
    Already,
    /// Somebody else has it.
    Taken,
}

/// Why the diary could not be used.
///
/// ```
/// use swaig_functions::appointments::{Diary, DiaryError};
///
/// let error = Diary::open("/there/is/no/folder/diary.db").err();
/// assert!(matches!(error, Some(DiaryError::Sqlite(_))));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiaryError {
    /// SQLite refused.
    #[error("the diary cannot be used; check its file, and whether its folder can be written to")]
    Sqlite(#[from] rusqlite::Error),
    /// The work was ended in the middle.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS appointments (
        begins TEXT NOT NULL,
        -- Several at once are told apart by their place.
        place INTEGER NOT NULL,
        caller TEXT NOT NULL,
        name TEXT NOT NULL,
        about TEXT NOT NULL,
        booked_at TEXT NOT NULL,
        PRIMARY KEY (begins, place)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS appointments_by_caller ON appointments (caller, begins);
";

impl Diary {
    /// Opens the file, and makes it where it is not there.
    ///
    /// # Errors
    /// A file that cannot be opened or written, or is no diary.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DiaryError> {
        Ok(Self { file: SqliteFile::open(path, TABLES)? })
    }

    /// Books a time for a caller, if fewer than `at_once` have it.
    ///
    /// # Errors
    /// The diary cannot be written: then nothing is booked.
    pub async fn book(
        &self,
        caller: &str,
        appointment: Appointment,
        at_once: u32,
    ) -> Result<Booked, DiaryError> {
        let caller = caller.to_owned();
        self.file
            .run(move |connection| {
                let transaction =
                    connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
                let begins = key(appointment.begins);
                let own = "SELECT 1 FROM appointments WHERE begins = ?1 AND caller = ?2";
                if transaction.query_row(own, params![begins, caller], |_| Ok(())).optional()?.is_some() {
                    return Ok(Booked::Already);
                }
                let insert =
                    "INSERT INTO appointments VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
                for place in 0..at_once {
                    let now = Timestamp::now().to_string();
                    let row = params![begins, place, caller, appointment.name, appointment.about, now];
                    if transaction.execute(insert, row)? == 1 {
                        transaction.commit()?;
                        return Ok(Booked::New);
                    }
                }
                Ok(Booked::Taken)
            })
            .await
    }

    /// The times of a day that are taken, one for each booking.
    ///
    /// # Errors
    /// The diary cannot be read.
    pub async fn taken(&self, day: Date) -> Result<Vec<DateTime>, DiaryError> {
        self.file
            .run(move |connection| {
                let [first, last] = [day, day].map(|day| key(day.at(0, 0, 0, 0)));
                let last = last.replace("00:00:00", "23:59:59");
                let query = "SELECT begins FROM appointments WHERE begins BETWEEN ?1 AND ?2 ORDER BY begins";
                let mut statement = connection.prepare_cached(query)?;
                let rows = statement.query_map([first, last], |row| row.get::<_, String>(0))?;
                let texts = rows.collect::<Result<Vec<_>, _>>()?;
                Ok(texts.iter().filter_map(|text| text.parse().ok()).collect())
            })
            .await
    }

    /// The appointments of a caller from a time on.
    ///
    /// # Errors
    /// The diary cannot be read.
    pub async fn of(&self, caller: &str, from: DateTime) -> Result<Vec<Appointment>, DiaryError> {
        let caller = caller.to_owned();
        self.file.run(move |connection| {
            let query =
                "SELECT begins, name, about FROM appointments WHERE caller = ?1 AND begins >= ?2 ORDER BY begins";
            let mut statement = connection.prepare_cached(query)?;
            let rows = statement.query_map(params![caller, key(from)], |row| {
                Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))
            })?;
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            let appointments = rows.into_iter().filter_map(|(begins, name, about)| {
                Some(Appointment { begins: begins.parse().ok()?, name, about })
            });
            Ok(appointments.collect())
        })
        .await
    }

    /// Takes an appointment of a caller out; whether there was one.
    ///
    /// # Errors
    /// The diary cannot be written.
    pub async fn cancel(&self, caller: &str, begins: DateTime) -> Result<bool, DiaryError> {
        let caller = caller.to_owned();
        self.file
            .run(move |connection| {
                let delete = "DELETE FROM appointments WHERE caller = ?1 AND begins = ?2";
                Ok(connection.execute(delete, params![caller, key(begins)])? > 0)
            })
            .await
    }
}

/// A time as the file has it: its order is that of the text.
fn key(time: DateTime) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Appointment {
        Appointment { begins: time.parse().unwrap(), name: "Ada".to_owned(), about: String::new() }
    }

    #[tokio::test]
    async fn of_all_who_want_a_time_at_once_only_as_many_get_it_as_there_are_places() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("diary.db");
        // As two processes have it open.
        let diaries = [Diary::open(&path).unwrap(), Diary::open(&path).unwrap()];
        for (time, places) in [("2027-03-04T09:00", 1), ("2027-03-04T10:00", 3)] {
            let all = (0..20).map(|number| {
                let diary = diaries[number % 2].clone();
                async move { diary.book(&format!("caller {number}"), at(time), places).await.unwrap() }
            });
            let tasks: Vec<_> = all.map(tokio::spawn).collect();
            let mut booked = 0;
            for task in tasks {
                booked += u32::from(task.await.unwrap() == Booked::New);
            }
            assert_eq!(booked, places, "{time}");
        }
        assert_eq!(diaries[0].taken("2027-03-04".parse().unwrap()).await.unwrap().len(), 4);
        assert!(diaries[0].taken("2027-03-05".parse().unwrap()).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_caller_books_once_sees_the_own_and_cancels_the_own() {
        let folder = tempfile::tempdir().unwrap();
        let diary = Diary::open(folder.path().join("diary.db")).unwrap();
        let time = "2027-03-04T09:00";
        assert_eq!(diary.book("one", at(time), 2).await.unwrap(), Booked::New);
        assert_eq!(diary.book("one", at(time), 2).await.unwrap(), Booked::Already);
        assert_eq!(diary.of("one", "2027-03-04T00:00".parse().unwrap()).await.unwrap(), [at(time)]);
        assert_eq!(diary.of("one", "2027-03-05T00:00".parse().unwrap()).await.unwrap(), []);
        assert_eq!(diary.of("other", "2027-03-04T00:00".parse().unwrap()).await.unwrap(), []);
        assert!(!diary.cancel("other", at(time).begins).await.unwrap());
        assert!(diary.cancel("one", at(time).begins).await.unwrap());
        assert_eq!(diary.book("other", at(time), 1).await.unwrap(), Booked::New);
    }
}
