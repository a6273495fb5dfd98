//! Connections of their own for the notes on a server: see [`crate::tables::notes`]. A note is one statement, and here one
//! round trip; a transaction out of the pool takes five, and there is a note for each window of messages.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use muster_domain::workspace::WorkspaceId;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};

use crate::pool::{FRESH, SIGN_OF_LIFE};
use crate::tx::{HASTY, within};

/// Connections that are kept open while nobody notes anything; as many as windows are in the air at a time, as a rule.
const KEPT: usize = 4;

/// Where notes are written.
#[derive(Clone)]
pub struct NotesLine {
    options: Arc<PgConnectOptions>,
    idle: Arc<Mutex<Vec<Line>>>,
}

/// One connection, and the workspace that row-level security lets it see.
pub(crate) struct Line {
    pub(crate) connection: PgConnection,
    ws: WorkspaceId,
    used_at: Instant,
}

impl std::fmt::Debug for NotesLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NotesLine")
    }
}

impl NotesLine {
    pub(crate) fn new(options: PgConnectOptions) -> Self {
        Self { options: Arc::new(options), idle: Arc::default() }
    }

    pub(crate) async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for line in idle {
            let _ = within(SIGN_OF_LIFE, line.connection.close()).await;
        }
    }

    /// A connection that lives and sees a workspace. Whoever got an answer over it gives it back with [`NotesLine::keep`];
    /// one that failed, or was given up in the middle of an answer, ends when it is dropped.
    pub(crate) async fn open(&self, ws: WorkspaceId) -> sqlx::Result<Line> {
        let mut line = match self.idle().await {
            Some(line) if line.ws == ws => return Ok(line),
            Some(line) => line,
            None => {
                let connection = within(HASTY, PgConnection::connect_with(&self.options)).await?;
                Line { connection, ws, used_at: Instant::now() }
            }
        };
        let see = AssertSqlSafe(format!("SET muster.tenant_id = '{}'", ws.0));
        within(HASTY, sqlx::raw_sql(see).execute(&mut line.connection)).await?;
        Ok(Line { ws, ..line })
    }

    async fn idle(&self) -> Option<Line> {
        loop {
            let mut line = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if line.used_at.elapsed() <= FRESH || within(SIGN_OF_LIFE, line.connection.ping()).await.is_ok() {
                return Some(line);
            }
        }
    }

    /// Keeps a connection for the next note.
    pub(crate) fn keep(&self, line: Line) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push(Line { used_at: Instant::now(), ..line });
        }
    }
}
