//! The file of notes beside an embedded database: see [`crate::tables::notes`].

use std::path::Path;

use muster_domain::clock::Millis;
use sqlx::sqlite::SqliteConnectOptions;
use uuid::Uuid;

use crate::Result;
use crate::notes::Noted;
use crate::tables::leases::Progress;
use crate::writer::{Writer, Writing};

const MAKE: &str =
    "CREATE TABLE IF NOT EXISTS notes (token BLOB PRIMARY KEY, noted INTEGER NOT NULL, done INTEGER NOT NULL,
                    at INTEGER NOT NULL, is_closed INTEGER NOT NULL) WITHOUT ROWID";
const NOTE: &str = "INSERT INTO notes (token, noted, done, at, is_closed) VALUES ($1, $2, $3, $4, 0)
                    ON CONFLICT (token) DO UPDATE SET noted = excluded.noted, done = excluded.done, at = excluded.at WHERE notes.noted = $5 AND notes.is_closed = 0";
const NOTED: &str = "SELECT noted FROM notes WHERE token = $1 AND is_closed = 0";
const CLOSE: &str = "INSERT INTO notes (token, noted, done, at, is_closed) VALUES ($1, 0, 0, $2, 1)
                     ON CONFLICT (token) DO UPDATE SET is_closed = 1 RETURNING noted, done, at";
const FORGET: &str = "DELETE FROM notes WHERE token IN (SELECT token FROM notes WHERE at < $1 AND lower(hex(token)) NOT IN (SELECT value FROM json_each($2)) LIMIT $3)";

/// The file, open.
#[derive(Debug, Clone)]
pub struct NotesFile {
    writer: Writer,
    /// Whether it was made just now: what was noted before, if anything was, is gone.
    pub(crate) is_new: bool,
}

impl NotesFile {
    /// Opens `<database>-notes`; `options` are those of the database.
    pub(crate) async fn open(database: &str, options: &SqliteConnectOptions) -> sqlx::Result<Self> {
        let path = format!("{database}-notes");
        let is_new = !Path::new(&path).exists();
        let writer = Writer::open(options.clone().filename(path)).await?;
        sqlx::query(MAKE).execute(&mut *writer.alone().await?).await?;
        Ok(Self { writer, is_new })
    }

    pub(crate) async fn close(&self) {
        self.writer.close().await;
    }

    /// Notes how far a lease has come since it was noted up to `before`.
    pub(crate) async fn note(&self, token: Uuid, before: i64, progress: Progress) -> Result<Noted> {
        let Progress { noted, done, at } = progress;
        let mut file = self.writer.alone().await?;
        let note = sqlx::query(NOTE).bind(token).bind(noted).bind(done).bind(at).bind(before);
        let written = note.execute(&mut *file).await;
        if self.mended(&mut file, written).await?.rows_affected() == 1 {
            return Ok(Noted::Now);
        }
        let kept: Option<i64> = sqlx::query_scalar(NOTED).bind(token).fetch_optional(&mut *file).await?;
        Ok(if kept == Some(noted) { Noted::Before } else { Noted::Refused })
    }

    /// Lets nothing more be noted of a lease, and gives what was.
    pub(crate) async fn end(&self, token: Uuid, now: Millis) -> Result<Progress> {
        let mut file = self.writer.alone().await?;
        let closed = sqlx::query_as(CLOSE).bind(token).bind(now).fetch_one(&mut *file).await;
        let (noted, done, at) = self.mended(&mut file, closed).await?;
        Ok(Progress { noted, done, at })
    }

    /// What was answered; where the connection's thread is gone, whoever comes next finds a new one.
    async fn mended<T>(&self, file: &mut Writing, answer: sqlx::Result<T>) -> Result<T> {
        if matches!(answer, Err(sqlx::Error::WorkerCrashed)) {
            self.writer.reopen(file).await?;
        }
        Ok(answer?)
    }

    /// Removes notes from before a moment, but for those of leases that are alive, at most `limit`; gives how many.
    pub(crate) async fn forget(&self, before: Millis, alive: &[Uuid], limit: i64) -> Result<u64> {
        let alive: Vec<String> = alive.iter().map(|token| token.simple().to_string()).collect();
        let mut file = self.writer.alone().await?;
        let forget = sqlx::query(FORGET).bind(before).bind(crate::sql::json_rows(&alive)).bind(limit);
        Ok(forget.execute(&mut *file).await?.rows_affected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Db, admin};

    fn progress(noted: i64, done: i64) -> Progress {
        Progress { noted, done, at: 7 }
    }

    async fn file(dir: &Path) -> NotesFile {
        let database = dir.join("muster.db");
        NotesFile::open(&database.display().to_string(), &SqliteConnectOptions::new().create_if_missing(true))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn a_note_follows_the_one_before_and_none_follows_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(dir.path()).await;
        let (token, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(file.note(token, 0, progress(50, 0)).await.unwrap(), Noted::Now);
        assert_eq!(file.note(token, 0, progress(50, 0)).await.unwrap(), Noted::Before, "its answer was lost");
        assert_eq!(file.note(token, 0, progress(60, 0)).await.unwrap(), Noted::Refused);
        assert_eq!(file.note(token, 50, progress(100, 50)).await.unwrap(), Noted::Now);
        assert_eq!(file.end(token, 9).await.unwrap(), progress(100, 50));
        assert_eq!(file.note(token, 100, progress(150, 100)).await.unwrap(), Noted::Refused);
        assert_eq!(file.end(token, 9).await.unwrap(), progress(100, 50), "twice is as once");
        // One that was ended before its first note.
        assert_eq!(file.end(other, 9).await.unwrap().noted, 0);
        assert_eq!(file.note(other, 0, progress(50, 0)).await.unwrap(), Noted::Refused);
    }

    #[tokio::test]
    async fn notes_of_leases_that_are_alive_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(dir.path()).await;
        let (alive, over) = (Uuid::from_u128(0xabcd), Uuid::from_u128(2));
        for token in [alive, over] {
            file.note(token, 0, progress(50, 0)).await.unwrap();
        }
        assert_eq!(file.forget(8, &[alive], 10).await.unwrap(), 1);
        assert_eq!(file.end(alive, 9).await.unwrap().noted, 50);
        assert_eq!(file.end(over, 9).await.unwrap().noted, 0);
    }

    #[tokio::test]
    async fn without_the_file_all_that_is_leased_counts_as_noted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("muster.db");
        let db = Db::open_file(&path).await.unwrap();
        let mut tx = db.write_all().await.unwrap();
        let lease = "INSERT INTO send_leases (tenant_id, run_id, kind, first_seq, last_seq, token, node_id, expires_at, noted_seq)
                     VALUES (1, 1, 'fresh', 1, 500, x'01', x'02', 0, 0)";
        admin::script(&mut tx, lease).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        let noted = async |db: &Db| {
            let mut tx = db.read_all().await.unwrap();
            admin::number(&mut tx, "SELECT noted_seq FROM send_leases").await.unwrap()
        };
        let db = Db::open_file(&path).await.unwrap();
        assert_eq!(noted(&db).await, 0, "the file was there");
        db.close().await;
        std::fs::remove_file(dir.path().join("muster.db-notes")).unwrap();
        let db = Db::open_file(&path).await.unwrap();
        assert_eq!(noted(&db).await, i64::MAX);
    }
}
