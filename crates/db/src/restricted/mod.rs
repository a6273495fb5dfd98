//! SQL that people write into jobs: it sees one workspace, reads unless it may write, and is bounded in time and size.
//!
//! - It names the tables of the contract ([`visible`]) and sees them as views that leave out other workspaces, `tenant_id`
//!   and whatever is secret. No other table exists for it.
//! - Values are bound, never written into the text. On SQLite, where ids are 16 bytes, a text that is a UUID is bound as
//!   these; for a UUID in the text itself write `uuid('…')`, which both engines know.
//! - It may change only what [`visible::WRITABLE`] names; the rest has rules that SQL would go past.
//! - SQLite ([`sqlite`]): a connection of its own with temporary views, behind an authorizer. PostgreSQL ([`postgres`]): a
//!   login of its own for each workspace, because whoever shares a login may always go back to all of its rights.

mod authorizer;
mod binds;
mod postgres;
mod roles;
mod routine;
mod sqlite;
mod staged;
pub mod visible;

pub(crate) use roles::DROP_ALL;

use std::time::Duration;

use muster_domain::job::reference::{first_word, statements};
use muster_domain::workspace::WorkspaceId;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::{Db, DbError};

/// Rows that one statement may give.
pub const MAX_ROWS: i64 = 1_000_000;
/// Bytes of all rows that one statement may give, as JSON.
pub const MAX_BYTES: usize = 256 << 20;
/// Statements of one script.
pub const MAX_STATEMENTS: usize = 50;
/// What writes on SQLite keeps everybody else from writing: it ends before they give up.
pub const LONGEST_SQLITE_WRITE: Duration = Duration::from_secs(20);

/// What to run.
#[derive(Debug, Clone)]
pub struct Ask {
    pub ws: WorkspaceId,
    pub what: What,
    /// Where `:name` is looked up.
    pub values: Map<String, Value>,
    /// Whether it may change what is writable.
    pub writes: bool,
    pub timeout: Duration,
}

/// A statement or several.
#[derive(Debug, Clone)]
pub enum What {
    /// One statement and no more.
    Statement(String),
    /// A saved script: its statements one after the other, all or none.
    Script(String),
    /// A procedure or function of PostgreSQL, `name` or `schema.name`, and the names of its arguments.
    Procedure { name: String, arguments: Vec<String> },
}

/// What came of it; of a script, of all its statements together, and the row of the last one that gave any.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The first row, by its columns in their order.
    pub first: Option<Map<String, Value>>,
    /// Rows given.
    pub rows: i64,
    pub inserted: i64,
    pub updated: i64,
    pub deleted: i64,
}

impl Answer {
    /// Rows changed.
    pub fn changed(&self) -> i64 {
        self.inserted + self.updated + self.deleted
    }

    fn add(&mut self, next: Answer) {
        if next.first.is_some() {
            self.first = next.first;
            self.rows = next.rows;
        }
        self.inserted += next.inserted;
        self.updated += next.updated;
        self.deleted += next.deleted;
    }

    fn count(&mut self, word: &str, rows: i64) {
        match word {
            "INSERT" => self.inserted += rows,
            "DELETE" => self.deleted += rows,
            _ => self.updated += rows,
        }
    }
}

/// Why there is no answer. The words are for the person who wrote the statement.
#[derive(Debug, thiserror::Error)]
pub enum RestrictedError {
    /// It asks for what it may not have.
    #[error("{0}")]
    Refused(String),
    /// The database does not understand it, or it failed by itself.
    #[error("{0}")]
    Wrong(String),
    #[error("The statement was not done within {} s, and nothing of it is kept. Let it look at less, or give the step more time.", .0.as_secs())]
    TimedOut(Duration),
    /// On SQLite, where nobody else writes meanwhile.
    #[error(
        "The statement was not done within {} s, and nothing of it is kept: while it writes, nobody else can. Let it change fewer \
         rows at a time.",
        LONGEST_SQLITE_WRITE.as_secs()
    )]
    WroteTooLong,
    #[error("The statement was stopped.")]
    Stopped,
    #[error("The statement gives more than {MAX_ROWS} rows or {} MiB: count, or take fewer with LIMIT.", MAX_BYTES >> 20)]
    TooLarge,
    /// Muster's own login may not make one for statements.
    #[error("{0}")]
    NoRights(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<sqlx::Error> for RestrictedError {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(DbError::from(error))
    }
}

/// Result of a restricted statement.
pub type Result<T> = std::result::Result<T, RestrictedError>;

impl Db {
    /// Runs SQL of people. When `stop` is cancelled, or the future dropped, it ends soon and nothing is kept.
    ///
    /// # Errors
    /// [`RestrictedError`]; nothing is kept then.
    pub async fn restricted(&self, ask: Ask, stop: &CancellationToken) -> Result<Answer> {
        check(&ask)?;
        match self {
            Db::Sqlite { read, .. } => {
                let file = read.connect_options().get_filename().to_owned();
                sqlite::run(file, ask, stop).await
            }
            Db::Pg { pool, .. } => postgres::run(pool, ask, stop).await,
        }
    }
}

/// Refuses what is no query, before any engine sees it.
fn check(ask: &Ask) -> Result<()> {
    let parts = match &ask.what {
        What::Procedure { .. } => return Ok(()),
        What::Statement(sql) | What::Script(sql) => statements(sql),
    };
    let refused = |text: String| Err(RestrictedError::Refused(text));
    match (&ask.what, parts.len()) {
        (_, 0) => return refused(String::from("There is no statement.")),
        (What::Statement(_), 2..) => {
            return refused(String::from(
                "Write one statement: several belong into a saved script, or into several steps.",
            ));
        }
        (_, found) if found > MAX_STATEMENTS => {
            return refused(format!("A script has at most {MAX_STATEMENTS} statements, this one {found}."));
        }
        _ => {}
    }
    for part in parts {
        match (first_word(part).as_str(), ask.writes) {
            ("SELECT" | "WITH" | "VALUES", _) | ("INSERT" | "UPDATE" | "DELETE", true) => {}
            (word @ ("INSERT" | "UPDATE" | "DELETE"), false) => {
                return refused(format!("{word} changes rows: allow it with \"writes\": true."));
            }
            (word, _) => {
                return refused(format!(
                    "{word} is not for jobs: write SELECT, WITH, VALUES, INSERT, UPDATE or DELETE."
                ));
            }
        }
    }
    Ok(())
}

/// What to say when something is not there: most often a table that no statement sees.
fn unknown(message: &str) -> RestrictedError {
    RestrictedError::Wrong(format!(
        "The database says: {message}. Statements see these tables: {}.",
        visible::names().join(", ")
    ))
}
