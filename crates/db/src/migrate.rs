//! The schema and its history: one tree of migrations for both engines.

use sqlx::AssertSqlSafe;

use crate::tx::Conn;
use crate::{Db, DbError, Engine, Result, Tx, restricted, sql};

/// The migrations in their order: number, name, text with the fragments of [`crate::sql`].
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "people", include_str!("../../../migrations/0001_people.sql")),
    (2, "customers", include_str!("../../../migrations/0002_customers.sql")),
    (3, "catalogue", include_str!("../../../migrations/0003_catalogue.sql")),
    (4, "campaigns", include_str!("../../../migrations/0004_campaigns.sql")),
    (5, "jobs", include_str!("../../../migrations/0005_jobs.sql")),
    (6, "board", include_str!("../../../migrations/0006_board.sql")),
    (7, "views", include_str!("../../../migrations/0007_views.sql")),
    (8, "run_events", include_str!("../../../migrations/0008_run_events.sql")),
    (9, "dead_letters", include_str!("../../../migrations/0009_dead_letters.sql")),
    (10, "relays", include_str!("../../../migrations/0010_relays.sql")),
    (11, "lease_notes", include_str!("../../../migrations/0011_lease_notes.sql")),
    (12, "domain_slots", include_str!("../../../migrations/0012_domain_slots.sql")),
    (13, "idempotency_keys", include_str!("../../../migrations/0013_idempotency_keys.sql")),
    (14, "attempts_age", include_str!("../../../migrations/0014_attempts_age.sql")),
    (15, "absence_retries", include_str!("../../../migrations/0015_absence_retries.sql")),
    (16, "job_engine", include_str!("../../../migrations/0016_job_engine.sql")),
    (20, "sending_nodes", include_str!("../../../migrations/0020_sending_nodes.sql")),
    (21, "packed_snapshots", include_str!("../../../migrations/0021_packed_snapshots.sql")),
    (22, "built_in_jobs", include_str!("../../../migrations/0022_built_in_jobs.sql")),
    (23, "ab_tests", include_str!("../../../migrations/0023_ab_tests.sql")),
    (24, "late_starts", include_str!("../../../migrations/0024_late_starts.sql")),
    (25, "mailboxes", include_str!("../../../migrations/0025_mailboxes.sql")),
    (26, "job_types", include_str!("../../../migrations/0026_job_types.sql")),
    (27, "plans", include_str!("../../../migrations/0027_plans.sql")),
    (28, "lean_notes", include_str!("../../../migrations/0028_lean_notes.sql")),
    (29, "step_progress", include_str!("../../../migrations/0029_step_progress.sql")),
];

/// The newest schema this program knows.
pub fn known_version() -> i64 {
    MIGRATIONS.iter().map(|m| m.0).max().unwrap_or(0)
}

/// Applies what is missing, all in one transaction.
///
/// # Errors
/// [`DbError::NewerSchema`] when the database is of a newer Muster, [`DbError::ChangedMigration`] when the text of an
/// applied migration was changed.
pub async fn run(db: &Db) -> Result<()> {
    let mut tx = db.write_all().await?.patiently();
    tx.lock_name("muster:migrate").await?;
    raw(&mut tx, "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum BIGINT NOT NULL)").await?;
    let applied = applied(&mut tx).await?;
    let found = applied.iter().map(|a| a.0).max().unwrap_or(0);
    if found > known_version() {
        return Err(DbError::NewerSchema { found, known: known_version() });
    }
    let is_older = MIGRATIONS.iter().any(|m| applied.iter().all(|a| a.0 != m.0));
    if is_older && matches!(tx.conn, Conn::Pg(_)) {
        raw(&mut tx, restricted::DROP_ALL).await?;
    }
    let mut changed = false;
    for &(version, name, text) in MIGRATIONS {
        let checksum = fnv1a(text);
        match applied.iter().find(|a| a.0 == version) {
            Some(a) if a.1 == checksum => {}
            Some(_) => return Err(DbError::ChangedMigration { version }),
            None => {
                raw(&mut tx, &sql::expand(text, db.engine() == Engine::Sqlite)).await?;
                raw(&mut tx, &format!("INSERT INTO schema_migrations (version, name, checksum) VALUES ({version}, '{name}', {checksum})")).await?;
                changed = true;
            }
        }
    }
    if changed {
        row_level_security(&mut tx).await?;
    }
    tx.commit().await
}

async fn applied(tx: &mut Tx) -> Result<Vec<(i64, i64)>> {
    const TEXT: &str = "SELECT version, checksum FROM schema_migrations";
    Ok(match &mut tx.conn {
        Conn::Sqlite(c) => sqlx::query_as(TEXT).fetch_all(&mut **c).await?,
        Conn::Pg(c) => sqlx::query_as(TEXT).fetch_all(&mut **c).await?,
    })
}

async fn raw(tx: &mut Tx, text: &str) -> Result<()> {
    let text = AssertSqlSafe(text.to_owned());
    match &mut tx.conn {
        Conn::Sqlite(c) => sqlx::raw_sql(text).execute(&mut **c).await.map(drop)?,
        Conn::Pg(c) => sqlx::raw_sql(text).execute(&mut **c).await.map(drop)?,
    }
    Ok(())
}

/// On PostgreSQL every table with a `tenant_id` gets a policy: rows of other workspaces do not exist for a transaction
/// (`muster.tenant_id`, set by [`Db::read`] and [`Db::write`]). Views run with the rights of who reads them.
///
/// A login of a workspace's jobs (`restricted::roles`) has its workspace in its name, and that holds whatever the setting says:
/// a statement may change a setting, and could then call a `SECURITY DEFINER` function, which reads with other rights than
/// its own. Who signed in stays who signed in, inside of such a function, too.
async fn row_level_security(tx: &mut Tx) -> Result<()> {
    let Conn::Pg(c) = &mut tx.conn else { return Ok(()) };
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT c.table_name::text FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
         WHERE c.table_schema = current_schema() AND c.column_name = 'tenant_id' AND t.table_type = 'BASE TABLE'",
    )
    .fetch_all(&mut **c)
    .await?;
    let views: Vec<String> = sqlx::query_scalar(
        "SELECT table_name::text FROM information_schema.views WHERE table_schema = current_schema()",
    )
    .fetch_all(&mut **c)
    .await?;
    let asked =
        "(SELECT CASE WHEN session_user ~ '^muster_sql_[0-9a-f]{8}_[0-9]+$' THEN split_part(session_user::text, '_', 4)
                 ELSE NULLIF(current_setting('muster.tenant_id', true), '') END::bigint)";
    let mut text = String::new();
    for table in tables {
        text.push_str(&format!(
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
             DROP POLICY IF EXISTS workspace ON {table};
             CREATE POLICY workspace ON {table} USING (
                 tenant_id = {asked} OR {asked} = 0);"
        ));
    }
    for view in views {
        text.push_str(&format!("ALTER VIEW {view} SET (security_invoker = true);"));
    }
    raw(tx, &text).await
}

/// FNV-1a, enough to notice an edited migration.
fn fnv1a(text: &str) -> i64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    hash.cast_signed()
}
