//! Jobs whose steps go as a test says.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use muster_app::App;
use muster_db::executions::{self, ExecutionFilter, ExecutionRow};
use muster_db::{Engine, admin};
use muster_domain::clock::{Clock, Millis};
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::words::{FailureCode, TriggeredBy};
use muster_domain::job::workflow::{Failure, Outcome};
use muster_engine::jobs::book::{self, Ask, Asked};
use muster_engine::jobs::step::{LogLevel, LogLine, Measured, Said, SaidSender, StepOrder, StepReport, StepRunner};
use serde_json::{Map, Value, json};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Client, World};

/// How a try goes.
#[derive(Debug, Clone)]
pub enum Play {
    /// It succeeds and gives this.
    Gives(Value),
    Fails,
    /// It succeeds, and its programs kept so much of the cores busy at their busiest.
    Uses {
        cpu_percent: i64,
    },
    /// It goes on until it is told to stop, or let go.
    Holds,
    /// Muster itself has a fault there.
    BreaksDown,
    /// It says this and fails with it.
    Says(&'static str),
    /// It says that it has come so far, and goes on until it is told to stop, or let go.
    Comes(&'static [f64]),
    /// It holds, says this once it is let go, and goes on for ever.
    ComesLate(f64),
}

/// Does steps as a test says; what nothing is said about succeeds.
#[derive(Debug, Default)]
pub struct Stage {
    plays: Mutex<HashMap<String, Vec<Play>>>,
    begun: Mutex<Vec<(Uuid, String, u32)>>,
    open: Mutex<Vec<String>>,
    over: Mutex<Vec<String>>,
    let_go: Notify,
}

fn lock<T>(what: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes down that a try is over when it is dropped.
struct Over<'a>(&'a Stage, String);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        lock(&self.0.over).push(std::mem::take(&mut self.1));
    }
}

fn failed(words: &str) -> Result<Outcome, Failure> {
    Err(Failure::new(FailureCode::Action, words))
}

impl Stage {
    /// The next tries of a step go so; the last goes on for ever.
    pub fn plays(&self, step: &str, plays: &[Play]) {
        lock(&self.plays).insert(step.to_owned(), plays.to_vec());
    }
    /// Steps that hold go on.
    pub fn let_go(&self, step: &str) {
        lock(&self.open).push(step.to_owned());
        self.let_go.notify_waiters();
    }
    /// The tries that began, in order.
    pub fn begun(&self) -> Vec<(Uuid, String, u32)> {
        lock(&self.begun).clone()
    }
    /// How many tries of a step began.
    pub fn count(&self, step: &str) -> usize {
        lock(&self.begun).iter().filter(|(_, code, _)| code == step).count()
    }
    /// How many tries of a step are at work no more, however that came.
    pub fn over(&self, step: &str) -> usize {
        lock(&self.over).iter().filter(|code| *code == step).count()
    }
    /// Until it is let go, or told to stop.
    async fn hold(&self, step: &str, stop: &CancellationToken) -> Result<Outcome, Failure> {
        loop {
            let released = self.let_go.notified();
            if lock(&self.open).iter().any(|open| open == step) {
                return Ok(Outcome::default());
            }
            tokio::select! {
                () = stop.cancelled() => return failed("it was stopped"),
                () = released => {}
            }
        }
    }
    fn next(&self, step: &str) -> Play {
        let mut plays = lock(&self.plays);
        match plays.get_mut(step) {
            Some(left) if left.len() > 1 => left.remove(0),
            Some(left) => left.first().cloned().unwrap_or(Play::Gives(json!({}))),
            None => Play::Gives(json!({})),
        }
    }
}

