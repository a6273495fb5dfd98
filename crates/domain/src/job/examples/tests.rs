//! The shipped files are read, put in order, and run through the machine with every failure action at every step.

use std::sync::Arc;

use serde_json::{Value, json};

use super::EXAMPLES;
use crate::clock::Millis;
use crate::job::catch_up::due;
use crate::job::definition::JobDefinition;
use crate::job::execution::ExecutionStatus as E;
use crate::job::file::JobFile;
use crate::job::readiness::{Readiness, UpstreamRun, WaitReason, Waiter, readiness};
use crate::job::schedule::Schedule;
use crate::job::step::Step;
use crate::job::trigger::Trigger;
use crate::job::words::{FailureCode, OnFailure, StepStatus as S};
use crate::job::workflow::{Event, Failure, Outcome, Workflow};
use crate::time::{MINUTE, parse_moment, rfc3339};

fn file(name: &str) -> JobFile {
    let example = EXAMPLES.iter().find(|example| example.name == name).unwrap();
    JobFile::read(example.text).unwrap_or_else(|problems| panic!("{name}: {problems:#?}"))
}

#[test]
fn every_file_reads_back_as_it_was_written() {
    for example in EXAMPLES {
        let file = file(example.name);
        assert_eq!(JobFile::read(&file.write()).unwrap(), file, "{}", example.name);
        assert_eq!(file.outside(), Vec::<&str>::new());
    }
}

#[test]
fn the_jobs_of_a_chain_come_one_after_the_other() {
    let codes = |stages: &[&str], of: &str| stages.iter().map(|s| format!("{s}-{of}")).collect::<Vec<_>>();
    let chain = ["segment-eval", "profile-fetch", "creative-render", "message-delivery", "analytics"];
    assert_eq!(file("Campaign chain").order(), codes(&chain, "789"));
    assert_eq!(file("Black Friday chain").order(), codes(&chain[..4], "bf2024"));
}

/// What a step gives that does all that is expected of it.
fn good(step: &Step) -> Outcome {
    let rows = step.expected_row_count_min.or(step.expected_row_count_max).unwrap_or(1);
    let counts = step.expected_row_count_min.is_some() || step.expected_row_count_max.is_some();
    let post_validation = step.post_validation_query.as_ref().map(|_| if counts { json!(rows) } else { json!(true) });
    Outcome { rows: Some(rows), post_validation, ..Outcome::default() }
}

/// Runs a job in which the tries of one step fail; gives how it ended, where each step is, and how often it was tried.
fn run(job: &Arc<JobDefinition>, failing: Option<&str>) -> (E, Vec<(S, u32)>) {
    let mut machine = Workflow::new(Arc::clone(job), 0);
    let mut now = 0;
    for _ in 0..1_000 {
        if let Some(finished) = machine.finished() {
            let steps = machine.state().steps.iter().map(|step| (step.status, step.attempt)).collect();
            return (finished.status, steps);
        }
        let ready = machine.ready(now);
        if ready.is_empty() {
            now = machine.wake_at(now).expect("something comes");
            machine.apply(Event::Tick, now).unwrap();
            continue;
        }
        for next in &ready {
            machine.apply(Event::Started { step: next.step_code.clone(), attempt: next.attempt }, now).unwrap();
        }
        for next in ready {
            let (step, attempt) = (next.step_code, next.attempt);
            let event = if failing == Some(step.as_str()) {
                Event::Failed { step, attempt, failure: Failure::new(FailureCode::Action, "no") }
            } else {
                let outcome = good(job.step(&step).unwrap());
                Event::Succeeded { step, attempt, outcome }
            };
            machine.apply(event, now).unwrap();
        }
    }
    panic!("{} never ends", job.code);
}

#[test]
fn every_job_runs_well_and_with_every_failure_action_at_every_step() {
    for job in EXAMPLES.iter().flat_map(|example| file(example.name).jobs) {
        let well = run(&Arc::new(job.clone()), None);
        assert_eq!(well, (E::Success, vec![(S::Success, 1); job.steps.len()]), "{}", job.code);
        for (at, action) in (0..job.steps.len()).flat_map(|at| OnFailure::ALL.iter().map(move |action| (at, *action))) {
            let mut changed = job.clone();
            changed.steps[at].on_failure_action = action;
            let retries =
                u32::try_from(changed.steps[at].retry_count.max(i64::from(action == OnFailure::Retry))).unwrap();
            changed.steps[at].retry_count = i64::from(retries);
            let step = changed.steps[at].clone();
            let (ended, steps) = run(&Arc::new(changed), Some(&step.step_code));
            let what = format!("{} {} {action}", job.code, step.step_code);
            assert_eq!(steps[at], (S::Failure, retries + 1), "{what}: every retry is used");
            let goes_on = action == OnFailure::Continue || (action == OnFailure::Retry && !step.is_critical);
            let is_failed = step.is_critical || action == OnFailure::Abort;
            assert_eq!(ended, if is_failed { E::Failure } else { E::Success }, "{what}");
            for (other, (status, _)) in steps.iter().enumerate().filter(|(other, _)| *other != at) {
                let is_later = job.steps[other].step_order > step.step_order;
                let expected = if is_later && !goes_on { S::Skipped } else { S::Success };
                assert_eq!(*status, expected, "{what}: {}", job.steps[other].step_code);
            }
        }
    }
}

