//! Which customer and which message a reply belongs to.

use muster_db::{Tx, contacts, reactions};
use muster_domain::tracking::MessageName;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::AppResult;

/// Who wrote, as it stands in the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct From {
    pub name: Option<String>,
    /// E-mail in lower case, or a phone number with its plus.
    pub address: String,
}

impl From {
    /// A machine: whom a report came from says nothing.
    pub fn nobody() -> Self {
        Self { name: None, address: String::new() }
    }

    /// Reads `John Smith <john@example.com>`, `john@example.com` or `+254 700 000 000`.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let (name, address) = match text.rsplit_once('<') {
            Some((name, rest)) => (name.trim().trim_matches('"').trim(), rest.trim_end_matches('>')),
            None => ("", text),
        };
        let address = if address.contains('@') {
            address.trim().to_lowercase()
        } else {
            address.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
        };
        Self { name: (!name.is_empty()).then(|| name.to_owned()), address }
    }
}

/// What a reply belongs to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matched {
    pub contact: Option<contacts::ContactRow>,
    pub message: Option<reactions::ReactingRow>,
    pub campaign_id: Option<Uuid>,
}

/// The message that a reply names is certain; without one it is the newest that went to the sender.
///
/// Bounces come from a mail server: there the address that could not be reached stands for the sender.
pub(crate) async fn find(
    tx: &mut Tx,
    ws: WorkspaceId,
    campaign_id: Option<Uuid>,
    named: Option<reactions::ReactingRow>,
    from: &From,
    bounced: Option<&str>,
) -> AppResult<Matched> {
    let address = bounced.unwrap_or(&from.address);
    let mut contact = if address.is_empty() { None } else { contacts::by_address(tx, ws, address).await? };
    if let (None, Some(row)) = (&contact, &named) {
        // Answered from another address: still the customer whom the message went to.
        contact = contacts::get(tx, ws, row.customer_id).await?;
    }
    let message = match (named, &contact) {
        (Some(row), _) => Some(row),
        (None, Some(contact)) => reactions::latest_of_customer(tx, ws, contact.id, campaign_id).await?,
        (None, None) => None,
    };
    let campaign_id = campaign_id.or(message.as_ref().map(|m| m.campaign_id));
    Ok(Matched { contact, message, campaign_id })
}

/// The message that an id names: one of ours names run and recipient itself, another is looked for in the campaign.
pub(crate) async fn named(
    tx: &mut Tx,
    ws: WorkspaceId,
    campaign_id: Option<Uuid>,
    id: &str,
) -> AppResult<Option<reactions::ReactingRow>> {
    let id = id.trim().trim_matches(['<', '>']);
    let ours = MessageName::parse(id);
    let place = match (ours, campaign_id) {
        (Some(name), _) => Some((name.run_id, name.seq)),
        (None, Some(campaign)) => reactions::by_provider_id(tx, ws, campaign, id).await?,
        (None, None) => None,
    };
    let Some((run_id, seq)) = place else { return Ok(None) };
    let row = reactions::recipient(tx, ws, run_id, seq).await?;
    // The campaign's id is what cannot be guessed.
    let said = |row: &reactions::ReactingRow| ours.is_none_or(|name| name.campaign == row.campaign_id);
    Ok(row.filter(|r| campaign_id.is_none_or(|c| c == r.campaign_id) && said(r)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_are_read() {
        let john = From::parse("\"John Smith\" <John@Example.com>");
        assert_eq!(john, From { name: Some("John Smith".into()), address: "john@example.com".into() });
        assert_eq!(From::parse("+254 722 418-906").address, "+254722418906");
    }
}
