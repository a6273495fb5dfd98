//! The one transaction type.

use muster_domain::workspace::WorkspaceId;
use sqlx::{Postgres, Sqlite, Transaction};

use crate::{Engine, Result};

/// What a transaction may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The rows of one workspace.
    Workspace(WorkspaceId),
    /// All workspaces: sign-in and sweeps only.
    All,
}

/// A transaction. Rolled back when dropped without [`Tx::commit`].
pub struct Tx {
    pub(crate) conn: Conn,
    pub(crate) scope: Scope,
}

pub(crate) enum Conn {
    Sqlite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

impl Tx {
    /// Keeps what was done.
    pub async fn commit(self) -> Result<()> {
        match self.conn {
            Conn::Sqlite(c) => c.commit().await?,
            Conn::Pg(c) => c.commit().await?,
        }
        Ok(())
    }

    /// Undoes what was done. Dropping does the same, later.
    pub async fn rollback(self) -> Result<()> {
        match self.conn {
            Conn::Sqlite(c) => c.rollback().await?,
            Conn::Pg(c) => c.rollback().await?,
        }
        Ok(())
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
            sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 7))").bind(name).execute(&mut **c).await?;
        }
        Ok(())
    }
}
