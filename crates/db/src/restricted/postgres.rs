//! A session of the login that sees one workspace.

use std::time::Duration;

use futures::TryStreamExt;
use muster_domain::job::reference::{first_word, statements};
use serde_json::{Map, Value};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Either, Executor, PgPool, SqlSafeStr, Statement, TypeInfo};
use tokio_util::sync::CancellationToken;

use super::binds::{Bound, as_text};
use super::routine::{self, Routine};
use super::{Answer, Ask, MAX_BYTES, MAX_ROWS, RestrictedError, Result, What, roles, unknown, visible};
use crate::tx::within;

/// Longer than the server's own limit for statements, which ends it in an orderly way.
const AFTER_THE_SERVER: Duration = Duration::from_secs(5);
const CONNECTING: Duration = Duration::from_secs(20);

/// Runs it in a session of its own, which is closed afterwards.
pub(super) async fn run(pool: &PgPool, ask: Ask, stop: &CancellationToken) -> Result<Answer> {
    let login = roles::login(pool, ask.ws).await?;
    let options = (*pool.connect_options()).clone().username(&login.role).password(&login.password);
    let mut connection =
        within(CONNECTING, options.connect()).await.map_err(|error| cannot_sign_in(error, &login.role))?;
    begin(&mut connection, &ask, &login.schema).await?;
    let process: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut connection).await?;
    let mut end = EndOnDrop { options: Some(options), process };
    let answered = tokio::select! {
        answered = answer(&mut connection, &ask) => answered,
        () = tokio::time::sleep(ask.timeout + AFTER_THE_SERVER) => return Err(RestrictedError::TimedOut(ask.timeout)),
        () = stop.cancelled() => return Err(RestrictedError::Stopped),
    };
    end.options = None;
    // Whatever was begun and not committed is undone by the server.
    let _ = within(CONNECTING, connection.close()).await;
    answered
}

/// Ends a session for which nobody waits any more: closing it alone would not, and a procedure may catch being cancelled.
struct EndOnDrop {
    options: Option<PgConnectOptions>,
    process: i32,
}

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        let (Some(options), process) = (self.options.take(), self.process) else { return };
        tokio::spawn(async move {
            let ended = async {
                let mut connection = options.connect().await?;
                sqlx::query("SELECT pg_terminate_backend($1)").bind(process).execute(&mut connection).await?;
                connection.close().await
            };
            if let Err(error) = within(CONNECTING, ended).await {
                tracing::warn!(%error, "a statement of a job could not be ended; it ends with its time");
            }
        });
    }
}

fn cannot_sign_in(error: sqlx::Error, role: &str) -> RestrictedError {
    match &error {
        sqlx::Error::Database(said) => RestrictedError::NoRights(format!(
            "SQL steps sign in to PostgreSQL as {role}, which the server refuses ({}). Ask its administrator to let this \
             login in from this machine with a password (pg_hba.conf).",
            said.message()
        )),
        _ => error.into(),
    }
}

async fn begin(connection: &mut PgConnection, ask: &Ask, schema: &str) -> Result<()> {
    let mode = if ask.writes { "BEGIN" } else { "BEGIN READ ONLY" };
    connection.execute(mode).await?;
    // None of these is what keeps a statement in its workspace: it may set them all.
    sqlx::query(
        "SELECT set_config('search_path', $1, true), set_config('muster.tenant_id', $2, true),
                set_config('statement_timeout', $3, true), set_config('lock_timeout', '10s', true),
                set_config('idle_in_transaction_session_timeout', '60s', true), set_config('application_name', 'muster job', true)",
    )
    .bind(schema)
    .bind(ask.ws.0.to_string())
    .bind(ask.timeout.as_millis().max(1).to_string())
    .execute(&mut *connection)
    .await?;
    Ok(())
}

async fn answer(connection: &mut PgConnection, ask: &Ask) -> Result<Answer> {
    let mut whole = Answer::default();
    match &ask.what {
        What::Statement(sql) | What::Script(sql) => {
            for part in statements(sql) {
                whole.add(one(connection, part, ask).await?);
            }
        }
        What::Procedure { name, arguments } => whole = procedure(connection, name, arguments, ask).await?,
    }
    connection.execute("COMMIT").await.map_err(|error| told(error, ask))?;
    Ok(whole)
}

/// A statement that the server has understood: every value travels as text and is read there as the type that it found.
struct Understood {
    text: String,
    binds: Vec<Option<String>>,
    gives_rows: bool,
}

async fn understand(connection: &mut PgConnection, sql: &str, ask: &Ask) -> Result<Understood> {
    let bound = Bound::new(sql, &ask.values);
    let plain = bound.text(|number| format!("${number}"));
    let statement = connection.prepare(AssertSqlSafe(plain).into_sql_str()).await.map_err(|error| told(error, ask))?;
    let types = match statement.parameters() {
        Some(Either::Left(types)) => types.iter().map(|info| cast(info.name())).collect::<Result<Vec<_>>>()?,
        _ => Vec::new(),
    };
    let type_of = |at: usize| types.get(at).map_or("TEXT", String::as_str);
    Ok(Understood {
        text: bound.text(|number| format!("CAST(${number}::text AS {})", type_of(number - 1))),
        binds: bound.values.iter().enumerate().map(|(at, value)| as_text(value, type_of(at))).collect(),
        gives_rows: !statement.columns().is_empty(),
    })
}

