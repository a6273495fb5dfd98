//! Random graphs, outcomes and crashes on virtual time, compared with a small interpreter that was written apart from the
//! machine: it plays the whole execution second by second out of the definition and the script alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::job::definition::JobDefinition;
use crate::job::execution::ExecutionStatus as E;
use crate::job::words::{FailureCode, StepStatus as S};
use crate::time::SECOND;

/// How one try goes: how many seconds it takes, and whether it ends well.
#[derive(Debug, Clone, Copy)]
struct Play {
    seconds: i64,
    is_good: bool,
}

/// A step as the generator makes it.
#[derive(Debug, Clone)]
struct Plan {
    order: i64,
    is_parallel: bool,
    group: Option<i64>,
    depends_on: Vec<usize>,
    retries: usize,
    delay: i64,
    timeout: i64,
    action: &'static str,
    is_critical: bool,
    is_active: bool,
    is_repeatable: bool,
    plays: Vec<Play>,
}

#[derive(Debug, Clone)]
struct Script {
    steps: Vec<Plan>,
    /// Seconds at which the node is lost; the next one goes on in the same second.
    crashes: Vec<i64>,
    abort_at: Option<i64>,
}

const MOST_TRIES: usize = 12;

fn plan(at: usize) -> impl Strategy<Value = Plan> {
    let parallel = prop_oneof![Just((false, None)), Just((true, None)), (0_i64..2).prop_map(|g| (true, Some(g)))];
    let depends = proptest::collection::btree_set(0..at.max(1), 0..3);
    let play = (0_i64..7, 0_u8..100).prop_map(|(seconds, luck)| Play { seconds, is_good: luck < 70 });
    let actions =
        prop_oneof![3 => Just("continue"), 2 => Just("abort"), 2 => Just("retry"), 1 => Just("skip_remaining")];
    let flags = (proptest::bool::weighted(0.5), proptest::bool::weighted(0.9), proptest::bool::weighted(0.3));
    (
        0_i64..2,
        parallel,
        depends,
        0_usize..3,
        0_i64..4,
        3_i64..8,
        actions,
        flags,
        proptest::collection::vec(play, MOST_TRIES),
    )
        .prop_map(
            move |(step_up, (is_parallel, group), depends, retries, delay, timeout, action, flags, plays)| Plan {
                // Ascending, with equals now and then.
                order: at as i64 * 2 / 3 + step_up,
                is_parallel,
                group,
                depends_on: depends.into_iter().filter(|on| *on < at).collect(),
                retries: if action == "retry" { retries.max(1) } else { retries },
                delay,
                timeout,
                action,
                is_critical: flags.0,
                is_active: flags.1,
                is_repeatable: flags.2,
                plays,
            },
        )
}

fn script() -> impl Strategy<Value = Script> {
    let steps = (1_usize..9).prop_flat_map(|count| (0..count).map(plan).collect::<Vec<_>>());
    let crashes = proptest::collection::vec(0_i64..60, 0..4);
    let abort = proptest::option::weighted(0.15, 0_i64..40);
    (steps, crashes, abort).prop_map(|(steps, crashes, abort_at)| Script { steps, crashes, abort_at })
}

fn code(at: usize) -> String {
    format!("s{at}")
}

/// None where the generated orders and dependencies make a circle.
fn definition(script: &Script) -> Option<Arc<JobDefinition>> {
    let steps: Vec<_> = script
        .steps
        .iter()
        .enumerate()
        .map(|(at, plan)| {
            json!({
                "step_code": code(at), "step_order": plan.order, "step_type": "stored_proc", "step_action": "p",
                "is_parallel": plan.is_parallel, "parallel_group_id": plan.group,
                "depends_on_step_codes": plan.depends_on.iter().map(|on| code(*on)).collect::<Vec<_>>(),
                "retry_count": plan.retries, "retry_delay_seconds": plan.delay, "timeout_seconds": plan.timeout,
                "on_failure_action": plan.action, "is_critical": plan.is_critical, "is_active": plan.is_active,
                "is_repeatable": plan.is_repeatable,
            })
        })
        .collect();
    JobDefinition::read(&json!({ "code": "model", "steps": steps })).ok().map(Arc::new)
}

/// How it ended: the execution, and each step's state with its number of tries.
type Ended = (E, Vec<(S, usize)>);

/// The reference: where each step is, in words of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
enum At {
    Waiting,
    Running { ends: i64, is_good: bool, is_over_time: bool },
    Resting { until: i64, was_over_time: bool },
    Over(S),
}

struct Reference<'a> {
    script: &'a Script,
    at: Vec<At>,
    tries: Vec<usize>,
    used: Vec<usize>,
    lost: Vec<usize>,
    /// 0: goes on; 1: nothing more starts; 2: everything stops. And what the end is then.
    brake: u8,
    verdict: E,
}

