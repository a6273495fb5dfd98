//! Random jobs with random outcomes and nodes that die, through the real engine, beside the bare workflow machine (which is
//! itself compared with an interpreter of its own in `domain::job::workflow`). After every event what the engine has kept is
//! what the machine says, to the last millisecond; every try begins once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use muster_domain::clock::{Clock, Ids};
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::words::{FailureCode, StepStatus};
use muster_domain::job::workflow::{Event, Failure, Outcome, Workflow, WorkflowState};
use muster_domain::time::SECOND;
use muster_engine::jobs::step::{Measured, SaidSender, StepOrder, StepReport, StepRunner};
use muster_tests::jobs::{Troupe, eventually};
use muster_tests::{Engine, TestIds};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Longer than a lease.
const AFTER_A_DEATH: i64 = 31 * SECOND;
const JOBS: usize = 40;

type Key = (Uuid, String, u32);

/// Does nothing until the test says how it went.
#[derive(Default)]
struct Puppets {
    waiting: Mutex<HashMap<Key, oneshot::Sender<bool>>>,
    begun: Mutex<Vec<Key>>,
}

impl Puppets {
    fn has(&self, key: &Key) -> bool {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).contains_key(key)
    }

    fn end(&self, key: &Key, is_good: bool) {
        let puppet = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        puppet.expect("it has begun").send(is_good).expect("it listens");
    }
}

#[async_trait]
impl StepRunner for Puppets {
    async fn run(&self, order: StepOrder, _said: SaidSender, stop: CancellationToken) -> StepReport {
        let (end, ended) = oneshot::channel();
        let key = (order.execution, order.step().step_code.clone(), order.attempt);
        self.begun.lock().unwrap_or_else(PoisonError::into_inner).push(key.clone());
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(key, end);
        let is_good = tokio::select! {
            is_good = ended => is_good.unwrap_or(false),
            () = stop.cancelled() => false,
        };
        let result =
            if is_good { Ok(Outcome::default()) } else { Err(Failure::new(FailureCode::Action, "it went wrong")) };
        StepReport { result, measured: Measured::default() }
    }
}

struct Dice(TestIds);

impl Dice {
    fn roll(&self, sides: u64) -> u64 {
        let bytes = self.0.random();
        u64::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], 0]) % sides
    }

    /// A job of up to eight steps that wait for each other, or don't.
    fn job(&self, n: usize) -> Value {
        let steps = (0..=self.roll(8)).map(|at| {
            let depends: Vec<String> = (0..at).filter(|_| self.roll(4) == 0).map(|on| format!("s{on}")).collect();
            let action = ["continue", "abort", "retry", "skip_remaining"][self.roll(4) as usize];
            let retries = self.roll(3) + u64::from(action == "retry");
            json!({
                "step_code": format!("s{at}"), "step_order": at / 2, "step_type": "stored_proc", "step_action": "p",
                "is_parallel": self.roll(3) > 0, "depends_on_step_codes": depends, "retry_count": retries,
                "retry_delay_seconds": self.roll(3), "timeout_seconds": 86_400, "on_failure_action": action,
                "is_critical": self.roll(2) == 0, "is_active": self.roll(8) > 0, "is_repeatable": self.roll(3) == 0,
            })
        });
        json!({ "code": format!("model-{n}"), "steps": steps.collect::<Vec<_>>() })
    }
}

/// The machine and the engine side by side.
struct Pair {
    troupe: Troupe,
    puppets: Arc<Puppets>,
    machine: Workflow,
    run: Uuid,
    begun: Vec<Key>,
}

impl Pair {
    fn now(&self) -> i64 {
        self.troupe.world.clock.now()
    }

    fn tell(&mut self, event: Event) {
        let now = self.now();
        self.machine.apply(event, now).expect("the machine takes it");
        for ready in self.machine.ready(now) {
            let began = Event::Started { step: ready.step_code.clone(), attempt: ready.attempt };
            self.machine.apply(began, now).expect("it was ready");
            self.begun.push((self.run, ready.step_code, ready.attempt));
        }
    }