async fn one(connection: &mut PgConnection, sql: &str, ask: &Ask) -> Result<Answer> {
    let Understood { text, binds, gives_rows } = understand(connection, sql, ask).await?;
    let word = first_word(sql);
    let is_change = matches!(word.as_str(), "INSERT" | "UPDATE" | "DELETE");
    if gives_rows {
        let mut answer = rows(connection, &text, binds, ask).await?;
        if is_change {
            answer.count(&word, answer.rows);
        }
        return Ok(answer);
    }
    let query = binds.into_iter().fold(sqlx::query(AssertSqlSafe(text)), |query, value| query.bind(value));
    let done = query.execute(&mut *connection).await.map_err(|error| told(error, ask))?;
    let mut answer = Answer::default();
    if is_change || word == "WITH" {
        answer.count(&word, i64::try_from(done.rows_affected()).unwrap_or(i64::MAX));
    }
    Ok(answer)
}

/// Rows come as JSON, which has a form for every type.
async fn rows(connection: &mut PgConnection, text: &str, binds: Vec<Option<String>>, ask: &Ask) -> Result<Answer> {
    // A line of its own: the statement may end with a comment.
    let text = format!("WITH muster_given AS (\n{text}\n) SELECT row_to_json(muster_given)::text FROM muster_given");
    let query = sqlx::query_scalar::<_, String>(AssertSqlSafe(text));
    let query = binds.into_iter().fold(query, |query, value| query.bind(value));
    read(query.fetch(&mut *connection), ask).await
}

async fn read(mut rows: impl futures::Stream<Item = sqlx::Result<String>> + Unpin, ask: &Ask) -> Result<Answer> {
    let mut answer = Answer::default();
    let mut bytes = 0;
    while let Some(row) = rows.try_next().await.map_err(|error| told(error, ask))? {
        answer.rows += 1;
        bytes += row.len();
        if answer.rows > MAX_ROWS || bytes > MAX_BYTES {
            return Err(RestrictedError::TooLarge);
        }
        if answer.rows == 1 {
            let first: Option<Map<String, Value>> = serde_json::from_str(&row).ok();
            answer.first = first;
        }
    }
    Ok(answer)
}

/// The name of a type, for a cast. Types that somebody made may be called anything.
fn cast(name: &str) -> Result<String> {
    match name {
        // What sqlx calls a text padded with blanks would be one character.
        "CHAR" => Ok(String::from("TEXT")),
        name if name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ' | '[' | ']')) => {
            Ok(name.to_owned())
        }
        _ => {
            Err(RestrictedError::Wrong(format!("A value of the type {name} cannot be given: write CAST(:name AS …).")))
        }
    }
}

/// A procedure is called, a function asked.
async fn procedure(connection: &mut PgConnection, name: &str, given: &[String], ask: &Ask) -> Result<Answer> {
    let routine = Routine::find(connection, name, given).await?;
    let arguments = routine.arguments(given, ask);
    if routine.is_procedure {
        let first = routine::call(connection, &routine, &arguments).await.map_err(|error| told(error, ask))?;
        return Ok(Answer { rows: i64::from(first.is_some()), first, ..Answer::default() });
    }
    let text = format!("SELECT * FROM {}", routine.call(&arguments, |at| format!("${}::text", at + 1)));
    rows(connection, &text, arguments.into_iter().map(|argument| argument.value).collect(), ask).await
}

/// What PostgreSQL says, for the person who wrote the statement.
fn told(error: sqlx::Error, ask: &Ask) -> RestrictedError {
    let sqlx::Error::Database(said) = &error else { return error.into() };
    match said.code().as_deref() {
        Some("57014") => RestrictedError::TimedOut(ask.timeout),
        Some("25006") => {
            RestrictedError::Refused(format!("This changes the database ({}); the step may only read.", said.message()))
        }
        Some("42501") => RestrictedError::Refused(format!(
            "This is not allowed to jobs ({}). They see {}; {}.",
            said.message(),
            visible::names().join(", "),
            visible::WRITABLE
        )),
        Some("2D000") => RestrictedError::Refused(String::from(
            "A procedure that commits or rolls back is not for jobs: all of what a step does is kept, or nothing.",
        )),
        Some("42P01") => unknown(said.message()),
        Some("42P18") => RestrictedError::Wrong(format!(
            "The database says: {}. Write CAST(:name AS …) to say what the value is.",
            said.message()
        )),
        _ => RestrictedError::Wrong(format!("The database says: {}.", said.message())),
    }
}
