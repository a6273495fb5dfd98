//! The database: SQLite alone on one desktop, PostgreSQL for a team. All SQL of Muster lives in this crate.
//!
//! One SQL text serves both engines ([`sql::Sql`]), one transaction type ([`Tx`]) is how everything is read and
//! written, and each table has one file under [`tables`] with its statements, its rows and its functions.

#[macro_use]
mod macros;
pub mod admin;
pub mod backup;
pub mod claim;
pub mod error;
pub mod migrate;
pub mod notes_file;
pub mod notes_line;
pub mod pool;
pub mod restricted;
pub mod segment_sql;
pub mod sql;
pub mod tables;
pub mod tx;
pub mod writer;

pub use claim::Claim;
pub use error::DbError;
pub use pool::{Db, Engine};
pub use tables::*;
pub use tx::{Scope, Tx};

/// Result of everything that touches the database.
pub type Result<T> = std::result::Result<T, DbError>;
