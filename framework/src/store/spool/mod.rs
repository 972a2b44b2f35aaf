//! Records that wait for a store that is down: bounded, in order, and kept over the end of the process.

mod journal;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Conversation, EventBatch};
use crate::setup::{Setup, SetupError};
use journal::Journal;

/// The setting that names the folder of the records that wait; `memory:` for none.
const FOLDER: &str = "SWAIG_SPOOL";
const DEFAULT_FOLDER: &str = "digital-employees.spool";
const IN_MEMORY: &str = "memory:";
/// The setting: how many MiB of records wait at most.
const SIZE: &str = "SWAIG_SPOOL_SIZE";
const DEFAULT_SIZE: usize = 64;
const LARGEST_SIZE: usize = 64 << 10;

/// Something that has to get into the store.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Record {
    Events(EventBatch),
    Report(Box<Conversation>),
}

impl Record {
    /// The record as a file may hold it: the key of a conversation is a digest of a phone number, which is soon guessed. A
    /// report that comes into the store by the file is of no earlier conversation.
    fn without_key(&self) -> Self {
        match self {
            Self::Report(report) => Self::Report(Box::new(Conversation { key: None, ..(**report).clone() })),
            events @ Self::Events(_) => events.clone(),
        }
    }
}

/// There is no room for a record.
#[derive(Debug, thiserror::Error)]
#[error("more than SWAIG_SPOOL_SIZE waits for the store")]
pub(crate) struct NoRoom;

/// What waits.
#[derive(Default)]
pub(super) struct Spool {
    waiting: VecDeque<(Record, usize)>,
    bytes: usize,
    most: usize,
    journal: Option<Journal>,
}

impl Spool {
    /// The spool as the settings want it, with what processes that ended left in its folder.
    pub(super) fn open(setup: &Setup) -> Result<Self, SetupError> {
        let size = setup.settings().number(SIZE, 1..=LARGEST_SIZE)?.unwrap_or(DEFAULT_SIZE);
        let folder = setup.setting(FOLDER).unwrap_or_else(|| DEFAULT_FOLDER.to_owned());
        Ok(if folder == IN_MEMORY {
            Self::in_memory(size << 20)
        } else {
            Self::at(folder.into(), size << 20)
        })
    }

    pub(super) fn in_memory(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    pub(super) fn at(folder: PathBuf, most: usize) -> Self {
        let mut spool = Self::in_memory(most);
        let (journal, left) = Journal::adopt(folder);
        for line in left {
            match serde_json::from_slice(&line) {
                Ok(record) => spool.keep(record, line.len()),
                // The end of a line that was being written when its process ended: nobody was told that it is kept.
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a record of an earlier run cannot be read, and is left out"
                ),
            }
        }
        if !spool.is_empty() {
            tracing::info!(records = spool.len(), "records of an earlier run wait for the store");
        }
        spool.journal = Some(journal);
        spool
    }

    /// Keeps a record until it is [taken](Self::taken).
    pub(super) fn push(&mut self, record: Record) -> Result<(), NoRoom> {
        // Keys are texts and values are JSON: there is nothing here that could fail.
        let line = serde_json::to_vec(&record.without_key()).unwrap_or_default();
        // A report is worth more than many events, and whoever sends one can be asked to come back.
        let most = match record {
            Record::Events(_) => self.most / 4 * 3,
            Record::Report(_) => self.most,
        };
        if self.bytes + line.len() > most {
            return Err(NoRoom);
        }
        if let Some(journal) = &mut self.journal {
            journal.append(&line);
        }
        self.keep(record, line.len());
        Ok(())
    }

    fn keep(&mut self, record: Record, bytes: usize) {
        self.bytes += bytes;
        self.waiting.push_back((record, bytes));
    }

    /// The record that waits for longest.
    pub(super) fn first(&self) -> Option<&Record> {
        self.waiting.front().map(|(record, _)| record)
    }

    /// The first record is in the store. One that is there when the process ends before all are taken is written again by
    /// the next one; the store knows it by its id.
    pub(super) fn taken(&mut self) {
        if let Some((_, bytes)) = self.waiting.pop_front() {
            self.bytes -= bytes;
        }
        if self.waiting.is_empty()
            && let Some(journal) = &mut self.journal
        {
            journal.clear();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How many records wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// How many bytes of records wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
