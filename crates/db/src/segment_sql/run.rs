//! Running what was compiled.

use muster_domain::workspace::WorkspaceId;
use sqlx::AssertSqlSafe;
use sqlx::types::Json;

use super::audience::{Bind, CompiledAudience};
use crate::tx::{Conn, within};
use crate::{Engine, Result, Tx};

/// Binds values to a query of either engine.
macro_rules! with_binds {
    ($query:expr, $($binds:expr),+) => {{
        let mut query = $query;
        $(for bind in $binds {
            query = match bind {
                Bind::Int(value) => query.bind(*value),
                Bind::Text(value) => query.bind(value.as_str()),
                Bind::Uuid(value) => query.bind(*value),
                Bind::Json(value) => query.bind(sqlx::types::Json(value)),
            };
        })+
        query
    }};
}
pub(super) use with_binds;

/// A member as lists show one.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct MemberRow {
    pub id: i64,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub city: Option<String>,
    pub tier: Option<String>,
    pub client_type: Option<String>,
    pub last_purchase_date: Option<i64>,
    pub last_order_at: Option<i64>,
}

/// How many customers are meant.
pub async fn count(tx: &mut Tx, _ws: WorkspaceId, audience: &CompiledAudience) -> Result<i64> {
    let sql = format!("SELECT COUNT(*) FROM customers k WHERE {}", audience.predicate(1));
    let (binds, deadline) = (audience.binds(), tx.deadline);
    let count = match &mut tx.conn {
        Conn::Sqlite(c) => with_binds!(sqlx::query_scalar(AssertSqlSafe(sql)), binds).fetch_one(&mut **c).await?,
        Conn::Pg(c) => {
            within(deadline, with_binds!(sqlx::query_scalar(AssertSqlSafe(sql)), binds).fetch_one(&mut **c)).await?
        }
    };
    Ok(count)
}

/// How many customers are meant, and how many of them have an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Figures {
    pub size: i64,
    pub with_email: i64,
    pub with_phone: i64,
}

/// Counts customers and their addresses in one pass.
pub async fn figures(tx: &mut Tx, _ws: WorkspaceId, audience: &CompiledAudience) -> Result<Figures> {
    let sql = format!(
        "SELECT COUNT(*) AS size, COUNT(k.email) AS with_email, COUNT(k.phone) AS with_phone FROM customers k WHERE {}",
        audience.predicate(1)
    );
    let (binds, deadline) = (audience.binds(), tx.deadline);
    Ok(match &mut tx.conn {
        Conn::Sqlite(c) => with_binds!(sqlx::query_as(AssertSqlSafe(sql)), binds).fetch_one(&mut **c).await?,
        Conn::Pg(c) => {
            within(deadline, with_binds!(sqlx::query_as(AssertSqlSafe(sql)), binds).fetch_one(&mut **c)).await?
        }
    })
}

/// How many customers `audience` has, and how many of them each line matches, all in one pass.
pub async fn count_lines(
    tx: &mut Tx,
    _ws: WorkspaceId,
    audience: &CompiledAudience,
    lines: &[CompiledAudience],
) -> Result<(i64, Vec<i64>)> {
    let array = if tx.engine() == Engine::Sqlite { "json_array" } else { "jsonb_build_array" };
    let mut columns = Vec::with_capacity(lines.len() + 1);
    columns.push(String::from("COUNT(*)"));
    let mut first = 1;
    for line in lines {
        columns.push(format!("COUNT(CASE WHEN {} THEN 1 END)", line.predicate(first)));
        first += line.binds().len();
    }
    let sql = format!("SELECT {array}({}) FROM customers k WHERE {}", columns.join(", "), audience.predicate(first));
    let inner = || lines.iter().flat_map(CompiledAudience::binds);
    let (binds, deadline) = (audience.binds(), tx.deadline);
    let Json(mut counts): Json<Vec<i64>> = match &mut tx.conn {
        Conn::Sqlite(c) => {
            with_binds!(sqlx::query_scalar(AssertSqlSafe(sql)), inner(), binds).fetch_one(&mut **c).await?
        }
        Conn::Pg(c) => {
            within(deadline, with_binds!(sqlx::query_scalar(AssertSqlSafe(sql)), inner(), binds).fetch_one(&mut **c))
                .await?
        }
    };
    let total = counts.remove(0);
    Ok((total, counts))
}

/// Some of them: those with the lowest ids above `after_id`.
pub async fn sample(
    tx: &mut Tx,
    ws: WorkspaceId,
    audience: &CompiledAudience,
    after_id: i64,
    limit: i64,
) -> Result<Vec<MemberRow>> {
    rows(tx, ws, audience, "k.id > $1 ORDER BY k.id LIMIT $2 OFFSET $3", &[after_id.into(), limit.into(), 0.into()])
        .await
}

/// A page of them, newest first.
pub async fn members(
    tx: &mut Tx,
    ws: WorkspaceId,
    audience: &CompiledAudience,
    offset: i64,
    limit: i64,
) -> Result<Vec<MemberRow>> {
    rows(
        tx,
        ws,
        audience,
        "k.id <= $1 ORDER BY k.id DESC LIMIT $2 OFFSET $3",
        &[i64::MAX.into(), limit.into(), offset.into()],
    )
    .await
}

async fn rows(
    tx: &mut Tx,
    _ws: WorkspaceId,
    audience: &CompiledAudience,
    rest: &str,
    first: &[Bind],
) -> Result<Vec<MemberRow>> {
    let sql = format!(
        "SELECT k.id, k.first_name, k.last_name, k.email, k.phone, k.city, k.tier, k.client_type, k.last_purchase_date, k.last_order_at FROM customers k WHERE {} AND {rest}",
        audience.predicate(first.len() + 1)
    );
    let (binds, deadline) = (audience.binds(), tx.deadline);
    Ok(match &mut tx.conn {
        Conn::Sqlite(c) => with_binds!(sqlx::query_as(AssertSqlSafe(sql)), first, binds).fetch_all(&mut **c).await?,
        Conn::Pg(c) => {
            within(deadline, with_binds!(sqlx::query_as(AssertSqlSafe(sql)), first, binds).fetch_all(&mut **c)).await?
        }
    })
}

/// Runs `before` + `SELECT k.id FROM customers k WHERE …` + `after` and gives the number of rows changed:
///
/// `execute_with(tx, "INSERT INTO t (run_id, customer_id) SELECT $1, a.id FROM (", &audience, ") AS a", &[run.into()])`.
///
/// `before` and `after` are texts of this program; their own values are `binds`, numbered `$1…$n`.
pub async fn execute_with(
    tx: &mut Tx,
    before: &'static str,
    audience: &CompiledAudience,
    after: &'static str,
    binds: &[Bind],
) -> Result<u64> {
    let sql = format!("{before} {} {after}", audience.sql(binds.len() + 1));
    let (own, deadline) = (audience.binds(), tx.deadline);
    Ok(match &mut tx.conn {
        Conn::Sqlite(c) => {
            with_binds!(sqlx::query(AssertSqlSafe(sql)), binds, own).execute(&mut **c).await?.rows_affected()
        }
        Conn::Pg(c) => {
            let change = with_binds!(sqlx::query(AssertSqlSafe(sql)), binds, own);
            within(deadline, change.execute(&mut **c)).await?.rows_affected()
        }
    })
}
