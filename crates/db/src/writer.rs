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

    /// Begins a transaction.
    pub(crate) async fn begin(&self) -> sqlx::Result<Writing> {
        let mut writing = self.alone().await?;
        writing.is_open = true;
        match writing.begin().await {
            // Its thread is gone: nothing was begun on it.
            Err(sqlx::Error::WorkerCrashed) => {
                *writing.connection = self.options.connect().await?;
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
        Manager::begin(&mut self.connection, Some("BEGIN IMMEDIATE".into_sql_str())).await
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
