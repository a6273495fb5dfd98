//! The book of executions: who asks for one, gives one up, or has one run again. Everything happens in the transaction of
//! the caller, who calls [`super::Jobs::wake`] once it is committed.

mod again;

use std::sync::Arc;

use muster_db::job_plans::{self, PlanRow};
use muster_db::job_queue::{self, NewExecution};
use muster_db::{DbError, Tx, job_alerts, job_upstream};
use muster_domain::clock::{Ids, Millis};
use muster_domain::job::day::day_of;
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::execution::ExecutionStatus;
use muster_domain::job::overlap::Admission;
use muster_domain::job::parameter::resolve;
use muster_domain::job::schedule::Schedule;
use muster_domain::job::trigger::snake_case;
use muster_domain::job::words::TriggeredBy;
use muster_domain::problem::Problem;
use muster_domain::workspace::WorkspaceId;
use serde_json::{Map, Value};
use uuid::Uuid;

pub use self::again::{Aborted, abort, rerun};
use super::context::Context;

/// Somebody asks that a job runs.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    pub ws: WorkspaceId,
    pub job: Uuid,
    pub by: TriggeredBy,
    /// The person, where it is one.
    pub user: Option<Uuid>,
    /// By name; what is left out has its default.
    pub parameters: Map<String, Value>,
    /// The payload of the event or of the webhook's call.
    pub event: Option<Value>,
    /// The moment that it was due, or asked for.
    pub due_at: Millis,
    pub correlation_id: &'a str,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Made {
        execution: Uuid,
        status: ExecutionStatus,
    },
    /// The words are for people.
    LeftOut {
        why: String,
    },
}

/// Why the book refuses.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    #[error("there is no such job")]
    NoJob,
    #[error("there is no such execution")]
    NoExecution,
    /// For the person.
    #[error("{0}")]
    Refused(String),
    /// Parameters that are missing or wrong.
    #[error("the job cannot start with these parameters")]
    Problems(Vec<Problem>),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What else there is to a start that nobody asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Cause<'a> {
    /// However often a node decides, it starts the job once.
    pub key: Option<&'a str>,
    /// The parameters of the execution that it follows.
    pub followed: Option<&'a Map<String, Value>>,
    /// The day of the execution that it follows.
    pub day: Option<Millis>,
}

/// Makes an execution of a job: for a person, a program, a webhook.
///
/// # Errors
/// [`BookError`]; a job that cannot start now by its own rules is no error but [`Asked::LeftOut`].
pub async fn ask(tx: &mut Tx, ids: &dyn Ids, now: Millis, ask: &Ask<'_>) -> Result<Asked, BookError> {
    let job = job_plans::lock(tx, ask.ws, ask.job).await?.ok_or(BookError::NoJob)?;
    let definition = definition_of(tx, ask.ws, &job).await?;
    start(tx, ids, now, ask, &Cause::default(), &job, &definition).await
}

/// The definition that holds.
pub(super) async fn definition_of(
    tx: &mut Tx,
    ws: WorkspaceId,
    job: &PlanRow,
) -> Result<Arc<JobDefinition>, BookError> {
    let of_campaign = || BookError::Refused("A campaign's job starts with its campaign.".into());
    read_definition(tx, ws, job.definition_id.ok_or_else(of_campaign)?).await.map(Arc::new)
}

