//! What people do with the messages of a run, newest first: the feed of the live screen.

use muster_db::{campaign_state, run_events, runs};
use muster_domain::time::moment;
use serde::Serialize;
use uuid::Uuid;

use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Entries of one answer, at most.
const MOST: i64 = 100;

/// Something that happened to one message.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunEventView {
    pub id: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub at: i64,
    /// delivered, opened, clicked, replied, bounced, unsubscribed, complained, converted or redeemed
    pub kind: String,
    /// A machine, not the person.
    pub is_bot: bool,
    pub seq: i64,
    pub customer_id: i64,
    pub name: String,
    /// Where a click led.
    pub url: Option<String>,
}

/// What happened in the newest run before the event `before`, newest first.
pub async fn events(
    app: &App,
    ctx: &Ctx,
    id: Uuid,
    before: Option<i64>,
    limit: Option<i64>,
) -> AppResult<Vec<RunEventView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    campaign_state::status(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?;
    let Some(run) = runs::latest_of(&mut tx, ctx.ws, id).await? else { return Ok(Vec::new()) };
    let limit = limit.unwrap_or(50).clamp(1, MOST);
    let rows = run_events::newest(&mut tx, ctx.ws, run, before.unwrap_or(i64::MAX), limit).await?;
    let view = |row: run_events::RunEventRow| {
        let name = [row.first_name, row.last_name].into_iter().flatten().collect::<Vec<_>>().join(" ");
        RunEventView {
            id: row.id,
            at: row.at,
            kind: row.kind,
            is_bot: row.is_bot,
            seq: row.seq,
            customer_id: row.customer_id,
            name: name.trim().to_owned(),
            url: row.url,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}
