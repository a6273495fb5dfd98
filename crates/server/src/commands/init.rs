//! `muster-server init`: the first run without a window.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use muster_app::setup::{self, SetupRequest};

use crate::home;

/// Make a data folder with a database, a workspace and its administrator.
#[derive(Args)]
pub struct Init {
    /// Folder for the database, the key and the settings; made when missing.
    #[arg(long)]
    data_dir: PathBuf,
    /// `postgres://…`; the embedded database in the data folder when not said.
    #[arg(long)]
    database: Option<String>,
    #[arg(long)]
    admin_email: String,
    /// File whose first line is the password.
    #[arg(long)]
    admin_password_file: PathBuf,
    #[arg(long, default_value = "Administrator")]
    admin_name: String,
    #[arg(long, default_value = "Muster")]
    workspace: String,
    #[arg(long, default_value = "UTC")]
    timezone: String,
    #[arg(long, default_value = "USD")]
    currency: String,
    /// Whether campaigns need somebody's approval.
    #[arg(long, value_enum, default_value_t = Switch::On)]
    approval: Switch,
}

#[derive(Clone, Copy, ValueEnum)]
enum Switch {
    On,
    Off,
}

impl Init {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(&self.admin_password_file)
            .with_context(|| format!("cannot read {}", self.admin_password_file.display()))?;
        let password = text.lines().next().unwrap_or_default().to_owned();
        let app = home::create(&self.data_dir, self.database.as_deref()).await?;
        let request = SetupRequest {
            workspace_name: self.workspace,
            admin_name: self.admin_name,
            admin_email: self.admin_email,
            admin_password: password,
            timezone: self.timezone,
            currency: self.currency,
            approval_required: matches!(self.approval, Switch::On),
        };
        setup::run(&app, request).await?;
        app.db.close().await;
        Ok(())
    }
}
