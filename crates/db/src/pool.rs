//! The two engines behind one type.

use std::io::ErrorKind;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use muster_domain::workspace::WorkspaceId;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Postgres, Transaction};

use crate::notes_file::NotesFile;
use crate::notes_line::NotesLine;
use crate::tx::{Conn, Embedded, HASTY, PATIENT, Scope, Tx, within};
use crate::writer::Writer;
use crate::{DbError, Result, migrate};

/// Which engine a database runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A database. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Db {
    /// Readers beside one writer connection, as SQLite wants it, and the file of notes.
    Sqlite { read: SqlitePool, write: Writer, notes: NotesFile },
    /// The pool, and connections of their own for notes.
    Pg { pool: PgPool, notes: NotesLine },
}

/// Connections to a server.
const MOST_CONNECTIONS: u32 = 16;
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// A connection that was used a moment ago is taken to live; any other is asked first.
pub(crate) const FRESH: Duration = Duration::from_secs(1);
/// A connection that answers nothing for so long when it is asked whether it lives is closed.
pub(crate) const SIGN_OF_LIFE: Duration = Duration::from_secs(3);
/// A node that stands still or is cut off in a transaction lets go of the rows that it locked after this long: well within the
/// life of its leases, so that the other nodes can take over.
const SILENCE: &str = "10s";

impl Db {
    /// Opens `sqlite:PATH` (made when missing) or `postgres://…` and brings the schema up to date.
    pub async fn open(url: &str) -> Result<Self> {
        let db = Self::connect(url).await?;
        migrate::run(&db).await?;
        if let Self::Sqlite { notes, .. } = &db
            && notes.is_new
        {
            let mut tx = db.write_all().await?;
            crate::notes::all_noted(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(db)
    }

    /// Opens the embedded database in a file.
    pub async fn open_file(path: &Path) -> Result<Self> {
        Self::open(&format!("sqlite:{}", path.display())).await
    }

    async fn connect(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let options = SqliteConnectOptions::new()
                .filename(path)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // FULL: a lease or a mark that was committed survives a power cut.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
                // What is sorted or put aside goes to a temporary file as soon as it outgrows the cache: in memory, it would
                // take as much as a campaign has recipients.
                .pragma("temp_store", "file")
                .pragma("cache_size", "-16000")
                .pragma("journal_size_limit", "67108864");
            let write = Writer::open(options.clone()).await?;
            // A file of one's own is there: a connection to it need not be asked whether it lives.
            let read = SqlitePoolOptions::new()
                .max_connections(4)
                .test_before_acquire(false)
                .connect_with(options.clone())
                .await?;
            let notes = NotesFile::open(path, &options).await?;
            return Ok(Self::Sqlite { read, write, notes });
        }
        let options = PgConnectOptions::from_str(url)?.application_name("muster");
        let pool = PgPoolOptions::new()
            .max_connections(MOST_CONNECTIONS)
            .acquire_timeout(BUSY_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|connection, seen| {
                Box::pin(async move {
                    if seen.idle_for > FRESH {
                        within(SIGN_OF_LIFE, connection.ping()).await?;
                    }
                    Ok(true)
                })
            })
            // sqlx asks every connection that comes back whether it lives, cannot be told not to, and waits for the answer
            // however long that takes: one that was given up in the middle of an answer would take its place for ever. So what
            // is on its way is waited for here, for a time: the rest of an answer, or the rollback of what was dropped. A
            // connection at rest has answered a moment ago, as it would have after a question of ours, and has nothing on
            // its way: nothing is said here, and it is asked once.
            .after_release(|connection, _| {
                Box::pin(async move { within(SIGN_OF_LIFE, connection.flush()).await.map(|()| true) })
            })
            .connect_with(options.clone())
            .await?;
        Ok(Self::Pg { pool, notes: NotesLine::new(options) })
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Pg { .. } => Engine::Postgres,
        }
    }

