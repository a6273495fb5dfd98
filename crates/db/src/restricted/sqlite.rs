//! A connection to the embedded database that sees one workspace.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use muster_domain::job::reference::{first_word, statements};
use muster_domain::workspace::WorkspaceId;
use rusqlite::functions::FunctionFlags;
use rusqlite::limits::Limit;
use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, config::DbConfig};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::authorizer::Authorizer;
use super::binds::Bound;
use super::{
    Answer, Ask, LONGEST_SQLITE_WRITE, MAX_BYTES, MAX_ROWS, RestrictedError, Result, What, staged, unknown, visible,
};

/// Steps of SQLite's machine between two looks at whether it should stop: well below a millisecond.
const LOOK_EVERY_STEPS: i32 = 1_000;
/// How long one try to become the writer waits.
const WRITER_WAIT: Duration = Duration::from_millis(100);

/// Sets the sign to stop when it is dropped: nobody waits for the answer any more.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs it in a thread of its own.
pub(super) async fn run(file: PathBuf, ask: Ask, stop: &CancellationToken) -> Result<Answer> {
    let asked = ask.timeout;
    let limit = if ask.writes { ask.timeout.min(LONGEST_SQLITE_WRITE) } else { ask.timeout };
    let sign = Arc::new(AtomicBool::new(false));
    let guard = StopOnDrop(Arc::clone(&sign));
    let mut work = tokio::task::spawn_blocking(move || answer(&file, &ask, &sign));
    let why = tokio::select! {
        done = &mut work => return done.unwrap_or_else(|_| Err(RestrictedError::Stopped)),
        () = tokio::time::sleep(limit) => {
            if limit < asked { RestrictedError::WroteTooLong } else { RestrictedError::TimedOut(limit) }
        }
        () = stop.cancelled() => RestrictedError::Stopped,
    };
    guard.0.store(true, Ordering::Relaxed);
    // It sees the sign at once; an answer that came at the last moment is one.
    match work.await {
        Ok(Err(RestrictedError::Stopped)) | Err(_) => Err(why),
        Ok(done) => done,
    }
}

