//! One file per table: notes on the schema, statements, rows, functions.

pub mod audit;
pub mod people;
pub mod sessions;
pub mod workspaces;

use crate::sql::Sql;

/// Every registered statement with its name: a test prepares each on both engines.
pub fn statements() -> impl Iterator<Item = (&'static str, &'static Sql)> {
    [audit::STATEMENTS, people::STATEMENTS, sessions::STATEMENTS, workspaces::STATEMENTS].into_iter().flatten().copied()
}
