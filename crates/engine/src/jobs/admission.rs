//! Who waits for other jobs is judged, and who may start is taken, as far as there is room.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use muster_db::job_plans::PlanRow;
use muster_db::job_queue::{self, Which};
use muster_db::{Tx, job_alerts, job_leases, job_plans};
use muster_domain::job::readiness::Readiness;
use muster_domain::job::words::TriggeredBy;
use muster_domain::time::MINUTE;
use muster_domain::workspace::WorkspaceId;
use serde_json::json;
use uuid::Uuid;

use super::book::{BookError, read_definition};
use super::desk::{Desk, SIDE_BY_SIDE};
use super::follow;
use super::run::Run;
use super::upstream::{Question, judge};

/// Whoever waits is looked at at least this often.
const LOOK_AGAIN: i64 = 5 * MINUTE;

/// Judges those whose moment has come.
pub(super) async fn judge_waiting(desk: &Desk, waiting: &[Which]) {
    for which in waiting {
        match judge_one(desk, which).await {
            Ok(()) => desk.rests().well(which.id),
            Err(error) => {
                tracing::error!(execution = %which.id, %error, "a waiting execution could not be judged; it is tried again");
                desk.rests().failed(which.id, desk.now());
            }
        }
    }
}

async fn judge_one(desk: &Desk, which: &Which) -> Result<(), BookError> {
    let ws = which.ws();
    let now = desk.now();
    let mut tx = desk.db.write(ws).await?.hastily();
    let Some(row) = job_queue::waiter(&mut tx, ws, which.id).await? else { return Ok(()) };
    let definition = match read_definition(&mut tx, ws, row.definition_id).await {
        Ok(definition) => definition,
        Err(BookError::Db(error)) => return Err(error.into()),
        Err(error) => {
            give_up(desk, &mut tx, ws, which, &error.to_string()).await?;
            tx.commit().await?;
            desk.announce(ws);
            return Ok(());
        }
    };
    let is_started_by_others = row.triggered_by == TriggeredBy::Dependency.as_str();
    let used = if is_started_by_others {
        Some(follow::used(&mut tx, ws, row.job_id, row.execution_date).await?)
    } else {
        None
    };
    let question = Question {
        job: row.job_id,
        definition: &definition,
        day: row.execution_date,
        since: row.created_at,
        used: used.as_ref(),
    };
    let judged = judge(&mut tx, ws, &question, now).await?;
    match judged.readiness {
        Readiness::Met => {
            if is_started_by_others {
                let follows = follow::followed(&judged.runs);
                job_queue::set_follows(&mut tx, ws, row.id, row.execution_context, &follows).await?;
            }
            job_queue::queue(&mut tx, ws, row.id, now).await?;
        }
        Readiness::Waits { on, since, until } => {
            let waiting_on: Vec<_> = on
                .iter()
                .map(|on| json!({ "job": on.job, "reason": on.reason, "until": on.until, "since": since }))
                .collect();
            let again = until.map_or(now + LOOK_AGAIN, |until| until.min(now + LOOK_AGAIN));
            job_queue::wait(&mut tx, ws, row.id, &json!(waiting_on), again, now).await?;
        }
        Readiness::NeverMet { why } => {
            let words: Vec<String> = why.iter().map(|never| format!("{}: {}", never.job, never.why)).collect();
            let words = words.join(" ");
            job_queue::cancel(&mut tx, ws, row.id, now, "dependency_not_met", &words).await?;
            job_alerts::insert(&mut tx, ws, "left_out", row.job_id, Some(row.id), &words, now).await?;
            follow::ended(&mut tx, desk.ids.as_ref(), ws, (row.job_id, row.id), now).await?;
        }
    }
    tx.commit().await?;
    desk.announce(ws);
    desk.live.publish(ws, format!("execution:{}", which.id), json!({}));
    Ok(())
}

/// A job that cannot be read would stand in the way of the others for ever.
async fn give_up(desk: &Desk, tx: &mut Tx, ws: WorkspaceId, which: &Which, why: &str) -> Result<(), BookError> {
    let now = desk.now();
    job_queue::cancel(tx, ws, which.id, now, "definition", why).await?;
    Ok(job_alerts::insert(tx, ws, "left_out", which.job_id, Some(which.id), why, now).await?)
}

/// What came of taking.
#[derive(Default)]
pub(super) struct Taken {
    pub runs: Vec<Run>,
    /// Behind those that failed there may be others.
    pub has_failed: bool,
}

