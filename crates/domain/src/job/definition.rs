//! A job, as it is read from and written to job files, the API and the database.

use serde::Serialize;
use serde_json::Value;

use super::fields::{Fields, Found, is_code};
use super::limits::*;
use super::overlap::OverlapPolicy;
use super::parameter::{self, Parameters};
use super::step::Step;
use super::words::*;
use super::{catalogue, checks, step_graph};
use crate::problem::Problem;

/// A job. Names are those of job files and columns.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct JobDefinition {
    /// Unique in the workspace.
    pub code: String,
    pub name: String,
    pub description: String,
    /// The code of its type, of [`catalogue::CATALOGUE`] or its own.
    pub job_type_id: String,
    pub schedule_type: ScheduleType,
    pub cron_expression: Option<String>,
    /// Seconds from one moment to the next, counted from when the job was made.
    pub interval_seconds: Option<i64>,
    /// IANA name. Its days are the job's days.
    pub timezone: String,
    pub trigger_event_type: Option<TriggerEventType>,
    /// See [`super::trigger`].
    pub trigger_condition: Option<Value>,
    /// Codes of jobs.
    pub depends_on_jobs: Vec<String>,
    pub dependency_mode: Option<DependencyMode>,
    pub overlap_policy: OverlapPolicy,
    pub catch_up_policy: CatchUpPolicy,
    pub max_concurrent_executions: i64,
    pub execution_timeout_minutes: Option<i64>,
    /// Higher goes first.
    pub priority: i64,
    /// Of the programs that its steps start.
    pub max_memory_mb: Option<i64>,
    pub max_cpu_cores: Option<i64>,
    pub sla_duration_minutes: Option<i64>,
    pub sla_breach_action: SlaBreachAction,
    pub notify_on_success: bool,
    pub notify_on_failure: bool,
    /// Email addresses.
    pub notification_recipients: Vec<String>,
    pub parameters: Parameters,
    pub status: JobStatus,
    pub is_active: bool,
    pub steps: Vec<Step>,
}

impl JobDefinition {
    /// Reads a job on its own. What it depends on has to be named by code.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its path and what to do.
    pub fn read(value: &Value) -> Result<Self, Vec<Problem>> {
        let found = Found::default();
        let job = Self::read_at(value, "", &found, &|reference| reference.as_str().map(str::to_owned));
        match (job, found.into_problems()) {
            (Some(job), problems) if problems.is_empty() => Ok(job),
            (_, problems) => Err(problems),
        }
    }

    /// Reads a job at a path; `code_of` finds the code that a reference to another job stands for.
    pub(super) fn read_at(
        value: &Value,
        path: &str,
        found: &Found,
        code_of: &dyn Fn(&Value) -> Option<String>,
    ) -> Option<Self> {
        let mut fields = Fields::of(value, path, found)?;
        fields.value("id");
        let code = fields.required_text("code", MAX_CODE, "Give the job a code, unique in the workspace.");
        if code.as_deref().is_some_and(|code| !is_code(code)) {
            fields.refuse::<()>("code", "bad_code", "A code is letters, digits, - and _.");
        }
        let job_type_id = job_type(&mut fields);
        let schedule_type = fields.word("schedule_type").unwrap_or(ScheduleType::Manual);
        let max_concurrent_executions = fields.integer("max_concurrent_executions", &MAX_CONCURRENT).unwrap_or(1);
        let default_overlap = if max_concurrent_executions > 1 { OverlapPolicy::Allow } else { OverlapPolicy::Queue };
        let job = Self {
            name: fields.text("name", MAX_NAME).or_else(|| code.clone()).unwrap_or_default(),
            description: fields.text("description", MAX_DESCRIPTION).unwrap_or_default(),
            job_type_id,
            schedule_type,
            cron_expression: fields.text("cron_expression", MAX_NAME),
            interval_seconds: fields.integer("interval_seconds", &INTERVAL_SECONDS),
            timezone: fields.text("timezone", MAX_NAME).unwrap_or_else(|| String::from("UTC")),
            trigger_event_type: fields.word("trigger_event_type"),
            trigger_condition: fields.value("trigger_condition").cloned(),
            depends_on_jobs: depends_on(&mut fields, code_of),
            dependency_mode: fields.word("dependency_mode"),
            overlap_policy: fields.word("overlap_policy").unwrap_or(default_overlap),
            catch_up_policy: fields.word("catch_up_policy").unwrap_or(CatchUpPolicy::Once),
            max_concurrent_executions,
            execution_timeout_minutes: fields.integer("execution_timeout_minutes", &TIMEOUT_MINUTES),
            priority: fields.integer("priority", &PRIORITY).unwrap_or(0),
            max_memory_mb: fields.integer("max_memory_mb", &MEMORY_MB),
            max_cpu_cores: fields.integer("max_cpu_cores", &CPU_CORES),
            sla_duration_minutes: fields.integer("sla_duration_minutes", &TIMEOUT_MINUTES),
            sla_breach_action: fields.word("sla_breach_action").unwrap_or(SlaBreachAction::AlertAndContinue),
            notify_on_success: fields.flag("notify_on_success").unwrap_or(false),
            notify_on_failure: fields.flag("notify_on_failure").unwrap_or(true),
            notification_recipients: fields.texts("notification_recipients", MAX_RECIPIENTS, MAX_NAME),
            parameters: parameter::read(&mut fields),
            status: fields.word("status").unwrap_or(JobStatus::Active),
            is_active: fields.flag("is_active").unwrap_or(true),
            steps: steps(&mut fields),
            code: code.clone().unwrap_or_default(),
        };
        checks::check(&job, &fields);
        step_graph::check(&job.steps, &fields.at("steps"), found);
        fields.finish();
        code.is_some().then_some(job)
    }

