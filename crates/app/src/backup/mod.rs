//! Backups of a database, and putting one back (docs/backup.md).
//!
//! A backup is a moment of the past: what was sent after it is not in it. So whatever was under way in it does not go on by
//! itself once it is restored (`settle`).

mod file;
mod postgres;
mod restore;
mod settle;

pub use file::{name_at, taken_at};
pub use restore::{RestoreError, Restored, restore};
pub use settle::Settled;

use std::path::{Path, PathBuf};

use muster_db::backup::{self, Contents};
use muster_db::{Engine, workspaces};

use crate::home::{Home, make_private_dir};
use crate::settings::JobSettings;
use crate::{App, AppError, AppResult};

/// Of the data folder.
const FOLDER: &str = "backups";

/// A backup that was made and read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    pub path: PathBuf,
    pub bytes: u64,
    /// What is in it; the dump of a server is checked by the program that wrote it, and not counted.
    pub contents: Option<Contents>,
    /// Older ones that were removed.
    pub removed: usize,
}

/// Makes a backup in the data folder, and removes all but the newest of those that were made there.
///
/// # Errors
/// 409 with the cause in words: no room, no `pg_dump`, a copy that is damaged.
pub async fn make(app: &App) -> AppResult<Backup> {
    let folder = app.data_dir.join(FOLDER);
    make_private_dir(&folder).map_err(|error| failed(&folder, &error))?;
    let mut made = make_at(app, &folder.join(name_at(app.now(), app.db.engine()))).await?;
    let keep = kept(app).await?;
    made.removed = file::remove_old(&folder, keep, app.now()).map_err(|error| failed(&folder, &error))?;
    Ok(made)
}

/// Makes a backup in a file that is not there yet.
///
/// # Errors
/// As [`make`].
pub async fn make_at(app: &App, path: &Path) -> AppResult<Backup> {
    if path.exists() {
        return Err(AppError::conflict("exists", format!("{} is there already.", path.display())));
    }
    // Whoever looks for backups finds whole ones only.
    let part = file::part_of(path);
    file::remove(&part).map_err(|error| failed(&part, &error))?;
    let written = match app.db.engine() {
        Engine::Sqlite => match app.db.copy_into(&part).await {
            Ok(()) => backup::look_into(&part).await.map(Some).map_err(|error| refused(&error)),
            Err(error) => Err(refused(&error)),
        },
        Engine::Postgres => {
            let url = Home::at(&app.data_dir).database_url(&app.key).map_err(AppError::internal)?;
            postgres::dump(&url, &part).await.map(|()| None)
        }
    };
    let contents = match written {
        Ok(contents) => contents,
        Err(error) => {
            let _ = file::remove(&part);
            return Err(error);
        }
    };
    let bytes = file::keep(&part, path).map_err(|error| failed(path, &error))?;
    Ok(Backup { path: path.to_owned(), bytes, contents, removed: 0 })
}

/// How many backups are kept: the first workspace says so.
async fn kept(app: &App) -> AppResult<usize> {
    let mut tx = app.db.read_all().await?;
    let settings = workspaces::list(&mut tx).await?.first().map(JobSettings::of).unwrap_or_default();
    Ok(usize::from(settings.backups_kept))
}

fn failed(path: &Path, error: &std::io::Error) -> AppError {
    AppError::conflict("backup_failed", format!("No backup was made: {}: {error}.", path.display()))
}

fn refused(error: &impl std::fmt::Display) -> AppError {
    AppError::conflict("backup_failed", format!("No backup was made: {error}."))
}
