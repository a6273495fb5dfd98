//! Lists of customers and search while typing.

use muster_db::customers::{self, CustomerFilter, Prefixes};
use muster_db::workspaces;
use muster_domain::channel::Channel;
use muster_domain::customer::search_key;
use muster_domain::phone::{Phone, Region};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::CustomerView;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};

/// What to list; empty texts and `None` mean any.
#[derive(Debug, Clone, Default)]
pub struct CustomerQuery {
    /// Beginning of a name, an e-mail address or a phone number, or a customer number.
    pub search: String,
    pub tier: String,
    pub city: String,
    pub client_type: String,
    pub preferred_language: String,
    pub preferred_channel: Option<Channel>,
    pub opted_out: Option<bool>,
    pub is_active: Option<bool>,
}

impl CustomerQuery {
    pub(super) fn filter(&self, region: Region) -> CustomerFilter {
        CustomerFilter {
            tier: self.tier.clone(),
            city: self.city.clone(),
            client_type: self.client_type.clone(),
            preferred_language: self.preferred_language.clone(),
            preferred_channel: self.preferred_channel,
            opted_out: self.opted_out,
            is_active: self.is_active,
            search: prefixes(&self.search, region),
        }
    }
}

/// What a search text may be the beginning of.
fn prefixes(search: &str, region: Region) -> Option<Prefixes> {
    let text = search.trim();
    if text.is_empty() {
        return None;
    }
    let external_id = text.to_owned();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_number =
        digits.len() >= 3 && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')'));
    if text.contains('@') {
        return Some(Prefixes { email: text.to_lowercase(), external_id, ..Prefixes::default() });
    }
    if is_number {
        return Some(Prefixes { phone: phone_prefix(text, &digits, region), external_id, ..Prefixes::default() });
    }
    Some(Prefixes { name: search_key(text), email: text.to_lowercase(), external_id, ..Prefixes::default() })
}

/// `0712` is the beginning of `+254712…` where 0 is dialled before a number of the same country.
fn phone_prefix(text: &str, digits: &str, region: Region) -> String {
    if let Ok(phone) = Phone::parse(text, region) {
        return phone.as_str().to_owned();
    }
    let code = region.calling_code();
    match digits.strip_prefix('0') {
        Some(national) if !text.starts_with('+') => format!("+{code}{national}"),
        _ if text.starts_with('+') || digits.starts_with(&code) => format!("+{digits}"),
        _ => format!("+{code}{digits}"),
    }
}

/// One page by number, as the contract counts it. A search counts at most the first thousand finds of each kind.
pub async fn list(app: &App, ctx: &Ctx, query: &CustomerQuery, request: PageRequest) -> AppResult<Page<CustomerView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let workspace = workspaces::get(&mut tx, ctx.ws).await?;
    let filter = query.filter(Region::of_currency(&workspace.currency));
    let total = customers::count(&mut tx, ctx.ws, &filter).await?;
    let rows = customers::page(&mut tx, ctx.ws, &filter, i64::MAX, request.page_size, request.offset()).await?;
    Ok(Page::new(rows.into_iter().map(Into::into).collect(), request, total))
}

/// The customers after a cursor (the id of the last one seen; 0 for the beginning), newest first. Rows that come in
/// meanwhile neither repeat nor hide one.
pub async fn list_after(
    app: &App,
    ctx: &Ctx,
    query: &CustomerQuery,
    cursor: i64,
    limit: i64,
) -> AppResult<Vec<CustomerView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let workspace = workspaces::get(&mut tx, ctx.ws).await?;
    let filter = query.filter(Region::of_currency(&workspace.currency));
    let before = if cursor > 0 { cursor } else { i64::MAX };
    let rows = customers::page(&mut tx, ctx.ws, &filter, before, limit.clamp(1, 100), 0).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A value that a filter offers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerFacet {
    /// `tier`, `city`, `clientType`, `preferredLanguage`
    pub field: String,
    pub value: String,
    /// Among the newest 20,000 customers.
    pub customers: i64,
}

/// What filters offer: the commonest values.
pub async fn facets(app: &App, ctx: &Ctx) -> AppResult<Vec<CustomerFacet>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let rows = customers::facets(&mut tx, ctx.ws).await?;
    Ok(rows.into_iter().map(|r| CustomerFacet { field: r.field, value: r.value, customers: r.customers }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_read_as_what_it_looks_like() {
        let region: Region = "KE".parse().unwrap();
        let found = |text: &str| prefixes(text, region).unwrap();
        assert_eq!(found("0712 3").phone, "+2547123");
        assert_eq!(found("+2547123").phone, "+2547123");
        assert_eq!(found("2547123").phone, "+2547123");
        assert_eq!(found("Ann@Ex").email, "ann@ex");
        assert_eq!(found("  Zoë  Mü").name, "zoe mu");
        assert_eq!(found("C000020").external_id, "C000020");
        assert_eq!(prefixes("  ", region), None);
    }
}
