//! The machine, as scripts of what happened.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::*;
use crate::clock::Millis;
use crate::job::definition::JobDefinition;
use crate::job::execution::ExecutionStatus as E;
use crate::job::words::{FailureCode, StepStatus as S};
use crate::time::{MINUTE, SECOND};

/// A job of notification steps, `changes` going over each step's defaults.
fn job(extra: Value, steps: &[(&str, Value)]) -> Arc<JobDefinition> {
    let steps: Vec<Value> = steps
        .iter()
        .enumerate()
        .map(|(at, (code, changes))| {
            let mut step =
                json!({ "step_order": at + 1, "step_code": code, "step_type": "stored_proc", "step_action": "p" });
            step.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            step
        })
        .collect();
    let mut whole = json!({ "code": "j", "steps": steps });
    whole.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    Arc::new(JobDefinition::read(&whole).unwrap_or_else(|problems| panic!("{problems:?}")))
}

/// A workflow that is driven by hand.
struct Hand(Workflow, Millis);

impl Hand {
    fn of(job: &Arc<JobDefinition>) -> Self {
        Self(Workflow::new(Arc::clone(job), 0), 0)
    }

    fn ready(&self) -> Vec<String> {
        self.0.ready(self.1).into_iter().map(|t| t.step_code).collect()
    }

    fn attempt(&self, step: &str) -> u32 {
        self.state(step).attempt
    }

    fn state(&self, step: &str) -> &StepState {
        self.0.state().steps.iter().find(|s| s.step_code == step).unwrap()
    }

    fn tell(&mut self, event: Event) -> &mut Self {
        self.0.apply(event, self.1).unwrap();
        self
    }

    fn start(&mut self, step: &str) -> &mut Self {
        let attempt = self.attempt(step) + 1;
        self.tell(Event::Started { step: step.into(), attempt })
    }

    fn good(&mut self, step: &str, output: Value) -> &mut Self {
        self.start(step);
        let outcome = Outcome { rows: Some(3), output: output.as_object().unwrap().clone(), ..Outcome::default() };
        self.end(step, outcome)
    }

    fn end(&mut self, step: &str, outcome: Outcome) -> &mut Self {
        let attempt = self.attempt(step);
        self.tell(Event::Succeeded { step: step.into(), attempt, outcome })
    }

    fn bad(&mut self, step: &str) -> &mut Self {
        self.start(step).fail(step)
    }

    fn fail(&mut self, step: &str) -> &mut Self {
        let attempt = self.attempt(step);
        self.tell(Event::Failed { step: step.into(), attempt, failure: Failure::new(FailureCode::Action, "no") })
    }

    fn finished(&self) -> (E, Option<String>, Option<String>) {
        let finished = self.0.finished().unwrap().clone();
        (finished.status, finished.error_code, finished.error_step)
    }
}

#[test]
fn steps_run_one_after_the_other_and_give_their_outputs_on() {
    let job = job(
        json!({ "parameters": { "campaign_id": 789 } }),
        &[
            ("read-it", json!({})),
            (
                "use-it",
                json!({ "parameters": { "id": ":campaign_id", "what": ":read_it.name", "text": "{{ read_it.rows }} rows" } }),
            ),
        ],
    );
    let mut hand = Hand::of(&job);
    assert_eq!(hand.ready(), ["read-it"]);
    hand.good("read-it", json!({ "name": "VIP" }));
    assert_eq!(hand.ready(), ["use-it"]);
    let values = json!({ "campaign_id": 789 });
    let seen = hand.0.values("use-it", values.as_object().unwrap()).unwrap();
    assert_eq!(
        Value::Object(seen),
        json!({ "campaign_id": 789, "read_it": { "name": "VIP", "status": "success", "rows": 3 }, "attempt": 0, "id": 789, "what": "VIP", "text": "3 rows" })
    );
    assert!(!hand.0.values("read-it", &Map::new()).unwrap().contains_key("use_it"));
    hand.good("use-it", json!({}));
    assert_eq!(hand.finished(), (E::Success, None, None));
    assert_eq!(hand.0.counters(), Counters { total: 2, completed: 2, failed: 0 });
    assert_eq!(hand.0.apply(Event::Tick, 1), Err(Refused::Ended));
}

