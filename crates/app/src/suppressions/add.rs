//! Putting addresses on the list and taking them off.

use std::collections::BTreeSet;

use muster_db::suppressions::{self, NewSuppression};
use muster_db::workspaces;
use muster_domain::channel::Channel;
use muster_domain::email_address::EmailAddress;
use muster_domain::phone::{Phone, Region};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::SuppressionReason;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Addresses that one request may bring.
const MAX_ADDRESSES: usize = 100_000;
/// Refusals that are told one by one.
const MAX_REFUSED: usize = 1_000;

/// Addresses to suppress.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddSuppressions {
    /// Found by the address when not said: e-mail for what has an `@`, else SMS and WhatsApp.
    pub channel: Option<Channel>,
    /// `manual` when not said.
    pub reason: Option<SuppressionReason>,
    /// The addresses, or …
    #[serde(default)]
    pub addresses: Vec<String>,
    /// … the text of a file: one address a line, or the first column of a CSV.
    #[serde(default)]
    pub text: String,
    /// Where the list comes from, for the record.
    pub source: Option<String>,
}

/// What became of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuppressionsAdded {
    /// New on the list.
    pub added: u64,
    /// On the list before.
    pub present: u64,
    /// Not addresses; at most 1,000 are listed.
    pub refused: Vec<RefusedAddress>,
    pub refused_count: usize,
}

/// A line that is no address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RefusedAddress {
    /// Place in the list or line of the text, from 1.
    pub line: usize,
    pub address: String,
    pub message: String,
}

/// Puts addresses on the list; what is on it keeps its reason.
pub async fn add(app: &App, ctx: &Ctx, input: AddSuppressions) -> AppResult<SuppressionsAdded> {
    ctx.require(Operation::EditCustomers)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let region = Region::of_currency(&workspaces::get(&mut tx, ctx.ws).await?.currency);
    let reason = input.reason.unwrap_or(SuppressionReason::Manual);
    let source = input.source.as_deref().unwrap_or(&ctx.user_name).chars().take(200).collect::<String>();
    let mut known: BTreeSet<(&'static str, String)> = BTreeSet::new();
    let (mut refused, mut refused_count) = (Vec::new(), 0);
    let lines = input.addresses.iter().map(String::as_str).chain(input.text.lines());
    for (index, line) in lines.enumerate() {
        let address = first_cell(line);
        if address.is_empty() || (index == 0 && is_heading(address)) {
            continue;
        }
        match read(address, input.channel, region) {
            Ok(found) => known.extend(found),
            Err(message) => {
                refused_count += 1;
                if refused.len() < MAX_REFUSED {
                    refused.push(RefusedAddress {
                        line: index + 1,
                        address: address.chars().take(200).collect(),
                        message,
                    });
                }
            }
        }
        if known.len() > MAX_ADDRESSES * 2 {
            return Err(AppError::invalid("too_many", "At most 100,000 addresses at once. Split the list."));
        }
    }
    if known.is_empty() && refused_count == 0 {
        return Err(AppError::invalid("no_addresses", "Give at least one address."));
    }
    let rows: Vec<NewSuppression> = known
        .into_iter()
        .map(|(channel, address)| NewSuppression {
            channel,
            address,
            reason: reason.to_string(),
            source: source.clone(),
            customer_id: None,
        })
        .collect();
    let mut added = 0;
    for chunk in rows.chunks(5_000) {
        added += suppressions::add(&mut tx, ctx.ws, chunk, now).await?;
    }
    let count = json!({ "added": added, "reason": reason, "refused": refused_count });
    ctx.audit(&mut tx, now, "suppressions.added", AuditObject::new("suppressions", added, &source).after(&count))
        .await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "customers", json!({}));
    Ok(SuppressionsAdded { added, present: rows.len() as u64 - added, refused, refused_count })
}

fn first_cell(line: &str) -> &str {
    line.split([',', ';', '\t', '|']).next().unwrap_or_default().trim().trim_matches(['"', '\u{feff}', '\'']).trim()
}

fn is_heading(text: &str) -> bool {
    !text.contains('@') && !text.chars().any(|c| c.is_ascii_digit())
}

fn read(address: &str, channel: Option<Channel>, region: Region) -> Result<Vec<(&'static str, String)>, String> {
    let is_email = channel.map_or(address.contains('@'), |channel| channel == Channel::Email);
    if channel == Some(Channel::Push) {
        return Ok(vec![(Channel::Push.as_str(), address.to_owned())]);
    }
    if is_email {
        let email = EmailAddress::parse(address).map_err(|e| e.to_string())?;
        return Ok(vec![(Channel::Email.as_str(), email.to_string())]);
    }
    let phone = Phone::parse(address, region).map_err(|e| e.to_string())?.to_string();
    let channels = channel.map_or(vec![Channel::Sms, Channel::Whatsapp], |channel| vec![channel]);
    Ok(channels.into_iter().map(|channel| (channel.as_str(), phone.clone())).collect())
}

/// Takes an address off the list: it may be sent to again.
pub async fn remove(app: &App, ctx: &Ctx, id: i64) -> AppResult<()> {
    ctx.require(Operation::EditCustomers)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = suppressions::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("suppression"))?;
    suppressions::remove(&mut tx, ctx.ws, id).await?;
    let was = json!({ "channel": row.channel, "reason": row.reason, "source": row.source });
    ctx.audit(&mut tx, now, "suppression.removed", AuditObject::new("suppression", id, "").before(&was)).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "customers", json!({}));
    Ok(())
}
