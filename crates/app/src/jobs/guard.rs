//! What only administrators may put into a job: programs, SQL that writes, and secrets.

use muster_domain::job::action::Action;
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::step::Step;
use muster_domain::problem::Problem;

use crate::Ctx;
use crate::permissions::Operation;

/// Whether a step may do more than look at the workspace and tell people: start a program, change rows, use a secret.
fn is_guarded_step(step: &Step) -> bool {
    match &step.step_action {
        Action::Sql(query) => query.writes,
        // What a procedure does is for its author to say.
        Action::Script(_) | Action::StoredProc(_) => true,
        Action::ApiCall(call) => call.auth.is_some(),
        Action::FileTransfer(transfer) => transfer.source.secret.is_some() || transfer.target.secret.is_some(),
        Action::Notification(notification) => notification.secret.is_some(),
        Action::DataValidation(_) | Action::Wait(_) => false,
    }
}

/// Whether a job has such a step.
pub(super) fn is_guarded(definition: &JobDefinition) -> bool {
    definition.steps.iter().any(is_guarded_step)
}

/// Refuses guarded steps that are new or changed, unless the asker may write them. Those that stay as they are may stay.
pub(super) fn check(ctx: &Ctx, new: &JobDefinition, old: Option<&JobDefinition>) -> Vec<Problem> {
    if ctx.require(Operation::WriteScripts).is_ok() {
        return Vec::new();
    }
    let is_old = |step: &Step| old.is_some_and(|old| old.step(&step.step_code) == Some(step));
    let refused = new.steps.iter().enumerate().filter(|(_, step)| is_guarded_step(step) && !is_old(step));
    refused
        .map(|(at, _)| {
            let words = "Only an administrator may write steps that run programs, change rows, or use secrets.";
            Problem::new(format!("steps[{at}].step_action"), "admins_only", words)
        })
        .collect()
}
