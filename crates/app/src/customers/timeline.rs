//! What happened to one customer, newest first.

use muster_db::{customers, timeline as table};
use muster_domain::{money, time};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Entries of one page.
const PAGE: i64 = 50;

/// One thing that happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// message | event | redemption | reward | conversion | reply | card
    pub kind: String,
    /// RFC 3339.
    pub at: String,
    pub campaign_id: Option<Uuid>,
    pub campaign_name: Option<String>,
    /// What it is about, within its kind: `run:seq` of a message, number of a card.
    pub object_id: String,
    pub channel: Option<String>,
    /// State of a message or card, kind of an event, reward or conversion, disposition of a reply.
    pub status: String,
    pub title: String,
    pub detail: String,
    /// Exact decimal.
    pub amount: Option<String>,
    pub currency: Option<String>,
}

/// A page of what happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelinePage {
    pub entries: Vec<TimelineEntry>,
    /// Asks for what happened before; none at the beginning of time.
    pub next_cursor: Option<String>,
}

/// What happened before `cursor`; `kind` is empty for everything.
pub async fn timeline(
    app: &App,
    ctx: &Ctx,
    customer: i64,
    kind: &str,
    cursor: Option<&str>,
) -> AppResult<TimelinePage> {
    ctx.require(Operation::Read)?;
    let before = match cursor {
        None | Some("") => (i64::MAX, ""),
        Some(cursor) => parse_cursor(cursor)
            .ok_or_else(|| AppError::malformed("bad_cursor", "The cursor is not one that was given out."))?,
    };
    let mut tx = app.db.read(ctx.ws).await?;
    customers::get(&mut tx, ctx.ws, customer).await?.ok_or(AppError::NotFound("customer"))?;
    let rows = table::page(&mut tx, ctx.ws, customer, kind, before, PAGE).await?;
    let next_cursor =
        rows.last().filter(|_| rows.len() as i64 == PAGE).map(|row| format!("{}~{}", row.at, row.sort_key));
    let entries = rows.into_iter().map(entry).collect();
    Ok(TimelinePage { entries, next_cursor })
}

fn parse_cursor(cursor: &str) -> Option<(i64, &str)> {
    let (at, key) = cursor.split_once('~')?;
    Some((at.parse().ok()?, key))
}

fn entry(row: table::TimelineRow) -> TimelineEntry {
    TimelineEntry {
        kind: row.kind,
        at: time::rfc3339(row.at),
        campaign_id: row.campaign_id,
        campaign_name: row.campaign_name,
        object_id: row.object_id,
        channel: row.channel,
        status: row.status,
        title: row.title,
        detail: row.detail,
        amount: row.amount_e4.map(|amount| money::from_e4(amount).to_string()),
        currency: row.currency,
    }
}