    /// Those that are told to stop end at once.
    fn stop_all(&mut self) {
        let now = self.now();
        for stop in self.machine.stops(now) {
            let failure = Failure::new(FailureCode::Action, "it went wrong");
            self.tell(Event::Failed { step: stop.step_code, attempt: stop.attempt, failure });
        }
    }

    fn running(&self) -> Vec<Key> {
        let steps = self.machine.state().steps.iter().filter(|step| step.status == StepStatus::Running);
        steps.map(|step| (self.run, step.step_code.clone(), step.attempt)).collect()
    }

    async fn kept(&self) -> Option<WorkflowState> {
        let mut tx = self.troupe.world.app.db.read(self.troupe.world.ws).await.unwrap();
        let row = muster_db::job_queue::earlier(&mut tx, self.troupe.world.ws, self.run).await.unwrap().unwrap();
        serde_json::from_value(row.workflow?.0).ok()
    }

    async fn agree(&self) {
        eventually("the engine keeps what the machine says", || async {
            self.kept().await.as_ref() == Some(self.machine.state())
                && self.running().iter().all(|key| self.puppets.has(key))
        })
        .await;
    }
}

#[test]
fn the_engine_does_what_the_machine_says_whoever_dies() {
    muster_tests::world::run(Engine::Sqlite, |world| async move {
        let puppets = Arc::new(Puppets::default());
        let mut troupe = Troupe::of(world);
        troupe.stop().await;
        troupe.world.app = troupe.world.app.clone().with_steps(puppets.clone());
        troupe.start();
        let dice = Dice(TestIds::default());
        let mut played = 0;
        let mut deaths = 0;
        for n in 0..JOBS {
            let job = dice.job(n);
            let Ok(definition) = JobDefinition::read(&job) else { continue };
            let saved = troupe.job(job).await;
            let run = troupe.run(saved).await;
            let machine = Workflow::new(Arc::new(definition), troupe.world.clock.now());
            let mut pair = Pair { troupe, puppets: puppets.clone(), machine, run, begun: Vec::new() };
            if pair.machine.finished().is_none() {
                pair.tell(Event::Tick);
            }
            while pair.machine.finished().is_none() {
                pair.agree().await;
                let running = pair.running();
                match (dice.roll(12), running.is_empty()) {
                    (0, _) => {
                        pair.troupe.kill().await;
                        pair.puppets.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
                        pair.troupe.world.clock.advance(AFTER_A_DEATH);
                        pair.troupe.start();
                        pair.tell(Event::NodeLost);
                        pair.stop_all();
                        deaths += 1;
                    }
                    (1, _) if dice.roll(4) == 0 => {
                        pair.troupe.abort(run).await;
                        pair.tell(Event::Aborted);
                        pair.stop_all();
                    }
                    (2..=8, false) => {
                        let (_, step, attempt) = running[dice.roll(running.len() as u64) as usize].clone();
                        let is_good = dice.roll(10) < 7;
                        let event = if is_good {
                            Event::Succeeded { step: step.clone(), attempt, outcome: Outcome::default() }
                        } else {
                            let failure = Failure::new(FailureCode::Action, "it went wrong");
                            Event::Failed { step: step.clone(), attempt, failure }
                        };
                        pair.puppets.end(&(run, step, attempt), is_good);
                        pair.tell(event);
                        pair.stop_all();
                    }
                    _ => {
                        pair.troupe.advance(SECOND);
                        pair.tell(Event::Tick);
                    }
                }
            }
            pair.agree().await;
            let finished = pair.machine.finished().expect("an end");
            pair.troupe.until(run, finished.status.as_str()).await;
            let begun = pair.puppets.begun.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let mut begun: Vec<Key> = begun.into_iter().filter(|(of, ..)| *of == run).collect();
            begun.sort();
            pair.begun.sort();
            assert_eq!(begun, pair.begun, "every try begins once");
            troupe = pair.troupe;
            played += 1;
        }
        assert!(played > JOBS / 2 && deaths > 5, "{played} jobs, {deaths} deaths");
        troupe.stop().await;
    });
}
