//! Where an execution is, and what may happen to it (JOB-6).

crate::text_enum! {
    /// Where an execution is.
    pub enum ExecutionStatus {
        /// Made; what it depends on is not there yet.
        Pending = "pending",
        /// It may start, and waits for room.
        Queued = "queued",
        Running = "running",
        Success = "success",
        Failure = "failure",
        /// Stopped while it ran: by a person, or by its SLA.
        Aborted = "aborted",
        /// It ran longer than `execution_timeout_minutes`.
        Timeout = "timeout",
        /// Given up before it started.
        Cancelled = "cancelled",
    }
}

/// What happens to an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecutionAction {
    /// What it depends on is there.
    Queue,
    /// A node takes it.
    Start,
    /// The lease of its node ran out, or the node stops: another one goes on with it.
    Release,
    Succeed,
    Fail,
    Abort,
    TimeOut,
    /// Given up before it started: by a person, or because what it waits for never comes.
    Cancel,
}

/// The state machine refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an execution that is {from} cannot {}", verb(*action))]
pub struct RefusedAction {
    pub from: ExecutionStatus,
    pub action: ExecutionAction,
}

fn verb(action: ExecutionAction) -> &'static str {
    match action {
        ExecutionAction::Queue => "be queued",
        ExecutionAction::Start => "start",
        ExecutionAction::Release => "be handed to another node",
        ExecutionAction::Succeed => "succeed",
        ExecutionAction::Fail => "fail",
        ExecutionAction::Abort => "be stopped",
        ExecutionAction::TimeOut => "run out of time",
        ExecutionAction::Cancel => "be cancelled",
    }
}

impl ExecutionStatus {
    /// The state after an action.
    ///
    /// # Errors
    /// [`RefusedAction`]: what has ended stays as it ended, and what has not started cannot end but by being cancelled.
    pub fn after(self, action: ExecutionAction) -> Result<Self, RefusedAction> {
        use ExecutionAction as A;
        match (self, action) {
            (Self::Pending, A::Queue) => Ok(Self::Queued),
            (Self::Pending | Self::Queued, A::Start) => Ok(Self::Running),
            (Self::Running, A::Release) => Ok(Self::Queued),
            (Self::Pending | Self::Queued, A::Cancel) => Ok(Self::Cancelled),
            (Self::Running, A::Succeed) => Ok(Self::Success),
            (Self::Running, A::Fail) => Ok(Self::Failure),
            (Self::Running, A::Abort) => Ok(Self::Aborted),
            (Self::Running, A::TimeOut) => Ok(Self::Timeout),
            (from, action) => Err(RefusedAction { from, action }),
        }
    }

    /// Whether it has ended.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Queued | Self::Running)
    }

    /// Whether people should hear of it where they asked to hear of failures.
    pub fn is_failed(self) -> bool {
        matches!(self, Self::Failure | Self::Aborted | Self::Timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ExecutionAction as A;

    const ACTIONS: [A; 8] = [A::Queue, A::Start, A::Release, A::Succeed, A::Fail, A::Abort, A::TimeOut, A::Cancel];

    #[test]
    fn only_the_named_ways_are_open() {
        let open = |s: &ExecutionStatus| ACTIONS.iter().filter(|a| s.after(**a).is_ok()).count();
        assert_eq!(ExecutionStatus::ALL.iter().map(open).collect::<Vec<_>>(), [3, 2, 5, 0, 0, 0, 0, 0]);
        assert!(ExecutionStatus::ALL.iter().all(|s| s.is_final() == (open(s) == 0)));
    }

    #[test]
    fn what_runs_is_stopped_and_what_waits_is_cancelled() {
        assert_eq!(ExecutionStatus::Running.after(A::Abort), Ok(ExecutionStatus::Aborted));
        assert_eq!(ExecutionStatus::Pending.after(A::Cancel), Ok(ExecutionStatus::Cancelled));
        let refused = ExecutionStatus::Success.after(A::Abort).unwrap_err();
        assert_eq!(refused.to_string(), "an execution that is success cannot be stopped");
    }
}