impl Reference<'_> {
    fn is_free(&self, step: usize) -> bool {
        let me = &self.script.steps[step];
        (0..self.at.len()).filter(|other| *other != step).all(|other| {
            let it = &self.script.steps[other];
            let is_named = me.depends_on.contains(&other);
            let is_implied = if me.is_parallel {
                me.depends_on.is_empty() && it.order < me.order && (me.group.is_none() || me.group != it.group)
            } else {
                it.order < me.order || (it.order == me.order && other < step)
            };
            !(is_named || is_implied) || matches!(self.at[other], At::Over(_))
        })
    }

    fn pull(&mut self, brake: u8, verdict: E) {
        if brake <= self.brake {
            return;
        }
        self.brake = brake;
        if brake == 2 {
            self.verdict = verdict;
        }
        for at in &mut self.at {
            *at = match *at {
                At::Waiting => At::Over(S::Skipped),
                At::Resting { was_over_time, .. } => At::Over(if was_over_time { S::Timeout } else { S::Failure }),
                // Whoever is told to stop is gone at once.
                At::Running { .. } if brake == 2 => At::Over(S::Cancelled),
                other => other,
            };
        }
    }

    fn mishap(&mut self, step: usize, now: i64, is_over_time: bool) {
        let plan = &self.script.steps[step];
        if self.brake == 0 && self.used[step] < plan.retries {
            self.used[step] += 1;
            self.at[step] = At::Resting { until: now + plan.delay, was_over_time: is_over_time };
            return;
        }
        self.at[step] = At::Over(if is_over_time { S::Timeout } else { S::Failure });
        match (plan.action, plan.is_critical) {
            ("abort", _) | ("retry", true) => self.pull(2, E::Failure),
            ("skip_remaining", _) => self.pull(1, E::Success),
            _ => {}
        }
    }

    fn play(script: &Script) -> Ended {
        let count = script.steps.len();
        let at = script.steps.iter().map(|p| if p.is_active { At::Waiting } else { At::Over(S::Skipped) }).collect();
        let mut me = Reference {
            script,
            at,
            tries: vec![0; count],
            used: vec![0; count],
            lost: vec![0; count],
            brake: 0,
            verdict: E::Success,
        };
        for now in 0..10_000 {
            if me.at.iter().all(|at| matches!(at, At::Over(_))) {
                break;
            }
            if script.abort_at == Some(now) {
                me.pull(2, E::Aborted);
            }
            for step in 0..count {
                if let At::Running { ends, is_good, is_over_time } = me.at[step]
                    && ends == now
                {
                    if is_good { me.at[step] = At::Over(S::Success) } else { me.mishap(step, now, is_over_time) }
                }
            }
            if script.crashes.contains(&now) {
                for step in 0..count {
                    if !matches!(me.at[step], At::Running { .. }) {
                        continue;
                    }
                    if me.brake == 0 && script.steps[step].is_repeatable && me.lost[step] < 5 {
                        // It was begun: should everything end now, it has failed and was not skipped.
                        me.lost[step] += 1;
                        me.at[step] = At::Resting { until: now, was_over_time: false };
                    } else {
                        me.mishap(step, now, false);
                    }
                }
            }
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_by_key(|step| (script.steps[*step].order, *step));
            for step in order {
                let may = match me.at[step] {
                    At::Waiting => me.is_free(step),
                    At::Resting { until, .. } => until <= now,
                    _ => false,
                };
                if may && me.brake == 0 {
                    let Play { seconds, is_good } = script.steps[step].plays[me.tries[step].min(MOST_TRIES - 1)];
                    let (seconds, timeout) = (seconds.max(1), script.steps[step].timeout);
                    me.tries[step] += 1;
                    me.at[step] = At::Running {
                        ends: now + seconds.min(timeout),
                        is_good: is_good && seconds < timeout,
                        is_over_time: seconds >= timeout,
                    };
                }
            }
        }
        let steps: Vec<(S, usize)> = me
            .at
            .iter()
            .zip(&me.tries)
            .map(|(at, tries)| match at {
                At::Over(status) => (*status, *tries),
                other => panic!("never ended: {other:?}"),
            })
            .collect();
        let failed =
            (0..count).any(|at| script.steps[at].is_critical && matches!(steps[at].0, S::Failure | S::Timeout));
        let verdict = if me.brake == 2 {
            me.verdict
        } else if failed {
            E::Failure
        } else {
            E::Success
        };
        (verdict, steps)
    }
}

