//! `muster-server token`: an API token for a program.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use muster_app::auth;

use crate::home;

/// Make an API token for a person and print it, nothing else.
#[derive(Args)]
pub struct Token {
    #[arg(long)]
    data_dir: PathBuf,
    /// E-mail address of the person the token acts for.
    #[arg(long)]
    user: String,
    #[arg(long, default_value = "command line")]
    name: String,
}

impl Token {
    /// Runs the command.
    pub async fn run(self) -> anyhow::Result<()> {
        let app = home::open(&self.data_dir).await?;
        let Some((ctx, user_id)) = auth::operator(&app, &self.user).await? else {
            bail!("there is nobody with the address {}", self.user)
        };
        let (_, token) = auth::issue_token(&app, &ctx, user_id, &self.name, &[String::from("*")], None).await?;
        println!("{token}");
        app.db.close().await;
        Ok(())
    }
}
