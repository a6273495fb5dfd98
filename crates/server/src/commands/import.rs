//! `muster-server import`: files without a window.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use muster_app::App;
use muster_app::imports::{self, FromDisk, ImportKey, ImportView, OnDuplicate};
use muster_domain::phone::Region;
use serde_json::json;

use crate::home;

/// Import a file.
#[derive(Subcommand)]
pub enum Import {
    /// Customers from CSV or XLSX.
    Customers(Customers),
}

/// Customers from CSV or XLSX.
#[derive(Args)]
pub struct Customers {
    #[arg(long)]
    data_dir: PathBuf,
    file: PathBuf,
    /// Country of phone numbers without country code, such as KE; that of the workspace's currency when not said.
    #[arg(long)]
    region: Option<Region>,
    /// What happens to a row whose customer is there already: update, skip or fail.
    #[arg(long, default_value = "update")]
    on_duplicate: OnDuplicate,
    /// What customers are recognised by: external_id, email or phone; found in the file when not said.
    #[arg(long)]
    key: Option<ImportKey>,
    /// COLUMN=FIELD, where the guess is wrong: "Town=city", "#3=attr:score:decimal", "Notes=ignore". May be repeated.
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    map: Vec<String>,
    /// Check and count everything, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write the refused rows, with line, column, reason and what to do, to this CSV file.
    #[arg(long)]
    errors: Option<PathBuf>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
    /// Name of the workspace, where there are several.
    #[arg(long)]
    workspace: Option<String>,
}

impl Import {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let Self::Customers(command) = self;
        let app = home::open(&command.data_dir).await?;
        let result = command.run(&app).await;
        app.db.close().await;
        result
    }
}

impl Customers {
    async fn run(self, app: &App) -> anyhow::Result<()> {
        let ctx = home::asker(app, self.workspace.as_deref()).await?;
        let map = self.map.iter().map(|pair| {
            let (column, target) =
                pair.rsplit_once('=').with_context(|| format!("--map {pair}: write COLUMN=FIELD"))?;
            Ok((column.to_owned(), target.to_owned()))
        });
        let choice = FromDisk {
            region: self.region,
            key: self.key,
            on_duplicate: Some(self.on_duplicate),
            map: map.collect::<anyhow::Result<_>>()?,
            dry_run: self.dry_run,
        };
        let shows_progress = std::io::stderr().is_terminal();
        let progress = |view: &ImportView| {
            if shows_progress {
                show(view);
            }
        };
        let view = imports::run_path(app, &ctx, &self.file, choice, &progress)
            .await
            .with_context(|| format!("cannot import {}", self.file.display()))?;
        if shows_progress {
            eprintln!();
        }
        if let Some(target) = &self.errors {
            let report = imports::write_report(app, &ctx, view.id).await?;
            std::fs::copy(&report.path, target).with_context(|| format!("cannot write {}", target.display()))?;
            std::fs::remove_file(&report.path)?;
        }
        if self.json {
            println!("{:#}", summary(&view));
        } else {
            print!("{}", table(&view));
        }
        if view.status != "completed" {
            bail!("{}", view.error.unwrap_or_else(|| format!("the import was {}", view.status)));
        }
        Ok(())
    }
}

fn show(view: &ImportView) {
    let left = view.seconds_left.map_or_else(String::new, |s| format!(", {s} s left"));
    eprint!("\r{} of about {} rows{left}   ", view.rows, view.estimated_rows);
    let _ = std::io::stderr().flush();
}

fn summary(view: &ImportView) -> serde_json::Value {
    json!({
        "rows": view.rows,
        "imported": view.imported,
        "duplicates": view.duplicates,
        "rejected": view.rejected,
        "reasons": view.reasons,
        "dryRun": view.dry_run,
        "status": view.status,
        "importId": view.id,
    })
}

fn table(view: &ImportView) -> String {
    let mut lines = vec![
        format!("{:<12}{:>10}", "rows", view.rows),
        format!("{:<12}{:>10}", if view.dry_run { "would add" } else { "imported" }, view.imported),
        format!("{:<12}{:>10}", "duplicates", view.duplicates),
        format!("{:<12}{:>10}", "rejected", view.rejected),
    ];
    lines.extend(view.reasons.iter().map(|(reason, rows)| format!("  {reason:<20}{rows:>10}")));
    lines.join("\n") + "\n"
}
