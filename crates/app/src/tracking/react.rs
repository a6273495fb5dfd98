//! Opens and clicks.

use muster_db::{Tx, audit, reactions, workspaces};
use muster_domain::clock::Millis;
use muster_domain::tracking::hit::{self, Hit, HitKind};
use muster_domain::tracking::links::{Utm, redirect_target, with_utm};
use muster_domain::tracking::{MessageRef, Origin, TrackingToken};
use muster_domain::workspace::WorkspaceId;
use serde_json::json;

use super::{announce_often, recipient, verify};
use crate::redemptions::{GrantCause, grant_rewards};
use crate::{App, AppError, AppResult};

/// One request from outside.
#[derive(Debug, Clone, Copy)]
pub struct TrackHit<'a> {
    pub method: &'a str,
    pub user_agent: Option<&'a str>,
    /// `Purpose`, `Sec-Purpose`, `X-Purpose` or `X-Moz`.
    pub purpose: Option<&'a str>,
}

/// Repeated hits within this span are one event of the timeline.
const SAME_HIT_MS: Millis = 60_000;
/// Links followed within this span count as one burst.
const BURST_MS: Millis = 2_000;
const MAX_AGENT: usize = 300;

/// Notes that a message's pixel was fetched. 404 for a token that is not ours.
pub async fn open(app: &App, token: &str, hit: TrackHit<'_>) -> AppResult<()> {
    let (TrackingToken::Open(message), workspace) = verify(app, token).await? else {
        return Err(AppError::NotFound("link"));
    };
    let ws = WorkspaceId(workspace.id);
    let now = app.now();
    let mut tx = app.db.write(ws).await?;
    let row = recipient(&mut tx, message).await?;
    let origin = hit::origin(&hit_of(HitKind::Open, hit, &row, now, 0));
    let key = format!("open:{}:{}:{}:{}", row.run_id, row.seq, origin, now / SAME_HIT_MS);
    let event = event_of(&row, "opened", now, origin, hit, None, key);
    if !reactions::event(&mut tx, ws, &event).await? {
        return Ok(());
    }
    if origin.is_person() {
        react(&mut tx, &workspace, &row, reactions::Progress::Opened, now).await?;
    }
    tx.commit().await?;
    announce_often(app, ws, &row);
    Ok(())
}

/// Notes that a link was followed and gives the address to go to: a stored link, never anything from the request.
pub async fn click(app: &App, token: &str, hit: TrackHit<'_>) -> AppResult<String> {
    let (TrackingToken::Click { message, link }, workspace) = verify(app, token).await? else {
        return Err(AppError::NotFound("link"));
    };
    let ws = WorkspaceId(workspace.id);
    let now = app.now();
    let mut tx = app.db.write(ws).await?;
    let row = recipient(&mut tx, message).await?;
    let stored = reactions::link(&mut tx, ws, link).await?;
    let of_message = |l: &reactions::LinkRow| row.creative_version_id.is_none_or(|v| v == l.creative_version_id);
    let stored = stored.filter(of_message).ok_or(AppError::NotFound("link"))?;
    let target = target(&mut tx, ws, &row, &stored.url).await?;
    let others = reactions::other_links(&mut tx, ws, message.run_id, message.seq, now - BURST_MS, link).await?;
    let origin = hit::origin(&hit_of(HitKind::Click, hit, &row, now, u32::try_from(others).unwrap_or(u32::MAX)));
    let key = format!("click:{}:{}:{link}:{origin}:{}", row.run_id, row.seq, now / BURST_MS);
    let event = event_of(&row, "clicked", now, origin, hit, Some(link), key);
    if reactions::event(&mut tx, ws, &event).await? {
        if origin.is_person() {
            clicked(app, &mut tx, &workspace, &row, message, now).await?;
        }
        tx.commit().await?;
        announce_often(app, ws, &row);
    }
    Ok(target)
}

