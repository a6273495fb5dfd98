//! Finding customers, campaigns, offers and segments by name, for the window's palette.

use muster_db::search;

use serde::Serialize;

use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};

/// Things of each kind that one answer gives at most.
const EACH: i64 = 6;
/// Text looked for, in characters.
const LONGEST: usize = 100;
/// Sorts after every phone number: finds none.
const NO_PHONE: &str = "\u{10FFFF}";

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
    let key = text.to_lowercase();
    if key.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = app.db.read(ctx.ws).await?;
    let customers = search::customers(&mut tx, ctx.ws, &key, &phone_key(&text), EACH).await?;
    let named = search::named(&mut tx, ctx.ws, &text.to_lowercase(), EACH * 3).await?;
    let named = named.into_iter().map(|n| Found { kind: n.kind, id: n.id.to_string(), name: n.name, detail: n.state });
    Ok(named.chain(customers.into_iter().map(customer)).collect())
}

/// `254 722-418` and `+254722418` find the same number; fewer than three digits find nobody.
fn phone_key(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_phone = text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    if is_phone && digits.len() >= 3 { format!("+{digits}") } else { NO_PHONE.to_owned() }
}

fn customer(row: search::FoundCustomer) -> Found {
    let name = format!("{} {}", row.first_name, row.last_name).trim().to_owned();
    let address = row.email.or(row.phone).unwrap_or_default();
    let name = if name.is_empty() { address.clone() } else { name };
    let parts: Vec<_> =
        [row.city, Some(address)].into_iter().flatten().filter(|p| !p.is_empty() && *p != name).collect();
    Found { kind: String::from("customer"), id: row.id.to_string(), name, detail: parts.join(" · ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_phone_number_is_looked_for_as_one() {
        assert_eq!(phone_key("+254 722-418"), "+254722418");
        assert_eq!(phone_key("25"), NO_PHONE);
        assert_eq!(phone_key("campus 10gb"), NO_PHONE);
    }
}