#[async_trait]
impl StepRunner for Stage {
    async fn run(&self, order: StepOrder, said: SaidSender, stop: CancellationToken) -> StepReport {
        let code = order.step().step_code.clone();
        let play = self.next(&code);
        let _over = Over(self, code.clone());
        lock(&self.begun).push((order.execution, code.clone(), order.attempt));
        let _ = said.send(Said::Line(LogLine { level: LogLevel::Info, message: format!("{code} begins") })).await;
        let peak_cpu_percent = if let Play::Uses { cpu_percent } = play { Some(cpu_percent) } else { None };
        let measured =
            Measured { rows_processed: 10, peak_memory_mb: Some(5), peak_cpu_percent, ..Measured::default() };
        let result = match play {
            Play::Gives(output) => {
                let output = output.as_object().cloned().unwrap_or_default();
                Ok(Outcome { rows: Some(10), output, ..Outcome::default() })
            }
            Play::Uses { .. } => Ok(Outcome::default()),
            Play::Fails => failed("it went wrong"),
            Play::Says(words) => {
                let _ = said.send(Said::Line(LogLine { level: LogLevel::Error, message: words.to_owned() })).await;
                failed(words)
            }
            Play::BreaksDown => panic!("a fault in a step"),
            Play::Holds => self.hold(&code, &stop).await,
            Play::Comes(shares) => {
                for share in shares {
                    let _ = said.send(Said::Progress(*share)).await;
                }
                self.hold(&code, &stop).await
            }
            Play::ComesLate(share) => {
                let _ = self.hold(&code, &stop).await;
                let _ = said.send(Said::Progress(share)).await;
                std::future::pending().await
            }
        };
        StepReport { result, measured }
    }
}

/// A world whose jobs run on a stage.
pub struct Troupe {
    pub world: World,
    pub stage: Arc<Stage>,
    running: Option<(CancellationToken, JoinHandle<()>)>,
}

impl Troupe {
    /// Begins to look for jobs.
    pub fn of(mut world: World) -> Self {
        let stage = Arc::new(Stage::default());
        world.app = world.app.clone().with_steps(stage.clone());
        let mut troupe = Self { world, stage, running: None };
        troupe.start();
        troupe
    }

    /// Another process looks for jobs.
    pub fn start(&mut self) {
        self.running = Some(look(&self.world.app));
    }

    /// The process is gone from one moment to the next.
    pub async fn kill(&mut self) {
        if let Some((_, handle)) = self.running.take() {
            handle.abort();
            let _ = handle.await;
        }
    }

    /// The process stops as it should.
    pub async fn stop(&mut self) {
        if let Some((stop, handle)) = self.running.take() {
            stop.cancel();
            handle.await.expect("it stops");
        }
    }

    /// Moves the clock.
    pub fn advance(&self, by: Millis) {
        self.world.clock.advance(by);
        self.world.app.jobs.wake();
    }

    /// Moves the clock to a moment.
    pub fn set(&self, moment: &str) {
        self.world.clock.set(moment);
        self.world.app.jobs.wake();
    }

    /// Saves a job as it stands in a job file, and what it depends on.
    pub async fn job(&self, job: Value) -> Uuid {
        save(&self.world, job).await
    }

    /// Asks for an execution.
    pub async fn ask(&self, job: Uuid) -> Asked {
        let (app, ws) = (&self.world.app, self.world.ws);
        let now = app.now();
        let ask = Ask {
            ws,
            job,
            by: TriggeredBy::Manual,
            user: None,
            parameters: Map::new(),
            event: None,
            due_at: now,
            correlation_id: "test",
        };
        let mut tx = app.db.write(ws).await.expect("a transaction");
        let asked = book::ask(&mut tx, app.ids.as_ref(), now, &ask).await.expect("an answer");
        tx.commit().await.expect("a commit");
        app.jobs.wake();
        asked
    }

    /// Asks for an execution that is made.
    pub async fn run(&self, job: Uuid) -> Uuid {
        match self.ask(job).await {
            Asked::Made { execution, .. } => execution,
            Asked::LeftOut { why } => panic!("left out: {why}"),
        }
    }

    /// Stops an execution.
    pub async fn abort(&self, execution: Uuid) -> book::Aborted {
        let (app, ws) = (&self.world.app, self.world.ws);
        let mut tx = app.db.write(ws).await.expect("a transaction");
        let aborted = book::abort(&mut tx, app.ids.as_ref(), ws, execution, app.now()).await.expect("an answer");
        tx.commit().await.expect("a commit");
        app.jobs.wake();
        aborted
    }

