//! Unsubscribing by link or with one click (RFC 8058), and the preference centre.

use muster_db::{Tx, contacts, reactions, snapshots, workspaces};
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::tracking::{MessageRef, TrackingToken};
use muster_domain::workspace::WorkspaceId;

use super::{announce, recipient, verify};
use crate::{App, AppError, AppResult};

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Preferences {
    pub workspace_name: String,
    /// `en`, `sw`, `fr` …: the customer's language.
    pub locale: String,
    /// The channel of the message that brought the person here.
    pub channel: Channel,
    /// The address, mostly hidden: whoever was forwarded the message sees this page too.
    pub masked_address: String,
    /// Each channel by which the customer can be reached, and whether messages are wanted there.
    pub channels: Vec<(Channel, bool)>,
}

struct Found {
    ws: WorkspaceId,
    workspace: workspaces::WorkspaceRow,
    row: reactions::ReactingRow,
    contact: contacts::ContactRow,
    channel: Channel,
    address: Option<String>,
}

async fn message_of(app: &App, token: &str) -> AppResult<(MessageRef, workspaces::WorkspaceRow)> {
    match verify(app, token).await? {
        (TrackingToken::Unsubscribe(message) | TrackingToken::Preferences(message), workspace) => {
            Ok((message, workspace))
        }
        _ => Err(AppError::NotFound("link")),
    }
}

async fn find(tx: &mut Tx, message: MessageRef, workspace: workspaces::WorkspaceRow) -> AppResult<Found> {
    let ws = message.workspace;
    let row = recipient(tx, message).await?;
    let contact = contacts::get(tx, ws, row.customer_id).await?.ok_or(AppError::NotFound("message"))?;
    let channel = row.channel.as_deref().and_then(|c| c.parse().ok()).unwrap_or(Channel::Email);
    let sent_to = snapshots::find_one(tx, ws, message.run_id, message.seq).await?.map(|sent| sent.address);
    let address = sent_to.or_else(|| contact.address(channel.as_str()).map(str::to_owned));
    Ok(Found { ws, workspace, row, contact, channel, address })
}

/// What the page shows. 404 for a token that is not ours.
pub async fn load(app: &App, token: &str) -> AppResult<Preferences> {
    let (message, workspace) = message_of(app, token).await?;
    let mut tx = app.db.read(message.workspace).await?;
    let found = find(&mut tx, message, workspace).await?;
    shown(&mut tx, found).await
}

async fn shown(tx: &mut Tx, found: Found) -> AppResult<Preferences> {
    let suppressed = contacts::suppressed_channels(tx, found.ws, &found.contact).await?;
    let consents = contacts::consents(tx, found.ws, found.contact.id).await?;
    let wanted = |channel: Channel| {
        let refused = consents.iter().any(|(c, granted)| c == channel.as_str() && !granted);
        !found.contact.opted_out && !refused && !suppressed.iter().any(|c| c == channel.as_str())
    };
    let reachable =
        |c: &Channel| *c == found.channel || found.contact.address(c.as_str()).is_some() && *c != Channel::Push;
    Ok(Preferences {
        workspace_name: found.workspace.name.clone(),
        locale: found.contact.preferred_language.clone().unwrap_or_else(|| found.workspace.locale.clone()),
        channel: found.channel,
        masked_address: masked(found.address.as_deref().unwrap_or_default()),
        channels: Channel::ALL.iter().copied().filter(reachable).map(|c| (c, wanted(c))).collect(),
    })
}

/// Takes the recipient off the channel of the message. Doing it twice is the same as once.
pub async fn unsubscribe(app: &App, token: &str) -> AppResult<Preferences> {
    let (message, workspace) = message_of(app, token).await?;
    let now = app.now();
    let mut tx = app.db.write(message.workspace).await?;
    let found = find(&mut tx, message, workspace).await?;
    note(&mut tx, &found, now).await?;
    take_off(&mut tx, &found, found.channel, now).await?;
    let (ws, campaign_id) = (found.ws, found.row.campaign_id);
    let page = shown(&mut tx, found).await?;
    tx.commit().await?;
    announce(app, ws, campaign_id);
    Ok(page)
}