/// The machine, driven by the script on virtual time, its state written and read again in every second, and checked on
/// the way.
fn drive(script: &Script, job: &Arc<JobDefinition>) -> Result<Ended, TestCaseError> {
    let mut machine = Workflow::new(Arc::clone(job), 0);
    // When each running try ends, and how.
    let mut running: BTreeMap<String, (u32, i64, Play)> = BTreeMap::new();
    let mut tries: BTreeMap<String, usize> = BTreeMap::new();
    for now in 0..10_000_i64 {
        let ms = now * SECOND;
        if machine.finished().is_some() {
            break;
        }
        let kept = serde_json::to_string(machine.state()).unwrap();
        machine = Workflow::resume(Arc::clone(job), serde_json::from_str(&kept).unwrap()).unwrap();
        prop_assert_eq!(serde_json::to_string(machine.state()).unwrap(), kept);
        if script.abort_at == Some(now) {
            machine.apply(Event::Aborted, ms).unwrap();
            stop_all(&mut machine, &mut running, ms)?;
        }
        for at in 0..script.steps.len() {
            let step = code(at);
            let Some((attempt, started, play)) = running.get(&step).copied() else { continue };
            let event = if machine.stops(ms).iter().any(|stop| stop.step_code == step) {
                Event::TimedOut { step: step.clone(), attempt }
            } else if started + play.seconds.max(1) != now {
                continue;
            } else if play.is_good {
                Event::Succeeded { step: step.clone(), attempt, outcome: Outcome::default() }
            } else {
                Event::Failed { step: step.clone(), attempt, failure: Failure::new(FailureCode::Action, "no") }
            };
            running.remove(&step);
            machine.apply(event.clone(), ms).unwrap();
            prop_assert!(machine.apply(event, ms).is_err(), "nothing happens twice");
            stop_all(&mut machine, &mut running, ms)?;
        }
        if script.crashes.contains(&now) && machine.finished().is_none() {
            machine.apply(Event::NodeLost, ms).unwrap();
            let orphans = std::mem::take(&mut running);
            for (step, (attempt, ..)) in orphans {
                let late = Event::Succeeded { step, attempt, outcome: Outcome::default() };
                prop_assert!(machine.apply(late, ms).is_err(), "a node that was lost is not heard any more");
            }
        }
        for ready in machine.ready(ms) {
            let at = job.steps.iter().position(|step| step.step_code == ready.step_code).unwrap();
            let count = tries.entry(ready.step_code.clone()).or_default();
            check_start(&machine, job, at, *count)?;
            let play = script.steps[at].plays[(*count).min(MOST_TRIES - 1)];
            *count += 1;
            machine.apply(Event::Started { step: ready.step_code.clone(), attempt: ready.attempt }, ms).unwrap();
            running.insert(ready.step_code, (ready.attempt, now, play));
        }
        if machine.finished().is_none() && running.is_empty() {
            prop_assert!(machine.wake_at(ms).is_some(), "it waits for nothing: {:?}", machine.state());
        }
    }
    let Some(finished) = machine.finished() else { return Err(TestCaseError::fail("it never ended")) };
    let steps = machine.state().steps.iter();
    let steps = steps.map(|step| (step.status, tries.get(&step.step_code).copied().unwrap_or(0))).collect();
    Ok((finished.status, steps))
}

/// Whoever is told to stop is gone at once.
fn stop_all(
    machine: &mut Workflow,
    running: &mut BTreeMap<String, (u32, i64, Play)>,
    ms: i64,
) -> Result<(), TestCaseError> {
    if !machine.state().ending.as_ref().is_some_and(Ending::is_hard) {
        return Ok(());
    }
    let stops = machine.stops(ms);
    prop_assert_eq!(stops.len(), running.len());
    for stop in stops {
        running.remove(&stop.step_code);
        let failure = Failure::new(FailureCode::Action, "stopped");
        machine.apply(Event::Failed { step: stop.step_code, attempt: stop.attempt, failure }, ms).unwrap();
    }
    Ok(())
}

/// Never before what it depends on, never again after it succeeded, never more often than its retries and losses allow.
fn check_start(machine: &Workflow, job: &JobDefinition, at: usize, tries: usize) -> Result<(), TestCaseError> {
    let (step, state) = (&job.steps[at], &machine.state().steps[at]);
    for on in &step.depends_on_step_codes {
        let on = machine.state().steps.iter().find(|other| other.step_code == *on).unwrap();
        prop_assert!(on.status.is_final(), "{} before {}", step.step_code, on.step_code);
    }
    prop_assert_eq!(state.status, S::Pending);
    prop_assert_eq!(tries, (state.retries + state.losses) as usize, "a try without a reason");
    prop_assert!(i64::from(state.retries) <= step.retry_count);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn the_machine_ends_as_the_reference_does(script in script()) {
        let Some(job) = definition(&script) else { return Err(TestCaseError::reject("a circle")) };
        prop_assert_eq!(drive(&script, &job)?, Reference::play(&script));
    }
}
