//! `jobs scripts`.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use muster_app::jobs::{self, ScriptChange, ScriptInput, SqlScriptView};
use muster_app::{App, Ctx};
use serde_json::json;

use super::files::read;
use super::run::told;
use super::show;

#[derive(Subcommand)]
pub enum Scripts {
    /// Scripts by their names.
    List,
    /// The SQL of one.
    Show { name: String },
    /// Keep one, in place of the one of that name.
    Set(Set),
    /// Delete one. Steps that call it fail from now on.
    Remove { name: String },
}

#[derive(Args)]
pub struct Set {
    name: String,
    /// File with its SQL; `-` for standard input.
    file: PathBuf,
    /// What it is for; that of the one before when not said.
    #[arg(long)]
    description: Option<String>,
    /// It may change rows.
    #[arg(long)]
    writes: bool,
}

impl Scripts {
    /// Runs the command.
    pub async fn run(self, app: &App, ctx: &Ctx, json: bool) -> anyhow::Result<()> {
        match self {
            Self::List => {
                let all = jobs::scripts(app, ctx).await?;
                show::print(&all, json, |all| all.iter().map(line).collect())
            }
            Self::Show { name } => show::print(&named(app, ctx, &name).await?, json, |script| {
                let end = if script.body.ends_with('\n') { "" } else { "\n" };
                format!("{}{end}", script.body)
            }),
            Self::Set(set) => set.run(app, ctx, json).await,
            Self::Remove { name } => {
                let script = named(app, ctx, &name).await?;
                jobs::delete_script(app, ctx, script.id).await?;
                show::print(&json!({ "name": name }), json, |_| format!("{name} is deleted\n"))
            }
        }
    }
}

impl Set {
    async fn run(self, app: &App, ctx: &Ctx, json: bool) -> anyhow::Result<()> {
        let body = read(&self.file)?;
        let before = find(app, ctx, &self.name).await?;
        let kept = || before.as_ref().map(|script| script.description.clone());
        let description = self.description.or_else(kept).unwrap_or_default();
        let script = ScriptInput { name: self.name, description, body, writes: self.writes };
        let done = match &before {
            Some(before) => {
                jobs::change_script(app, ctx, before.id, &ScriptChange { script, version: before.version }).await
            }
            None => jobs::create_script(app, ctx, &script).await,
        };
        show::print(&done.map_err(told)?, json, line)
    }
}

fn line(script: &SqlScriptView) -> String {
    let may = if script.writes { "writes" } else { "reads" };
    format!("{:<32} version {:<4} {may:<6} {}\n", script.name, script.version, script.description)
}

async fn find(app: &App, ctx: &Ctx, name: &str) -> anyhow::Result<Option<SqlScriptView>> {
    Ok(jobs::scripts(app, ctx).await?.into_iter().find(|script| script.name == name))
}

async fn named(app: &App, ctx: &Ctx, name: &str) -> anyhow::Result<SqlScriptView> {
    find(app, ctx, name).await?.with_context(|| format!("there is no script {name}"))
}
