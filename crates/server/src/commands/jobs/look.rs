//! `jobs list`, `jobs runs`, `jobs alerts`.

use clap::Args;
use muster_app::jobs::{self, ExecutionQuery, JobKind, JobQuery};
use muster_app::page::{Page, PageRequest};
use muster_app::{App, Ctx};
use serde::Serialize;

use super::show;

/// Jobs, newest first.
#[derive(Args)]
pub struct List {
    /// Part of the name or the code.
    #[arg(long)]
    search: Option<String>,
    /// active or paused.
    #[arg(long)]
    status: Option<String>,
    /// own, built_in or campaign.
    #[arg(long, default_value = "own")]
    kind: JobKind,
    /// From 1; 100 jobs each.
    #[arg(long, default_value_t = 1)]
    page: i64,
}

impl List {
    /// Runs the command.
    pub async fn run(self, app: &App, ctx: &Ctx, json: bool) -> anyhow::Result<()> {
        let query = JobQuery { search: self.search, status: self.status, kind: Some(self.kind), ..JobQuery::default() };
        print(&jobs::jobs(app, ctx, &query, hundred(self.page)).await?, json, &show::heading(), show::line)
    }
}

/// Runs, newest first.
#[derive(Args)]
pub struct Runs {
    /// Of this job: its code or id.
    #[arg(long)]
    job: Option<String>,
    /// pending, queued, running, success, failure, aborted, timeout or cancelled.
    #[arg(long)]
    status: Option<String>,
    /// Part of the job's name or of the error, or a trace or correlation id.
    #[arg(long)]
    search: Option<String>,
    /// Those that were put away.
    #[arg(long)]
    archived: bool,
    /// From 1; 100 runs each.
    #[arg(long, default_value_t = 1)]
    page: i64,
}

impl Runs {
    /// Runs the command.
    pub async fn run(self, app: &App, ctx: &Ctx, json: bool) -> anyhow::Result<()> {
        let job_id = match &self.job {
            Some(job) => Some(jobs::job_named(app, ctx, job).await?),
            None => None,
        };
        let query = ExecutionQuery {
            status: self.status,
            job_id,
            search: self.search,
            archived: Some(self.archived),
            ..ExecutionQuery::default()
        };
        let page = jobs::executions(app, ctx, &query, hundred(self.page)).await?;
        print(&page, json, "", show::listed)
    }
}

/// What somebody should hear of, newest first.
#[derive(Args)]
pub struct Alerts {
    /// Those, too, that somebody has seen.
    #[arg(long)]
    all: bool,
    /// Mark all of them as seen, for everybody.
    #[arg(long, conflicts_with = "all")]
    seen: bool,
    /// From 1; 100 alerts each.
    #[arg(long, default_value_t = 1)]
    page: i64,
}

impl Alerts {
    /// Runs the command.
    pub async fn run(self, app: &App, ctx: &Ctx, json: bool) -> anyhow::Result<()> {
        if self.seen {
            let seen = jobs::see_all_alerts(app, ctx).await?;
            return show::print(&seen, json, |seen| format!("{} alerts marked as seen\n", seen.alerts));
        }
        print(&jobs::alerts(app, ctx, !self.all, hundred(self.page)).await?, json, "", show::alert)
    }
}

fn hundred(page: i64) -> PageRequest {
    PageRequest::new(Some(page), Some(100))
}

/// One page, and how to see the next.
fn print<T: Serialize>(page: &Page<T>, json: bool, heading: &str, line: fn(&T) -> String) -> anyhow::Result<()> {
    let at = &page.pagination;
    show::print(&page.rows, json, |rows| {
        let lines: String = rows.iter().map(line).collect();
        let more = if at.total_pages > at.page { format!("more with --page {}\n", at.page + 1) } else { String::new() };
        format!("{heading}{lines}{more}")
    })
}