async fn clicked(
    app: &App,
    tx: &mut Tx,
    workspace: &workspaces::WorkspaceRow,
    row: &reactions::ReactingRow,
    message: MessageRef,
    now: Millis,
) -> AppResult<()> {
    let first = react(tx, workspace, row, reactions::Progress::Clicked, now).await?.clicked == 1;
    if let Some(offer_id) = row.offer_id.filter(|_| first) {
        let cause = GrantCause {
            on: "clicked",
            customer_id: row.customer_id,
            offer_id,
            campaign_id: Some(row.campaign_id),
            run_id: Some(message.run_id),
            redemption_id: None,
            key: format!("clicked:{}:{}", message.run_id, message.seq),
        };
        grant_rewards(app, tx, WorkspaceId(workspace.id), &cause, now).await?;
    }
    Ok(())
}

/// Moves the recipient on, counts and tells the outside.
async fn react(
    tx: &mut Tx,
    workspace: &workspaces::WorkspaceRow,
    row: &reactions::ReactingRow,
    to: reactions::Progress,
    now: Millis,
) -> AppResult<reactions::Counts> {
    let ws = WorkspaceId(workspace.id);
    let counts = reactions::advance(tx, ws, row.run_id, row.seq, to, now).await?;
    reactions::count(tx, ws, row.run_id, row.variant_no, counts).await?;
    let names = [
        (counts.delivered, "campaign.message.delivered"),
        (counts.opened, "campaign.message.opened"),
        (counts.clicked, "campaign.message.clicked"),
    ];
    for (_, name) in names.into_iter().filter(|(changed, _)| *changed > 0) {
        let data =
            json!({ "campaignId": row.campaign_id, "contactId": row.customer_id, "runId": row.run_id, "seq": row.seq });
        audit::emit(tx, ws, name, &format!("run:{}", row.run_id), now, &data).await?;
    }
    Ok(counts)
}

fn hit_of<'a>(kind: HitKind, hit: TrackHit<'a>, row: &reactions::ReactingRow, now: Millis, others: u32) -> Hit<'a> {
    Hit {
        kind,
        method: hit.method,
        user_agent: hit.user_agent,
        purpose: hit.purpose,
        since_sent_ms: row.sent_at.map(|sent| (now - sent).max(0)),
        other_links_just_now: others,
    }
}

fn event_of<'a>(
    row: &reactions::ReactingRow,
    kind: &'a str,
    now: Millis,
    origin: Origin,
    hit: TrackHit<'a>,
    link_id: Option<i64>,
    key: String,
) -> reactions::NewEvent<'a> {
    let agent = hit.user_agent.map(|a| a.char_indices().nth(MAX_AGENT).map_or(a, |(end, _)| &a[..end]));
    reactions::NewEvent {
        run_id: row.run_id,
        seq: row.seq,
        customer_id: row.customer_id,
        kind,
        at: now,
        link_id,
        is_bot: !origin.is_person(),
        user_agent: agent,
        data: Some(json!({ "origin": origin })),
        dedupe_key: Some(key),
    }
}

/// The stored link with the campaign's `utm_*` parameters; those of the offer come before the general ones.
async fn target(tx: &mut Tx, ws: WorkspaceId, row: &reactions::ReactingRow, stored: &str) -> AppResult<String> {
    redirect_target(stored).ok_or(AppError::NotFound("link"))?;
    let sources = match row.offer_id {
        Some(offer) => reactions::sources(tx, ws, offer).await?,
        None => Vec::new(),
    };
    let campaign = reactions::campaign_name(tx, ws, row.campaign_id).await?;
    let of_offer = |name: &str| sources.iter().find(|(source, _)| source == name).map(|(_, value)| value.clone());
    let utm = Utm {
        source: of_offer("utm_source").or_else(|| Some(String::from("muster"))),
        medium: of_offer("utm_medium").or_else(|| row.channel.clone()),
        campaign: of_offer("utm_campaign").or_else(|| of_offer("campaign_code")).or(campaign),
        content: of_offer("utm_content"),
        term: of_offer("utm_term"),
    };
    Ok(with_utm(stored, &utm))
}
