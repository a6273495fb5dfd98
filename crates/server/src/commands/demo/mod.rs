//! `muster-server demo`: the whole job on a temporary database, against a mail server of its own, as an operator would do
//! it: child processes of this program for `init`, `import`, `token` and `serve`, and the API for the rest. Every number
//! is compared with what arrived and with a recount in SQL; one that does not add up ends the demo with a failure.

mod act;
mod look;
mod people;
mod prepare;
mod report;
mod server;
mod sink;

use std::path::Path;

use anyhow::{Context, bail};
use clap::Args;
use muster_domain::workspace::WorkspaceId;

use self::report::Report;
use self::server::{Api, Server};
use self::sink::Sink;
use crate::home;

/// Run the whole job on a temporary database and check every number.
#[derive(Args)]
pub struct Demo {
    /// `postgres://…` of a server on which a database is made for the time of the demo; the embedded database when not
    /// said.
    #[arg(long)]
    database: Option<String>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Demo {
    /// Runs the command; fails when a number does not add up.
    pub async fn run(self) -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let database = match &self.database {
            Some(server) => Some(temporary_database(server).await?),
            None => None,
        };
        let mut report = Report::new(if database.is_some() { "postgres" } else { "sqlite" }, !self.json);
        let done = job(folder.path(), database.as_ref().map(|(_, url)| url.as_str()), &mut report).await;
        if let (Some(server), Some((name, _))) = (&self.database, &database) {
            muster_db::admin::drop_database(server, name).await?;
        }
        if let Err(error) = &done {
            report.fail(&format!("{error:#}"));
        }
        if self.json {
            println!("{:#}", report.json());
        }
        match report.failures() {
            0 => Ok(()),
            n => bail!("{n} of the demo's checks failed"),
        }
    }
}

/// What the steps work with.
struct Stage {
    server: Server,
    sink: Sink,
    amina: Api,
    approver: Api,
    rep: Api,
    segment: String,
    offer: String,
    campaign: String,
}

async fn job(folder: &Path, database: Option<&str>, report: &mut Report) -> anyhow::Result<()> {
    let sink = Sink::start().await?;
    let mut stage = prepare::start(folder, database, sink, report).await?;
    prepare::customers(&mut stage, report).await?;
    prepare::segment(&mut stage, report).await?;
    prepare::offer(&mut stage, report).await?;
    prepare::campaign(&mut stage, report).await?;
    act::run(&mut stage, report).await?;
    act::watch(&mut stage, report).await?;
    look::track(&mut stage, report).await?;
    look::replies(&mut stage, report).await?;
    look::add_up(&mut stage, report).await?;
    stage.server.stop().await
}

/// A fresh database beside the one that `server` names: its name and its address.
async fn temporary_database(server: &str) -> anyhow::Result<(String, String)> {
    let name = format!("muster_demo_{}", std::process::id());
    let (address, query) = server.split_once('?').map_or((server, None), |(a, q)| (a, Some(q)));
    let host = address.rfind('/').filter(|at| *at > "postgres://".len()).map_or(address, |at| &address[..at]);
    muster_db::admin::create_database(server, &name, None).await.context("cannot make a database for the demo")?;
    let url = match query {
        Some(query) => format!("{host}/{name}?{query}"),
        None => format!("{host}/{name}"),
    };
    Ok((name, url))
}

/// A number straight out of the database, past everything that the demo checks.
async fn recount(folder: &Path, query: &str) -> anyhow::Result<i64> {
    let app = home::open(folder).await?;
    let ws = {
        let mut tx = app.db.read_all().await?;
        muster_db::workspaces::list(&mut tx).await?.first().map(|w| WorkspaceId(w.id)).context("no workspace")?
    };
    let mut tx = app.db.read(ws).await?;
    let number = muster_db::admin::number(&mut tx, query).await?;
    tx.rollback().await?;
    app.db.close().await;
    Ok(number)
}
