//! What somebody should hear of: executions that failed, SLAs that were breached, starts that were left out.

use muster_db::job_alert_list::{self, AlertRow};
use muster_domain::job::alert::AlertKind;
use muster_domain::time::{moment, moment_option};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// An alert.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobAlert {
    pub id: i64,
    pub kind: AlertKind,
    /// None where a start was left out.
    pub execution_id: Option<Uuid>,
    pub job_id: Uuid,
    pub job_name: String,
    pub job_code: String,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub at: i64,
    /// What happened, for the person.
    pub message: String,
    /// When somebody saw it first.
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>)]
    pub seen_at: Option<i64>,
}

/// How many alerts were unseen.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SeenAlerts {
    pub alerts: u64,
}

/// Alerts, newest first; only those that nobody has seen, if asked so.
pub async fn alerts(app: &App, ctx: &Ctx, only_unseen: bool, page: PageRequest) -> AppResult<Page<JobAlert>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let (rows, count) = job_alert_list::list(&mut tx, ctx.ws, only_unseen, page.page_size, page.offset()).await?;
    Ok(Page::new(rows.into_iter().map(view).collect(), page, count))
}

/// Marks an alert as seen, for everybody.
pub async fn see_alert(app: &App, ctx: &Ctx, id: i64) -> AppResult<()> {
    ctx.require(Operation::ManageJobs)?;
    let mut tx = app.db.write(ctx.ws).await?;
    if !job_alert_list::see(&mut tx, ctx.ws, id, ctx.user_id, app.now()).await? {
        return Err(AppError::NotFound("alert"));
    }
    tx.commit().await?;
    app.live.publish(ctx.ws, "jobs", json!({}));
    Ok(())
}

/// Marks all alerts as seen.
pub async fn see_all_alerts(app: &App, ctx: &Ctx) -> AppResult<SeenAlerts> {
    ctx.require(Operation::ManageJobs)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let alerts = job_alert_list::see_all(&mut tx, ctx.ws, ctx.user_id, app.now()).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "jobs", json!({}));
    Ok(SeenAlerts { alerts })
}

fn view(row: AlertRow) -> JobAlert {
    let AlertRow { id, kind, execution_id, job_id, job_name, job_code, at, message, seen_at } = row;
    JobAlert { id, kind, execution_id, job_id, job_name, job_code, at, message, seen_at }
}
