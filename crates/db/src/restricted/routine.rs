//! Procedures and functions of PostgreSQL, called with values by the names of their arguments.

use sqlx::postgres::{PgColumn, PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Column, Row, TypeInfo, ValueRef};

use muster_domain::job::reference::look_up;
use serde_json::{Map, Value};

use super::binds::as_text;
use super::{Ask, RestrictedError, Result};

/// What the database knows of those that a name may mean; a name without a schema means the schema `public`. What answers
/// to a trigger, adds up or slides over rows is not for a call.
const FIND: &str = "SELECT n.nspname::text AS schema, p.proname::text AS name, p.prokind::text = 'p' AS is_procedure,
        p.prosecdef AND (o.rolsuper OR o.rolbypassrls) AS sees_everything, o.rolname::text AS owner,
        has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE') AS may_be_called,
        session_user::text AS login, p.pronargdefaults::bigint AS defaults,
        COALESCE(p.proargnames, ARRAY[]::text[]) AS names, COALESCE(p.proargmodes::text[], ARRAY[]::text[]) AS modes,
        ARRAY(SELECT format_type(a.type, NULL) FROM unnest(COALESCE(p.proallargtypes, p.proargtypes::oid[])) WITH ORDINALITY AS a(type, at) ORDER BY a.at) AS types
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles o ON o.oid = p.proowner
    WHERE p.prokind IN ('p', 'f') AND p.proname = $2 AND n.nspname = COALESCE($1, 'public')
        AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
    ORDER BY p.oid LIMIT 50";

/// A procedure or function.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Routine {
    schema: String,
    name: String,
    pub is_procedure: bool,
    /// It runs with the rights of an owner to whom row-level security does not apply.
    sees_everything: bool,
    owner: String,
    may_be_called: bool,
    login: String,
    /// How many of its last inputs may be left out.
    defaults: i64,
    names: Vec<String>,
    modes: Vec<String>,
    types: Vec<String>,
}

/// An argument that a call writes down.
pub(super) struct Argument<'a> {
    name: &'a str,
    type_name: &'a str,
    /// The value as PostgreSQL reads it; none is NULL.
    pub value: Option<String>,
}

impl Routine {
    /// The one of this name that takes these arguments and no others.
    pub async fn find(connection: &mut PgConnection, name: &str, arguments: &[String]) -> Result<Self> {
        let (schema, short) = name.split_once('.').map_or((None, name), |(schema, short)| (Some(schema), short));
        let found: Vec<Self> = sqlx::query_as(FIND).bind(schema).bind(short).fetch_all(&mut *connection).await?;
        if found.is_empty() {
            return Err(RestrictedError::Wrong(format!(
                "There is neither a saved script nor a procedure of the database called {name}."
            )));
        }
        let shapes: Vec<String> = found.iter().map(Self::shape).collect();
        let mut fitting = found.into_iter().filter(|routine| routine.takes(arguments));
        let given = if arguments.is_empty() { String::from("none") } else { arguments.join(", ") };
        let routine = fitting.next().ok_or_else(|| {
            RestrictedError::Wrong(format!(
                "The values of the step are its arguments, by name. It gives {given}, but there is {}.",
                shapes.join(" and ")
            ))
        })?;
        if fitting.next().is_some() {
            return Err(RestrictedError::Wrong(format!(
                "Several of this name take the values that the step gives ({given}): {}. Give one of them a name of its own.",
                shapes.join(" and ")
            )));
        }
        routine.check()?;
        Ok(routine)
    }

    fn check(&self) -> Result<()> {
        let Self { schema, name, owner, login, .. } = self;
        let kind = if self.is_procedure { "PROCEDURE" } else { "FUNCTION" };
        if !self.may_be_called {
            return Err(RestrictedError::Refused(format!(
                "SQL of jobs may not call {schema}.{name}. Ask the administrator of the database for GRANT EXECUTE ON {kind} \
                 {schema}.{name} TO {login}, and for USAGE on its schema."
            )));
        }
        if self.sees_everything {
            return Err(RestrictedError::Refused(format!(
                "{schema}.{name} runs with the rights of {owner}, who sees every workspace. Ask the administrator of the \
                 database to make it SECURITY INVOKER, or to give it to an owner who is no superuser."
            )));
        }
        Ok(())
    }

    fn mode(&self, at: usize) -> &str {
        self.modes.get(at).map_or("i", String::as_str)
    }

    /// Places of what a caller gives: in, inout and variadic ones.
    fn inputs(&self) -> impl DoubleEndedIterator<Item = usize> {
        (0..self.types.len()).filter(|at| matches!(self.mode(*at), "i" | "b" | "v"))
    }