#[test]
fn a_segment_that_fails_is_tolerated_and_the_two_run_side_by_side() {
    let job = Arc::new(file("Segment evaluation").jobs.remove(0));
    let mut machine = Workflow::new(Arc::clone(&job), 0);
    for step in ["validate-campaign", "get-segment-conditions"] {
        let next = machine.ready(0).remove(0);
        assert_eq!(next.step_code, step);
        machine.apply(Event::Started { step: step.into(), attempt: 1 }, 0).unwrap();
        let outcome = good(job.step(step).unwrap());
        machine.apply(Event::Succeeded { step: step.into(), attempt: 1, outcome }, 0).unwrap();
    }
    let both: Vec<_> = machine.ready(0).into_iter().map(|next| next.step_code).collect();
    assert_eq!(both, ["evaluate-segment-vip", "evaluate-segment-new"]);
    let (ended, steps) = run(&job, Some("evaluate-segment-vip"));
    let statuses: Vec<S> = steps.iter().map(|(status, _)| *status).collect();
    assert_eq!((ended, steps[2]), (E::Success, (S::Failure, 3)));
    assert_eq!(statuses, [S::Success, S::Success, S::Failure, S::Success, S::Success, S::Success]);
}

/// Whether a job of a file may start, a minute after it began to wait.
fn may_start(file: &JobFile, code: &str, runs: &[(&str, Vec<UpstreamRun>)], now: Millis) -> Readiness {
    let job = file.jobs.iter().find(|job| job.code == code).unwrap();
    let of = |code: &str| runs.iter().find(|(of, _)| *of == code).map_or(&[][..], |(_, runs)| runs.as_slice());
    let waiter = Waiter { execution_date: "2024-11-25".parse().unwrap(), since: 0 };
    readiness(code, &job.depends_on_jobs, job.dependency_mode.unwrap(), &file.job_dependencies, waiter, &of, now)
}

fn ran(status: E) -> Vec<UpstreamRun> {
    let execution_date = "2024-11-25".parse().unwrap();
    vec![UpstreamRun { status, execution_date, created_at: 0, completed_at: None, numbers: serde_json::Map::new() }]
}

#[test]
fn the_campaign_chain_starts_with_the_campaign_and_ends_though_delivery_fails() {
    let file = file("Campaign chain");
    let found = crate::job::fields::Found::default();
    let trigger = Trigger::read(file.jobs[0].trigger_condition.as_ref().unwrap(), "", &found).unwrap();
    let payload = json!({ "campaignId": 789 });
    assert_eq!(trigger.matches("campaign.started", payload.as_object().unwrap()), Ok(true));
    for (job, on) in [("profile-fetch-789", "segment-eval-789"), ("message-delivery-789", "creative-render-789")] {
        assert_eq!(may_start(&file, job, &[(on, ran(E::Success))], 0), Readiness::Met);
        let waits = may_start(&file, job, &[(on, ran(E::Failure))], 0);
        assert!(
            matches!(&waits, Readiness::Waits { on, .. } if on[0].reason == WaitReason::EndedOtherwise),
            "{waits:?}"
        );
        let late = may_start(&file, job, &[(on, ran(E::Running))], 180 * MINUTE);
        assert!(matches!(late, Readiness::NeverMet { .. }), "{late:?}");
    }
    let analytics = |delivery| may_start(&file, "analytics-789", &[("message-delivery-789", ran(delivery))], 0);
    assert_eq!((analytics(E::Success), analytics(E::Failure)), (Readiness::Met, Readiness::Met));
    assert!(matches!(analytics(E::Running), Readiness::Waits { .. }));
}

#[test]
fn black_friday_comes_every_night() {
    let file = file("Black Friday chain");
    let first = &file.jobs[0];
    let at = |text: &str| parse_moment(text).unwrap();
    let schedule = Schedule::of(first, at("2024-11-24T12:00:00Z")).unwrap();
    let night = due(&schedule, first.catch_up_policy, at("2024-11-24T12:00:00Z"), at("2024-11-25T00:00:00Z"));
    assert_eq!(night.starts.into_iter().map(rfc3339).collect::<Vec<_>>(), ["2024-11-25T00:00:00Z"]);
    assert_eq!(night.next.map(rfc3339).as_deref(), Some("2024-11-26T00:00:00Z"));
    let profile = |segments| may_start(&file, "profile-fetch-bf2024", &[("segment-eval-bf2024", ran(segments))], 0);
    assert_eq!(profile(E::Success), Readiness::Met);
    assert!(matches!(profile(E::Queued), Readiness::Waits { until: None, .. }));
}

#[test]
fn the_saved_script_takes_what_its_step_gives() {
    let file = file("Segment evaluation");
    let step = file.jobs[0].step("store-members").unwrap();
    let script = &file.saved_scripts[0];
    assert_eq!(step.step_action.to_json(), Value::String(script.name.clone()));
    for reference in crate::job::reference::in_sql(&script.sql) {
        assert!(step.parameters.contains_key(&reference.name), "{}", reference.name);
    }
}
