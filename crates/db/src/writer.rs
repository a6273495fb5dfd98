//! The one connection that writes to an embedded database.
//!
//! Not a pool of one: a pool asks a connection whether it lives before and after each use, and gives it back in a task of
//! its own. Each is a wait for SQLite's thread, between transactions that take less than such a wait themselves.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Database, SqlSafeStr};
use sqlx_core::transaction::TransactionManager;
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard};
use tokio::time::timeout;

type Manager = <Sqlite as Database>::TransactionManager;

/// Waits this long for those who write before, then fails.
const TURN: Duration = Duration::from_secs(30);
/// A connection that does not even begin for so long is gone: longer than SQLite itself waits for another program that
/// writes. What is asked of a thread that is just ending is never answered.
const BEGUN: Duration = Duration::from_secs(45);

/// The connection, lent to one transaction at a time, in the order in which they ask.
#[derive(Debug, Clone)]
pub struct Writer {
    options: Arc<SqliteConnectOptions>,
    /// None once it was closed.
    connection: Arc<Mutex<Option<SqliteConnection>>>,
}

impl Writer {
    pub(crate) async fn open(options: SqliteConnectOptions) -> sqlx::Result<Self> {
        let connection = Arc::new(Mutex::new(Some(options.connect().await?)));
        Ok(Self { options: Arc::new(options), connection })
    }

    /// How it was opened.
    pub(crate) fn options(&self) -> &SqliteConnectOptions {
        &self.options
    }

    /// Begins a transaction.
    pub(crate) async fn begin(&self) -> sqlx::Result<Writing> {
        let mut writing = self.alone().await?;
        writing.is_open = true;
        match writing.begin().await {
            // Its thread is gone: nothing was begun on it.
            Err(sqlx::Error::WorkerCrashed) => {
                self.reopen(&mut writing).await?;
                writing.begin().await?;
            }
            begun => begun?,
        }
        Ok(writing)
    }

    /// For one statement, which is a transaction by itself.
    pub(crate) async fn alone(&self) -> sqlx::Result<Writing> {
        let turn = timeout(TURN, Arc::clone(&self.connection).lock_owned());
        let connection = turn.await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let connection = OwnedMutexGuard::try_map(connection, Option::as_mut).map_err(|_| sqlx::Error::PoolClosed)?;
        Ok(Writing { connection, is_open: false })
    }

    /// A new connection in place of one whose thread is gone.
    pub(crate) async fn reopen(&self, writing: &mut Writing) -> sqlx::Result<()> {
        *writing.connection = self.options.connect().await?;
        Ok(())
    }

    /// Waits for who writes, and closes; the write-ahead log is folded in.
    pub(crate) async fn close(&self) {
        if let Some(connection) = self.connection.lock().await.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the database was not closed in order");
        }
    }
}

/// The connection for as long as a transaction lasts; undone when dropped before it is committed.
#[derive(Debug)]
pub(crate) struct Writing {
    connection: OwnedMappedMutexGuard<Option<SqliteConnection>, SqliteConnection>,
    is_open: bool,
}

impl Writing {
    async fn begin(&mut self) -> sqlx::Result<()> {
        let begun = Manager::begin(&mut self.connection, Some("BEGIN IMMEDIATE".into_sql_str()));
        timeout(BEGUN, begun).await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    pub(crate) async fn commit(mut self) -> sqlx::Result<()> {
        if self.is_open {
            Manager::commit(&mut self.connection).await?;
            self.is_open = false;
        }
        Ok(())
    }

    pub(crate) async fn rollback(mut self) -> sqlx::Result<()> {
        if self.is_open {
            Manager::rollback(&mut self.connection).await?;
            self.is_open = false;
        }
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if self.is_open {
            Manager::start_rollback(&mut self.connection);
        }
    }
}

impl Deref for Writing {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use muster_domain::clock::Millis;
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};
    use uuid::Uuid;

    use super::*;
    use crate::notes::Noted;
    use crate::notes_file::NotesFile;
    use crate::tables::leases::Progress;

    const DOOMED: &str = "doomed";
    static IS_DUE: AtomicBool = AtomicBool::new(false);

    /// Ends the thread of a connection by a panic, where it says what it did.
    struct Ends;

    impl Subscriber for Ends {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, _: &Event<'_>) {
            let is_it = thread::current().name() == Some(DOOMED) && IS_DUE.swap(false, Ordering::SeqCst);
            assert!(!is_it, "the test ends this thread");
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    /// The thread tells what it did after it has answered, and then takes a moment to end.
    async fn until_it_ended() {
        let lives = || {
            let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
            tasks
                .filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok())
                .any(|name| name.trim() == DOOMED)
        };
        while IS_DUE.load(Ordering::SeqCst) || lives() {
            tokio::task::yield_now().await;
        }
    }

    fn options(dir: &std::path::Path) -> SqliteConnectOptions {
        let file = SqliteConnectOptions::new().filename(dir.join("a.db")).create_if_missing(true);
        file.thread_name(|_| String::from(DOOMED))
    }

    /// One test, because the subscriber is that of the whole process.
    #[tokio::test]
    async fn a_connection_whose_thread_died_is_opened_anew() {
        tracing::subscriber::set_global_default(Ends).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let writer = Writer::open(options(dir.path())).await.unwrap();
        for round in 1..=3 {
            IS_DUE.store(true, Ordering::SeqCst);
            let mut doomed = writer.alone().await.unwrap();
            let _ = sqlx::query("SELECT 1").execute(&mut *doomed).await;
            drop(doomed);
            until_it_ended().await;
            let mut writing = writer.begin().await.unwrap();
            sqlx::query("CREATE TABLE IF NOT EXISTS kept (n)").execute(&mut *writing).await.unwrap();
            sqlx::query("INSERT INTO kept VALUES ($1)").bind(round).execute(&mut *writing).await.unwrap();
            writing.commit().await.unwrap();
        }
        let mut reading = writer.alone().await.unwrap();
        let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM kept").fetch_one(&mut *reading).await.unwrap();
        assert_eq!(kept, 3);
        drop(reading);
        writer.close().await;
        drop(writer);

        // A note that was lost with its thread is noted at the next try.
        let database = dir.path().join("b.db").display().to_string();
        let notes = NotesFile::open(&database, &options(dir.path())).await.unwrap();
        let (token, at): (_, Millis) = (Uuid::from_u128(7), 1);
        let note = async || notes.note(token, 0, Progress { noted: 50, done: 0, at }).await;
        IS_DUE.store(true, Ordering::SeqCst);
        let _ = note().await;
        until_it_ended().await;
        let _ = note().await;
        assert!(matches!(note().await.unwrap(), Noted::Now | Noted::Before), "whether it was kept or not");
        assert_eq!(notes.end(token, 2).await.unwrap().noted, 50);
    }
}
