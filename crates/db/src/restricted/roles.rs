//! The login of PostgreSQL that runs the SQL of a workspace's jobs, and the schema that it sees.
//!
//! A login of its own: a statement may set any role that its login has, and any setting, in the middle of a query. So what
//! it may see hangs on nothing that it could set: the views name their workspace as a number.

use muster_domain::workspace::WorkspaceId;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres, Transaction};

use super::{RestrictedError, Result, visible};

/// Moves when the views or rights are made otherwise, so that they are made anew.
const EDITION: u32 = 1;

/// How to sign in for a workspace's statements.
pub(super) struct Login {
    pub role: String,
    pub password: String,
    pub schema: String,
}

/// What is there already. The password comes out of the workspace's signing key, which statements do not see: so every node
/// knows it, and it is kept nowhere.
const LOOK: &str = "SELECT 'muster_sql_' || left(md5(current_database()), 8) || '_' || w.id::text AS role,
        'muster_sql_' || w.id::text AS schema,
        encode(sha256(w.signing_key || convert_to('sql of jobs', 'UTF8')), 'hex') AS password,
        COALESCE((SELECT obj_description(n.oid, 'pg_namespace') FROM pg_namespace n WHERE n.nspname = 'muster_sql_' || w.id::text), '')
            = (SELECT $2::text || ':' || MAX(version)::text FROM schema_migrations)
            AND EXISTS (SELECT 1 FROM pg_roles r WHERE r.rolname = 'muster_sql_' || left(md5(current_database()), 8) || '_' || w.id::text) AS is_made,
        (SELECT $2::text || ':' || MAX(version)::text FROM schema_migrations) AS edition,
        current_schema()::text AS home
    FROM workspaces w WHERE w.id = $1";

#[derive(sqlx::FromRow)]
struct Look {
    role: String,
    schema: String,
    password: String,
    is_made: bool,
    edition: String,
    home: String,
}

/// The login of a workspace, made when there is none yet, or none that knows this schema.
pub(super) async fn login(pool: &PgPool, ws: WorkspaceId) -> Result<Login> {
    let look = look(&mut *pool.acquire().await?, ws).await?;
    if !look.is_made {
        let mut tx = pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('muster:sql logins', 7))").execute(&mut *tx).await?;
        let again = self::look(&mut tx, ws).await?;
        if !again.is_made {
            make(&mut tx, ws, &again).await.map_err(no_rights)?;
        }
        tx.commit().await?;
    }
    Ok(Login { role: look.role, password: look.password, schema: look.schema })
}

async fn look(connection: &mut PgConnection, ws: WorkspaceId) -> Result<Look> {
    Ok(sqlx::query_as(LOOK).bind(ws.0).bind(EDITION.to_string()).fetch_one(connection).await?)
}

/// Who may not make a login is told what to ask for.
fn no_rights(error: sqlx::Error) -> RestrictedError {
    match &error {
        sqlx::Error::Database(said) if said.code().as_deref() == Some("42501") => RestrictedError::NoRights(format!(
            "SQL steps need a login of their own in PostgreSQL, and Muster's may not make one ({}). Ask the administrator of \
             the database for CREATEROLE, and for CREATE on the database.",
            said.message()
        )),
        _ => error.into(),
    }
}

async fn make(tx: &mut Transaction<'static, Postgres>, ws: WorkspaceId, look: &Look) -> sqlx::Result<()> {
    let Look { role, schema, password, home, edition, .. } = look;
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = $1)")
        .bind(role)
        .fetch_one(&mut **tx)
        .await?;
    let verb = if exists { "ALTER" } else { "CREATE" };
    // All names are made of a word, a hash and a number; the password is hexadecimal.
    let mut text = format!(
        "{verb} ROLE {role} LOGIN NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION LIMIT 32 PASSWORD '{password}';
         DROP SCHEMA IF EXISTS {schema} CASCADE;
         CREATE SCHEMA {schema};
         GRANT USAGE ON SCHEMA {schema} TO {role};"
    );
    for name in visible::names() {
        text.push_str(&view(tx, ws, schema, home, name).await?);
    }
    text.push_str(&format!("GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role};"));
    text.push_str(&format!(
        "GRANT INSERT, DELETE ON {schema}.segment_members TO {role};
         GRANT UPDATE ({columns}) ON {schema}.customers TO {role};",
        columns = visible::CUSTOMER_COLUMNS.join(", ")
    ));
    text.push_str(&members(ws, schema, home));
    text.push_str(&format!("COMMENT ON SCHEMA {schema} IS '{edition}';"));
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut **tx).await?;
    Ok(())
}

