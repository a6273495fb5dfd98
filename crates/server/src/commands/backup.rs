//! `muster-server backup` and `restore`.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use muster_app::backup::{self, Backup};
use muster_app::home::Home;

use crate::home;

/// Make a backup of the database, also while Muster runs.
#[derive(Args)]
pub struct MakeBackup {
    #[arg(long)]
    data_dir: PathBuf,
    /// File to write, which is not there yet; `backups` in the data folder when not said, where the newest are kept.
    #[arg(long)]
    to: Option<PathBuf>,
}

impl MakeBackup {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let app = home::open(&self.data_dir).await?;
        let made = match &self.to {
            Some(path) => backup::make_at(&app, path).await,
            None => backup::make(&app).await,
        };
        app.db.close().await;
        let Backup { path, bytes, contents, removed } = made?;
        println!("{} ({bytes} bytes)", path.display());
        if let Some(c) = contents {
            println!("checked: {} customers, {} campaigns, {} messages", c.customers, c.campaigns, c.messages);
        }
        if removed > 0 {
            println!("{removed} older removed");
        }
        Ok(())
    }
}

/// Put a backup in the place of the database. Muster must not be running.
#[derive(Args)]
pub struct Restore {
    #[arg(long)]
    data_dir: PathBuf,
    /// The backup.
    #[arg(long)]
    from: PathBuf,
}

impl Restore {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        if !self.from.is_file() {
            bail!("there is no file {}", self.from.display());
        }
        // A desktop has its key in the keychain, and may be restored all the same.
        let key = Home::at(&self.data_dir).key_in_file()?;
        let restored = backup::restore(&self.data_dir, key.as_ref(), &self.from).await?;
        if let Some(c) = restored.contents {
            println!("restored: {} customers, {} campaigns, {} messages", c.customers, c.campaigns, c.messages);
        }
        if let Some(folder) = restored.kept {
            println!("the database that was there is in {}", folder.display());
        }
        for name in restored.settled.paused {
            println!("paused: {name}. What was sent after the backup is not known: going on may send twice.");
        }
        for name in restored.settled.unscheduled {
            println!("off the schedule: {name}. Its start has passed.");
        }
        Ok(())
    }
}