#[test]
fn retries_wait_their_delay_and_reports_about_older_tries_are_refused() {
    let job = job(json!({}), &[("a", json!({ "retry_count": 1, "retry_delay_seconds": 10 }))]);
    let mut hand = Hand::of(&job);
    hand.bad("a");
    assert_eq!((hand.ready(), hand.0.wake_at(0)), (vec![], Some(10 * SECOND)));
    hand.1 = 10 * SECOND;
    hand.start("a");
    let late = Event::Succeeded { step: "a".into(), attempt: 1, outcome: Outcome::default() };
    assert_eq!(hand.0.apply(late, hand.1), Err(Refused::NotRunning { step: "a".into(), attempt: 1 }));
    let twice = Event::Started { step: "a".into(), attempt: 3 };
    assert!(matches!(hand.0.apply(twice, hand.1), Err(Refused::NotReady { .. })));
    hand.fail("a");
    assert_eq!(hand.finished(), (E::Failure, Some("error".into()), Some("a".into())));
}

#[test]
fn each_failure_action_does_what_it_says() {
    let run = |action: &str, is_critical: bool| {
        let step = json!({ "on_failure_action": action, "is_critical": is_critical, "retry_count": u8::from(action == "retry") });
        let job = job(json!({}), &[("a", step), ("b", json!({}))]);
        let mut hand = Hand::of(&job);
        hand.bad("a");
        if action == "retry" {
            hand.bad("a");
        }
        if hand.0.finished().is_none() {
            hand.good("b", json!({}));
        }
        (hand.state("b").status, hand.finished().0)
    };
    assert_eq!(run("abort", true), (S::Skipped, E::Failure));
    assert_eq!(run("abort", false), (S::Skipped, E::Failure));
    assert_eq!(run("continue", true), (S::Success, E::Failure));
    assert_eq!(run("continue", false), (S::Success, E::Success));
    assert_eq!(run("retry", true), (S::Skipped, E::Failure));
    assert_eq!(run("retry", false), (S::Success, E::Success));
    assert_eq!(run("skip_remaining", true), (S::Skipped, E::Failure));
    assert_eq!(run("skip_remaining", false), (S::Skipped, E::Success));
}

fn group(extra: Value) -> Arc<JobDefinition> {
    let side = |more: Value| {
        let mut step = json!({ "step_order": 1, "is_parallel": true, "parallel_group_id": 1 });
        step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        step
    };
    job(
        extra,
        &[
            ("a", side(json!({ "on_failure_action": "abort" }))),
            ("b", side(json!({ "on_failure_action": "skip_remaining", "is_critical": false }))),
            ("c", json!({ "step_order": 2 })),
        ],
    )
}

#[test]
fn an_abort_stops_what_runs_beside_it_and_a_skip_lets_it_end() {
    let mut hand = Hand::of(&group(json!({})));
    assert_eq!(hand.ready(), ["a", "b"]);
    hand.start("b").bad("a");
    assert_eq!(hand.0.stops(0), [Try { step_code: "b".into(), attempt: 1 }]);
    assert_eq!((hand.ready(), hand.0.finished()), (vec![], None), "it ends when nothing runs any more");
    hand.fail("b");
    assert_eq!((hand.state("b").status, hand.state("c").status), (S::Cancelled, S::Skipped));
    let why = hand.state("b").failure.as_ref().unwrap();
    assert_eq!(
        (why.code, why.message.as_str()),
        (FailureCode::Stopped, "Stopped in the middle, because another step failed: a.")
    );
    assert_eq!(hand.finished(), (E::Failure, Some("error".into()), Some("a".into())));

    let mut hand = Hand::of(&group(json!({})));
    hand.start("a").bad("b");
    assert_eq!(hand.0.stops(0), []);
    hand.end("a", Outcome::default());
    assert_eq!((hand.finished().0, hand.state("c").status), (E::Success, S::Skipped));
    assert_eq!(hand.0.counters(), Counters { total: 3, completed: 1, failed: 1 });
}

