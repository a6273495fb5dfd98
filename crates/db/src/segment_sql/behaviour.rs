//! What customers did → a predicate.

use muster_domain::criteria::{Behaviour, BehaviourKind};

use super::predicate::Writer;
use super::text::{List, is_one_of};

/// Writes whether customers did something, or its opposite. Looks up one customer's rows by the index named with each.
pub(super) fn write(writer: &mut Writer<'_>, behaviour: &Behaviour, is_negated: bool) {
    let is_negated = is_negated != behaviour.is_negated;
    if behaviour.kind == BehaviourKind::Purchased && behaviour.campaigns.is_empty() {
        writer.out.push(if is_negated { "((" } else { "(" });
        recorded_on_customer(writer, behaviour, is_negated);
        writer.out.push(if is_negated { ") AND " } else { " OR " });
        rows(writer, behaviour, is_negated);
        writer.out.push(")");
        return;
    }
    rows(writer, behaviour, is_negated);
}

/// Purchases that came with the customer's data.
fn recorded_on_customer(writer: &mut Writer<'_>, behaviour: &Behaviour, is_negated: bool) {
    let from = behaviour.within.map(|span| muster_domain::criteria::When::ago(span).resolve(writer.now));
    match (from, behaviour.at_least) {
        (Some(from), 1) => {
            writer.out.push(if is_negated { "k.last_purchase_date IS NULL OR " } else { "" });
            writer.range("k.last_purchase_date", Some(from), None, is_negated);
        }
        (None, 1) => {
            writer.out.push(if is_negated {
                "k.last_purchase_date IS NULL AND k.purchase_count = 0"
            } else {
                "k.last_purchase_date IS NOT NULL OR k.purchase_count > 0"
            });
        }
        (None, times) => {
            writer.out.push("k.purchase_count").push(if is_negated { " < " } else { " >= " }).bind(i64::from(times));
        }
        // How often within a time is known only of what Muster saw.
        (Some(_), _) => {
            writer.out.push(if is_negated { "1 = 1" } else { "1 = 0" });
        }
    }
}

fn rows(writer: &mut Writer<'_>, behaviour: &Behaviour, is_negated: bool) {
    let times = i64::from(behaviour.at_least);
    if times == 1 {
        writer.out.push(if is_negated { "NOT EXISTS (" } else { "EXISTS (" });
        deeds(writer, behaviour);
        writer.out.push(")");
        return;
    }
    // Counting stops as soon as it is enough.
    writer.out.push("(SELECT COUNT(*) FROM (");
    deeds(writer, behaviour);
    writer.out.push(" LIMIT ").bind(times).push(") AS d)").push(if is_negated { " < " } else { " >= " }).bind(times);
}

fn deeds(writer: &mut Writer<'_>, behaviour: &Behaviour) {
    let ws = writer.ws;
    let (from, customer, moment) = match behaviour.kind {
        // run_recipients_customer
        BehaviourKind::WasSent => ("run_recipients r", "r.customer_id", "r.sent_at"),
        BehaviourKind::Opened => ("run_recipients r", "r.customer_id", "r.opened_at"),
        BehaviourKind::Clicked => ("run_recipients r", "r.customer_id", "r.clicked_at"),
        BehaviourKind::Replied => ("run_recipients r", "r.customer_id", "r.replied_at"),
        // offer_redemptions_customer
        BehaviourKind::Redeemed => ("offer_redemptions r", "r.customer_id", "r.redeemed_at"),
        // conversions_customer
        BehaviourKind::Purchased => ("conversions r", "r.customer_id", "r.occurred_at"),
    };
    writer
        .out
        .push("SELECT 1 FROM ")
        .push(from)
        .push(" WHERE ")
        .push(customer)
        .push(" = k.id AND r.tenant_id = ")
        .bind(ws);
    match behaviour.within {
        Some(span) => {
            let since = muster_domain::criteria::When::ago(span).resolve(writer.now);
            writer.out.push(" AND ").push(moment).push(" >= ").bind(since);
        }
        None => {
            writer.out.push(" AND ").push(moment).push(" IS NOT NULL");
        }
    }
    if behaviour.kind == BehaviourKind::Purchased {
        // Reported by a shop, or won on the board.
        writer.out.push(" AND r.kind IN ('purchase', 'card_won')");
    }
    if behaviour.campaigns.is_empty() {
        return;
    }
    let campaigns = List::Uuids(&behaviour.campaigns);
    if matches!(behaviour.kind, BehaviourKind::Redeemed | BehaviourKind::Purchased) {
        writer.out.push(" AND ");
        is_one_of(writer.out, "r.campaign_id", &campaigns, false);
    } else {
        writer.out.push(" AND r.run_id IN (SELECT n.id FROM campaign_runs n WHERE ");
        is_one_of(writer.out, "n.campaign_id", &campaigns, false);
        writer.out.push(")");
    }
}
