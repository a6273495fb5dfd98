//! One step of a job, done by the real thing.

use std::sync::Arc;

use muster_app::{App, steps};
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::workflow::{Failure, Outcome};
use muster_domain::workspace::WorkspaceId;
use muster_engine::child::Host;
use muster_engine::jobs::step::{Measured, Said, StepOrder, StepRunner};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::World;
use crate::authority::authority;
use crate::process::home::program;

/// What became of a step.
#[derive(Debug)]
pub struct Did {
    pub result: Result<Outcome, Failure>,
    pub measured: Measured,
    /// Its log, a line each.
    pub log: String,
    /// How far it said that it had come, each time.
    pub progress: Vec<f64>,
}

impl Did {
    /// Its outcome.
    #[track_caller]
    pub fn well(self) -> Outcome {
        self.result.unwrap_or_else(|failure| panic!("{failure:?}\n{}", self.log))
    }

    /// Why it failed.
    #[track_caller]
    pub fn why(self) -> Failure {
        self.result.err().unwrap_or_else(|| panic!("it succeeded\n{}", self.log))
    }
}

/// Does a step (as in a job file; `step_order` and `step_code` are filled in) with these values.
pub async fn step(world: &World, step: Value, values: Value) -> Did {
    step_until(world, step, values, CancellationToken::new()).await
}

/// The same, until it is stopped.
pub async fn step_until(world: &World, step: Value, values: Value, stop: CancellationToken) -> Did {
    step_of(&world.app, world.ws, step, values, stop).await
}

async fn step_of(app: &App, ws: WorkspaceId, mut step: Value, values: Value, stop: CancellationToken) -> Did {
    step["step_order"] = json!(1);
    step["step_code"] = json!("it");
    let mut parameters = json!({});
    for name in values.as_object().into_iter().flatten().map(|(name, _)| name) {
        parameters[name] = json!({ "type": "object" });
    }
    let built_in = muster_domain::job::parameter::BUILT_IN;
    parameters.as_object_mut().expect("an object").retain(|name, _| !built_in.contains(&name.as_str()));
    let job = json!({ "code": "test", "steps": [step], "parameters": parameters, "max_memory_mb": 256 });
    let job = JobDefinition::read(&job).unwrap_or_else(|problems| panic!("{problems:#?}"));
    nth_step(app, ws, Arc::new(job), 0, values, stop).await
}

/// Does a step of a job with these values.
pub async fn nth_step(
    app: &App,
    ws: WorkspaceId,
    job: Arc<JobDefinition>,
    at: usize,
    values: Value,
    stop: CancellationToken,
) -> Did {
    let timeout_ms = job.steps[at].timeout_ms();
    let order = StepOrder {
        ws,
        execution: Uuid::from_u128(7),
        job,
        at,
        attempt: 1,
        values: values.as_object().cloned().unwrap_or_default(),
        deadline: app.now() + timeout_ms,
    };
    let steps = steps::over(&app.db, &app.clock, &app.live, &app.key, app.senders.clone(), &app.data_dir);
    let steps = steps.kept_by(Host::at(program())).trusting(authority().certificate());
    let (sender, mut says) = mpsc::channel(16);
    let reading = async {
        let (mut log, mut progress) = (String::new(), Vec::new());
        while let Some(said) = says.recv().await {
            match said {
                Said::Line(line) => log.push_str(&format!("{}\n", line.message)),
                Said::Progress(share) => progress.push(share),
            }
        }
        (log, progress)
    };
    let (report, (log, progress)) = tokio::join!(steps.run(order, sender, stop), reading);
    Did { result: report.result, measured: report.measured, log, progress }
}
