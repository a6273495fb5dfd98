//! Which customer and which message a reply belongs to.

use muster_db::{Tx, contacts, reactions};
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::AppResult;

/// Who wrote, as it stands in the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct From {
    pub name: Option<String>,
    /// E-mail in lower case, or a phone number with its plus.
    pub address: String,
}

impl From {
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
pub(super) struct Matched {
    pub contact: Option<contacts::ContactRow>,
    pub message: Option<reactions::ReactingRow>,
    pub campaign_id: Option<Uuid>,
}

/// Looks for the message first (its id names run and recipient), then for the sender.
///
/// Bounces come from a mail server: there the address that could not be reached stands for the sender.
pub(super) async fn find(
    tx: &mut Tx,
    ws: WorkspaceId,
    campaign_id: Option<Uuid>,
    message_id: Option<&str>,
    from: &From,
    bounced: Option<&str>,
) -> AppResult<Matched> {
    let by_id = match message_id {
        Some(id) => message_of(tx, ws, campaign_id, id).await?,
        None => None,
    };
    let address = bounced.unwrap_or(&from.address);
    let mut contact = if address.is_empty() { None } else { contacts::by_address(tx, ws, address).await? };
    if let (None, Some(row)) = (&contact, &by_id) {
        // Answered from another address: still the customer whom the message went to.
        contact = contacts::get(tx, ws, row.customer_id).await?;
    }
    let message = match (by_id, &contact) {
        (Some(row), _) => Some(row),
        (None, Some(contact)) => reactions::latest_of_customer(tx, ws, contact.id, campaign_id).await?,
        (None, None) => None,
    };
    let campaign_id = campaign_id.or(message.as_ref().map(|m| m.campaign_id));
    Ok(Matched { contact, message, campaign_id })
}

async fn message_of(
    tx: &mut Tx,
    ws: WorkspaceId,
    campaign_id: Option<Uuid>,
    id: &str,
) -> AppResult<Option<reactions::ReactingRow>> {
    let id = id.trim().trim_matches(['<', '>']);
    let named = match run_and_seq(id) {
        Some(named) => Some(named),
        None => match campaign_id {
            Some(campaign) => reactions::by_provider_id(tx, ws, campaign, id).await?,
            None => None,
        },
    };
    let Some((run_id, seq)) = named else { return Ok(None) };
    let row = reactions::recipient(tx, ws, run_id, seq).await?;
    Ok(row.filter(|r| campaign_id.is_none_or(|c| c == r.campaign_id)))
}

/// Our own message ids name campaign, run and recipient: `0189….12.150@host`.
fn run_and_seq(id: &str) -> Option<(i64, i64)> {
    let mut parts = id.split('@').next()?.split('.');
    Uuid::try_parse(parts.next()?).ok()?;
    let run = parts.next()?.parse().ok()?;
    Some((run, parts.next()?.parse().ok()?))
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

    #[test]
    fn our_message_ids_name_their_message() {
        assert_eq!(run_and_seq("01890000000070008000000000000000.12.150@mail.example.com"), Some((12, 150)));
        assert_eq!(run_and_seq("CAF3x.7@mail.gmail.com"), None);
    }
}
