//! Databases as a whole.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::Result;

/// Makes a PostgreSQL database, empty or as a copy of another one that nobody is connected to.
///
/// # Panics
/// Never: names with anything but ASCII letters, digits and `_` are refused as a protocol error.
pub async fn create_database(server_url: &str, name: &str, template: Option<&str>) -> Result<()> {
    for n in [Some(name), template].into_iter().flatten() {
        if !n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
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
