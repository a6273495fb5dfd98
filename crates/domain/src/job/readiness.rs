//! Whether an execution may start: what the jobs that it depends on have done.
//!
//! Which of their executions count: those of the days that `lookback_days` names, and of those the newest. What becomes of
//! one that is not as it should be:
//!
//! | type | not run yet, or at work | ended otherwise than asked for | `max_wait_minutes` over |
//! | --- | --- | --- | --- |
//! | `blocking`, `cross_day` | waits | waits: somebody may run it again | never met |
//! | `optional` | waits only while it is at work | met | met |
//! | `conditional` | waits | waits; never met when it ended as asked for and its numbers say no | never met |
//!
//! `depends_on_jobs` and `dependency_mode` count the jobs together; a dependency between the same two jobs says how that
//! job is judged, and dependencies on other jobs have to be met besides. Inactive ones are skipped.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::condition::Condition;
use super::dependency::JobDependency;
use super::execution::ExecutionStatus;
use super::words::{DependencyMode, DependencyType, WaitForStatus};
use crate::clock::Millis;
use crate::time::MINUTE;

/// An execution of a job that others wait for.
#[derive(Debug, Clone, PartialEq)]
pub struct UpstreamRun {
    pub status: ExecutionStatus,
    /// Its day in its job's timezone.
    pub execution_date: NaiveDate,
    /// When it was made; the newest of its days counts.
    pub created_at: Millis,
    /// When it ended.
    pub completed_at: Option<Millis>,
    /// What conditions are about: `delivery_rate`, `rows_processed` …
    pub numbers: Map<String, Value>,
}

/// The execution that wants to start.
#[derive(Debug, Clone, Copy)]
pub struct Waiter {
    /// Its day in its job's timezone.
    pub execution_date: NaiveDate,
    /// Since when it waits.
    pub since: Millis,
}

/// What an execution waits for: kept with it and shown to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WaitsFor {
    /// The code of the other job.
    pub job: String,
    pub reason: WaitReason,
    /// When waiting for it ends by itself; none: never.
    pub until: Option<Millis>,
}

crate::text_enum! {
    /// Why a dependency is not met yet.
    pub enum WaitReason {
        /// No execution of the days that count.
        NotRun = "not_run",
        /// It waits or runs.
        AtWork = "at_work",
        /// It ended otherwise than asked for; it may be run again.
        EndedOtherwise = "ended_otherwise",
    }
}

/// Why a dependency will not be met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NeverMet {
    /// The code of the other job.
    pub job: String,
    /// For the person.
    pub why: String,
}

/// Whether an execution may start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    Met,
    /// Look again when one of the jobs changes, and at `until` at the latest (none: time alone changes nothing).
    Waits {
        on: Vec<WaitsFor>,
        since: Millis,
        until: Option<Millis>,
    },
    /// It is cancelled.
    NeverMet {
        why: Vec<NeverMet>,
    },
}

impl WaitForStatus {
    /// Whether an execution that ended so is what is waited for.
    fn takes(self, status: ExecutionStatus) -> bool {
        use ExecutionStatus as E;
        match self {
            Self::Any => status.is_final(),
            Self::Success => status == E::Success,
            Self::Completed => matches!(status, E::Success | E::Failure | E::Timeout),
            Self::Failure => matches!(status, E::Failure | E::Timeout),
        }
    }
}

impl DependencyMode {
    /// How a job in `depends_on_jobs` has to have ended that nothing more is said about.
    fn wants(self) -> WaitForStatus {
        match self {
            Self::AllSuccess => WaitForStatus::Success,
            Self::AllCompleted => WaitForStatus::Completed,
            Self::Any => WaitForStatus::Any,
        }
    }
}

/// One dependency.
enum Verdict {
    Met,
    Waits(WaitsFor),
    Never(NeverMet),
}

