//! Jobs: how they are looked at, changed and started by people and programs. What runs them is `muster_engine::jobs`.

mod alerts;
mod check;
mod control;
mod details;
mod exchange;
mod execution;
mod graph;
mod guard;
mod hook_gate;
mod list;
mod log;
mod save;
mod scripts;
mod secrets;
mod timeline;
mod view;
mod webhook;

pub use alerts::{JobAlert, SeenAlerts, alerts, see_alert, see_all_alerts};
pub use check::{JobCheck, JobInput, check};
pub use control::{
    Missed, PausedJobs, RerunRequest, ResumedJob, RunRequest, abort, pause, pause_all, rerun, resume, resume_all, run,
};
pub use details::{Direction, JobDependencyView, JobDetail, job, job_named};
pub use exchange::{ExampleView, ImportOutcome, ImportedJob, JobImportView, examples, export, import};
pub use execution::{ExecutionDetail, StepRunView, StepTryView, WaitingOn, execution};
pub use graph::{GraphEdge, GraphNode, JobGraph, graph};
pub use hook_gate::HookGate;
pub use list::{ExecutionQuery, JobQuery, executions, jobs, types};
pub use log::{LogLineView, LogQuery, LogView, log};
pub use save::{JobChange, change, create, delete};
pub use scripts::{
    ScriptChange, ScriptInput, SqlScriptView, change_script, create_script, delete_script, script, scripts,
};
pub use secrets::{SecretValue, delete_secret, put_secret, secret_names};
pub use timeline::{Timeline, TimelineQuery, TimelineRun, UpcomingRun, timeline};
pub use view::{ExecutionView, JobKind, JobView, RunMark};
pub use webhook::{HookAnswer, HookCall, JobWebhook, WebhookView, hook, make_webhook, remove_webhook, webhooks};