#[test]
fn time_ends_tries_executions_and_patience() {
    let mut hand = Hand::of(&group(json!({ "execution_timeout_minutes": 10, "sla_duration_minutes": 5 })));
    hand.start("a");
    assert_eq!(hand.0.wake_at(0), Some(5 * MINUTE));
    hand.1 = 5 * MINUTE;
    hand.tell(Event::Tick);
    assert!(hand.0.state().sla_breached && hand.0.finished().is_none(), "alert and continue");
    hand.1 = 10 * MINUTE;
    hand.tell(Event::Tick);
    assert_eq!(hand.0.stops(hand.1).len(), 1);
    hand.fail("a");
    assert_eq!(hand.finished().0, E::Timeout);

    let mut hand = Hand::of(&group(json!({ "sla_duration_minutes": 5, "sla_breach_action": "abort" })));
    hand.1 = 5 * MINUTE;
    hand.tell(Event::Tick);
    assert_eq!(hand.finished(), (E::Aborted, Some("sla_breached".into()), None));

    let mut hand = Hand::of(&job(json!({}), &[("a", json!({ "timeout_seconds": 30 }))]));
    hand.start("a");
    assert_eq!((hand.0.wake_at(0), hand.0.stops(29_999).len(), hand.0.stops(30_000).len()), (Some(30_000), 0, 1));
    hand.tell(Event::TimedOut { step: "a".into(), attempt: 1 });
    assert_eq!((hand.state("a").status, hand.finished().1.as_deref()), (S::Timeout, Some("timeout")));
}

#[test]
fn a_person_stops_it() {
    let mut hand = Hand::of(&group(json!({})));
    hand.start("a").tell(Event::Aborted);
    assert_eq!(hand.0.stops(0).len(), 1);
    hand.end("a", Outcome::default());
    assert_eq!(
        (hand.finished().0, hand.state("a").status),
        (E::Aborted, S::Success),
        "what was done in time stays done"
    );
}

#[test]
fn a_lost_node_costs_a_retry_unless_the_step_may_run_twice() {
    let job = job(
        json!({}),
        &[
            ("done", json!({})),
            ("again", json!({ "is_repeatable": true, "on_failure_action": "continue" })),
            ("once", json!({ "retry_count": 1, "retry_delay_seconds": 5 })),
        ],
    );
    let mut hand = Hand::of(&job);
    hand.good("done", json!({})).start("again");
    let kept = serde_json::to_string(hand.0.state()).unwrap();
    let mut hand = Hand(Workflow::resume(Arc::clone(&job), serde_json::from_str(&kept).unwrap()).unwrap(), 1_000);
    assert_eq!(hand.ready(), Vec::<String>::new(), "it is as if it still ran");
    hand.tell(Event::NodeLost);
    assert_eq!((hand.ready(), hand.state("done").status), (vec!["again".to_owned()], S::Success));
    for _ in 0..5 {
        hand.start("again").tell(Event::NodeLost);
    }
    assert_eq!(hand.state("again").status, S::Failure, "not for ever");
    hand.start("once").tell(Event::NodeLost);
    assert_eq!((hand.ready(), hand.0.wake_at(1_000)), (vec![], Some(6_000)));
    hand.1 = 6_000;
    hand.start("once").tell(Event::NodeLost);
    assert_eq!(hand.finished(), (E::Failure, Some("node_lost".into()), Some("once".into())));
    let other = group(json!({}));
    assert_eq!(Workflow::resume(other, hand.0.state().clone()).unwrap_err(), OtherSteps);
}

#[test]
fn validation_makes_a_failure_of_a_success() {
    let outcome = |rows, post_validation| Outcome { rows, post_validation, ..Outcome::default() };
    let judged = |step: Value, outcome: Outcome| {
        let mut hand = Hand::of(&job(json!({}), &[("a", step)]));
        hand.start("a").end("a", outcome);
        hand.finished().1
    };
    let counted = || json!({ "expected_row_count_min": 1, "expected_row_count_max": 5 });
    assert_eq!(judged(counted(), outcome(Some(5), None)), None);
    assert_eq!(judged(counted(), outcome(Some(0), None)).as_deref(), Some("row_count"));
    assert_eq!(judged(counted(), outcome(Some(6), None)).as_deref(), Some("row_count"));
    assert_eq!(judged(counted(), outcome(None, None)).as_deref(), Some("row_count"));
    let queried = || json!({ "post_validation_query": "SELECT COUNT(*)", "expected_row_count_min": 1 });
    assert_eq!(judged(queried(), outcome(Some(0), Some(json!(1)))), None, "the query's number goes before the step's");
    assert_eq!(judged(queried(), outcome(Some(9), Some(json!(0)))).as_deref(), Some("row_count"));
    assert_eq!(judged(queried(), outcome(Some(9), None)).as_deref(), Some("post_validation"));
    let asked = || json!({ "post_validation_query": "SELECT is_ready" });
    assert_eq!(judged(asked(), outcome(None, Some(json!(true)))), None);
    assert_eq!(judged(asked(), outcome(None, Some(json!(0)))).as_deref(), Some("post_validation"));
    let mut large = outcome(None, None);
    large.output.insert("text".into(), Value::String("x".repeat(70_000)));
    assert_eq!(judged(json!({}), large).as_deref(), Some("output_too_large"));
    assert_eq!(pre_validation(Some(&json!("t"))), None);
    assert_eq!(pre_validation(None).unwrap().code, FailureCode::PreValidation);
    assert_eq!(
        pre_validation(Some(&json!(false))).unwrap().message,
        "The step was not started: the check before it gave false."
    );
}

