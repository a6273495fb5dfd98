//! The one transaction type.

use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use muster_domain::workspace::WorkspaceId;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Postgres, Sqlite, Transaction};

use crate::writer::Writing;
use crate::{Claim, Engine, Result};

/// What a transaction may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The rows of one workspace.
    Workspace(WorkspaceId),
    /// All workspaces: sign-in and sweeps only.
    All,
}

/// A connection that has been silent for so long is given up by whoever has other things to do: the sending path, sweeps,
/// sign-in. Long enough for a server that is busy, and well within the life of a lease.
pub(crate) const HASTY: Duration = Duration::from_secs(20);
/// The same for what may really take long: launches, imports, counts over all customers.
pub(crate) const PATIENT: Duration = Duration::from_secs(600);

/// A transaction. Rolled back when dropped without [`Tx::commit`].
pub struct Tx {
    pub(crate) conn: Conn,
    pub(crate) scope: Scope,
    /// Whether it may change anything.
    pub(crate) writes: bool,
    /// How long PostgreSQL may take to answer one statement.
    pub(crate) deadline: Duration,
}

/// What a server answers within a time, or an error. A network that forgot a connection tells nobody, and TCP alone would
/// wait for a quarter of an hour, or for ever.
pub(crate) async fn within<T>(deadline: Duration, answer: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    match tokio::time::timeout(deadline, answer).await {
        Ok(answer) => answer,
        Err(_) => {
            let text = format!("the database said nothing for {} s", deadline.as_secs());
            Err(sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, text)))
        }
    }
}

pub(crate) enum Conn {
    Sqlite(Embedded),
    Pg(Transaction<'static, Postgres>),
}

/// A transaction of the embedded database: on one of the connections that read, or on the one that writes.
pub(crate) enum Embedded {
    Reading(Transaction<'static, Sqlite>),
    Writing(Writing),
}

impl Embedded {
    async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Reading(c) => c.commit().await,
            Self::Writing(c) => c.commit().await,
        }
    }

    async fn rollback(self) -> sqlx::Result<()> {
        match self {
            Self::Reading(c) => c.rollback().await,
            Self::Writing(c) => c.rollback().await,
        }
    }
}

impl Deref for Embedded {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Reading(c) => c,
            Self::Writing(c) => c,
        }
    }
}

impl DerefMut for Embedded {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Reading(c) => c,
            Self::Writing(c) => c,
        }
    }
}

impl Tx {
    /// Keeps what was done. A task that holds a [`Claim`] says in the same transaction that its call had effect.
    ///
    /// # Errors
    /// [`crate::DbError::ClaimLost`] when somebody else has taken over the call: nothing is kept then.
    pub async fn commit(mut self) -> Result<()> {
        let claim = if self.writes { Claim::to_mark(self.scope) } else { None };
        if let Some(claim) = &claim {
            crate::idempotency_keys::apply(&mut self, claim).await?;
        }
        match self.conn {
            Conn::Sqlite(c) => c.commit().await?,
            Conn::Pg(c) => within(self.deadline, c.commit()).await?,
        }
        if let Some(claim) = claim {
            claim.marked();
        }
        Ok(())
    }

    /// Undoes what was done. Dropping does the same, later.
    pub async fn rollback(self) -> Result<()> {
        match self.conn {
            Conn::Sqlite(c) => c.rollback().await?,
            Conn::Pg(c) => within(self.deadline, c.rollback()).await?,
        }
        Ok(())
    }

    /// From here on [`Tx::back`] undoes what is done, and the rest stays.
    pub async fn savepoint(&mut self) -> Result<()> {
        self.say("SAVEPOINT part").await
    }

    /// What was done since [`Tx::savepoint`] is part of the transaction.
    pub async fn release(&mut self) -> Result<()> {
        self.say("RELEASE SAVEPOINT part").await
    }

    /// Undoes what was done since [`Tx::savepoint`], also after a statement that failed.
    ///
    /// # Errors
    /// When the transaction as a whole is lost.
    pub async fn back(&mut self) -> Result<()> {
        self.say("ROLLBACK TO SAVEPOINT part").await?;
        self.release().await
    }

    async fn say(&mut self, text: &'static str) -> Result<()> {
        match &mut self.conn {
            Conn::Sqlite(c) => sqlx::raw_sql(text).execute(&mut **c).await.map(drop)?,
            Conn::Pg(c) => within(self.deadline, sqlx::raw_sql(text).execute(&mut **c)).await.map(drop)?,
        }
        Ok(())
    }

    /// The same, of statements that take no time unless the database is out of reach: it fails after 20 s of silence.
    pub fn hastily(self) -> Self {
        Self { deadline: HASTY, ..self }
    }

    /// The same, of statements that may take minutes.
    pub fn patiently(self) -> Self {
        Self { deadline: PATIENT, ..self }
    }

    /// Which engine this transaction runs on.
    pub fn engine(&self) -> Engine {
        match self.conn {
            Conn::Sqlite(_) => Engine::Sqlite,
            Conn::Pg(_) => Engine::Postgres,
        }
    }

    /// What this transaction may see.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Waits until no other transaction works under the same name, until this one ends. For short decisions over several
    /// rows (counting running campaigns, numbering cards). SQLite has one writer already.
    pub async fn lock_name(&mut self, name: &str) -> Result<()> {
        if let Conn::Pg(c) = &mut self.conn {
            let lock = sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 7))").bind(name);
            within(self.deadline, lock.execute(&mut **c)).await?;
        }
        Ok(())
    }
}