    /// The job as it stands in a job file: fields that say nothing are left out.
    pub fn to_json(&self) -> Value {
        let mut value = serde_json::to_value(self).unwrap_or(Value::Null);
        leave_out_nothing(&mut value);
        value
    }

    /// A step by its code.
    pub fn step(&self, code: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.step_code == code)
    }
}

/// Takes `null`, `[]`, `{}` and `""` out of a job and its steps, not out of what people wrote inside.
fn leave_out_nothing(value: &mut Value) {
    let is_nothing = |value: &Value| match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    };
    let Value::Object(map) = value else { return };
    map.retain(|_, value| !is_nothing(value));
    for step in map.get_mut("steps").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::Object(step) = step {
            step.retain(|_, value| !is_nothing(value));
        }
    }
}

/// A type by its code, or by its number in older systems.
fn job_type(fields: &mut Fields<'_>) -> String {
    let default = || String::from(catalogue::CUSTOM);
    match fields.value("job_type_id") {
        None => default(),
        Some(Value::String(code)) if is_code(code) => code.clone(),
        Some(Value::Number(number)) => match number.as_u64().and_then(catalogue::numbered) {
            Some(code) => code.to_owned(),
            None => fields
                .refuse("job_type_id", "unknown_type", "Types are numbered 1 to 6: better write the code.")
                .unwrap_or_else(default),
        },
        Some(_) => fields
            .refuse("job_type_id", "wrong_type", "Write the code of the type, such as segment-evaluation.")
            .unwrap_or_else(default),
    }
}

fn depends_on(fields: &mut Fields<'_>, code_of: &dyn Fn(&Value) -> Option<String>) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for (at, value) in fields.list("depends_on_jobs", MAX_DEPENDS_ON).into_iter().flatten().enumerate() {
        match code_of(value) {
            Some(code) if codes.contains(&code) => {
                fields.refuse::<()>(&format!("depends_on_jobs[{at}]"), "twice", format!("{code} is named twice."));
            }
            Some(code) => codes.push(code),
            None => {
                fields.refuse::<()>(&format!("depends_on_jobs[{at}]"), "unknown_job", "Write the code of a job.");
            }
        }
    }
    codes
}

fn steps(fields: &mut Fields<'_>) -> Vec<Step> {
    let path = fields.at("steps");
    let list = fields.list("steps", MAX_STEPS).map_or(&[][..], Vec::as_slice);
    list.iter().enumerate().filter_map(|(at, value)| Step::read(value, format!("{path}[{at}]"), fields.found)).collect()
}
