//! After a restore nothing goes on by itself that may have gone on after the backup: nobody here knows how far it came.

use muster_db::restored::{self, HeldCampaign};
use muster_db::{Db, Tx, audit, campaign_state, notifications, workspaces};
use muster_domain::campaign::CampaignType;
use muster_domain::clock::Millis;
use muster_domain::reply::absence::RetryDropped;
use muster_domain::role::Role;
use muster_domain::time::{rfc3339, utc_minute};
use muster_domain::workspace::WorkspaceId;
use serde_json::json;

use crate::AppResult;
use crate::runs::recurrence_of;

/// Campaigns that wait for somebody's word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// Were being sent, and are paused.
    pub paused: Vec<String>,
    /// Their start has passed: drafts again.
    pub unscheduled: Vec<String>,
}

/// Takes everything out of a restored database that would go on by itself.
pub(super) async fn settle(db: &Db, taken_at: Option<Millis>, now: Millis) -> AppResult<Settled> {
    let when = taken_at.map_or_else(|| String::from("an earlier time"), utc_minute);
    let held = format!(
        "Restored from a backup of {when}. What was sent after that is not known here: going on may send messages twice."
    );
    let passed = format!(
        "Restored from a backup of {when}, and the start has passed since. Look whether it was sent before you schedule it again."
    );
    let ended = format!("restored from a backup of {when}");
    let mut tx = db.write_all().await?.patiently();
    let paused = restored::hold_campaigns(&mut tx, &held, now).await?;
    pass_occurrences(&mut tx, now).await?;
    let unscheduled = restored::take_off_schedule(&mut tx, &passed, now).await?;
    restored::let_go(&mut tx, &ended, RetryDropped::Stopped.as_str(), now).await?;
    for workspace in workspaces::list(&mut tx).await? {
        let ws = WorkspaceId(workspace.id);
        let own = |all: &[HeldCampaign]| {
            all.iter().filter(|c| c.tenant_id == ws.0).map(|c| c.name.clone()).collect::<Vec<_>>()
        };
        let (held, off) = (own(&paused), own(&unscheduled));
        let entry = audit::NewEntry {
            at: now,
            actor_id: None,
            actor_name: "Muster",
            action: "workspace.restored",
            object_type: "workspace",
            object_id: workspace.public_id.to_string(),
            object_name: &workspace.name,
            before: None,
            after: Some(json!({"backupOf": taken_at.map(rfc3339), "paused": held, "unscheduled": off})),
            correlation_id: None,
        };
        audit::insert(&mut tx, ws, &entry).await?;
        let body = format!(
            "{} campaigns were paused and {} taken off the schedule: nothing is sent until somebody says so.",
            held.len(),
            off.len()
        );
        let title = format!("Restored from a backup of {when}");
        let link = Some("/campaigns");
        let news = notifications::NewNotification { at: now, kind: "campaign", title: &title, body: &body, link };
        notifications::to_roles(&mut tx, ws, &[Role::Admin, Role::Manager], None, &news).await?;
    }
    tx.commit().await?;
    let names = |all: Vec<HeldCampaign>| all.into_iter().map(|c| c.name).collect();
    Ok(Settled { paused: names(paused), unscheduled: names(unscheduled) })
}

/// Recurring campaigns wait for their next occurrence: those up to now may have taken place.
async fn pass_occurrences(tx: &mut Tx, now: Millis) -> AppResult<()> {
    for due in campaign_state::due(tx, now).await? {
        let ws = WorkspaceId(due.tenant_id);
        let Some(campaign) = campaign_state::get(tx, ws, due.id).await? else { continue };
        // One that cannot be read comes off the schedule like those that start once.
        let recurrence = recurrence_of(&campaign).ok().filter(|_| due.kind == CampaignType::Recurring);
        if let Some(next) = recurrence.and_then(|recurrence| recurrence.next_after(now)) {
            campaign_state::set_moment(tx, ws, due.id, campaign.status, due.scheduled_at, Some(next)).await?;
        }
    }
    Ok(())
}
