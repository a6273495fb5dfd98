//! How jobs and runs are printed.

use muster_app::jobs::{ExecutionView, JobAlert, JobDetail, JobView};
use muster_domain::time::rfc3339;
use serde::Serialize;

/// Prints something, as JSON or in words.
pub fn print<T: Serialize>(value: &T, json: bool, words: impl Fn(&T) -> String) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string_pretty(value)?);
    } else {
        print!("{}", words(value));
    }
    Ok(())
}

/// When a job runs.
fn schedule(job: &JobView) -> String {
    match (&job.cron_expression, job.interval_seconds) {
        (Some(cron), _) => format!("{cron} {}", job.timezone),
        (None, Some(seconds)) => format!("every {seconds} s"),
        (None, None) => job.schedule_type.replace('_', " "),
    }
}

fn moment(at: Option<i64>) -> String {
    at.map_or_else(|| String::from("-"), rfc3339)
}

/// One line of a list.
pub fn line(job: &JobView) -> String {
    let last = job.last_runs.last().map_or("-", |run| run.status.as_str());
    format!("{:<32} {:<10} {:<28} {:<22} {last}\n", job.code, job.status, schedule(job), moment(job.next_run_at))
}

/// The heading of [`line`]s.
pub fn heading() -> String {
    format!("{:<32} {:<10} {:<28} {:<22} last run\n", "code", "status", "schedule", "next run")
}

/// A job in depth.
pub fn job(detail: &JobDetail) -> String {
    let job = &detail.job;
    let mut text = format!("{} ({})\n", job.name, job.code);
    if !job.description.is_empty() {
        text += &format!("{}\n", job.description);
    }
    text += &format!("status    {}\nschedule  {}\n", job.status, schedule(job));
    text += &format!("next      {}\nid        {}\n", moment(job.next_run_at), job.id);
    for dependency in &detail.dependencies {
        let d = &dependency.dependency;
        text += &format!(
            "waits     {} for {} ({}, {})\n",
            d.job_id, d.depends_on_job_id, d.dependency_type, d.wait_for_status
        );
    }
    for code in detail.definition.iter().flat_map(|d| &d.depends_on_jobs) {
        text += &format!("depends   on {code}\n");
    }
    for step in detail.definition.iter().flat_map(|d| &d.steps) {
        text += &format!("step      {:>3} {:<28} {}\n", step.step_order, step.step_code, step.step_type);
    }
    for run in &job.last_runs {
        let took = run.duration_seconds.map_or_else(|| String::from("-"), |s| format!("{s:.1} s"));
        text += &format!("run       {} {:<10} {} {took}\n", run.id, run.status, moment(run.started_at));
    }
    text
}

/// An alert in a line.
pub fn alert(alert: &JobAlert) -> String {
    let run = alert.execution_id.map_or_else(|| String::from("-"), |id| id.to_string());
    format!("{} {:<8} {:<32} {run} {}\n", rfc3339(alert.at), alert.kind.as_str(), alert.job_code, alert.message)
}

/// A run of a list: when it started, and how it went.
pub fn listed(run: &ExecutionView) -> String {
    format!("{:<24} {}", moment(run.started_at), execution(run))
}

/// A run in a line or two.
pub fn execution(run: &ExecutionView) -> String {
    let mut text = format!("{} {} {}", run.id, run.job_code, run.execution_status);
    if let Some(seconds) = run.duration_seconds {
        text += &format!(" after {seconds:.1} s");
    }
    text.push('\n');
    if let Some(error) = &run.error_message {
        text += &format!("{error}\n");
    }
    text
}