    fn name_at(&self, at: usize) -> &str {
        self.names.get(at).map_or("", String::as_str)
    }

    fn takes(&self, arguments: &[String]) -> bool {
        let inputs: Vec<usize> = self.inputs().collect();
        let defaults = usize::try_from(self.defaults).unwrap_or(0);
        let must = &inputs[..inputs.len().saturating_sub(defaults)];
        let is_given = |at: &usize| arguments.iter().any(|name| name == self.name_at(*at));
        let is_known = |name: &String| inputs.iter().any(|at| self.name_at(*at) == name);
        must.iter().all(is_given) && arguments.iter().all(is_known)
    }

    /// Its name and what it takes, for the person.
    fn shape(&self) -> String {
        let first_default = self.inputs().count().saturating_sub(usize::try_from(self.defaults).unwrap_or(0));
        let inputs = self.inputs().enumerate().map(|(number, at)| {
            let name = self.name_at(at);
            let name = if name.is_empty() { "an argument without a name" } else { name };
            format!("{name} {}{}", self.types[at], if number < first_default { "" } else { " (may be left out)" })
        });
        format!("{}.{}({})", self.schema, self.name, inputs.collect::<Vec<_>>().join(", "))
    }

    /// What a call writes down: the arguments that are given, and of a procedure its outputs as well, as PostgreSQL wants it.
    pub fn arguments(&self, given: &[String], ask: &Ask) -> Vec<Argument<'_>> {
        let written = (0..self.types.len()).filter(|at| match self.mode(*at) {
            "o" => self.is_procedure,
            "t" => false,
            _ => given.iter().any(|name| name == self.name_at(*at)),
        });
        written
            .map(|at| {
                let (name, type_name) = (self.name_at(at), self.types[at].as_str());
                let is_input = self.mode(at) != "o";
                let value = is_input.then(|| as_text(look_up(&ask.values, name), type_name)).flatten();
                Argument { name, type_name, value }
            })
            .collect()
    }

    /// `schema.name(a => …, b => …)`, each value written by `value` out of its place, from 0.
    pub fn call(&self, arguments: &[Argument<'_>], value: impl Fn(usize) -> String) -> String {
        let written = arguments.iter().enumerate().map(|(at, argument)| {
            // Types are as the server itself writes them.
            format!("{} => CAST({} AS {})", quoted(argument.name), value(at), argument.type_name)
        });
        let written: Vec<String> = written.collect();
        format!("{}.{}({})", quoted(&self.schema), quoted(&self.name), written.join(", "))
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Calls a procedure, and gives the row of its outputs when it has any. A `CALL` gives its row in binary to who binds values,
/// and every type has a form of its own there: so its values are written into the text, by the server itself.
pub(super) async fn call(
    connection: &mut PgConnection,
    routine: &Routine,
    arguments: &[Argument<'_>],
) -> sqlx::Result<Option<Map<String, Value>>> {
    let values: Vec<Option<&str>> = arguments.iter().map(|argument| argument.value.as_deref()).collect();
    let literals: Vec<String> = sqlx::query_scalar(
        "SELECT quote_nullable(v.value) FROM unnest($1::text[]) WITH ORDINALITY AS v(value, at) ORDER BY v.at",
    )
    .bind(values)
    .fetch_all(&mut *connection)
    .await?;
    let literal = |at: usize| literals.get(at).cloned().unwrap_or_else(|| String::from("NULL"));
    let text = format!("CALL {}", routine.call(arguments, literal));
    let row = sqlx::raw_sql(AssertSqlSafe(text)).fetch_optional(&mut *connection).await?;
    row.filter(|row| !row.columns().is_empty()).map(|row| outputs(&row)).transpose()
}

fn outputs(row: &PgRow) -> sqlx::Result<Map<String, Value>> {
    row.columns().iter().map(|column| Ok((column.name().to_owned(), output(row, column)?))).collect()
}

fn output(row: &PgRow, column: &PgColumn) -> sqlx::Result<Value> {
    let raw = row.try_get_raw(column.ordinal())?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    Ok(read_text(raw.as_str().map_err(sqlx::Error::Decode)?, column.type_info().name()))
}

/// A value that the server wrote as a text.
fn read_text(text: &str, type_name: &str) -> Value {
    match type_name {
        "BOOL" => Value::Bool(text == "t"),
        "INT2" | "INT4" | "INT8" | "FLOAT4" | "FLOAT8" | "NUMERIC" | "JSON" | "JSONB" => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
        }
        _ => Value::String(text.to_owned()),
    }
}
