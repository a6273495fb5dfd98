//! Copies of a database as a whole.
//!
//! An embedded database is copied by `VACUUM INTO`: one read transaction, beside which everybody goes on writing. SQLite's
//! online backup would begin anew with every write of another connection, and never end beside a campaign that is sending.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::{Db, Result};

/// Who wants the file to himself waits this long for those who have it open.
const TO_BE_LEFT: Duration = Duration::from_secs(1);

/// What is in a copy, found by reading it as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// Of the schema.
    pub version: i64,
    pub workspaces: i64,
    pub customers: i64,
    pub campaigns: i64,
    /// Messages of all campaigns.
    pub messages: i64,
}

const TABLES: &str = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema()";
const COUNT: &str = "SELECT (SELECT MAX(version) FROM schema_migrations), (SELECT COUNT(*) FROM workspaces), (SELECT COUNT(*) FROM customers),
                            (SELECT COUNT(*) FROM campaigns), (SELECT COUNT(*) FROM run_recipients)";

impl Db {
    /// Writes a copy of an embedded database, as it is at this moment, into a file that is not there yet. The file of notes
    /// is no part of it: an older or newer one than the copy would say of messages that they did not leave.
    ///
    /// # Errors
    /// When the file cannot be written, or this database is on a server.
    pub async fn copy_into(&self, path: &Path) -> Result<()> {
        let Self::Sqlite { write, .. } = self else {
            return Err(sqlx::Error::Protocol("a database on a server is copied by its own tools".into()).into());
        };
        // A connection of its own: the copy may take minutes, and those of the pool are for people.
        let mut own = write.options().clone().connect().await?;
        let copied = sqlx::query("VACUUM INTO $1").bind(path.display().to_string()).execute(&mut own).await;
        own.close().await?;
        copied?;
        Ok(())
    }
}

/// Reads a copy from end to end.
///
/// # Errors
/// When it is damaged, or is no database of Muster.
pub async fn look_into(path: &Path) -> Result<Contents> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut copy = options.connect().await?;
    let verdict: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut copy).await?;
    if verdict != ["ok"] {
        let first = verdict.first().map_or("it cannot be read", String::as_str);
        return Err(sqlx::Error::Protocol(format!("the file is damaged: {first}")).into());
    }
    let (version, workspaces, customers, campaigns, messages) = sqlx::query_as(COUNT).fetch_one(&mut copy).await?;
    copy.close().await?;
    Ok(Contents { version, workspaces, customers, campaigns, messages })
}

/// Folds everything that was written into a database's one file; false while anybody else has it open.
///
/// # Errors
/// When it cannot be opened.
pub async fn is_left_by_all(path: &Path) -> Result<bool> {
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(TO_BE_LEFT);
    let mut own = options.connect().await?;
    // Only who is alone may leave the write-ahead log.
    let mode = sqlx::query_scalar::<_, String>("PRAGMA journal_mode = DELETE").fetch_one(&mut own).await;
    own.close().await?;
    match mode {
        Ok(mode) => Ok(mode == "delete"),
        Err(sqlx::Error::Database(error)) if error.message().contains("locked") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether a database on a server has no tables yet.
///
/// # Errors
/// When it cannot be opened.
pub async fn is_empty(url: &str) -> Result<bool> {
    let mut own = sqlx::PgConnection::connect(url).await?;
    let tables: i64 = sqlx::query_scalar(TABLES).fetch_one(&mut own).await?;
    own.close().await?;
    Ok(tables == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_copy_is_whole_while_others_write_and_says_when_it_is_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let (path, copy) = (dir.path().join("muster.db"), dir.path().join("copy.db"));
        let db = Db::open_file(&path).await.unwrap();
        let mut writing = db.write_all().await.unwrap();
        crate::admin::script(&mut writing, "INSERT INTO event_readers (name, last_id) VALUES ('late', 1)")
            .await
            .unwrap();
        db.copy_into(&copy).await.unwrap();
        writing.commit().await.unwrap();
        let contents = look_into(&copy).await.unwrap();
        assert_eq!((contents.version, contents.workspaces), (crate::migrate::known_version(), 0));
        assert!(db.copy_into(&copy).await.is_err(), "a copy is never written over");

        assert!(!is_left_by_all(&path).await.unwrap(), "it is open");
        db.close().await;
        assert!(is_left_by_all(&path).await.unwrap());

        let mut bytes = std::fs::read(&copy).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8_192].fill(0x5a);
        std::fs::write(&copy, bytes).unwrap();
        assert!(look_into(&copy).await.is_err());
    }
}