/// A view of a table, or of what a view of the schema is made of: that one asks with the rights of who looks, and a
/// statement has none. `security_barrier`, so that no operator of a statement sees a row before it is left out.
async fn view(
    tx: &mut Transaction<'static, Postgres>,
    ws: WorkspaceId,
    schema: &str,
    home: &str,
    name: &str,
) -> sqlx::Result<String> {
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT column_name::text FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position",
    )
    .bind(home)
    .bind(name)
    .fetch_all(&mut **tx)
    .await?;
    let from = if visible::is_view(name) {
        let select: String =
            sqlx::query_scalar("SELECT pg_get_viewdef($1::regclass)").bind(name).fetch_one(&mut **tx).await?;
        format!("({})", select.trim_end_matches(';'))
    } else {
        format!("{home}.{name}")
    };
    Ok(format!(
        "CREATE VIEW {schema}.{name} WITH (security_barrier) AS SELECT {shown} FROM {from} AS t WHERE t.tenant_id = {ws};",
        shown = visible::shown(&columns),
        ws = ws.0
    ))
}

/// Adding members goes through a function, because the workspace of a row is not for a statement to say.
fn members(ws: WorkspaceId, schema: &str, home: &str) -> String {
    let ws = ws.0;
    format!(
        "CREATE FUNCTION {schema}.add_member() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = {home}, pg_temp AS $add$
         BEGIN
             IF NOT EXISTS (SELECT 1 FROM {home}.segments WHERE id = NEW.segment_id AND tenant_id = {ws} AND type = 'static') THEN
                 RAISE EXCEPTION 'only static segments of the workspace take members';
             END IF;
             IF NOT EXISTS (SELECT 1 FROM {home}.customers WHERE id = NEW.customer_id AND tenant_id = {ws}) THEN
                 RAISE EXCEPTION 'there is no such customer';
             END IF;
             INSERT INTO {home}.segment_members (segment_id, customer_id, tenant_id, added_at)
             VALUES (NEW.segment_id, NEW.customer_id, {ws}, COALESCE(NEW.added_at, (extract(epoch FROM now()) * 1000)::bigint))
             ON CONFLICT DO NOTHING;
             IF FOUND THEN RETURN NEW; ELSE RETURN NULL; END IF;
         END $add$;
         CREATE FUNCTION {schema}.drop_member() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = {home}, pg_temp AS $drop$
         BEGIN
             IF NOT EXISTS (SELECT 1 FROM {home}.segments WHERE id = OLD.segment_id AND tenant_id = {ws} AND type = 'static') THEN
                 RAISE EXCEPTION 'only static segments lose members';
             END IF;
             DELETE FROM {home}.segment_members WHERE tenant_id = {ws} AND segment_id = OLD.segment_id AND customer_id = OLD.customer_id;
             IF FOUND THEN RETURN OLD; ELSE RETURN NULL; END IF;
         END $drop$;
         REVOKE ALL ON FUNCTION {schema}.add_member(), {schema}.drop_member() FROM PUBLIC;
         CREATE TRIGGER add_member INSTEAD OF INSERT ON {schema}.segment_members FOR EACH ROW EXECUTE FUNCTION {schema}.add_member();
         CREATE TRIGGER drop_member INSTEAD OF DELETE ON {schema}.segment_members FOR EACH ROW EXECUTE FUNCTION {schema}.drop_member();"
    )
}

/// Removes all such schemas, before the tables that their views stand on are changed. They are made anew when needed.
pub(crate) const DROP_ALL: &str = "DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace WHERE nspname LIKE 'muster\\_sql\\_%' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP; END $$";
