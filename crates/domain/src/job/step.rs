//! One step of a job, as it stands in a job file.

use serde::Serialize;
use serde_json::{Map, Value};

use super::action::Action;
use super::fields::{Fields, Found, is_code, join};
use super::limits::*;
use super::words::{OnFailure, StepType};

/// A step. Names are those of job files and columns.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Step {
    /// Its place; see [`super::step_graph`] for what that means beside dependencies.
    pub step_order: i64,
    pub step_name: String,
    /// Unique in the job.
    pub step_code: String,
    pub step_type: StepType,
    #[schema(value_type = Value)]
    pub step_action: Action,
    /// Whether it may run beside others.
    pub is_parallel: bool,
    /// Parallel steps of one group do not wait for each other.
    pub parallel_group_id: Option<i64>,
    pub depends_on_step_codes: Vec<String>,
    /// Tries after the first.
    pub retry_count: i64,
    /// Seconds between the end of a try and the next.
    pub retry_delay_seconds: i64,
    /// Seconds that a try may take; none: [`DEFAULT_TIMEOUT_SECONDS`].
    pub timeout_seconds: Option<i64>,
    pub on_failure_action: OnFailure,
    /// Whether the execution has failed when the step has.
    pub is_critical: bool,
    /// An inactive step is skipped, and nobody waits for it.
    pub is_active: bool,
    /// Whether running it twice does no harm: it starts again when the node that ran it is lost. Steps that only look
    /// always do.
    pub is_repeatable: bool,
    /// Values by name; `:name` takes one from the job's parameters or an earlier step.
    #[schema(value_type = Object)]
    pub parameters: Map<String, Value>,
    /// Has to give a row whose first value is neither false nor 0; otherwise the step fails without having started.
    pub pre_validation_query: Option<String>,
    /// As the one before, after the step; with expected row counts its first value is the number they are about.
    pub post_validation_query: Option<String>,
    /// Bounds of what the post-validation query counts, or without one of the rows that the step gave.
    pub expected_row_count_min: Option<i64>,
    pub expected_row_count_max: Option<i64>,
}

impl Step {
    /// Reads a step.
    pub(super) fn read(value: &Value, path: String, found: &Found) -> Option<Self> {
        let mut fields = Fields::of(value, path, found)?;
        // Ids of the system that a file comes from mean nothing here.
        fields.value("id");
        let step_order = fields.integer("step_order", &STEP_ORDER);
        if step_order.is_none() && fields.value("step_order").is_none() {
            fields.refuse::<()>("step_order", "required", "Write its place: 1, 2, 3 …");
        }
        let step_code = fields.required_text("step_code", MAX_CODE, "Give the step a code, unique in the job.");
        if step_code.as_deref().is_some_and(|code| !is_code(code)) {
            fields.refuse::<()>("step_code", "bad_code", "A code is letters, digits, - and _.");
        }
        let step_type = fields.word::<StepType>("step_type");
        if step_type.is_none() && fields.value("step_type").is_none() {
            fields.refuse::<()>("step_type", "required", "Write what kind of step this is, such as sql.");
        }
        let parameters = fields.entries("parameters", MAX_PARAMETERS).cloned().unwrap_or_default();
        let step_action = action(&mut fields, step_type, &parameters);
        let step = Self {
            step_order: step_order.unwrap_or_default(),
            step_name: fields.text("step_name", MAX_NAME).or_else(|| step_code.clone()).unwrap_or_default(),
            step_code: step_code.clone().unwrap_or_default(),
            step_type: step_type.unwrap_or(StepType::Sql),
            is_parallel: fields.flag("is_parallel").unwrap_or(false),
            parallel_group_id: fields.integer("parallel_group_id", &STEP_ORDER),
            depends_on_step_codes: fields.texts("depends_on_step_codes", MAX_STEPS, MAX_CODE),
            retry_count: fields.integer("retry_count", &RETRY_COUNT).unwrap_or(0),
            retry_delay_seconds: fields.integer("retry_delay_seconds", &RETRY_DELAY_SECONDS).unwrap_or(0),
            timeout_seconds: fields.integer("timeout_seconds", &TIMEOUT_SECONDS),
            on_failure_action: fields.word("on_failure_action").unwrap_or(OnFailure::Abort),
            is_critical: fields.flag("is_critical").unwrap_or(true),
            is_active: fields.flag("is_active").unwrap_or(true),
            is_repeatable: fields.flag("is_repeatable").unwrap_or(false),
            parameters,
            pre_validation_query: fields.text("pre_validation_query", MAX_SCRIPT),
            post_validation_query: fields.text("post_validation_query", MAX_SCRIPT),
            expected_row_count_min: fields.integer("expected_row_count_min", &ROW_COUNT),
            expected_row_count_max: fields.integer("expected_row_count_max", &ROW_COUNT),
            // Without an action there is no step; the placeholder is dropped below.
            step_action: step_action.clone().unwrap_or(Action::Wait(super::action::Wait::Seconds { seconds: 1 })),
        };
        step.check(&fields);
        fields.finish();
        (step_order.is_some() && step_code.is_some() && step_type.is_some() && step_action.is_some()).then_some(step)
    }

    fn check(&self, fields: &Fields<'_>) {
        if self.on_failure_action == OnFailure::Retry && self.retry_count == 0 {
            fields.refuse::<()>("retry_count", "required", "To retry on failure, say how often: 1 or more.");
        }
        if self.parallel_group_id.is_some() && !self.is_parallel {
            fields.refuse::<()>(
                "parallel_group_id",
                "contradiction",
                "Only a parallel step has a group: set is_parallel to true.",
            );
        }
        let (min, max) = (self.expected_row_count_min, self.expected_row_count_max);
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            fields.refuse::<()>(
                "expected_row_count_max",
                "out_of_range",
                "The most rows expected are fewer than the least.",
            );
        }
        for (at, code) in self.depends_on_step_codes.iter().enumerate() {
            let path = format!("depends_on_step_codes[{at}]");
            if self.depends_on_step_codes[..at].contains(code) {
                fields.refuse::<()>(&path, "twice", format!("{code} is named twice."));
            }
        }
    }

    /// Milliseconds that a try may take.
    pub fn timeout_ms(&self) -> i64 {
        self.timeout_seconds.unwrap_or(DEFAULT_TIMEOUT_SECONDS) * crate::time::SECOND
    }

    /// Whether it starts again when its node is lost, without it costing a retry.
    pub fn survives_lost_node(&self) -> bool {
        self.is_repeatable || self.step_action.only_looks()
    }

    /// Its queries and their paths: their `:name`s have to be known.
    pub(super) fn queries(&self, path: &str) -> Vec<(String, &str)> {
        let action = join(path, "step_action");
        let own = self.step_action.queries().into_iter();
        let mut queries: Vec<_> = own
            .map(|(below, sql)| (if below.is_empty() { action.clone() } else { join(&action, &below) }, sql))
            .collect();
        for (name, sql) in [
            ("pre_validation_query", &self.pre_validation_query),
            ("post_validation_query", &self.post_validation_query),
        ] {
            queries.extend(sql.as_deref().map(|sql| (join(path, name), sql)));
        }
        queries
    }
}

fn action(fields: &mut Fields<'_>, kind: Option<StepType>, parameters: &Map<String, Value>) -> Option<Action> {
    let value = fields.value("step_action");
    let (kind, path) = (kind?, fields.at("step_action"));
    match value {
        Some(value) => Action::read(kind, value, parameters, &path, fields.found),
        None => fields.refuse("step_action", "required", Action::wanted(kind)),
    }
}
