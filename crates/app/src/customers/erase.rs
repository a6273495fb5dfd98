//! The right to know and the right to be forgotten (CUS-6).

use muster_db::{customer_erasure, timeline as table};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::timeline::{TimelineEntry, timeline};
use super::view::{self, CustomerDetail};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Pages of history that an export takes, at most: 50,000 entries.
const MAX_PAGES: usize = 1_000;

/// Everything about one person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonExport {
    pub exported_at: String,
    pub customer: CustomerDetail,
    /// Everything that happened, newest first.
    pub history: Vec<TimelineEntry>,
}

/// Gives everything about one person.
pub async fn export_person(app: &App, ctx: &Ctx, id: i64) -> AppResult<PersonExport> {
    ctx.require(Operation::EditCustomers)?;
    let customer = view::get(app, ctx, id).await?;
    let mut history: Vec<TimelineEntry> = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let page = timeline(app, ctx, id, "", cursor.as_deref()).await?;
        history.extend(page.entries);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let mut tx = app.db.write(ctx.ws).await?;
    ctx.audit(&mut tx, app.now(), "customer.exported", AuditObject::new("customer", id, "")).await?;
    tx.commit().await?;
    Ok(PersonExport { exported_at: muster_domain::time::rfc3339(app.now()), customer, history })
}

/// Forgets a person for good: what was counted stays counted, who it was is gone.
pub async fn erase(app: &App, ctx: &Ctx, id: i64) -> AppResult<()> {
    ctx.require(Operation::EditCustomers)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    super::edit::alive(&mut tx, ctx, id).await?;
    // A message that is due would be rendered from what is about to go.
    if table::is_in_flight(&mut tx, ctx.ws, id).await? {
        return Err(AppError::conflict(
            "messages_pending",
            "Messages to this person are on their way. Cancel or finish those campaigns first.",
        ));
    }
    customer_erasure::erase(&mut tx, ctx.ws, id, now).await?;
    ctx.audit(&mut tx, now, "customer.erased", AuditObject::new("customer", id, "")).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "customers", json!({}));
    app.live.publish(ctx.ws, format!("customer:{id}"), json!({}));
    Ok(())
}
