//! The file that keeps what waits over the end of the process: a line of JSON for each record.
//!
//! Each process has a file of its own in a folder that several may share, and holds a lock on it while it lives. A process
//! that starts takes over the files that nobody holds. There is neither folder nor file while nothing waits.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// How the name of a file ends.
const ENDING: &str = "jsonl";

pub(super) struct Journal {
    folder: PathBuf,
    file: Option<(PathBuf, File)>,
    /// Files of processes that ended; what they hold waits here as well.
    adopted: Vec<(PathBuf, File)>,
    /// Whether it was said that there can be no file.
    complained: bool,
}

impl Journal {
    /// The journal of this process, and the lines that others left.
    pub(super) fn adopt(folder: PathBuf) -> (Self, Vec<Vec<u8>>) {
        let mut journal = Self { folder, file: None, adopted: Vec::new(), complained: false };
        let mut lines = Vec::new();
        match left_in(&journal.folder) {
            Ok(paths) => {
                for path in paths {
                    match take_over(&path) {
                        Ok(Some((file, text))) => {
                            lines.extend(
                                text.split(|byte| *byte == b'\n')
                                    .filter(|line| !line.is_empty())
                                    .map(<[u8]>::to_vec),
                            );
                            journal.adopted.push((path, file));
                        }
                        Ok(None) => {}
                        Err(error) => complain(&path, &error),
                    }
                }
            }
            Err(error) => complain(&journal.folder, &error),
        }
        (journal, lines)
    }

    /// Writes a line. Where that cannot be done the record waits in memory alone, and the log says so once.
    pub(super) fn append(&mut self, line: &[u8]) {
        if let Err(error) = self.write(line)
            && !std::mem::replace(&mut self.complained, true)
        {
            complain(&self.folder, &error);
        }
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.file.is_none() {
            create_folder(&self.folder)?;
            let path = self.folder.join(format!("{}.{ENDING}", Uuid::new_v4()));
            let file = private().create_new(true).append(true).open(&path)?;
            file.try_lock().map_err(io::Error::from)?;
            self.file = Some((path, file));
        }
        let Some((_, file)) = &mut self.file else { return Ok(()) };
        let mut text = Vec::with_capacity(line.len() + 1);
        text.extend_from_slice(line);
        text.push(b'\n');
        // One write: a process that ends half-way leaves a line that is no JSON, or none.
        file.write_all(&text)
    }

    /// Nothing waits any more.
    pub(super) fn clear(&mut self) {
        for (path, file) in self.adopted.drain(..).chain(self.file.take()) {
            if let Err(error) = fs::remove_file(&path) {
                complain(&path, &error);
            }
            drop(file);
        }
        // Not where another process has a file in it.
        let _ = fs::remove_dir(&self.folder);
        self.complained = false;
    }
}

/// The files in the folder, oldest first.
fn left_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.path().extension().is_some_and(|ending| ending == ENDING) {
            found.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// Locks a file and reads it; `None` where a process that lives holds it.
fn take_over(path: &Path) -> io::Result<Option<(File, Vec<u8>)>> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => return Ok(None),
        Err(fs::TryLockError::Error(error)) => return Err(error),
    }
    Ok(Some((file, fs::read(path)?)))
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    OpenOptions::new()
}

#[cfg(unix)]
fn create_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn complain(path: &Path, error: &io::Error) {
    tracing::warn!(
        error = error as &dyn std::error::Error,
        path = %path.display(),
        "records for a store that is down cannot be kept in a file (SWAIG_SPOOL): they wait in memory alone"
    );
}
