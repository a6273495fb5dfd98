//! One turn of the machine: some of what is due of one run, in one transaction.

use std::collections::{BTreeMap, HashMap};

use muster_db::plan_machine::{self, ContactRow, DueRow, NewMessage};
use muster_db::{Tx, executions, leases, plan_versions, runs};
use muster_domain::clock::Millis;
use muster_domain::plan::{Action, Event, Plan};
use muster_engine::stages::Stage;
use uuid::Uuid;

use super::act::{Acts, Deed};
use super::walk::Walk;
use crate::plans::draft::plan_of;
use crate::{App, AppResult, Ctx};

/// Actions, timeouts and events of one turn.
const BATCH: i64 = 500;

/// What a turn came to.
pub(super) struct Turn {
    pub campaign: Uuid,
    pub done: i64,
    /// Whether there are messages to send, or the run may be over.
    pub is_for_the_sender: bool,
}

/// A turn that nothing was done in: a version of the plan cannot be read.
pub(super) struct Stuck {
    pub campaign: Uuid,
    pub version: i64,
}

/// Does some of what is due of a run; none: nothing is, or the campaign does not go on.
pub(super) async fn take(app: &App, ctx: &Ctx, run: i64) -> AppResult<Option<Result<Turn, Stuck>>> {
    let (ws, now) = (ctx.ws, app.now());
    let mut tx = app.db.write(ws).await?;
    let Some(position) = leases::lock_run(&mut tx, ws, run).await? else { return Ok(None) };
    if position.run_status != "running" || position.campaign_status != "running" {
        return Ok(None);
    }
    let Some(facts) = runs::facts(&mut tx, ws, run).await? else { return Ok(None) };
    // From its end on whoever ends it is next.
    if facts.ends_at.is_some_and(|end| end <= now) {
        return Ok(None);
    }
    let due = plan_machine::due(&mut tx, ws, run, now, BATCH).await?;
    if due.is_empty() {
        return Ok(None);
    }
    let done = i64::try_from(due.len()).unwrap_or(i64::MAX);
    let ids: Vec<i64> = due.iter().map(|row| row.id).collect();
    let contacts = contacts_of(&mut tx, ctx, &due).await?;
    // What is due stays due, for whoever can read it.
    let plans = match plans_of(&mut tx, ctx, facts.campaign_id, &contacts).await? {
        Ok(plans) => plans,
        Err(version) => return Ok(Some(Err(Stuck { campaign: facts.campaign_id, version }))),
    };
    let mut walks: BTreeMap<i64, Walk<'_>> = contacts
        .into_iter()
        .filter_map(|row| Some((row.id, Walk::new(plans.get(&row.plan_version)?, row, now))))
        .collect();
    let mut acts = Acts::new(app, ctx, &facts);
    acts.prepare(&mut tx, &due, &walks).await?;
    let mut appended = Vec::new();
    let offers = offers_of(&mut tx, ctx, run).await?;
    for row in &due {
        let Some(walk) = walks.get_mut(&row.contact_id).filter(|walk| walk.is_active()) else { continue };
        if row.step != 0 && row.step != walk.row.step {
            continue;
        }
        if let Some(deed) = meet(walk, row)
            && let Some(offer_no) = acts.act(&mut tx, walk, deed, &offers).await?
        {
            let seq = position.total_recipients + 1 + i64::try_from(appended.len()).unwrap_or(i64::MAX);
            let (customer_id, segment_no) = (walk.row.customer_id, walk.row.segment_no);
            appended.push(NewMessage { seq, customer_id, segment_no, offer_no });
            walk.was_handed_over(seq);
        }
    }
    acts.write(&mut tx).await?;
    plan_machine::done(&mut tx, ws, &ids, now).await?;
    let has_ended = write(&mut tx, ctx, run, walks, now).await?;
    grow(&mut tx, ctx, run, position.total_recipients, &appended, now).await?;
    tx.commit().await?;
    acts.tell();
    let is_for_the_sender = !appended.is_empty() || has_ended;
    Ok(Some(Ok(Turn { campaign: facts.campaign_id, done, is_for_the_sender })))
}

