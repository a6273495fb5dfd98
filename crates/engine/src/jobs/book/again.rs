//! Executions that are given up, and those that run again.

use std::sync::Arc;

use muster_db::Tx;
use muster_db::job_plans;
use muster_db::job_queue::{self, NewExecution};
use muster_domain::clock::{Ids, Millis};
use muster_domain::job::execution::ExecutionStatus;
use muster_domain::job::overlap::Admission;
use muster_domain::job::parameter::resolve;
use muster_domain::job::trigger::snake_case;
use muster_domain::job::words::TriggeredBy;
use muster_domain::job::workflow::{Workflow, WorkflowState};
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use uuid::Uuid;

use super::super::context::Context;
use super::super::follow;
use super::{BookError, read_definition, steps_total};

/// What came of stopping an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aborted {
    /// It had not started.
    Cancelled,
    /// The node that runs it stops it now.
    Requested,
}

/// Stops an execution, or gives it up before it starts.
///
/// # Errors
/// [`BookError::Refused`] when it has ended, or is a stage of a campaign.
pub async fn abort(
    tx: &mut Tx,
    ids: &dyn Ids,
    ws: WorkspaceId,
    execution: Uuid,
    now: Millis,
) -> Result<Aborted, BookError> {
    let status = job_queue::status(tx, ws, execution).await?.ok_or(BookError::NoExecution)?;
    match status {
        ExecutionStatus::Pending | ExecutionStatus::Queued => {
            let why = "Somebody gave it up before it started.";
            if !job_queue::cancel(tx, ws, execution, now, "cancelled", why).await? {
                return Err(BookError::NoExecution);
            }
            let row = job_queue::earlier(tx, ws, execution).await?.ok_or(BookError::NoExecution)?;
            follow::ended(tx, ids, ws, (row.job_id, execution), now).await?;
            Ok(Aborted::Cancelled)
        }
        ExecutionStatus::Running if job_queue::request_abort(tx, ws, execution, now).await? => Ok(Aborted::Requested),
        ExecutionStatus::Running => {
            Err(BookError::Refused("This is a stage of a campaign: stop the campaign instead.".into()))
        }
        ended => Err(BookError::Refused(format!("It has ended already: {ended}."))),
    }
}

/// Runs what an execution did again, on the same day and with the same parameters: from a step, with the definition that
/// it had and what the steps before it gave; or as a whole, with the definition that holds now. It waits for no other job.
///
/// # Errors
/// [`BookError::Refused`] while it is at work, or when the job's own rules leave no room.
pub async fn rerun(
    tx: &mut Tx,
    ids: &dyn Ids,
    ws: WorkspaceId,
    execution: Uuid,
    from_step: Option<&str>,
    user: Option<Uuid>,
    now: Millis,
) -> Result<Uuid, BookError> {
    let refuse = |why: &str| Err(BookError::Refused(why.to_owned()));
    let earlier = job_queue::earlier(tx, ws, execution).await?.ok_or(BookError::NoExecution)?;
    if !earlier.execution_status.is_final() {
        return refuse("It is still at work.");
    }
    let job = job_plans::lock(tx, ws, earlier.job_id).await?.ok_or(BookError::NoJob)?;
    let (Some(holds), Some(began_with)) = (job.definition_id, earlier.definition_id) else {
        return refuse("A campaign's job starts with its campaign.");
    };
    if !job.is_active {
        return refuse("The job is switched off.");
    }
    let definition_id = if from_step.is_some() { began_with } else { holds };
    let definition = Arc::new(read_definition(tx, ws, definition_id).await?);
    let mut context = Context::read(earlier.execution_context.map(|context| context.0));
    context.follows.clear();
    let workflow = match from_step {
        None => {
            let event = context.event.as_ref().map(snake_case);
            let sources: Vec<_> =
                [Some(&context.asked), event.as_ref().and_then(Value::as_object)].into_iter().flatten().collect();
            context.parameters = resolve(&definition.parameters, &sources).map_err(BookError::Problems)?;
            None
        }
        Some(from) => {
            let state = earlier.workflow.and_then(|state| serde_json::from_value::<WorkflowState>(state.0).ok());
            let Some(state) = state else { return refuse("It never started: run it as a whole.") };
            let workflow = Workflow::rerun(Arc::clone(&definition), &state, from, now)
                .map_err(|_| BookError::Refused(format!("It has no step {from}.")))?;
            serde_json::to_value(workflow.state()).ok()
        }
    };
    let (running, waiting) = job_queue::counts(tx, ws, job.id).await?;
    if let Admission::Skip(why) =
        definition.overlap_policy.admit(running, waiting, definition.max_concurrent_executions)
    {
        return refuse(&format!("It cannot run again now: {why}."));
    }
    let id = ids.uuid(now);
    let new = NewExecution {
        id,
        job_id: job.id,
        job_type_code: &earlier.job_type_code,
        status: ExecutionStatus::Queued,
        execution_date: earlier.execution_date,
        triggered_by: TriggeredBy::Retry.as_str(),
        triggered_by_user_id: user,
        correlation_id: earlier.correlation_id.as_deref().unwrap_or_default(),
        steps_total: steps_total(&definition),
        context: &context.to_json(),
        definition_id,
        due_at: now,
        priority: definition.priority,
        workflow: workflow.as_ref(),
        rerun_of: Some(earlier.id),
        rerun_from: from_step,
        start_key: None,
        now,
    };
    job_queue::insert(tx, ws, &new).await?;
    Ok(id)
}
