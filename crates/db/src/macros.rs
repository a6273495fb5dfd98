//! The two arms that every statement needs, written once. A server over a network has a deadline; a file has none.

/// Runs a statement; gives the number of rows it changed.
macro_rules! exec {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx.conn {
            $crate::tx::Conn::Sqlite(c) => sqlx::query($sql.sqlite())$(.bind($bind))*.execute(&mut **c).await.map(|r| r.rows_affected()),
            $crate::tx::Conn::Pg(c) => $crate::tx::within($tx.deadline, sqlx::query($sql.postgres())$(.bind($bind))*.execute(&mut **c)).await.map(|r| r.rows_affected()),
        }
        .map_err($crate::DbError::from)
    };
}

/// All rows, as the type named first: `fetch_all!(CustomerRow; tx, LIST, ws.0)`.
macro_rules! fetch_all {
    ($row:ty; $tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx.conn {
            $crate::tx::Conn::Sqlite(c) => sqlx::query_as::<_, $row>($sql.sqlite())$(.bind($bind))*.fetch_all(&mut **c).await,
            $crate::tx::Conn::Pg(c) => $crate::tx::within($tx.deadline, sqlx::query_as::<_, $row>($sql.postgres())$(.bind($bind))*.fetch_all(&mut **c)).await,
        }
        .map_err($crate::DbError::from)
    };
}

/// One row or none.
macro_rules! fetch_optional {
    ($row:ty; $tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx.conn {
            $crate::tx::Conn::Sqlite(c) => sqlx::query_as::<_, $row>($sql.sqlite())$(.bind($bind))*.fetch_optional(&mut **c).await,
            $crate::tx::Conn::Pg(c) => $crate::tx::within($tx.deadline, sqlx::query_as::<_, $row>($sql.postgres())$(.bind($bind))*.fetch_optional(&mut **c)).await,
        }
        .map_err($crate::DbError::from)
    };
}

/// Exactly one row.
macro_rules! fetch_one {
    ($row:ty; $tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx.conn {
            $crate::tx::Conn::Sqlite(c) => sqlx::query_as::<_, $row>($sql.sqlite())$(.bind($bind))*.fetch_one(&mut **c).await,
            $crate::tx::Conn::Pg(c) => $crate::tx::within($tx.deadline, sqlx::query_as::<_, $row>($sql.postgres())$(.bind($bind))*.fetch_one(&mut **c)).await,
        }
        .map_err($crate::DbError::from)
    };
}

/// One value: `scalar!(i64; tx, COUNT, ws.0)`.
macro_rules! scalar {
    ($value:ty; $tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match &mut $tx.conn {
            $crate::tx::Conn::Sqlite(c) => sqlx::query_scalar::<_, $value>($sql.sqlite())$(.bind($bind))*.fetch_one(&mut **c).await,
            $crate::tx::Conn::Pg(c) => $crate::tx::within($tx.deadline, sqlx::query_scalar::<_, $value>($sql.postgres())$(.bind($bind))*.fetch_one(&mut **c)).await,
        }
        .map_err($crate::DbError::from)
    };
}

/// Runs an update that names the state it expects: an error unless exactly one row changed.
macro_rules! exec_one {
    ($what:literal; $tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match exec!($tx, $sql $(, $bind)*) {
            Ok(1) => Ok(()),
            Ok(_) => Err($crate::DbError::Stale { what: $what }),
            Err(e) => Err(e),
        }
    };
}