/// Keeps the channels that the recipient wants and takes them off the others.
pub async fn save(app: &App, token: &str, wanted: &[Channel]) -> AppResult<Preferences> {
    let (message, workspace) = message_of(app, token).await?;
    let now = app.now();
    let mut tx = app.db.write(message.workspace).await?;
    let found = find(&mut tx, message, workspace).await?;
    for &channel in Channel::ALL {
        if wanted.contains(&channel) {
            put_back(&mut tx, &found, channel, now).await?;
        } else if channel == found.channel || found.contact.address(channel.as_str()).is_some() {
            take_off(&mut tx, &found, channel, now).await?;
        }
    }
    if !wanted.contains(&found.channel) {
        note(&mut tx, &found, now).await?;
    }
    contacts::opt_out(&mut tx, found.ws, found.contact.id, wanted.is_empty(), now).await?;
    let (ws, campaign_id) = (found.ws, found.row.campaign_id);
    let contact = contacts::get(&mut tx, ws, found.contact.id).await?.ok_or(AppError::NotFound("message"))?;
    let page = shown(&mut tx, Found { contact, ..found }).await?;
    tx.commit().await?;
    announce(app, ws, campaign_id);
    Ok(page)
}

/// The opt-out in the message's timeline and in the counters, once for a message.
async fn note(tx: &mut Tx, found: &Found, now: Millis) -> AppResult<()> {
    note_opt_out(tx, found.ws, &found.row, now, "link").await
}

/// Notes an opt-out for a message: event and counter.
pub(crate) async fn note_opt_out(
    tx: &mut Tx,
    ws: WorkspaceId,
    row: &reactions::ReactingRow,
    now: Millis,
    source: &str,
) -> AppResult<()> {
    let event = reactions::NewEvent {
        run_id: row.run_id,
        seq: row.seq,
        customer_id: row.customer_id,
        kind: "unsubscribed",
        at: now,
        link_id: None,
        is_bot: false,
        user_agent: None,
        data: Some(serde_json::json!({ "source": source })),
        dedupe_key: Some(format!("unsubscribed:{}:{}", row.run_id, row.seq)),
    };
    if reactions::event(tx, ws, &event).await? {
        let counts = reactions::Counts { unsubscribed: 1, ..reactions::Counts::default() };
        reactions::count(tx, ws, row.run_id, row.variant_no, counts).await?;
    }
    Ok(())
}

async fn take_off(tx: &mut Tx, found: &Found, channel: Channel, now: Millis) -> AppResult<()> {
    contacts::consent(tx, found.ws, found.contact.id, channel.as_str(), false, "unsubscribe_page", now).await?;
    let own = found.address.as_deref().filter(|_| channel == found.channel);
    let current = found.contact.address(channel.as_str());
    for address in own.into_iter().chain(current) {
        let suppression = contacts::NewSuppression {
            channel: channel.as_str(),
            address,
            reason: "unsubscribed",
            source: "unsubscribe_page",
            customer_id: Some(found.contact.id),
            now,
        };
        contacts::suppress(tx, found.ws, &suppression).await?;
    }
    Ok(())
}

async fn put_back(tx: &mut Tx, found: &Found, channel: Channel, now: Millis) -> AppResult<()> {
    contacts::consent(tx, found.ws, found.contact.id, channel.as_str(), true, "preference_centre", now).await?;
    let own = found.address.as_deref().filter(|_| channel == found.channel);
    for address in own.into_iter().chain(found.contact.address(channel.as_str())) {
        contacts::unsuppress(tx, found.ws, channel.as_str(), address).await?;
    }
    Ok(())
}

/// `jane@example.com` → `j…@example.com`, `+254700111222` → `+254…222`.
fn masked(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) => format!("{}…@{domain}", local.chars().next().unwrap_or('…')),
        None if address.chars().count() > 8 => {
            let chars: Vec<char> = address.chars().collect();
            format!("{}…{}", chars[..4].iter().collect::<String>(), chars[chars.len() - 3..].iter().collect::<String>())
        }
        None => String::from("…"),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn addresses_are_hidden_but_recognised_by_their_owner() {
        assert_eq!(masked("jane@example.com"), "j…@example.com");
        assert_eq!(masked("+254700111222"), "+254…222");
        assert_eq!(masked("x"), "…");
    }
}
