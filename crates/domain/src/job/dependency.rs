//! A dependency between two jobs, as it stands in a job file.

use serde::Serialize;
use serde_json::Value;

use super::condition::Condition;
use super::fields::{Fields, Found};
use super::limits::*;
use super::words::{DependencyType, WaitForStatus};

/// One job waits for another. Names are those of job files and columns.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct JobDependency {
    /// The code of the job that waits.
    pub job_id: String,
    /// The code of the job that it waits for.
    pub depends_on_job_id: String,
    pub dependency_type: DependencyType,
    pub wait_for_status: WaitForStatus,
    /// Minutes that an execution waits for it at most; then an optional one is let be, and for any other the execution
    /// is cancelled. None: as long as it takes.
    pub max_wait_minutes: Option<i64>,
    /// How many days count: 1 is the execution's own day, 2 also the day before. For `cross_day` the days before its own:
    /// 1 is yesterday.
    pub lookback_days: i64,
    /// For `conditional`: over the numbers of the other job's execution, `delivery_rate > 0.8`.
    pub execution_condition: Option<String>,
    /// An inactive one is as if it were not there.
    pub is_active: bool,
}

impl JobDependency {
    /// What a job in `depends_on_jobs` means that nothing more is said about.
    pub fn plain(job: &str, on: &str, wait_for: WaitForStatus) -> Self {
        Self {
            job_id: job.to_owned(),
            depends_on_job_id: on.to_owned(),
            dependency_type: DependencyType::Blocking,
            wait_for_status: wait_for,
            max_wait_minutes: None,
            lookback_days: 1,
            execution_condition: None,
            is_active: true,
        }
    }

    pub(super) fn read_at(
        value: &Value,
        path: String,
        found: &Found,
        code_of: &dyn Fn(&Value) -> Option<String>,
    ) -> Option<Self> {
        let mut fields = Fields::of(value, path, found)?;
        fields.value("id");
        let mut job = |name: &'static str, what: &str| match fields.value(name).map(code_of) {
            Some(Some(code)) => Some(code),
            _ => fields.refuse(name, "unknown_job", what.to_owned()),
        };
        let job_id = job("job_id", "Write the code of the job that waits.");
        let depends_on_job_id = job("depends_on_job_id", "Write the code of the job that it waits for.");
        let dependency_type = fields.word("dependency_type").unwrap_or(DependencyType::Blocking);
        let default_wait =
            if dependency_type == DependencyType::Optional { WaitForStatus::Any } else { WaitForStatus::Success };
        let dependency = Self {
            job_id: job_id.clone().unwrap_or_default(),
            depends_on_job_id: depends_on_job_id.clone().unwrap_or_default(),
            dependency_type,
            wait_for_status: fields.word("wait_for_status").unwrap_or(default_wait),
            max_wait_minutes: fields.integer("max_wait_minutes", &WAIT_MINUTES),
            lookback_days: fields.integer("lookback_days", &LOOKBACK_DAYS).unwrap_or(1),
            execution_condition: fields.text("execution_condition", MAX_CONDITION),
            is_active: fields.flag("is_active").unwrap_or(true),
        };
        match (&dependency.execution_condition, dependency_type) {
            (None, DependencyType::Conditional) => {
                fields.refuse::<()>(
                    "execution_condition",
                    "required",
                    "Write the condition, such as delivery_rate > 0.8.",
                );
            }
            (Some(_), other) if other != DependencyType::Conditional => {
                fields.refuse::<()>(
                    "execution_condition",
                    "contradiction",
                    "Only a conditional dependency has a condition.",
                );
            }
            (Some(text), _) => {
                if let Err(error) = Condition::parse(text) {
                    fields.refuse::<()>("execution_condition", "bad_condition", error.to_string());
                }
            }
            (None, _) => {}
        }
        fields.finish();
        (job_id.is_some() && depends_on_job_id.is_some()).then_some(dependency)
    }
}
