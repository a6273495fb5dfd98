//! What can go wrong in the database, as its callers need to tell it apart.

use thiserror::Error;

/// An error of the database layer.
#[derive(Debug, Error)]
pub enum DbError {
    /// A unique constraint refused the row; `constraint` is the engine's text.
    #[error("already exists ({constraint})")]
    Duplicate { constraint: String },
    /// The row was not in the state that the update named, or is not there.
    #[error("{what} was changed by somebody else or is gone")]
    Stale { what: &'static str },
    /// The call of an idempotency key was taken over by somebody else, because its worker was presumed dead.
    #[error("the call of an idempotency key was taken over")]
    ClaimLost,
    /// The database is of a newer Muster.
    #[error(
        "this database was made by a newer Muster (schema {found}, this program knows {known}): install the newer version"
    )]
    NewerSchema { found: i64, known: i64 },
    /// A migration that was applied here has another text now.
    #[error("migration {version} was changed after it was applied to this database")]
    ChangedMigration { version: i64 },
    /// Anything else the engine said.
    #[error("database: {0}")]
    Engine(#[source] sqlx::Error),
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(e) = &error
            && e.is_unique_violation()
        {
            let constraint = e.constraint().map_or_else(|| e.message().to_owned(), str::to_owned);
            return Self::Duplicate { constraint };
        }
        Self::Engine(error)
    }
}

impl DbError {
    /// Whether trying the same again later may help: a busy or unreachable database.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Engine(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_)) => true,
            Self::Engine(sqlx::Error::Database(e)) => {
                // SQLITE_BUSY; serialization failure, deadlock, admin shutdown
                matches!(e.code().as_deref(), Some("5" | "517" | "40001" | "40P01" | "57P01" | "57P03"))
            }
            _ => false,
        }
    }
}
