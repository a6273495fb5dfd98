//! One change to several customers.

use muster_db::customers;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Customers that one request may name.
const MAX_CUSTOMERS: usize = 10_000;

/// What to do with the customers that are selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// No messages any more.
    OptOut,
    /// Messages again.
    OptIn,
    /// No customers any more.
    Deactivate,
}

/// Changes several customers at once; gives how many there were.
pub async fn bulk(app: &App, ctx: &Ctx, action: BulkAction, ids: &[i64]) -> AppResult<u64> {
    ctx.require(Operation::EditCustomers)?;
    if ids.is_empty() || ids.len() > MAX_CUSTOMERS {
        return Err(AppError::invalid("bad_selection", "Select between 1 and 10,000 customers."));
    }
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    if !customers::missing(&mut tx, ctx.ws, ids).await?.is_empty() {
        return Err(AppError::NotFound("customer"));
    }
    let (changed, name) = match action {
        BulkAction::OptOut => (customers::set_opted_out(&mut tx, ctx.ws, ids, true, now).await?, "customers.opted_out"),
        BulkAction::OptIn => (customers::set_opted_out(&mut tx, ctx.ws, ids, false, now).await?, "customers.opted_in"),
        BulkAction::Deactivate => {
            (customers::deactivate_all(&mut tx, ctx.ws, ids, now).await?, "customers.deactivated")
        }
    };
    ctx.audit(&mut tx, now, name, AuditObject::new("customers", ids.len(), "").after(&json!({ "ids": ids }))).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "customers", json!({}));
    Ok(changed)
}
