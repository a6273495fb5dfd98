//! Replies as they are listed (BRD-5).

use muster_db::{reactions, responses};
use muster_domain::clock::Millis;
use muster_domain::reply::absence::{RetryDropped, RetryStatus};
use muster_domain::reply::{Disposition, Sentiment};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A reply.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResponseView {
    pub id: Uuid,
    pub campaign_id: Option<Uuid>,
    pub contact_id: Option<i64>,
    /// The contact's name, or the address when it is nobody we know.
    pub contact_name: String,
    pub from: String,
    pub channel: String,
    pub subject: String,
    /// Without quoted text and signature.
    pub body: String,
    pub disposition: Disposition,
    /// What the classifier said, before a person corrected it.
    pub predicted_disposition: Disposition,
    pub is_corrected: bool,
    pub sentiment: Sentiment,
    /// Between 0 and 1.
    pub confidence: f64,
    pub summary: String,
    pub card_id: Option<Uuid>,
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String)]
    pub received_at: Millis,
    /// When somebody who is away can be written to again.
    #[serde(with = "muster_domain::time::moment_option")]
    #[schema(value_type = Option<String>)]
    pub retry_after: Option<Millis>,
    /// The second sending after an absence; none when nothing goes again.
    pub retry: Option<RetryView>,
}

/// A message that goes again after its reader is back.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RetryView {
    pub status: RetryStatus,
    /// Due then, or was.
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String)]
    pub at: Millis,
    /// Why it does not go.
    pub dropped: Option<RetryDropped>,
    /// `run:number` of the message that went again, as in the campaign's recipients.
    pub recipient_id: Option<String>,
}

/// How many replies of a class there are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DispositionTotal {
    pub disposition: Disposition,
    pub count: i64,
}

/// One page of replies and the totals of all.
#[derive(Debug, Clone)]
pub struct ResponseList {
    pub page: Page<ResponseView>,
    pub dispositions: Vec<DispositionTotal>,
}

/// Replies, newest first: of one campaign, of one class, or all. 404 for an unknown campaign.
pub async fn list(
    app: &App,
    ctx: &Ctx,
    campaign_id: Option<Uuid>,
    class: Option<Disposition>,
    request: PageRequest,
) -> AppResult<ResponseList> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    if let Some(id) = campaign_id {
        reactions::campaign_name(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?;
    }
    let counts = responses::counts(&mut tx, ctx.ws, campaign_id).await?;
    let count_of = |d: Disposition| counts.iter().find(|c| c.disposition == d).map_or(0, |c| c.replies);
    let dispositions: Vec<_> =
        Disposition::ALL.iter().map(|&d| DispositionTotal { disposition: d, count: count_of(d) }).collect();
    let total = class.map_or_else(|| dispositions.iter().map(|d| d.count).sum(), count_of);
    let filter = class.map_or("", Disposition::as_str);
    let rows = responses::page(&mut tx, ctx.ws, campaign_id, filter, request.page_size, request.offset()).await?;
    Ok(ResponseList { page: Page::new(rows.into_iter().map(view).collect(), request, total), dispositions })
}

/// A row for people.
pub(crate) fn view(row: responses::ResponseRow) -> ResponseView {
    let name =
        format!("{} {}", row.first_name.as_deref().unwrap_or_default(), row.last_name.as_deref().unwrap_or_default());
    let name = name.trim();
    let retry =
        row.retry_status.as_deref().and_then(|s| s.parse().ok()).zip(row.retry_at).map(|(status, at)| RetryView {
            status,
            at,
            dropped: row.retry_dropped.as_deref().and_then(|d| d.parse().ok()),
            recipient_id: row.run_id.zip(row.again_seq).map(|(run, seq)| format!("{run}:{seq}")),
        });
    ResponseView {
        id: row.id,
        campaign_id: row.campaign_id,
        contact_id: row.customer_id,
        contact_name: if name.is_empty() { row.from_address.clone() } else { name.to_owned() },
        from: row.from_address,
        channel: row.channel,
        subject: row.subject,
        body: row.body,
        disposition: row.disposition,
        predicted_disposition: row.predicted_disposition,
        is_corrected: row.corrected_by.is_some(),
        sentiment: row.sentiment,
        confidence: row.confidence as f64 / 100.0,
        summary: row.summary,
        card_id: row.card_id,
        received_at: row.received_at,
        retry_after: row.retry_after,
        retry,
    }
}
