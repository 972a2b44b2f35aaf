//! What an error of SQLite means for who uses the store.

use std::path::Path;
use std::sync::Arc;

use rusqlite::ErrorCode;

use super::super::{STORE, StoreError};
use crate::setup::SetupError;

/// The error of an operation on an open store.
pub(super) fn of(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(Box::new(error)),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(path, error.to_string()),
        _ => StoreError::unavailable(error),
    }
}

/// The error of opening a store.
pub(super) fn of_opening(path: &Path, error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Locked { place: path.display().to_string() }
        }
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly
            | ErrorCode::SystemIoFailure,
        ) => {
            let hint = "give this user the right to write it and into its folder, or name another file";
            let what = format!("cannot open the store {}: {hint} in {STORE}", path.display());
            SetupError::failed(what, error).into()
        }
        _ => of(path, error),
    }
}

pub(super) fn damaged(path: &Path, problem: impl Into<String>) -> StoreError {
    StoreError::Damaged { place: path.display().to_string(), problem: problem.into() }
}

/// The error of all changes of a group, of which nothing was committed.
pub(super) fn of_group(path: &Path, error: &Arc<rusqlite::Error>) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(Box::new(error.clone())),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(path, error.to_string()),
        _ => StoreError::unavailable(error.clone()),
    }
}
