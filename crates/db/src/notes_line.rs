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

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    #[allow(clippy::disallowed_methods, reason = "where the throw-away server is")]
    fn notes() -> NotesLine {
        let server = std::env::var("MUSTER_TEST_PG_URL");
        let server = server.expect("PostgreSQL tests run as: scripts/with-postgres.sh cargo test");
        NotesLine::new(PgConnectOptions::from_str(&server).unwrap())
    }

    async fn workspace(line: &mut Line) -> String {
        let asks = sqlx::query_scalar("SELECT current_setting('muster.tenant_id')");
        asks.fetch_one(&mut line.connection).await.unwrap()
    }

    async fn process(line: &mut Line) -> i32 {
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut line.connection).await.unwrap()
    }

    /// The server ends a connection.
    async fn end(notes: &NotesLine, process: i32) {
        let mut other = PgConnection::connect_with(&notes.options).await.unwrap();
        let ends = sqlx::query_scalar("SELECT pg_terminate_backend($1, 5000)").bind(process);
        let has_ended: bool = ends.fetch_one(&mut other).await.unwrap();
        assert!(has_ended);
    }

    #[tokio::test]
    async fn a_line_is_used_again_and_sees_the_workspace_of_whoever_has_it() {
        let notes = notes();
        let mut line = notes.open(WorkspaceId(1)).await.unwrap();
        let (first, seen) = (process(&mut line).await, workspace(&mut line).await);
        assert_eq!(seen, "1");
        notes.keep(line);
        let mut line = notes.open(WorkspaceId(2)).await.unwrap();
        assert_eq!((process(&mut line).await, workspace(&mut line).await), (first, String::from("2")));
        // One that failed is not given back: the next is another.
        drop(line);
        let mut line = notes.open(WorkspaceId(2)).await.unwrap();
        assert_ne!(process(&mut line).await, first);
    }

    #[tokio::test]
    async fn no_more_lines_are_kept_than_are_used_as_a_rule() {
        let notes = notes();
        let mut lines = Vec::new();
        for _ in 0..KEPT + 2 {
            lines.push(notes.open(WorkspaceId(1)).await.unwrap());
        }
        for line in lines {
            notes.keep(line);
        }
        assert_eq!(notes.idle.lock().unwrap().len(), KEPT);
        notes.close().await;
        assert!(notes.idle.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn lines_that_the_server_ended_while_nobody_noted_are_not_seen_by_anybody() {
        let notes = notes();
        let (mut one, mut two) = (notes.open(WorkspaceId(1)).await.unwrap(), notes.open(WorkspaceId(1)).await.unwrap());
        let ended = [process(&mut one).await, process(&mut two).await];
        let long_ago = Instant::now().checked_sub(2 * FRESH).unwrap();
        for line in [one, two] {
            notes.idle.lock().unwrap().push(Line { used_at: long_ago, ..line });
        }
        for process in ended {
            end(&notes, process).await;
        }
        let mut line = notes.open(WorkspaceId(1)).await.unwrap();
        assert!(!ended.contains(&process(&mut line).await));
        assert_eq!(workspace(&mut line).await, "1");
        assert!(notes.idle.lock().unwrap().is_empty(), "what has ended is not kept");
    }
}