/// What a due row does to a contact; a deed that is left to be done.
fn meet<'p>(walk: &mut Walk<'p>, row: &DueRow) -> Option<Deed<'p>> {
    match (row.kind.as_str(), row.event.as_deref()) {
        ("event", None) => walk.look(),
        ("event", Some(name)) => drop(walk.meets_at(&Event::of(name), row.due_at, None)),
        ("timeout", Some(name)) => drop(walk.meets(&Event::of(name), None)),
        _ => {
            let node = walk.node()?;
            if node.action == Action::Wait {
                walk.was_done(&Event::Done, None);
            } else {
                return Some(Deed::of(&node.action));
            }
        }
    }
    None
}

async fn contacts_of(tx: &mut Tx, ctx: &Ctx, due: &[DueRow]) -> AppResult<Vec<ContactRow>> {
    let mut ids: Vec<i64> = due.iter().map(|row| row.contact_id).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(plan_machine::contacts(tx, ctx.ws, &ids).await?)
}

/// The plans that the contacts began with, by their versions; or one that cannot be read.
async fn plans_of(
    tx: &mut Tx,
    ctx: &Ctx,
    campaign: Uuid,
    contacts: &[ContactRow],
) -> AppResult<Result<HashMap<i64, Plan>, i64>> {
    let mut versions: Vec<i64> = contacts.iter().map(|contact| contact.plan_version).collect();
    versions.sort_unstable();
    versions.dedup();
    let mut plans = HashMap::new();
    for row in plan_versions::of(tx, ctx.ws, campaign, &versions).await? {
        let Some(plan) = plan_of(&row) else { return Ok(Err(row.version)) };
        plans.insert(row.version, plan);
    }
    Ok(Ok(plans))
}

/// The offer numbers of nodes that send, by version and node.
async fn offers_of(tx: &mut Tx, ctx: &Ctx, run: i64) -> AppResult<HashMap<(i64, String), i64>> {
    let messages = plan_versions::messages(tx, ctx.ws, run).await?;
    Ok(messages.into_iter().map(|m| ((m.plan_version, m.node_id), m.offer_no)).collect())
}

/// Writes where the contacts are now; whether one of them is at its end.
async fn write(tx: &mut Tx, ctx: &Ctx, run: i64, walks: BTreeMap<i64, Walk<'_>>, now: Millis) -> AppResult<bool> {
    let ws = ctx.ws;
    let gone: Vec<i64> = walks.values().filter(|walk| walk.has_moved()).map(|walk| walk.row.id).collect();
    plan_machine::cancel(tx, ws, &gone, now).await?;
    let moved: Vec<_> = walks.values().filter_map(Walk::moved).collect();
    let has_ended = moved.iter().any(|moved| moved.ended_at.is_some());
    plan_machine::put(tx, ws, &moved).await?;
    let (mut passed, mut actions) = (Vec::new(), Vec::new());
    for walk in walks.into_values() {
        let (step, is_active) = (walk.row.step, walk.is_active());
        passed.extend(walk.passed);
        // What was planned on the way to where it is now is over.
        actions.extend(walk.actions.into_iter().filter(|action| is_active && action.step == step));
    }
    plan_machine::pass(tx, ws, run, &passed).await?;
    plan_machine::schedule(tx, ws, run, &actions).await?;
    Ok(has_ended)
}

/// Adds messages at the end of the run: from here on they go the way of all messages.
async fn grow(tx: &mut Tx, ctx: &Ctx, run: i64, total: i64, appended: &[NewMessage], now: Millis) -> AppResult<()> {
    if appended.is_empty() {
        return Ok(());
    }
    let messages = i64::try_from(appended.len()).unwrap_or(i64::MAX);
    plan_machine::append(tx, ctx.ws, run, appended).await?;
    runs::extend(tx, ctx.ws, run, total, &[(0, messages)]).await?;
    let stages = (Stage::ProfileFetch.order(), Stage::Delivery.order());
    Ok(executions::expect(tx, ctx.ws, run, stages, messages, now).await?)
}
