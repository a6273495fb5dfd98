//! What an execution's end means for other jobs: those that wait for it are judged again, and those that are started by it
//! (`dependency_based`) start.

use muster_db::job_plans::PlanRow;
use muster_db::job_upstream::{self, RunRow};
use muster_db::{Tx, job_plans, job_queue};
use muster_domain::clock::{Ids, Millis};
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::readiness::Readiness;
use muster_domain::job::words::{ScheduleType, TriggeredBy};
use muster_domain::workspace::WorkspaceId;
use serde_json::Map;
use uuid::Uuid;

use super::book::{Ask, BookError, Cause, read_definition, start};
use super::context::Context;
use super::late;
use super::upstream::{Question, judge};

/// An execution that has ended.
pub(super) struct End {
    job: PlanRow,
    day: Millis,
    context: Context,
    correlation_id: String,
}

/// The end of an execution.
pub(super) async fn end_of(tx: &mut Tx, ws: WorkspaceId, execution: Uuid) -> Result<End, BookError> {
    let run = job_queue::earlier(tx, ws, execution).await?.ok_or(BookError::NoExecution)?;
    let job = job_plans::get(tx, ws, run.job_id).await?.ok_or(BookError::NoJob)?;
    Ok(End {
        job,
        day: run.execution_date,
        context: Context::read(run.execution_context.map(|context| context.0)),
        correlation_id: run.correlation_id.unwrap_or_default(),
    })
}

/// An execution has ended, in this transaction. A job that could not be started for it is tried again later: the end stands.
pub(super) async fn ended(
    tx: &mut Tx,
    ids: &dyn Ids,
    ws: WorkspaceId,
    (job, execution): (Uuid, Uuid),
    now: Millis,
) -> Result<(), BookError> {
    if !job_upstream::has_followers(tx, ws, job).await? {
        return Ok(());
    }
    let end = end_of(tx, ws, execution).await?;
    let named_by: Vec<_> = job_plans::naming(tx, ws)
        .await?
        .into_iter()
        .filter(|other| other.depends_on_jobs.contains(&end.job.code))
        .collect();
    let waiting: Vec<Uuid> = named_by.iter().map(|other| other.id).collect();
    job_queue::stir(tx, ws, end.job.id, &waiting, now).await?;
    for other in named_by {
        if other.schedule_type != ScheduleType::DependencyBased.as_str() || !other.is_active {
            continue;
        }
        tx.savepoint().await?;
        let started = start_after(tx, ids, ws, &end, other.id, now).await;
        late::settle(tx, ws, other.id, late::Cause::After(execution), started, now).await?;
    }
    Ok(())
}

/// Starts a job that depends on one that has ended, where that end is what it waits for.
pub(super) async fn start_after(
    tx: &mut Tx,
    ids: &dyn Ids,
    ws: WorkspaceId,
    end: &End,
    job: Uuid,
    now: Millis,
) -> Result<(), BookError> {
    // Held from here on: of two that end at the same time, one sees what the other did.
    let Some(row) = job_plans::lock(tx, ws, job).await? else { return Ok(()) };
    let Some(definition_id) = row.definition_id else { return Ok(()) };
    let definition = match read_definition(tx, ws, definition_id).await {
        Ok(definition) => definition,
        Err(BookError::Db(error)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(job = %row.code, %error, "it is not started by the jobs that it depends on");
            return Ok(());
        }
    };
    if waits_already(tx, ws, job, end.day).await?
        || !is_asked_for(tx, ws, job, &definition, &end.job.code, end.day, now).await?
    {
        return Ok(());
    }
    let ask = Ask {
        ws,
        job,
        by: TriggeredBy::Dependency,
        user: None,
        parameters: Map::new(),
        event: None,
        due_at: now,
        correlation_id: &end.correlation_id,
    };
    let cause = Cause { key: None, followed: Some(&end.context.parameters), day: Some(end.day) };
    start(tx, ids, now, &ask, &cause, &row, &definition).await.map(drop)
}

/// Whether an execution of the same day waits for the rest already.
async fn waits_already(tx: &mut Tx, ws: WorkspaceId, job: Uuid, day: Millis) -> Result<bool, BookError> {
    Ok(job_queue::followers(tx, ws, job, day).await?.iter().any(|(_, status, _)| status == "pending"))
}

/// Whether the end of a job is what another one waits for. If that waits for further ones, they are waited for from now on.
async fn is_asked_for(
    tx: &mut Tx,
    ws: WorkspaceId,
    job: Uuid,
    definition: &JobDefinition,
    upstream: &str,
    day: Millis,
    now: Millis,
) -> Result<bool, BookError> {
    let used = used(tx, ws, job, day).await?;
    let question = Question { job, definition, day, since: now, used: Some(&used) };
    Ok(match judge(tx, ws, &question, now).await?.readiness {
        Readiness::Met => true,
        Readiness::Waits { on, .. } => on.iter().all(|waits| waits.job != upstream),
        Readiness::NeverMet { .. } => false,
    })
}

/// What has started a job already: an execution counts for one start.
#[derive(Debug, Clone, Default)]
pub(super) struct Used {
    follows: Vec<Uuid>,
    /// When the last start was made: what had ended before has had its turn.
    since: Option<Millis>,
}

impl Used {
    /// Whether a run still counts.
    pub fn leaves(&self, run: &RunRow) -> bool {
        !self.follows.contains(&run.id)
            && self.since.is_none_or(|since| run.completed_at.is_none_or(|completed| completed >= since))
    }
}

/// What has started a job on a day already.
pub(super) async fn used(tx: &mut Tx, ws: WorkspaceId, job: Uuid, day: Millis) -> Result<Used, BookError> {
    let mut used = Used::default();
    for (created_at, status, context) in job_queue::followers(tx, ws, job, day).await? {
        if status == "pending" {
            continue;
        }
        used.since = used.since.max(Some(created_at));
        used.follows.extend(Context::read(context).follows);
    }
    Ok(used)
}

/// The runs that a start follows.
pub(super) fn followed(runs: &[job_upstream::RunRow]) -> Vec<Uuid> {
    runs.iter().filter(|run| run.completed_at.is_some()).map(|run| run.id).collect()
}
