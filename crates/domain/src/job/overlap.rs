//! What happens when a job is to start while it still runs.

use super::limits::MAX_QUEUED;

crate::text_enum! {
    /// What a start does that finds the job running.
    pub enum OverlapPolicy {
        /// It is left out: one at a time, and none is made up for.
        Skip = "skip",
        /// It waits its turn: one at a time, all in the order in which they came.
        Queue = "queue",
        /// It runs beside the others, up to `max_concurrent_executions`; beyond, it waits its turn.
        Allow = "allow",
    }
}

/// What becomes of a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Start,
    Queue,
    /// Left out; the words say why.
    Skip(&'static str),
}

impl OverlapPolicy {
    /// Decides about a new execution, given how many of the job's executions run and how many wait (dependencies
    /// included).
    pub fn admit(self, running: i64, waiting: i64, max_concurrent: i64) -> Admission {
        let room = if self == Self::Allow { max_concurrent.max(1) } else { 1 };
        match self {
            // One that waits would run beside the next: it counts as running.
            Self::Skip if running + waiting > 0 => Admission::Skip("the job was still at work"),
            _ if waiting >= MAX_QUEUED => Admission::Skip("too many executions of the job wait already"),
            _ if running >= room || waiting > 0 => Admission::Queue,
            _ => Admission::Start,
        }
    }

    /// How many that wait may start now, given how many run.
    pub fn room(self, running: i64, max_concurrent: i64) -> i64 {
        let room = if self == Self::Allow { max_concurrent.max(1) } else { 1 };
        (room - running).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_policy_meets_a_job_that_runs() {
        assert_eq!(OverlapPolicy::Skip.admit(0, 0, 1), Admission::Start);
        assert!(matches!(OverlapPolicy::Skip.admit(1, 0, 1), Admission::Skip(_)));
        assert!(matches!(OverlapPolicy::Skip.admit(0, 1, 1), Admission::Skip(_)));
        assert_eq!(OverlapPolicy::Queue.admit(1, 0, 5), Admission::Queue, "queue is one at a time");
        assert_eq!(OverlapPolicy::Allow.admit(2, 0, 3), Admission::Start);
        assert_eq!(OverlapPolicy::Allow.admit(3, 0, 3), Admission::Queue);
    }

    #[test]
    fn nobody_overtakes_who_waits_and_the_queue_is_bounded() {
        assert_eq!(OverlapPolicy::Allow.admit(0, 1, 3), Admission::Queue);
        assert!(matches!(OverlapPolicy::Queue.admit(1, MAX_QUEUED, 1), Admission::Skip(_)));
        assert_eq!((OverlapPolicy::Queue.room(1, 9), OverlapPolicy::Allow.room(1, 9)), (0, 8));
    }
}
