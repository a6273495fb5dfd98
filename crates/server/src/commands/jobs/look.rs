//! `jobs list`.

use clap::Args;
use muster_app::jobs::{self, JobKind, JobQuery};
use muster_app::page::PageRequest;
use muster_app::{App, Ctx};

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
        let page = jobs::jobs(app, ctx, &query, PageRequest::new(Some(self.page), Some(100))).await?;
        let more = page.pagination.total_pages > self.page;
        show::print(&page.rows, json, |rows| {
            let lines: String = rows.iter().map(show::line).collect();
            let more = if more { format!("more with --page {}\n", self.page + 1) } else { String::new() };
            show::heading() + &lines + &more
        })
    }
}