#[test]
fn what_a_step_leaves_undone_is_told_and_fails_nothing() {
    let two = job(json!({}), &[("a", json!({ "retry_count": 3 })), ("b", json!({}))]);
    let mut hand = Hand::of(&two);
    let words = "One of two could not be read.";
    hand.start("a").end("a", Outcome { rows: Some(1), left_undone: Some(words.into()), ..Outcome::default() });
    assert_eq!((hand.state("a").status, hand.state("a").told_failure().unwrap().message.as_str()), (S::Success, words));
    hand.good("b", json!({}));
    assert_eq!(hand.finished(), (E::Success, Some("partial".into()), Some("a".into())));
    assert_eq!(hand.0.finished().unwrap().error_message.as_deref(), Some(words));
    let mut hand = Hand::of(&two);
    hand.start("a").end("a", Outcome { left_undone: Some(words.into()), ..Outcome::default() });
    hand.bad("b");
    assert_eq!(hand.finished().2.as_deref(), Some("b"), "a failure goes before it");
}

#[test]
fn inactive_steps_are_skipped_and_nothing_to_do_is_done() {
    let job = job(json!({}), &[("a", json!({ "is_active": false })), ("b", json!({ "depends_on_step_codes": ["a"] }))]);
    let hand = Hand::of(&job);
    assert_eq!((hand.ready(), hand.0.counters().total), (vec!["b".to_owned()], 1));
    let empty = Hand::of(&self::job(json!({}), &[]));
    assert_eq!((empty.finished().0, empty.0.wake_at(0)), (E::Success, None));
}

#[test]
fn a_rerun_keeps_what_was_done_before_the_step() {
    let job = job(json!({}), &[("a", json!({})), ("b", json!({ "on_failure_action": "abort" })), ("c", json!({}))]);
    let mut hand = Hand::of(&job);
    hand.good("a", json!({ "n": 1 })).bad("b");
    let again = Workflow::rerun(Arc::clone(&job), hand.0.state(), "b", 100).unwrap();
    let mut hand = Hand(again, 100);
    assert_eq!((hand.ready(), hand.state("a").output["n"].as_i64()), (vec!["b".to_owned()], Some(1)));
    hand.good("b", json!({})).good("c", json!({}));
    assert_eq!(hand.finished().0, E::Success);
    let from_start = Workflow::rerun(Arc::clone(&job), hand.0.state(), "a", 200).unwrap();
    assert_eq!(from_start.ready(200)[0].step_code, "a");
    assert!(Workflow::rerun(job, hand.0.state(), "nowhere", 0).is_err());
}

#[test]
fn only_so_many_run_at_once() {
    let parallel = json!({ "is_parallel": true, "parallel_group_id": 7 });
    let codes: Vec<String> = (0..20).map(|n| format!("s{n}")).collect();
    let steps: Vec<(&str, Value)> = codes.iter().map(|code| (code.as_str(), parallel.clone())).collect();
    let mut hand = Hand::of(&job(json!({}), &steps));
    assert_eq!(hand.ready().len(), 16);
    hand.start("s0").start("s1");
    assert_eq!(hand.ready().len(), 14);
    hand.end("s0", Outcome::default());
    assert_eq!(hand.ready().len(), 15);
}
