//! Whether one message goes now, later or not at all. Consent is looked at here, at the moment of sending.

use muster_db::profiles::ProfileRow;
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::creative::{ChoiceReason, Preferences, choose_creative};

use super::plan::RunPlan;

/// What is to be done with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Send content `index` of the plan; why that one.
    Send { index: usize, reason: ChoiceReason },
    /// Wait for the end of quiet hours.
    Wait { until: Millis },
    /// Never sent: consent or suppression forbids it.
    Suppress { reason: String },
    /// Never sent for another reason.
    Skip { reason: String },
}

/// Decides without frequency caps, which need a count over all recipients of the window.
pub fn decide(plan: &RunPlan, p: &ProfileRow, now: Millis) -> Decision {
    if !p.is_active {
        return Decision::Skip { reason: String::from("customer is not active") };
    }
    if p.opted_out {
        return Decision::Suppress { reason: String::from("opted out") };
    }
    let eligible: Vec<usize> = (0..plan.contents.len())
        .filter(|i| {
            let row = &plan.contents[*i].row;
            row.offer_no == p.offer_no && (row.variant_no == 0 || row.variant_no == p.variant_no)
        })
        .collect();
    if eligible.is_empty() {
        return Decision::Skip { reason: String::from("no content that can be rendered") };
    }
    let reachable: Vec<Channel> =
        Channel::ALL.iter().copied().filter(|c| address(p, *c).is_some() && forbidden(p, *c).is_none()).collect();
    let keys: Vec<_> = eligible.iter().map(|i| plan.contents[*i].key()).collect();
    let preferences = Preferences {
        channel: p.preferred_channel.as_deref().and_then(|c| c.parse().ok()),
        language: p.preferred_language.as_deref(),
    };
    let single = plan.facts.channel.single();
    let choice = choose_creative(preferences, &reachable, single, &keys);
    let Some(index) = choice.index else { return unreachable(plan, p, &eligible, single) };
    if let Some(quiet) = plan.policy.as_ref().and_then(|policy| policy.quiet_hours.as_ref()) {
        let zone = p.timezone.as_deref().unwrap_or(&plan.facts.workspace_timezone);
        let until = quiet.earliest(now, zone);
        if until > now {
            return Decision::Wait { until };
        }
    }
    // What a plan handed over in time may have been held up since.
    let until = plan.journey.as_ref().map_or(now, |journey| journey.outside_quiet_hours(now));
    if until > now {
        return Decision::Wait { until };
    }
    Decision::Send { index: eligible[index], reason: choice.reason }
}

fn unreachable(plan: &RunPlan, p: &ProfileRow, eligible: &[usize], single: Option<Channel>) -> Decision {
    let mut channels: Vec<Channel> =
        eligible.iter().map(|i| plan.contents[*i].row.channel).filter(|c| single.is_none_or(|s| s == *c)).collect();
    channels.dedup();
    if let Some(reason) = channels.iter().filter(|c| address(p, **c).is_some()).find_map(|c| forbidden(p, *c)) {
        return Decision::Suppress { reason };
    }
    let names: Vec<_> = channels.iter().map(|c| c.as_str()).collect();
    Decision::Skip {
        reason: if names.is_empty() {
            String::from("no creative for this channel")
        } else {
            format!("no address for {}", names.join(", "))
        },
    }
}

/// Where a customer is reached by a channel.
pub fn address(p: &ProfileRow, channel: Channel) -> Option<&str> {
    match channel {
        Channel::Email => p.email.as_deref(),
        Channel::Sms | Channel::Whatsapp => p.phone.as_deref(),
        Channel::Push => p.push_token.as_deref(),
    }
}

fn forbidden(p: &ProfileRow, channel: Channel) -> Option<String> {
    let (suppressed, refused) = match channel {
        Channel::Email => (p.email_suppressed.as_deref(), p.email_refused),
        Channel::Sms => (p.sms_suppressed.as_deref(), p.sms_refused),
        Channel::Whatsapp => (p.whatsapp_suppressed.as_deref(), p.whatsapp_refused),
        Channel::Push => (None, p.push_refused),
    };
    suppressed.map(|reason| reason.replace('_', " ")).or_else(|| refused.then(|| format!("no consent for {channel}")))
}
