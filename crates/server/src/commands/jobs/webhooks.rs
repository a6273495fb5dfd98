//! `jobs webhooks`.

use clap::Subcommand;
use muster_app::jobs::{self, JobWebhook, WebhookView};
use muster_app::{App, Ctx};
use serde_json::json;

use super::show;

#[derive(Subcommand)]
pub enum Webhooks {
    /// Jobs that webhooks start, and whether they have a token.
    List,
    /// Give a job's webhook a token, in place of the one it had, and print it this once.
    Make {
        /// Code or id.
        job: String,
    },
    /// Take its token away: nobody gets in until there is a new one.
    Remove {
        /// Code or id.
        job: String,
    },
}

impl Webhooks {
    /// Runs the command.
    pub async fn run(self, app: &App, ctx: &Ctx, json: bool) -> anyhow::Result<()> {
        match self {
            Self::List => {
                let all = jobs::webhooks(app, ctx).await?;
                show::print(&all, json, |all| all.iter().map(line).collect())
            }
            Self::Make { job } => {
                let id = jobs::job_named(app, ctx, &job).await?;
                let made = jobs::make_webhook(app, ctx, id).await?;
                show::print(&made, json, |JobWebhook { url, token }| format!("url    {url}\ntoken  {token}\n"))
            }
            Self::Remove { job } => {
                let id = jobs::job_named(app, ctx, &job).await?;
                jobs::remove_webhook(app, ctx, id).await?;
                show::print(&json!({ "job": job }), json, |_| format!("the webhook of {job} has no token any more\n"))
            }
        }
    }
}

fn line(webhook: &WebhookView) -> String {
    let token = if webhook.has_token { "token" } else { "no token" };
    format!("{:<32} {token:<8} {}\n", webhook.job_code, webhook.url)
}