    /// A transaction that only reads, on one workspace.
    pub async fn read(&self, ws: WorkspaceId) -> Result<Tx> {
        self.begin(Scope::Workspace(ws), false).await
    }

    /// A transaction that may write, on one workspace.
    pub async fn write(&self, ws: WorkspaceId) -> Result<Tx> {
        self.begin(Scope::Workspace(ws), true).await
    }

    /// A transaction over all workspaces: for sign-in and for the sweeps of the scheduler, which look for work
    /// everywhere and then do it inside one workspace.
    pub async fn write_all(&self) -> Result<Tx> {
        self.begin(Scope::All, true).await
    }

    /// Like [`Db::write_all`], for reading.
    pub async fn read_all(&self) -> Result<Tx> {
        self.begin(Scope::All, false).await
    }

    async fn begin(&self, scope: Scope, writes: bool) -> Result<Tx> {
        let conn = match self {
            Self::Sqlite { write, .. } if writes => Conn::Sqlite(Embedded::Writing(write.begin().await?)),
            Self::Sqlite { read, .. } => Conn::Sqlite(Embedded::Reading(read.begin().await?)),
            Self::Pg { pool, .. } => {
                let mut tries = 1;
                let tx = loop {
                    match begin_on(pool, scope).await {
                        // Nothing was asked of it yet: another connection does as well. There are no more of them than this.
                        Err(error) if is_gone(&error) && tries <= MOST_CONNECTIONS => tries += 1,
                        begun => break begun?,
                    }
                };
                Conn::Pg(tx)
            }
        };
        let deadline = if scope == Scope::All { HASTY } else { PATIENT };
        Ok(Tx { conn, scope, writes, deadline })
    }

    /// Closes all connections; on SQLite the write-ahead log is folded in.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, notes } => {
                read.close().await;
                write.close().await;
                notes.close().await;
            }
            Self::Pg { pool, notes } => {
                notes.close().await;
                pool.close().await;
            }
        }
    }

    /// The version of the engine, as it says it.
    pub async fn engine_version(&self) -> Result<String> {
        match self {
            Self::Sqlite { read, .. } => Ok(sqlx::query_scalar("SELECT sqlite_version()").fetch_one(read).await?),
            Self::Pg { pool, .. } => {
                Ok(sqlx::query_scalar("SHOW server_version").fetch_one(pool).await.map_err(DbError::from)?)
            }
        }
    }
}

/// A transaction on a server that knows what it may see.
async fn begin_on(pool: &PgPool, scope: Scope) -> sqlx::Result<Transaction<'static, Postgres>> {
    let tenant = match scope {
        Scope::Workspace(ws) => ws.0,
        Scope::All => 0,
    };
    // Until the transaction ends, row-level security compares with the first value (0 is all workspaces), and the server
    // undoes it when this process says nothing for as long as the second. All in one round trip.
    let begin = format!(
        "BEGIN; SET LOCAL muster.tenant_id = '{tenant}'; SET LOCAL idle_in_transaction_session_timeout = '{SILENCE}'"
    );
    within(BUSY_TIMEOUT + HASTY, pool.begin_with(AssertSqlSafe(begin))).await
}

/// Whether a connection ended since it was used last, as all do when their server is restarted.
fn is_gone(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => matches!(
            error.kind(),
            ErrorKind::BrokenPipe
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::UnexpectedEof
        ),
        // admin_shutdown, crash_shutdown
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code == "57P01" || code == "57P02"),
        _ => false,
    }
}

impl Db {
    /// Has the engine check a statement without running it.
    pub async fn prepare(&self, sql: &'static crate::sql::Sql) -> Result<()> {
        use sqlx::Executor;
        match self {
            Self::Sqlite { read, .. } => read.prepare(sqlx::SqlStr::from_static(sql.sqlite())).await.map(drop)?,
            Self::Pg { pool, .. } => pool.prepare(sqlx::SqlStr::from_static(sql.postgres())).await.map(drop)?,
        }
        Ok(())
    }
}