/// A definition out of the database.
pub(super) async fn read_definition(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<JobDefinition, BookError> {
    let body = job_plans::definition(tx, ws, id).await?.ok_or(BookError::NoJob)?;
    JobDefinition::read(&body).map_err(|problems| {
        let first = problems.into_iter().next().map_or_else(String::new, |problem| problem.message);
        BookError::Refused(format!("The job cannot be read any more: {first}"))
    })
}

/// Makes an execution of a job that is held.
pub(super) async fn start(
    tx: &mut Tx,
    ids: &dyn Ids,
    now: Millis,
    ask: &Ask<'_>,
    cause: &Cause<'_>,
    job: &PlanRow,
    definition: &JobDefinition,
) -> Result<Asked, BookError> {
    let is_person = matches!(ask.by, TriggeredBy::Manual | TriggeredBy::Api | TriggeredBy::Retry);
    let left_out = |why: &str| Ok(Asked::LeftOut { why: why.to_owned() });
    let definition_id = job.definition_id.ok_or(BookError::NoJob)?;
    if !job.is_active {
        return left_out("the job is switched off");
    }
    if job.status != "active" && !is_person {
        return left_out("the job is paused");
    }
    if let Some(key) = cause.key
        && job_queue::has_started(tx, ask.ws, job.id, key).await?
    {
        return left_out("it has started already");
    }
    let event = ask.event.as_ref().map(snake_case);
    let sources: Vec<&Map<String, Value>> =
        [Some(&ask.parameters), event.as_ref().and_then(Value::as_object), cause.followed]
            .into_iter()
            .flatten()
            .collect();
    let parameters = match resolve(&definition.parameters, &sources) {
        Ok(parameters) => parameters,
        Err(problems) if is_person => return Err(BookError::Problems(problems)),
        Err(problems) => {
            let why = problems.into_iter().next().map_or_else(String::new, |problem| problem.message);
            return leave_out(tx, ask.ws, job, &why, now).await;
        }
    };
    let (running, waiting) = job_queue::counts(tx, ask.ws, job.id).await?;
    match definition.overlap_policy.admit(running, waiting, definition.max_concurrent_executions) {
        Admission::Skip(why) if is_person => return left_out(why),
        Admission::Skip(why) => return leave_out(tx, ask.ws, job, why, now).await,
        Admission::Start | Admission::Queue => {}
    }
    let waits = !definition.depends_on_jobs.is_empty() || job_upstream::has_rules(tx, ask.ws, job.id).await?;
    let status = if waits { ExecutionStatus::Pending } else { ExecutionStatus::Queued };
    let context = Context { parameters, asked: ask.parameters.clone(), event: ask.event.clone(), follows: Vec::new() };
    let id = ids.uuid(now);
    let new = NewExecution {
        id,
        job_id: job.id,
        job_type_code: &job.job_type_code,
        status,
        execution_date: cause.day.unwrap_or_else(|| day_of(ask.due_at, &definition.timezone)),
        triggered_by: ask.by.as_str(),
        triggered_by_user_id: ask.user,
        correlation_id: ask.correlation_id,
        steps_total: steps_total(definition),
        context: &context.to_json(),
        definition_id,
        due_at: ask.due_at,
        priority: definition.priority,
        workflow: None,
        rerun_of: None,
        rerun_from: None,
        start_key: cause.key,
        now,
    };
    if job_queue::insert(tx, ask.ws, &new).await? {
        return Ok(Asked::Made { execution: id, status });
    }
    left_out("it has started already")
}

/// Nobody asked, so somebody has to be told: once, until it is seen.
async fn leave_out(tx: &mut Tx, ws: WorkspaceId, job: &PlanRow, why: &str, now: Millis) -> Result<Asked, BookError> {
    tracing::warn!(job = %job.code, why, "a start was left out");
    if !job_alerts::is_told(tx, ws, job.id, "left_out").await? {
        job_alerts::insert(tx, ws, "left_out", job.id, None, &format!("A start was left out: {why}."), now).await?;
    }
    Ok(Asked::LeftOut { why: why.to_owned() })
}

fn steps_total(definition: &JobDefinition) -> i64 {
    i64::try_from(definition.steps.iter().filter(|step| step.is_active).count()).unwrap_or(i64::MAX)
}

/// Plans a job that was made or changed, in the transaction of the change: what was due before does not count. `is_new_interval`
/// when it is new, or its interval is another one: that is counted from now on.
///
/// # Errors
/// [`BookError::Refused`] when its expression cannot be read, which a definition that was checked cannot say.
pub async fn plan(
    tx: &mut Tx,
    ws: WorkspaceId,
    job: Uuid,
    definition: &JobDefinition,
    is_new_interval: bool,
    now: Millis,
) -> Result<Option<Millis>, BookError> {
    let row = job_plans::lock(tx, ws, job).await?.ok_or(BookError::NoJob)?;
    let anchor = if is_new_interval { now } else { row.interval_from };
    let schedule = Schedule::of(definition, anchor).map_err(|error| BookError::Refused(error.to_string()))?;
    let next = schedule.next_after(now);
    job_plans::plan(tx, ws, job, now, next, is_new_interval.then_some(now)).await?;
    Ok(next)
}
