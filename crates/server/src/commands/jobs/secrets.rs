//! `jobs secrets`.

use std::io::IsTerminal;

use anyhow::{Context, bail};
use clap::Subcommand;
use muster_app::jobs::{self, SecretValue};
use muster_app::{App, Ctx};
use secrecy::SecretString;
use serde_json::json;

use super::run::told;
use super::show;

#[derive(Subcommand)]
pub enum Secrets {
    /// The names of those that are kept; their values are never shown.
    List,
    /// Keep one, in place of the one of that name. Its value comes from standard input; a line break at its end does not count.
    Set { name: String },
    /// Forget one. Steps that name it fail from now on.
    Remove { name: String },
}

impl Secrets {
    /// Runs the command.
    pub async fn run(self, app: &App, ctx: &Ctx, json: bool) -> anyhow::Result<()> {
        match self {
            Self::List => {
                let names = jobs::secret_names(app, ctx).await?;
                show::print(&names, json, |names| names.iter().map(|name| format!("{name}\n")).collect())
            }
            Self::Set { name } => {
                let secret = SecretValue { value: value(&name)? };
                jobs::put_secret(app, ctx, &name, &secret).await.map_err(told)?;
                show::print(&json!({ "name": name }), json, |_| format!("{name} is kept\n"))
            }
            Self::Remove { name } => {
                jobs::delete_secret(app, ctx, &name).await?;
                show::print(&json!({ "name": name }), json, |_| format!("{name} is forgotten\n"))
            }
        }
    }
}

/// What standard input says. What is typed could be read by whoever looks on.
fn value(name: &str) -> anyhow::Result<SecretString> {
    let input = std::io::stdin();
    if input.is_terminal() {
        bail!("the value comes from standard input: muster-server jobs secrets set {name} < FILE");
    }
    let mut text = std::io::read_to_string(input).context("cannot read standard input")?;
    if text.ends_with('\n') {
        text.truncate(text.len() - if text.ends_with("\r\n") { 2 } else { 1 });
    }
    Ok(text.into())
}
