//! What has to be right between the fields of a job.

use super::definition::JobDefinition;
use super::fields::{Fields, join};
use super::limits::MAX_CONCURRENT;
use super::overlap::OverlapPolicy;
use super::parameter::{BUILT_IN, EVENT};
use super::reference::{in_sql, in_value, step_name};
use super::schedule::{CronSchedule, zone};
use super::step_graph::{ended_before, waits_for};
use super::trigger::Trigger;
use super::words::ScheduleType;
use crate::email_address::EmailAddress;
use crate::template::suggest::nearest;

/// Notes everything that is wrong.
pub(super) fn check(job: &JobDefinition, fields: &Fields<'_>) {
    schedule(job, fields);
    if job.overlap_policy != OverlapPolicy::Allow && job.max_concurrent_executions > 1 {
        fields.refuse::<()>(
            "overlap_policy",
            "contradiction",
            format!(
                "{} runs one at a time: choose allow, or leave max_concurrent_executions at {}.",
                job.overlap_policy,
                MAX_CONCURRENT.start()
            ),
        );
    }
    for (at, text) in job.notification_recipients.iter().enumerate() {
        if EmailAddress::parse(text).is_err() {
            fields.refuse::<()>(
                &format!("notification_recipients[{at}]"),
                "bad_address",
                format!("“{text}” is not an email address."),
            );
        }
    }
    if job.depends_on_jobs.contains(&job.code) {
        fields.refuse::<()>("depends_on_jobs", "cycle", format!("The job waits for itself: {0} → {0}.", job.code));
    }
    references(job, fields);
}

/// What each schedule type has to have, and what it has no use for.
fn schedule(job: &JobDefinition, fields: &Fields<'_>) {
    use ScheduleType as S;
    if zone(&job.timezone).is_none() {
        fields.refuse::<()>(
            "timezone",
            "unknown_timezone",
            format!("“{}” is not a timezone: write one like Africa/Nairobi.", job.timezone),
        );
    }
    let given = [
        ("cron_expression", S::Cron, job.cron_expression.is_some(), "Write when: 0 8 * * * is every day at 8:00."),
        (
            "interval_seconds",
            S::Interval,
            job.interval_seconds.is_some(),
            "Write the seconds from one run to the next.",
        ),
        ("trigger_event_type", S::EventDriven, job.trigger_event_type.is_some(), "Write event_bus or webhook."),
        (
            "trigger_condition",
            S::EventDriven,
            job.trigger_condition.is_some(),
            "Write the event: { \"event\": \"campaign.started\" }.",
        ),
        (
            "depends_on_jobs",
            S::DependencyBased,
            !job.depends_on_jobs.is_empty(),
            "Write the codes of the jobs it waits for.",
        ),
    ];
    for (name, of, is_given, what) in given {
        // Any job may wait for others; only a dependency-based one is started by them.
        let is_welcome = job.schedule_type == of || name == "depends_on_jobs";
        if job.schedule_type == of && !is_given {
            fields.refuse::<()>(name, "required", what);
        } else if is_given && !is_welcome {
            fields.refuse::<()>(
                name,
                "contradiction",
                format!("Only a job with schedule_type {of} has {name}: leave it out, or change schedule_type."),
            );
        }
    }
    if job.dependency_mode.is_some() && job.depends_on_jobs.is_empty() {
        fields.refuse::<()>("dependency_mode", "contradiction", "There is nothing in depends_on_jobs for it to count.");
    }
    if let (S::Cron, Some(expression)) = (job.schedule_type, &job.cron_expression)
        && let Err(error) = CronSchedule::parse(expression, &job.timezone)
        && zone(&job.timezone).is_some()
    {
        fields.refuse::<()>("cron_expression", "bad_cron", error.to_string());
    }
    if let (S::EventDriven, Some(condition)) = (job.schedule_type, &job.trigger_condition) {
        Trigger::read(condition, &fields.at("trigger_condition"), fields.found);
    }
}

/// Every name that a step takes a value from has to be there when it starts.
fn references(job: &JobDefinition, fields: &Fields<'_>) {
    let waits = waits_for(&job.steps);
    for (at, step) in job.steps.iter().enumerate() {
        let is_before = ended_before(&job.steps, at, &waits);
        let path = format!("{}[{at}]", fields.at("steps"));
        let scope = Scope { job, is_before: &is_before };
        if job.parameters.contains_key(&step_name(&step.step_code)) {
            fields.found.refuse::<()>(
                join(&path, "step_code"),
                "duplicate",
                "A parameter has this name: later steps could not tell the two apart.",
            );
        }
        for (name, value) in &step.parameters {
            for reference in in_value(value) {
                scope.check(&reference, &join(&path, &format!("parameters.{name}")), &[], fields);
            }
        }
        let own: Vec<&str> = step.parameters.keys().map(String::as_str).collect();
        for (path, sql) in step.queries(&path) {
            for reference in in_sql(sql) {
                scope.check(&reference.name, &path, &own, fields);
            }
        }
        for reference in in_value(&step.step_action.templates()) {
            scope.check(&reference, &join(&path, "step_action"), &own, fields);
        }
    }
}

/// The names that a step may take values from.
struct Scope<'a> {
    job: &'a JobDefinition,
    /// For each step whether it has surely ended.
    is_before: &'a [bool],
}

impl Scope<'_> {
    fn check(&self, reference: &str, path: &str, own: &[&str], fields: &Fields<'_>) {
        let root = reference.split('.').next().unwrap_or_default();
        let event = (self.job.schedule_type == ScheduleType::EventDriven).then_some(EVENT);
        let known =
            own.iter().copied().chain(BUILT_IN).chain(event).chain(self.job.parameters.keys().map(String::as_str));
        if known.clone().any(|name| name == root) {
            return;
        }
        let mut steps = self.job.steps.iter().enumerate();
        if let Some((at, step)) = steps.find(|(_, step)| step_name(&step.step_code) == root) {
            if !self.is_before[at] && step.is_active {
                fields.found.refuse::<()>(
                    path,
                    "too_early",
                    format!("The step {0} has not surely ended by then: put it before this one, or name it in depends_on_step_codes.", step.step_code),
                );
            }
            return;
        }
        let names: Vec<String> = self.job.steps.iter().map(|step| step_name(&step.step_code)).collect();
        let hint = nearest(root, known.chain(names.iter().map(String::as_str)))
            .map_or_else(String::new, |alike| format!(" Did you mean :{alike}?"));
        fields.found.refuse::<()>(
            path,
            "unknown_parameter",
            format!("Nothing is called :{root} here: declare it in the job's parameters.{hint}"),
        );
    }
}
