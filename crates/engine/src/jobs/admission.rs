//! Who waits for other jobs is judged, and who may start is taken, as far as there is room.

use std::sync::Arc;

use muster_db::job_queue::{self, Which};
use muster_db::{Tx, job_alerts, job_leases, job_plans};
use muster_domain::job::readiness::Readiness;
use muster_domain::job::words::TriggeredBy;
use muster_domain::time::MINUTE;
use serde_json::json;

use super::book::{BookError, read_definition};
use super::desk::Desk;
use super::follow;
use super::run::Run;
use super::upstream::{Question, judge};

/// Executions that one look judges.
const AT_ONCE: i64 = 200;
/// Whoever waits is looked at at least this often.
const LOOK_AGAIN: i64 = 5 * MINUTE;

/// Judges those whose moment has come; gives whether there may be more.
pub(super) async fn judge_waiting(desk: &Desk) -> Result<bool, BookError> {
    let waiting = {
        let mut tx = desk.db.read_all().await?;
        job_queue::to_judge(&mut tx, desk.now(), AT_ONCE, &desk.rests().resting(desk.now())).await?
    };
    for which in &waiting {
        match judge_one(desk, which).await {
            Ok(()) => desk.rests().well(which.id),
            Err(error) => {
                tracing::error!(execution = %which.id, %error, "a waiting execution could not be judged; it is tried again");
                desk.rests().failed(which.id, desk.now());
            }
        }
    }
    Ok(waiting.len() == usize::try_from(AT_ONCE).unwrap_or(usize::MAX))
}

async fn judge_one(desk: &Desk, which: &Which) -> Result<(), BookError> {
    let ws = which.ws();
    let now = desk.now();
    let mut tx = desk.db.write(ws).await?.hastily();
    let Some(row) = job_queue::waiter(&mut tx, ws, which.id).await? else { return Ok(()) };
    let definition = match read_definition(&mut tx, ws, row.definition_id).await {
        Ok(definition) => definition,
        Err(BookError::Db(error)) => return Err(error.into()),
        Err(error) => return give_up(desk, tx, which, &error).await,
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
            follow::ended(&mut tx, desk.ids.as_ref(), ws, row.id, now).await?;
        }
    }
    tx.commit().await?;
    desk.announce(ws);
    desk.live.publish(ws, format!("execution:{}", which.id), json!({}));
    Ok(())
}

/// A job that cannot be read would stand in the way of the others for ever.
async fn give_up(desk: &Desk, mut tx: Tx, which: &Which, why: &BookError) -> Result<(), BookError> {
    let (ws, now, why) = (which.ws(), desk.now(), why.to_string());
    job_queue::cancel(&mut tx, ws, which.id, now, "definition", &why).await?;
    job_alerts::insert(&mut tx, ws, "left_out", which.job_id, Some(which.id), &why, now).await?;
    tx.commit().await?;
    desk.announce(ws);
    Ok(())
}

/// Takes executions from the queue, in their order, as long as there is room here and in their jobs.
pub(super) async fn take(desk: &Arc<Desk>) -> Result<Vec<Run>, BookError> {
    let mut taken = Vec::new();
    loop {
        let room = desk.room();
        if room == 0 {
            return Ok(taken);
        }
        let next = {
            let mut tx = desk.db.read_all().await?;
            let resting = desk.rests().resting(desk.now());
            job_queue::next(&mut tx, i64::try_from(room).unwrap_or(i64::MAX), &resting).await?
        };
        let (before, mut has_failed) = (taken.len(), false);
        for which in next {
            match take_one(desk, &which).await {
                Ok(Some(run)) => taken.push(run),
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(execution = %which.id, %error, "it could not be taken; it is tried again");
                    desk.rests().failed(which.id, desk.now());
                    has_failed = true;
                }
            }
        }
        // Behind those that failed there may be others.
        if taken.len() == before && !has_failed {
            return Ok(taken);
        }
    }
}

async fn take_one(desk: &Arc<Desk>, which: &Which) -> Result<Option<Run>, BookError> {
    let ws = which.ws();
    let mut tx = desk.db.write(ws).await?.hastily();
    let Some(job) = job_plans::lock(&mut tx, ws, which.job_id).await? else { return Ok(None) };
    let holds = job.definition_id.ok_or(BookError::NoJob)?;
    let rules = match desk.definition(&mut tx, &job, holds).await {
        Ok(rules) => rules,
        Err(BookError::Db(error)) => return Err(error.into()),
        Err(error) => return give_up(desk, tx, which, &error).await.map(|()| None),
    };
    let (running, _) = job_queue::counts(&mut tx, ws, job.id).await?;
    if rules.overlap_policy.room(running, rules.max_concurrent_executions) == 0 {
        return Ok(None);
    }
    let now = desk.now();
    let node = desk.node.id.to_string();
    let holder = desk.holder(desk.ids.uuid(now), &node);
    let Some(row) = job_leases::claim(&mut tx, ws, which.id, now, &holder).await? else { return Ok(None) };
    job_plans::ran(&mut tx, ws, job.id, now).await?;
    let run = Run::begin(desk, &mut tx, ws, &job, row, &holder, false).await?;
    tx.commit().await?;
    Ok(Some(run))
}
