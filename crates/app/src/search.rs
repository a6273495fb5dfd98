//! Finding customers, campaigns, offers and segments by name, for the window's palette.

use muster_db::search;

use serde::Serialize;

use crate::customers::{self, CustomerQuery, CustomerView};
use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};

/// Things of each kind that one answer gives at most.
const EACH: i64 = 6;
/// Text looked for, in characters.
const LONGEST: usize = 100;

/// One thing that was found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SearchHit)]
pub struct Found {
    /// `customer`, `campaign`, `offer`, `segment`.
    pub kind: String,
    pub id: String,
    pub name: String,
    /// Tells things of one name apart: a customer's address and city, otherwise the status or type.
    pub detail: String,
}

/// What begins with a text (customers) or has it in its name (the rest). An empty text finds nothing.
pub async fn find(app: &App, ctx: &Ctx, text: &str) -> AppResult<Vec<Found>> {
    ctx.require(Operation::Read)?;
    let text: String = text.trim().chars().take(LONGEST).collect();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let query = CustomerQuery { search: text.clone(), ..CustomerQuery::default() };
    let customers = customers::list_after(app, ctx, &query, 0, EACH).await?;
    let mut tx = app.db.read(ctx.ws).await?;
    let named = search::named(&mut tx, ctx.ws, &text.to_lowercase(), EACH * 3).await?;
    let named = named.into_iter().map(|n| Found { kind: n.kind, id: n.id.to_string(), name: n.name, detail: n.state });
    Ok(named.chain(customers.into_iter().map(customer)).collect())
}

fn customer(row: CustomerView) -> Found {
    let address = row.email.or(row.phone).unwrap_or_default();
    let name = if row.name.is_empty() { address.clone() } else { row.name };
    let parts: Vec<_> =
        [row.city, Some(address)].into_iter().flatten().filter(|p| !p.is_empty() && *p != name).collect();
    Found { kind: String::from("customer"), id: row.id.to_string(), name, detail: parts.join(" · ") }
}