    /// Runs an execution again from a step.
    pub async fn rerun(&self, execution: Uuid, from: Option<&str>) -> Uuid {
        let (app, ws) = (&self.world.app, self.world.ws);
        let mut tx = app.db.write(ws).await.expect("a transaction");
        let made = book::rerun(&mut tx, app.ids.as_ref(), ws, execution, from, None, app.now()).await;
        tx.commit().await.expect("a commit");
        app.jobs.wake();
        made.expect("a new execution")
    }

    /// Something happens.
    pub async fn emit(&self, name: &str, data: Value) {
        let (app, ws) = (&self.world.app, self.world.ws);
        let mut tx = app.db.write(ws).await.expect("a transaction");
        muster_db::audit::emit(&mut tx, ws, name, "because", app.now(), &data).await.expect("an event");
        tx.commit().await.expect("a commit");
        app.jobs.wake();
    }

    /// The executions of a job, archived ones too, oldest first.
    pub async fn executions(&self, job: Uuid) -> Vec<ExecutionRow> {
        let mut tx = self.world.app.db.read(self.world.ws).await.expect("a transaction");
        let mut rows = Vec::new();
        for archived in [true, false] {
            let filter = ExecutionFilter { job_id: Some(job), archived, ..ExecutionFilter::default() };
            rows.extend(executions::list(&mut tx, self.world.ws, &filter, 1_000, 0).await.expect("rows").0);
        }
        rows.sort_by_key(|row| row.id);
        rows
    }

    /// Where the executions of a job are, oldest first.
    pub async fn statuses(&self, job: Uuid) -> Vec<String> {
        self.executions(job).await.into_iter().map(|row| row.execution_status).collect()
    }

    /// An execution.
    pub async fn execution(&self, id: Uuid) -> ExecutionRow {
        let mut tx = self.world.app.db.read(self.world.ws).await.expect("a transaction");
        executions::get(&mut tx, self.world.ws, id).await.expect("a row").expect("an execution")
    }

    /// Waits until an execution is so.
    pub async fn until(&self, id: Uuid, status: &str) -> ExecutionRow {
        eventually(&format!("{id} is {status}"), || async { self.execution(id).await.execution_status == status })
            .await;
        self.execution(id).await
    }

    /// Waits until the executions of a job are so, oldest first.
    pub async fn all(&self, job: Uuid, statuses: &[&str]) {
        eventually(&format!("they are {statuses:?}"), || async { self.statuses(job).await == statuses }).await;
    }

    /// One number out of the database.
    pub async fn number(&self, text: &str) -> i64 {
        let mut tx = self.world.app.db.read(self.world.ws).await.expect("a transaction");
        admin::number(&mut tx, text).await.expect("a number")
    }
}

/// Runs a built-in job now, and gives its execution when it has ended.
pub async fn sweep(world: &World, code: &str) -> Value {
    sweep_as(&world.app, &world.admin().await, code).await
}

/// The same, of the team of somebody.
pub async fn sweep_as(app: &App, admin: &Client, code: &str) -> Value {
    let jobs = admin.get(&format!("/api/v1/jobs?kind=built_in&search={code}")).await.ok();
    let job = jobs[0]["id"].as_str().unwrap_or_else(|| panic!("there is no {code}: {jobs}")).to_owned();
    let run = admin.post(&format!("/api/v1/jobs/{job}/run"), json!({})).await.ok();
    let path = format!("/api/v1/executions/{}", run["id"].as_str().expect("an id"));
    let (stop, looking) = look(app);
    eventually(code, || async { admin.get(&path).await.ok()["completedAt"].is_string() }).await;
    stop.cancel();
    looking.await.expect("it stops");
    admin.get(&path).await.ok()
}

