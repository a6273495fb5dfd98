//! May we send? Per channel: an address, what the person said, and suppression.

use muster_db::consents::{self, ConsentRow};
use muster_db::customers::{self, CustomerRow};
use muster_db::suppressions::{self, SuppressionRow};
use muster_db::{Tx, attributes};
use muster_domain::channel::Channel;
use muster_domain::time;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::view::{self, CustomerDetail};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

muster_domain::text_enum! {
    /// What a person said to a channel.
    pub enum Consent {
        Granted = "granted",
        Refused = "refused",
        /// Nothing: sending is allowed unless the person opted out of everything.
        Unknown = "unknown",
    }
}

/// Whether a channel may be used for a customer, and if not, why.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelState {
    pub channel: Channel,
    pub can_send: bool,
    /// For the person: why not, or since when.
    pub reason: String,
    /// Where it would be sent; the number of devices for push.
    pub address: Option<String>,
    pub consent: Consent,
    /// RFC 3339: when the consent was given or refused.
    pub consent_at: Option<String>,
    pub consent_source: Option<String>,
    /// Entry of the suppression list that forbids it.
    pub suppression_id: Option<i64>,
    pub suppression_reason: Option<String>,
}

pub(super) async fn of_customer(tx: &mut Tx, ws: WorkspaceId, customer: &CustomerRow) -> AppResult<Vec<ChannelState>> {
    let said = consents::of_customer(tx, ws, customer.id).await?;
    let devices = attributes::tokens(tx, ws, customer.id).await?;
    let mut addresses: Vec<(Channel, &str)> = Vec::new();
    if let Some(email) = &customer.email {
        addresses.push((Channel::Email, email));
    }
    if let Some(phone) = &customer.phone {
        addresses.extend([(Channel::Sms, phone.as_str()), (Channel::Whatsapp, phone.as_str())]);
    }
    let suppressed = suppressions::of_addresses(tx, ws, &addresses).await?;
    let devices = (!devices.is_empty()).then(|| devices.len().to_string());
    Ok([Channel::Sms, Channel::Email, Channel::Whatsapp, Channel::Push]
        .into_iter()
        .map(|channel| {
            let address = addresses.iter().find(|(of, _)| *of == channel).map(|(_, address)| (*address).to_owned());
            let address = if channel == Channel::Push { devices.clone() } else { address };
            let consent = said.iter().find(|c| c.channel == channel);
            state(customer, channel, address, consent, suppressed.iter().find(|s| s.channel == channel))
        })
        .collect())
}

fn state(
    customer: &CustomerRow,
    channel: Channel,
    address: Option<String>,
    said: Option<&ConsentRow>,
    suppressed: Option<&SuppressionRow>,
) -> ChannelState {
    let consent = match said {
        None => Consent::Unknown,
        Some(said) if said.is_granted => Consent::Granted,
        Some(_) => Consent::Refused,
    };
    let reason = if customer.opted_out {
        String::from("Opted out of all messages")
    } else if address.is_none() {
        String::from(match channel {
            Channel::Email => "No e-mail address",
            Channel::Sms | Channel::Whatsapp => "No phone number",
            Channel::Push => "No device",
        })
    } else if let Some(entry) = suppressed {
        format!("Suppressed: {}", suppression_words(&entry.reason))
    } else if consent == Consent::Refused {
        String::from("Left this channel")
    } else {
        String::new()
    };
    ChannelState {
        channel,
        can_send: reason.is_empty() && customer.is_active,
        reason: if reason.is_empty() && !customer.is_active { String::from("Not active") } else { reason },
        address,
        consent,
        consent_at: said.map(|s| time::rfc3339(s.at)),
        consent_source: said.map(|s| s.source.clone()),
        suppression_id: suppressed.map(|s| s.id),
        suppression_reason: suppressed.map(|s| s.reason.clone()),
    }
}

/// A reason of the suppression list, for people.
fn suppression_words(reason: &str) -> &str {
    match reason {
        "unsubscribed" => "unsubscribed",
        "hard_bounce" => "the address does not exist",
        "complaint" => "marked as spam",
        _ => "by hand",
    }
}

/// Notes what a customer says to a channel now; `unknown` forgets it.
pub async fn set_consent(
    app: &App,
    ctx: &Ctx,
    id: i64,
    channel: Channel,
    consent: Consent,
) -> AppResult<CustomerDetail> {
    ctx.require(Operation::EditCustomers)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let customer = customers::get(&mut tx, ctx.ws, id)
        .await?
        .filter(|c| c.erased_at.is_none())
        .ok_or(AppError::NotFound("customer"))?;
    match consent {
        Consent::Unknown => consents::remove(&mut tx, ctx.ws, customer.id, channel).await?,
        said => {
            let row =
                ConsentRow { channel, is_granted: said == Consent::Granted, source: String::from("manual"), at: now };
            consents::put(&mut tx, ctx.ws, customer.id, &row).await?;
        }
    }
    let object = AuditObject::new("customer", id, "").after(&json!({ "channel": channel, "consent": consent }));
    ctx.audit(&mut tx, now, "customer.consent_changed", object).await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, format!("customer:{id}"), json!({}));
    view::get(app, ctx, id).await
}
