//! The runs of a campaign: one, or one for each occurrence.

use muster_db::runs::{self, ListedRun};
use muster_domain::time::{moment, moment_option};
use serde::Serialize;
use uuid::Uuid;

use super::stats::exists;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A run.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunView {
    pub id: i64,
    /// Among the runs of its campaign, from 1.
    pub number: i64,
    /// `running`, `completed`, `failed` or `cancelled`.
    pub status: String,
    /// `manual`, `api` or `scheduler`.
    pub triggered_by: String,
    /// The moment that it was planned for; none where somebody started it.
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub scheduled_for: Option<i64>,
    #[serde(with = "moment")]
    #[schema(value_type = String, format = "date-time")]
    pub started_at: i64,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub completed_at: Option<i64>,
    /// Messages.
    pub total_recipients: i64,
    /// People, without the control group.
    pub total_customers: i64,
    pub sent_count: i64,
    pub delivered_count: i64,
    pub opened_count: i64,
    pub clicked_count: i64,
    pub failed_count: i64,
}

/// The runs of a campaign, newest first.
pub async fn list(app: &App, ctx: &Ctx, id: Uuid, page: PageRequest) -> AppResult<Page<RunView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    if !exists(&mut tx, ctx, id).await? {
        return Err(AppError::NotFound("campaign"));
    }
    let (rows, count) = runs::list(&mut tx, ctx.ws, id, page.page_size, page.offset()).await?;
    Ok(Page::new(rows.into_iter().map(view).collect(), page, count))
}

fn view(row: ListedRun) -> RunView {
    RunView {
        id: row.id,
        number: row.number,
        status: row.status,
        triggered_by: row.triggered_by,
        scheduled_for: row.scheduled_for,
        started_at: row.started_at,
        completed_at: row.completed_at,
        total_recipients: row.total_recipients,
        total_customers: row.total_customers,
        sent_count: row.sent,
        delivered_count: row.delivered,
        opened_count: row.opened,
        clicked_count: row.clicked,
        failed_count: row.failed,
    }
}