/// Judges an execution of `job`. `rules` are the job's dependencies; `runs` gives the executions of a job by its code, in
/// any order, at least those of the days that count.
pub fn readiness<'a>(
    job: &str,
    depends_on_jobs: &[String],
    mode: DependencyMode,
    rules: &[JobDependency],
    waiter: Waiter,
    runs: &dyn Fn(&str) -> &'a [UpstreamRun],
    now: Millis,
) -> Readiness {
    let of = |code: &str| rules.iter().find(|rule| rule.job_id == job && rule.depends_on_job_id == code);
    let mut named = Vec::new();
    for code in depends_on_jobs {
        match of(code) {
            Some(rule) if !rule.is_active => {}
            Some(rule) => named.push(judge(rule, waiter, runs(code), now)),
            None => named.push(judge(&JobDependency::plain(job, code, mode.wants()), waiter, runs(code), now)),
        }
    }
    if mode == DependencyMode::Any && named.iter().any(|verdict| matches!(verdict, Verdict::Met)) {
        named.clear();
    }
    // With `any`, one that will never be met is no loss while another may be.
    if mode == DependencyMode::Any && named.iter().any(|verdict| matches!(verdict, Verdict::Waits(_))) {
        named.retain(|verdict| matches!(verdict, Verdict::Waits(_)));
    }
    let besides = rules
        .iter()
        .filter(|rule| rule.job_id == job && rule.is_active && !depends_on_jobs.contains(&rule.depends_on_job_id))
        .map(|rule| judge(rule, waiter, runs(&rule.depends_on_job_id), now));
    let (mut on, mut why) = (Vec::new(), Vec::new());
    for verdict in named.into_iter().chain(besides) {
        match verdict {
            Verdict::Met => {}
            Verdict::Waits(waits) => on.push(waits),
            Verdict::Never(never) => why.push(never),
        }
    }
    match (on.is_empty(), why.is_empty()) {
        (_, false) => Readiness::NeverMet { why },
        (false, true) => {
            let until = on.iter().filter_map(|waits| waits.until).min();
            Readiness::Waits { on, since: waiter.since, until }
        }
        (true, true) => Readiness::Met,
    }
}

fn judge(rule: &JobDependency, waiter: Waiter, runs: &[UpstreamRun], now: Millis) -> Verdict {
    let until = rule.max_wait_minutes.map(|minutes| waiter.since + minutes * MINUTE);
    let is_over = until.is_some_and(|until| now >= until);
    let is_optional = rule.dependency_type == DependencyType::Optional;
    let job = || rule.depends_on_job_id.clone();
    let newest = runs.iter().filter(|run| counts(rule, waiter.execution_date, run)).max_by_key(|run| run.created_at);
    let reason = match newest {
        None => WaitReason::NotRun,
        Some(run) if !run.status.is_final() => WaitReason::AtWork,
        Some(run) if !rule.wait_for_status.takes(run.status) => WaitReason::EndedOtherwise,
        Some(run) => return condition(rule, run),
    };
    match (is_optional, reason) {
        (true, WaitReason::NotRun | WaitReason::EndedOtherwise) => Verdict::Met,
        (true, WaitReason::AtWork) if is_over => Verdict::Met,
        (false, _) if is_over => Verdict::Never(NeverMet { job: job(), why: gave_up(rule, reason, newest) }),
        _ => Verdict::Waits(WaitsFor { job: job(), reason, until }),
    }
}

/// Whether an execution is of the days that count.
fn counts(rule: &JobDependency, day: NaiveDate, run: &UpstreamRun) -> bool {
    let days = u64::try_from(rule.lookback_days).unwrap_or(1).max(1);
    let (first, last) = match rule.dependency_type {
        DependencyType::CrossDay => (day.checked_sub_days(Days::new(days)), day.checked_sub_days(Days::new(1))),
        _ => (day.checked_sub_days(Days::new(days - 1)), Some(day)),
    };
    first.zip(last).is_some_and(|(first, last)| (first..=last).contains(&run.execution_date))
}

fn condition(rule: &JobDependency, run: &UpstreamRun) -> Verdict {
    let never = |why: String| Verdict::Never(NeverMet { job: rule.depends_on_job_id.clone(), why });
    let Some(text) = &rule.execution_condition else { return Verdict::Met };
    match Condition::parse(text).and_then(|condition| Ok((condition.holds(&run.numbers)?, condition.names()))) {
        Ok((true, _)) => Verdict::Met,
        Ok((false, names)) => {
            let found: Vec<String> =
                names.iter().filter_map(|name| Some(format!("{name} is {}", run.numbers.get(name)?))).collect();
            never(format!("“{text}” does not hold: {}.", found.join(", ")))
        }
        Err(error) => never(format!("“{text}” has no answer: {error}.")),
    }
}

fn gave_up(rule: &JobDependency, reason: WaitReason, newest: Option<&UpstreamRun>) -> String {
    let waited = rule.max_wait_minutes.unwrap_or_default();
    let minutes = if waited == 1 { "minute" } else { "minutes" };
    match (reason, newest) {
        (WaitReason::EndedOtherwise, Some(run)) => format!(
            "Waited {waited} {minutes}: its last execution ended as {}, asked for was {}.",
            run.status, rule.wait_for_status
        ),
        (WaitReason::AtWork, _) => format!("Waited {waited} {minutes}: it was still at work."),
        _ => format!("Waited {waited} {minutes}: it did not run."),
    }
}