/// Takes executions from the queue, as far as there is room in their jobs. The transaction also keeps what they do first.
pub(super) async fn take(desk: &Arc<Desk>, queued: &[Which]) -> Taken {
    let mut by_workspace: BTreeMap<i64, Vec<Which>> = BTreeMap::new();
    for which in queued {
        by_workspace.entry(which.tenant_id).or_default().push(*which);
    }
    let mut taken = Taken::default();
    for (tenant, all) in by_workspace {
        let ws = WorkspaceId(tenant);
        let groups = if desk.keeps_together() { vec![all] } else { by_job(all) };
        // Side by side: one may have to wait for its job. Of a job they are taken in their order.
        let groups = futures::stream::iter(groups).map(|group| take_group(desk, ws, group)).buffered(SIDE_BY_SIDE);
        for group in groups.collect::<Vec<_>>().await {
            taken.has_failed |= group.has_failed;
            taken.runs.extend(group.runs);
        }
    }
    taken
}

/// Those of each job together, in their order.
fn by_job(all: Vec<Which>) -> Vec<Vec<Which>> {
    let mut groups: Vec<Vec<Which>> = Vec::new();
    for which in all {
        match groups.iter_mut().find(|group| group[0].job_id == which.job_id) {
            Some(group) => group.push(which),
            None => groups.push(vec![which]),
        }
    }
    groups
}

/// In one transaction, and if that fails each in its own, so that one is in nobody's way.
async fn take_group(desk: &Arc<Desk>, ws: WorkspaceId, group: Vec<Which>) -> Taken {
    let mut taken = Taken::default();
    if group.len() > 1 {
        match take_together(desk, ws, &group).await {
            Ok(runs) => {
                group.iter().for_each(|which| desk.rests().well(which.id));
                return Taken { runs, has_failed: false };
            }
            Err(error) => tracing::warn!(%error, "executions could not be taken together: each alone"),
        }
    }
    for which in group {
        match take_together(desk, ws, &[which]).await {
            Ok(runs) => {
                desk.rests().well(which.id);
                taken.runs.extend(runs);
            }
            Err(error) => {
                tracing::error!(execution = %which.id, %error, "it could not be taken; it is tried again");
                desk.rests().failed(which.id, desk.now());
                taken.has_failed = true;
            }
        }
    }
    taken
}

async fn take_together(desk: &Arc<Desk>, ws: WorkspaceId, all: &[Which]) -> Result<Vec<Run>, BookError> {
    let mut tx = desk.db.write(ws).await?.hastily();
    // In the order of their ids, as everybody holds jobs who holds several.
    let mut by_job: BTreeMap<Uuid, (Option<PlanRow>, Vec<&Which>)> = BTreeMap::new();
    for which in all {
        by_job.entry(which.job_id).or_default().1.push(which);
    }
    for (job, (plan, _)) in &mut by_job {
        *plan = job_plans::lock(&mut tx, ws, *job).await?;
    }
    let mut runs = Vec::new();
    let mut is_changed = false;
    for (plan, executions) in by_job.into_values() {
        let Some(job) = plan else { continue };
        let holds = job.definition_id.ok_or(BookError::NoJob)?;
        let rules = match desk.definition(&mut tx, &job, holds).await {
            Ok(rules) => rules,
            Err(BookError::Db(error)) => return Err(error.into()),
            Err(error) => {
                for which in executions {
                    give_up(desk, &mut tx, ws, which, &error.to_string()).await?;
                }
                is_changed = true;
                continue;
            }
        };
        let (running, _) = job_queue::counts(&mut tx, ws, job.id).await?;
        let room = rules.overlap_policy.room(running, rules.max_concurrent_executions);
        for which in executions.into_iter().take(usize::try_from(room).unwrap_or(0)) {
            runs.extend(claim(desk, &mut tx, ws, &job, which).await?);
        }
    }
    if let Err(error) = tx.commit().await {
        // The answer may have been lost, and not what was kept.
        let Some(first) = runs.first_mut() else { return Err(error.into()) };
        match first.is_held().await {
            Ok(true) => {}
            Ok(false) => return Err(error.into()),
            Err(_) => runs.iter_mut().for_each(Run::doubt),
        }
    }
    if is_changed {
        desk.announce(ws);
    }
    Ok(runs)
}

/// Takes one, unless it is not there any more.
async fn claim(
    desk: &Arc<Desk>,
    tx: &mut Tx,
    ws: WorkspaceId,
    job: &PlanRow,
    which: &Which,
) -> Result<Option<Run>, BookError> {
    let now = desk.now();
    let node = desk.node.id.to_string();
    let holder = desk.holder(desk.ids.uuid(now), &node);
    let Some(row) = job_leases::claim(tx, ws, which.id, now, &holder).await? else { return Ok(None) };
    let mut run = Run::begin(desk, tx, ws, job, row, &holder, false).await?;
    run.open(tx).await?;
    Ok(Some(run))
}