fn answer(file: &Path, ask: &Ask, sign: &Arc<AtomicBool>) -> Result<Answer> {
    let (connection, nonce) = open(file, ask.ws, ask.writes).map_err(told)?;
    let seen = Arc::clone(sign);
    connection.progress_handler(LOOK_EVERY_STEPS, Some(move || seen.load(Ordering::Relaxed))).map_err(told)?;
    begin(&connection, ask.writes, sign)?;
    let parts = match &ask.what {
        What::Statement(sql) | What::Script(sql) => statements(sql),
        What::Procedure { name, .. } => {
            return Err(RestrictedError::Wrong(format!("There is no saved script {name}.")));
        }
    };
    let schema = Arc::new(schema(&connection).map_err(told)?);
    let authorizer = Authorizer { nonce: nonce.clone(), writes: ask.writes, schema };
    let mut whole = Answer::default();
    for part in parts {
        let judge = authorizer.clone();
        connection.authorizer(Some(move |asked: rusqlite::hooks::AuthContext<'_>| judge.judge(asked))).map_err(told)?;
        whole.add(one(&connection, part, &ask.values)?);
        connection
            .authorizer(None::<fn(rusqlite::hooks::AuthContext<'_>) -> rusqlite::hooks::Authorization>)
            .map_err(told)?;
        if ask.writes && !matches!(first_word(part).as_str(), "SELECT" | "VALUES") {
            whole.add(staged::apply(&connection, ask.ws.0, &nonce, "unixepoch() * 1000").map_err(told)?);
        }
    }
    connection.execute_batch("COMMIT").map_err(told)?;
    Ok(whole)
}

/// A connection that sees the workspace, and what ends the names of its inner views.
fn open(file: &Path, ws: WorkspaceId, writes: bool) -> rusqlite::Result<(Connection, String)> {
    let mode = if writes { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
    let connection = Connection::open_with_flags(file, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(WRITER_WAIT)?;
    connection.execute_batch("PRAGMA temp_store = file; PRAGMA cache_size = -16000; PRAGMA foreign_keys = ON;")?;
    connection.create_scalar_function(
        "uuid",
        1,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
        |call| {
            let text: String = call.get(0)?;
            Uuid::try_parse(&text)
                .map(|id| id.as_bytes().to_vec())
                .map_err(|_| rusqlite::Error::UserFunctionError(format!("{text} is no UUID").into()))
        },
    )?;
    let nonce: String = connection.query_row("SELECT lower(hex(randomblob(16)))", [], |row| row.get(0))?;
    connection.execute_batch(&views(&connection, ws.0, &nonce)?)?;
    if writes {
        connection.execute_batch(&staged::triggers(ws.0, &nonce))?;
    }
    for (config, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
    ] {
        connection.set_db_config(config, on)?;
    }
    for (limit, most) in [
        (Limit::SQLITE_LIMIT_LENGTH, 16 << 20),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 20),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 50),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 200),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
    ] {
        connection.set_limit(limit, most)?;
    }
    Ok((connection, nonce))
}

/// The names of the schema.
fn schema(connection: &Connection) -> rusqlite::Result<HashSet<String>> {
    let mut names = connection.prepare("SELECT lower(name) FROM main.sqlite_master")?;
    names.query_map([], |row| row.get(0))?.collect()
}

/// For each table an inner view that leaves out other workspaces, with a name that nobody knows, and one of the table's name
/// over it. Only the inner ones may reach the schema.
fn views(connection: &Connection, ws: i64, nonce: &str) -> rusqlite::Result<String> {
    let mut text = String::new();
    for name in visible::names() {
        let mut columns = connection.prepare("SELECT name FROM pragma_table_info(?1, 'main')")?;
        let columns: Vec<String> = columns.query_map([name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let shown = visible::shown(&columns);
        let from = if visible::is_view(name) {
            // Its text stands here instead of its name: inside a view of the schema, SQLite would name that view as the one
            // who asks, and a statement can name something of its own alike.
            let sql: String = connection.query_row(
                "SELECT sql FROM main.sqlite_master WHERE type = 'view' AND name = ?1",
                [name],
                |row| row.get(0),
            )?;
            let select = sql.split_once(" AS\n").map_or(sql.as_str(), |(_, select)| select);
            format!("({select})")
        } else {
            format!("main.{name}")
        };
        text.push_str(&format!(
            "CREATE TEMP VIEW {name}_{nonce} AS SELECT {shown} FROM {from} WHERE tenant_id = {ws};
             CREATE TEMP VIEW {name} AS SELECT {shown} FROM temp.{name}_{nonce};"
        ));
    }
    Ok(text)
}

/// Begins; a writer waits for its turn until it is told to stop.
fn begin(connection: &Connection, writes: bool, sign: &AtomicBool) -> Result<()> {
    if !writes {
        return connection.execute_batch("BEGIN").map_err(told);
    }
    loop {
        match connection.execute_batch("BEGIN IMMEDIATE") {
            Err(rusqlite::Error::SqliteFailure(error, _))
                if error.code == ErrorCode::DatabaseBusy && !sign.load(Ordering::Relaxed) => {}
            Err(_) if sign.load(Ordering::Relaxed) => return Err(RestrictedError::Stopped),
            begun => return begun.map_err(told),
        }
    }
}

/// One statement to its last row.
fn one(connection: &Connection, sql: &str, scope: &Map<String, Value>) -> Result<Answer> {
    let bound = Bound::new(sql, scope);
    let mut statement = connection.prepare(&bound.text(|number| format!("?{number}"))).map_err(told)?;
    for (at, value) in bound.values.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, to_sql(value)).map_err(told)?;
    }
    let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    if names.is_empty() {
        statement.raw_execute().map_err(told)?;
        return Ok(Answer::default());
    }
    read(&mut statement, &names)
}

fn read(statement: &mut Statement<'_>, names: &[String]) -> Result<Answer> {
    let mut answer = Answer::default();
    let mut bytes = 0;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(told)? {
        answer.rows += 1;
        for at in 0..names.len() {
            bytes += match row.get_ref(at).map_err(told)? {
                ValueRef::Text(text) => text.len(),
                ValueRef::Blob(blob) => blob.len(),
                _ => 8,
            };
        }
        if answer.rows > MAX_ROWS || bytes > MAX_BYTES {
            return Err(RestrictedError::TooLarge);
        }
        if answer.rows == 1 {
            let value = |at: usize| row.get_ref(at).map(from_sql);
            let first: rusqlite::Result<Map<String, Value>> =
                names.iter().enumerate().map(|(at, name)| Ok((name.clone(), value(at)?))).collect();
            answer.first = Some(first.map_err(told)?);
        }
    }
    Ok(answer)
}

/// A value as columns have it: ids are 16 bytes.
fn to_sql(value: &Value) -> Sql {
    match value {
        Value::Null => Sql::Null,
        Value::Bool(is_it) => Sql::Integer(i64::from(*is_it)),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Sql::Integer(whole),
            None => Sql::Real(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => match Uuid::try_parse(text) {
            Ok(id) if text.len() == 36 => Sql::Blob(id.as_bytes().to_vec()),
            _ => Sql::Text(text.clone()),
        },
        list_or_object => Sql::Text(list_or_object.to_string()),
    }
}

fn from_sql(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(whole) => Value::from(whole),
        ValueRef::Real(number) => Value::from(number),
        ValueRef::Text(text) => Value::String(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(blob) => match Uuid::from_slice(blob) {
            Ok(id) => Value::String(id.to_string()),
            Err(_) => Value::String(blob.iter().map(|byte| format!("{byte:02x}")).collect()),
        },
    }
}

/// What SQLite says, for the person who wrote the statement.
fn told(error: rusqlite::Error) -> RestrictedError {
    use rusqlite::Error as E;
    let (code, text) = match &error {
        E::SqliteFailure(failure, text) => (Some(failure.code), text.clone().unwrap_or_default()),
        E::MultipleStatement => {
            return RestrictedError::Refused(String::from("Write one statement."));
        }
        other => (None, other.to_string()),
    };
    match code {
        Some(ErrorCode::OperationInterrupted) => RestrictedError::Stopped,
        Some(ErrorCode::AuthorizationForStatementDenied) => RestrictedError::Refused(format!(
            "This is not allowed to jobs ({text}). They see {}; {}.",
            visible::names().join(", "),
            visible::WRITABLE
        )),
        _ if text.contains("UPSERT a view") => {
            RestrictedError::Wrong(String::from("ON CONFLICT is not needed: who is a member already is left out."))
        }
        _ if text.contains("because it is a view") => {
            RestrictedError::Refused(format!("This cannot be changed by jobs: {}.", visible::WRITABLE))
        }
        _ if text.starts_with("no such table") => unknown(&text),
        _ => RestrictedError::Wrong(format!("The database says: {text}.")),
    }
}
