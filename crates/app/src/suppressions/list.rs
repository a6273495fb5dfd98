//! The list.

use muster_db::suppressions::{self, SuppressionFilter, SuppressionRow};
use muster_domain::channel::Channel;
use muster_domain::time;
use serde::Serialize;
use utoipa::ToSchema;

use super::SuppressionReason;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};

/// An address that is not sent to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuppressionView {
    pub id: i64,
    pub channel: Channel,
    pub address: String,
    #[schema(value_type = SuppressionReason)]
    pub reason: String,
    /// What put it here.
    pub source: String,
    pub customer_id: Option<i64>,
    /// RFC 3339.
    pub created_at: String,
}

impl From<SuppressionRow> for SuppressionView {
    fn from(row: SuppressionRow) -> Self {
        Self {
            id: row.id,
            channel: row.channel,
            address: row.address,
            reason: row.reason,
            source: row.source,
            customer_id: row.customer_id,
            created_at: time::rfc3339(row.created_at),
        }
    }
}

/// What to list; `None` and the empty text mean any.
#[derive(Debug, Clone, Default)]
pub struct SuppressionQuery {
    pub channel: Option<Channel>,
    pub reason: Option<SuppressionReason>,
    /// Beginning of an address.
    pub search: String,
}

/// One page, newest first. A cursor (the id of the last one seen) goes before the page's number.
pub async fn list(
    app: &App,
    ctx: &Ctx,
    query: &SuppressionQuery,
    request: PageRequest,
    cursor: Option<i64>,
) -> AppResult<Page<SuppressionView>> {
    ctx.require(Operation::Read)?;
    let filter = SuppressionFilter {
        channel: query.channel,
        reason: query.reason.map_or(String::new(), |r| r.to_string()),
        search: query.search.trim().to_lowercase(),
    };
    let mut tx = app.db.read(ctx.ws).await?;
    let total = suppressions::count(&mut tx, ctx.ws, &filter).await?;
    let (before, offset) = match cursor {
        Some(cursor) if cursor > 0 => (cursor, 0),
        _ => (i64::MAX, request.offset()),
    };
    let rows = suppressions::page(&mut tx, ctx.ws, &filter, before, request.page_size, offset).await?;
    Ok(Page::new(rows.into_iter().map(Into::into).collect(), request, total))
}
