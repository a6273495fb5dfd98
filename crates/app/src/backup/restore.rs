//! Puts a backup in the place of a database.

use std::path::{Path, PathBuf};

use muster_db::backup::{self, Contents};
use muster_db::{Db, DbError};
use muster_domain::clock::{Clock, Ids};
use muster_engine::clock::{SystemClock, SystemIds};
use thiserror::Error;

use super::file::{self, taken_at};
use super::settle::{Settled, settle};
use super::{name_at, postgres};
use crate::home::{DB_FILE, Home, HomeError, make_private_dir};
use crate::node::Node;
use crate::{AppError, InstallKey};

/// Why nothing was restored.
#[derive(Debug, Error)]
pub enum RestoreError {
    #[error("Muster is running on {}: stop it first", .0.display())]
    InUse(PathBuf),
    #[error("{}: {cause}", .path.display())]
    File { path: PathBuf, cause: std::io::Error },
    #[error("the backup cannot be used: {0}")]
    Bad(DbError),
    #[error("the database has tables already: a dump is loaded into an empty one")]
    NotEmpty,
    #[error("{} has no muster.key: it opens the address of the database. Put the key of the installation there first", .0.display())]
    NoKey(PathBuf),
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    App(#[from] AppError),
}

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    /// Of the dump of a server, none.
    pub contents: Option<Contents>,
    /// Where the database is that was there before.
    pub kept: Option<PathBuf>,
    pub settled: Settled,
}

/// Puts a backup in the place of the database of a data folder, which stays beside it. On a server the database must be
/// empty, and the key is needed, because it seals the server's address. Nothing of it goes on by itself.
///
/// # Errors
/// [`RestoreError`]; the database is as it was then.
pub async fn restore(dir: &Path, key: Option<&InstallKey>, from: &Path) -> Result<Restored, RestoreError> {
    let now = SystemClock.now();
    // Held until the end, so that nobody starts meanwhile.
    let node = Node::of_folder(dir, SystemIds.uuid(now));
    if !node.is_of_folder() {
        return Err(RestoreError::InUse(dir.to_owned()));
    }
    let home = Home::at(dir);
    match (home.embedded(), key) {
        (Some(path), _) => into_file(dir, &path, from).await,
        (None, Some(key)) => into_server(&home.database_url(key)?, from).await,
        (None, None) => Err(RestoreError::NoKey(dir.to_owned())),
    }
}

async fn into_file(dir: &Path, database: &Path, from: &Path) -> Result<Restored, RestoreError> {
    let at_file = |path: &Path| {
        let path = path.to_owned();
        move |cause| RestoreError::File { path, cause }
    };
    let now = SystemClock.now();
    if database.exists() && !backup::is_left_by_all(database).await.map_err(RestoreError::Bad)? {
        return Err(RestoreError::InUse(dir.to_owned()));
    }
    let contents = backup::look_into(from).await.map_err(RestoreError::Bad)?;
    // Brought up to date and settled beside the old one: whatever fails, nothing has changed.
    let new = dir.join(format!("{DB_FILE}.restored"));
    with_all_its_files(&new, file::remove).map_err(at_file(&new))?;
    tokio::fs::copy(from, &new).await.map_err(at_file(&new))?;
    let db = Db::open_file(&new).await.map_err(RestoreError::Bad)?;
    let settled = settle(&db, taken_at(from), now).await;
    db.close().await;
    let settled = settled?;
    let kept = if database.exists() {
        let folder =
            dir.join(format!("before-restore-{}", name_at(now, muster_db::Engine::Sqlite).trim_end_matches(".db")));
        make_private_dir(&folder).map_err(at_file(&folder))?;
        with_all_its_files(database, |path| match path.file_name() {
            Some(name) if path.exists() => std::fs::rename(path, folder.join(name)),
            _ => Ok(()),
        })
        .map_err(at_file(&folder))?;
        Some(folder)
    } else {
        None
    };
    // Without its notes: all that is leased counts as on its way.
    for ending in ["-wal", "-shm", "-notes", "-notes-wal", "-notes-shm"] {
        let beside = PathBuf::from(format!("{}{ending}", new.display()));
        file::remove(&beside).map_err(at_file(&beside))?;
    }
    file::keep(&new, database).map_err(at_file(database))?;
    Ok(Restored { contents: Some(contents), kept, settled })
}

async fn into_server(url: &str, from: &Path) -> Result<Restored, RestoreError> {
    if !backup::is_empty(url).await.map_err(RestoreError::Bad)? {
        return Err(RestoreError::NotEmpty);
    }
    postgres::load(url, from).await?;
    let db = Db::open(url).await.map_err(RestoreError::Bad)?;
    let settled = settle(&db, taken_at(from), SystemClock.now()).await;
    db.close().await;
    Ok(Restored { contents: None, kept: None, settled: settled? })
}

/// Does something with a database, its log and its notes, where they are there.
fn with_all_its_files(database: &Path, act: impl Fn(&Path) -> std::io::Result<()>) -> std::io::Result<()> {
    for ending in ["-wal", "-shm", "-notes", "-notes-wal", "-notes-shm", ""] {
        act(Path::new(&format!("{}{ending}", database.display())))?;
    }
    Ok(())
}
