//! Databases as a whole.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::tx::Conn;
use crate::{Result, Tx};

/// Makes a PostgreSQL database, empty or as a copy of another one that nobody is connected to.
///
/// # Errors
/// Names with anything but ASCII letters, digits and `_` are refused as a protocol error.
pub async fn create_database(server_url: &str, name: &str, template: Option<&str>) -> Result<()> {
    for n in [Some(name), template].into_iter().flatten() {
        if !is_name(n) {
            return Err(sqlx::Error::Protocol(format!("\"{n}\" is no name for a database")).into());
        }
    }
    let mut connection = PgConnection::connect(server_url).await?;
    let text = match template {
        Some(template) => format!("CREATE DATABASE {name} TEMPLATE {template}"),
        None => format!("CREATE DATABASE {name}"),
    };
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// Drops a PostgreSQL database, whoever is connected to it.
///
/// # Errors
/// Names with anything but ASCII letters, digits and `_` are refused as a protocol error.
pub async fn drop_database(server_url: &str, name: &str) -> Result<()> {
    if !is_name(name) {
        return Err(sqlx::Error::Protocol(format!("\"{name}\" is no name for a database")).into());
    }
    let mut connection = PgConnection::connect(server_url).await?;
    let text = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

fn is_name(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Runs a text of statements in the transaction: for tests and for repairs by hand, never with text from outside.
pub async fn script(tx: &mut Tx, text: &str) -> Result<()> {
    let text = AssertSqlSafe(text.to_owned());
    match &mut tx.conn {
        Conn::Sqlite(c) => sqlx::raw_sql(text).execute(&mut **c).await.map(drop)?,
        Conn::Pg(c) => sqlx::raw_sql(text).execute(&mut **c).await.map(drop)?,
    }
    Ok(())
}

/// Lets the engine count its customers anew. Without that SQLite takes every index that begins with the workspace for a
/// selective one, and reads a million customers in the order of an index instead of their own: 8 s instead of 0.4 s.
pub async fn count_customers_anew(tx: &mut Tx) -> Result<()> {
    script(tx, "ANALYZE customers").await
}

/// One whole number out of a query: for tests that recount.
pub async fn number(tx: &mut Tx, text: &str) -> Result<i64> {
    let text = AssertSqlSafe(text.to_owned());
    Ok(match &mut tx.conn {
        Conn::Sqlite(c) => sqlx::query_scalar(text).fetch_one(&mut **c).await?,
        Conn::Pg(c) => sqlx::query_scalar(text).fetch_one(&mut **c).await?,
    })
}
