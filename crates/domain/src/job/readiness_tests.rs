//! Dependencies, as scripts of what the other jobs did.

use serde_json::{Value, json};

use super::dependency::JobDependency;
use super::execution::ExecutionStatus as E;
use super::fields::Found;
use super::readiness::*;
use super::words::DependencyMode as M;
use crate::clock::Millis;
use crate::time::MINUTE;

fn rule(value: Value) -> JobDependency {
    let found = Found::default();
    let mut whole = json!({ "job_id": "b", "depends_on_job_id": "a" });
    whole.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
    let rule = JobDependency::read_at(&whole, String::new(), &found, &|code| code.as_str().map(str::to_owned));
    assert_eq!(found.into_problems(), []);
    rule.unwrap()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn ran(date: &str, status: E, created_at: Millis) -> UpstreamRun {
    let numbers = json!({ "delivery_rate": 0.75, "rows_processed": 10 }).as_object().unwrap().clone();
    UpstreamRun {
        status,
        execution_date: day(date),
        created_at,
        completed_at: status.is_final().then_some(created_at + MINUTE),
        numbers,
    }
}

const TODAY: &str = "2026-11-22";

/// An execution of `b` of today that waits since minute 0.
fn judged(
    named: &[&str],
    mode: M,
    rules: &[JobDependency],
    runs: &[(&str, Vec<UpstreamRun>)],
    now: Millis,
) -> Readiness {
    let waiter = Waiter { execution_date: day(TODAY), since: 0 };
    let named: Vec<String> = named.iter().map(|code| (*code).to_owned()).collect();
    let of = |code: &str| runs.iter().find(|(of, _)| *of == code).map_or(&[][..], |(_, runs)| runs.as_slice());
    readiness("b", &named, mode, rules, waiter, &of, now)
}

fn alone(value: Value, runs: Vec<UpstreamRun>, now: Millis) -> Readiness {
    judged(&[], M::AllSuccess, &[rule(value)], &[("a", runs)], now)
}

fn waits(job: &str, reason: WaitReason, until: Option<Millis>) -> Readiness {
    Readiness::Waits { on: vec![WaitsFor { job: job.into(), reason, until }], since: 0, until }
}

fn never(readiness: Readiness) -> String {
    match readiness {
        Readiness::NeverMet { why } => why.into_iter().map(|never| never.why).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_blocking_dependency_waits_until_the_other_has_succeeded() {
    let hour = json!({ "dependency_type": "blocking", "wait_for_status": "success", "max_wait_minutes": 60 });
    let until = Some(60 * MINUTE);
    assert_eq!(alone(hour.clone(), vec![], 0), waits("a", WaitReason::NotRun, until));
    assert_eq!(alone(hour.clone(), vec![ran(TODAY, E::Running, 0)], 0), waits("a", WaitReason::AtWork, until));
    let failed = vec![ran(TODAY, E::Failure, 0)];
    assert_eq!(alone(hour.clone(), failed.clone(), 59 * MINUTE), waits("a", WaitReason::EndedOtherwise, until));
    let why = never(alone(hour.clone(), failed.clone(), 60 * MINUTE));
    assert_eq!(why, "Waited 60 minutes: its last execution ended as failure, asked for was success.");
    let again = [failed, vec![ran(TODAY, E::Success, 5)]].concat();
    assert_eq!(alone(hour, again, 90 * MINUTE), Readiness::Met, "the newest counts, and met is met");
}

#[test]
fn only_the_days_that_count_count() {
    let yesterday = vec![ran("2026-11-21", E::Success, 0)];
    assert_eq!(alone(json!({}), yesterday.clone(), 0), waits("a", WaitReason::NotRun, None));
    assert_eq!(alone(json!({ "lookback_days": 2 }), yesterday.clone(), 0), Readiness::Met);
    let cross = json!({ "dependency_type": "cross_day" });
    assert_eq!(alone(cross.clone(), yesterday, 0), Readiness::Met);
    assert_eq!(alone(cross.clone(), vec![ran(TODAY, E::Success, 0)], 0), waits("a", WaitReason::NotRun, None));
    assert_eq!(alone(cross, vec![ran("2026-11-20", E::Success, 0)], 0), waits("a", WaitReason::NotRun, None));
    let two = json!({ "dependency_type": "cross_day", "lookback_days": 2 });
    assert_eq!(alone(two, vec![ran("2026-11-20", E::Success, 0)], 0), Readiness::Met);
}

#[test]
fn an_optional_dependency_only_waits_for_what_is_at_work() {
    let optional = json!({ "dependency_type": "optional", "wait_for_status": "any", "max_wait_minutes": 30 });
    assert_eq!(alone(optional.clone(), vec![], 0), Readiness::Met);
    assert_eq!(alone(optional.clone(), vec![ran(TODAY, E::Failure, 0)], 0), Readiness::Met);
    let running = vec![ran(TODAY, E::Running, 0)];
    assert_eq!(alone(optional.clone(), running.clone(), 0), waits("a", WaitReason::AtWork, Some(30 * MINUTE)));
    assert_eq!(alone(optional, running, 30 * MINUTE), Readiness::Met);
}

#[test]
fn a_conditional_dependency_asks_the_numbers() {
    let above = |rate: &str| json!({ "dependency_type": "conditional", "execution_condition": format!("delivery_rate > {rate}") });
    let done = vec![ran(TODAY, E::Success, 0)];
    assert_eq!(alone(above("0.7"), done.clone(), 0), Readiness::Met);
    assert_eq!(
        never(alone(above("0.8"), done.clone(), 0)),
        "“delivery_rate > 0.8” does not hold: delivery_rate is 0.75."
    );
    assert_eq!(alone(above("0.8"), vec![ran(TODAY, E::Failure, 0)], 0), waits("a", WaitReason::EndedOtherwise, None));
    let unknown = json!({ "dependency_type": "conditional", "execution_condition": "opens > 1" });
    assert!(never(alone(unknown, done, 0)).contains("names opens, which is not there"));
}

#[test]
fn each_status_takes_what_it_says() {
    let takes = |wait: &str| -> Vec<&str> {
        let value = json!({ "wait_for_status": wait });
        let is_met = |status: &&E| alone(value.clone(), vec![ran(TODAY, **status, 0)], 0) == Readiness::Met;
        E::ALL.iter().filter(is_met).map(|status| status.as_str()).collect()
    };
    assert_eq!(takes("any"), ["success", "failure", "aborted", "timeout", "cancelled"]);
    assert_eq!(takes("success"), ["success"]);
    assert_eq!(takes("completed"), ["success", "failure", "timeout"]);
    assert_eq!(takes("failure"), ["failure", "timeout"]);
}

#[test]
fn the_mode_counts_the_jobs_together() {
    let run = |a, c| [("a", vec![ran(TODAY, a, 0)]), ("c", vec![ran(TODAY, c, 0)])];
    let of = |mode, a, c| judged(&["a", "c"], mode, &[], &run(a, c), 0);
    assert_eq!(of(M::AllSuccess, E::Success, E::Success), Readiness::Met);
    assert_eq!(of(M::AllSuccess, E::Success, E::Failure), waits("c", WaitReason::EndedOtherwise, None));
    assert_eq!(of(M::AllCompleted, E::Success, E::Failure), Readiness::Met);
    assert_eq!(of(M::AllCompleted, E::Aborted, E::Failure), waits("a", WaitReason::EndedOtherwise, None));
    assert_eq!(of(M::Any, E::Running, E::Failure), Readiness::Met);
    assert!(matches!(of(M::Any, E::Running, E::Running), Readiness::Waits { on, .. } if on.len() == 2));
}

#[test]
fn a_dependency_says_how_its_job_is_judged_and_an_inactive_one_is_skipped() {
    let runs = [("a", vec![ran(TODAY, E::Failure, 0)]), ("c", vec![ran(TODAY, E::Success, 0)])];
    let of = |mode, rules: &[JobDependency], now| judged(&["a", "c"], mode, rules, &runs, now);
    assert_eq!(of(M::AllSuccess, &[rule(json!({ "wait_for_status": "failure" }))], 0), Readiness::Met);
    assert_eq!(of(M::AllSuccess, &[rule(json!({ "is_active": false }))], 0), Readiness::Met);
    let impatient = rule(json!({ "max_wait_minutes": 1 }));
    assert!(matches!(of(M::AllSuccess, std::slice::from_ref(&impatient), MINUTE), Readiness::NeverMet { .. }));
    assert_eq!(of(M::Any, &[impatient], MINUTE), Readiness::Met, "the other one is enough");
    let besides = rule(json!({ "depends_on_job_id": "d" }));
    assert_eq!(of(M::Any, &[besides], 0), waits("d", WaitReason::NotRun, None), "others have to be met besides");
    let of_another_job = rule(json!({ "job_id": "x", "depends_on_job_id": "d" }));
    assert_eq!(of(M::Any, &[of_another_job], 0), Readiness::Met);
    assert_eq!(judged(&[], M::AllSuccess, &[], &[], 0), Readiness::Met);
}
