//! Finding campaigns.

use std::str::FromStr;

use muster_db::campaigns::{self, CampaignFilter};
use muster_domain::UnknownWord;
use muster_domain::campaign::CampaignType;
use uuid::Uuid;

use super::view::{self, CampaignView};
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// What a list is narrowed to. Words as the API takes them; empty and missing mean any.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// One status or several, separated by commas; also `active`, `sending` and `sent`.
    pub status: Option<String>,
    pub approval_status: Option<String>,
    pub channel: Option<String>,
    /// Part of the name.
    pub search: Option<String>,
    /// The archived ones instead of the others.
    pub archived: bool,
    pub kind: Option<CampaignType>,
}

/// A page of campaigns, newest first.
pub async fn list(app: &App, ctx: &Ctx, query: ListQuery, request: PageRequest) -> AppResult<Page<CampaignView>> {
    ctx.require(Operation::Read)?;
    let filter = CampaignFilter {
        statuses: words("status", query.status.as_deref())?,
        approvals: words("approvalStatus", query.approval_status.as_deref())?,
        channel: words("channel", query.channel.as_deref())?.first().copied(),
        search: query.search.unwrap_or_default().chars().take(200).collect(),
        archived: query.archived,
        kind: query.kind,
    };
    let mut tx = app.db.read(ctx.ws).await?;
    let (rows, total) = campaigns::page(&mut tx, ctx.ws, &filter, request.page_size, request.offset()).await?;
    Ok(Page::new(view::of_rows(&mut tx, ctx, rows).await?, request, total))
}

/// One campaign with its numbers.
pub async fn get(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<CampaignView> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    view::load(&mut tx, ctx, id).await
}

fn words<T: FromStr<Err = UnknownWord>>(field: &'static str, text: Option<&str>) -> AppResult<Vec<T>> {
    let words = text.unwrap_or_default().split(',').map(str::trim).filter(|w| !w.is_empty());
    words
        .map(|w| {
            w.parse().map_err(|e: UnknownWord| {
                AppError::malformed("bad_filter", format!("The filter {field} cannot be used: {e}."))
            })
        })
        .collect()
}