/// The lines of an execution's log, one below the other.
pub async fn log(world: &World, execution: &Value) -> String {
    let path = format!("/api/v1/executions/{}/log", execution["id"].as_str().expect("an id"));
    let log = world.admin().await.get(&path).await.ok();
    let lines = log["lines"].as_array().expect("lines").iter();
    lines.map(|line| line["message"].as_str().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// A process that looks for jobs.
pub fn look(app: &App) -> (CancellationToken, JoinHandle<()>) {
    let stop = CancellationToken::new();
    let dispatcher = muster_app::job_engine::dispatcher(app, stop.clone());
    (stop, tokio::spawn(dispatcher.run()))
}

/// Waits until something is so; the engine works beside the test.
pub async fn eventually<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    let asking = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asking).await.unwrap_or_else(|_| panic!("never happened: {what}"));
}

/// Writes a job as saving it does; `job_dependencies` may stand in it.
pub async fn save(world: &World, mut job: Value) -> Uuid {
    let rules = job.as_object_mut().and_then(|job| job.remove("job_dependencies")).unwrap_or(json!([]));
    let definition = JobDefinition::read(&job).unwrap_or_else(|problems| panic!("{problems:?}"));
    let (app, ws) = (&world.app, world.ws);
    let now = world.clock.now();
    let (id, definition_id) = (app.new_id(), app.new_id());
    let uuid = |id: Uuid| match world.engine {
        Engine::Sqlite => format!("x'{}'", id.simple()),
        Engine::Postgres => format!("'{id}'"),
    };
    let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let opt = |value: Option<String>| value.map_or_else(|| "NULL".to_owned(), |value| text(&value));
    let list = &definition.depends_on_jobs;
    let mut sql = format!(
        "INSERT INTO jobs (id, tenant_id, code, name, job_type_code, schedule_type, timezone, trigger_event_type, trigger_condition, depends_on_jobs, max_concurrent_executions, overlap_policy,
           definition_id, created_at, updated_at)
         VALUES ({}, {}, {}, {}, 'custom', '{}', {}, {}, {}, {}, {}, '{}', {}, {now}, {now});
         INSERT INTO job_definitions (id, tenant_id, job_id, version, body, created_at) VALUES ({}, {}, {}, 1, {}, {now});",
        uuid(id),
        ws.0,
        text(&definition.code),
        text(&definition.name),
        definition.schedule_type,
        text(&definition.timezone),
        opt(definition.trigger_event_type.map(|word| word.to_string())),
        opt(definition.trigger_condition.as_ref().map(Value::to_string)),
        opt((!list.is_empty()).then(|| json!(list).to_string())),
        definition.max_concurrent_executions,
        definition.overlap_policy,
        uuid(definition_id),
        uuid(definition_id),
        ws.0,
        uuid(id),
        text(&definition.to_json().to_string()),
    );
    for rule in rules.as_array().into_iter().flatten() {
        let word = |name: &str, default: &str| text(rule[name].as_str().unwrap_or(default));
        sql.push_str(&format!(
            "INSERT INTO job_dependencies (job_id, depends_on_job_id, tenant_id, dependency_type, wait_for_status, max_wait_minutes, lookback_days, execution_condition, is_active)
             SELECT {}, u.id, {}, {}, {}, {}, {}, {}, TRUE FROM jobs u WHERE u.code = {};",
            uuid(id),
            ws.0,
            word("dependency_type", "blocking"),
            word("wait_for_status", "success"),
            rule["max_wait_minutes"].as_i64().map_or_else(|| "NULL".to_owned(), |n| n.to_string()),
            rule["lookback_days"].as_i64().unwrap_or(1),
            opt(rule["execution_condition"].as_str().map(str::to_owned)),
            word("depends_on_job_id", ""),
        ));
    }
    let mut tx = app.db.write(ws).await.expect("a transaction");
    admin::script(&mut tx, &sql).await.expect("a job");
    book::plan(&mut tx, ws, id, &definition, true, now).await.expect("a plan");
    tx.commit().await.expect("a commit");
    app.jobs.wake();
    id
}
