//! A database on a server is dumped and loaded by the tools that come with PostgreSQL.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;
use url::Url;

use crate::{AppError, AppResult};

/// Writes a dump of a database.
///
/// # Errors
/// 409 when there is no `pg_dump` here, or it fails: with what it says.
pub(super) async fn dump(url: &str, path: &Path) -> AppResult<()> {
    let mut command = of_all_workspaces("pg_dump", url)?;
    // Row-level security applies to the owner, too. The schemas of jobs' logins are made anew when they are needed.
    command.args(["--format=custom", "--no-owner", "--no-acl", "--enable-row-security"]);
    command.args(["--exclude-schema=muster_sql_*", "--file"]).arg(path);
    run(command, "pg_dump").await
}

/// Loads a dump into an empty database: all of it or nothing.
///
/// # Errors
/// As [`dump`].
pub(super) async fn load(url: &str, path: &Path) -> AppResult<()> {
    let database = parsed(url)?;
    let mut command = of_all_workspaces("pg_restore", url)?;
    command.args(["--no-owner", "--no-acl", "--single-transaction", "--exit-on-error", "--dbname"]);
    command.arg(database.path().trim_start_matches('/')).arg(path);
    run(command, "pg_restore").await
}

/// A program that finds its database in its environment: arguments are seen by everybody on the machine.
fn of_all_workspaces(program: &str, url: &str) -> AppResult<Command> {
    let url = parsed(url)?;
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    command.env("PGOPTIONS", "-c muster.tenant_id=0").env("PGCONNECT_TIMEOUT", "30");
    let mut set = |name: &str, value: String| {
        if !value.is_empty() {
            command.env(name, value);
        }
    };
    set("PGHOST", url.host_str().map(plain).unwrap_or_default());
    set("PGPORT", url.port().map(|port| port.to_string()).unwrap_or_default());
    set("PGUSER", plain(url.username()));
    set("PGPASSWORD", url.password().map(plain).unwrap_or_default());
    set("PGDATABASE", plain(url.path().trim_start_matches('/')));
    for (name, value) in url.query_pairs() {
        match name.as_ref() {
            "sslmode" | "ssl-mode" => set("PGSSLMODE", value.into_owned()),
            "sslrootcert" | "ssl-root-cert" => set("PGSSLROOTCERT", value.into_owned()),
            "host" => set("PGHOST", value.into_owned()),
            _ => {}
        }
    }
    Ok(command)
}

fn parsed(url: &str) -> AppResult<Url> {
    Url::parse(url).map_err(|_| AppError::conflict("bad_address", "The address of the database cannot be read."))
}

async fn run(mut command: Command, program: &str) -> AppResult<()> {
    let output = match command.output().await {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let text = format!(
                "There is no {program} on this computer: install the client programs of PostgreSQL, or have the database backed up where it runs and pause this job."
            );
            return Err(AppError::conflict("no_program", text));
        }
        Err(error) => {
            return Err(AppError::conflict("backup_failed", format!("{program} cannot be started: {error}.")));
        }
    };
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it did not say why");
    Err(AppError::conflict("backup_failed", format!("{program} failed: {first}")))
}
