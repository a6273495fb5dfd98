//! What an execution was started with (`execution_context`), and what its steps see of it.

use muster_domain::clock::Millis;
use muster_domain::job::day;
use muster_domain::job::parameter::EVENT;
use muster_domain::job::trigger::snake_case;
use muster_domain::time::rfc3339;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// What an execution was started with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    /// Values by name, defaults included.
    pub parameters: Map<String, Value>,
    /// What was asked for of them.
    pub asked: Map<String, Value>,
    /// The payload of the event that started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Value>,
    /// The executions that it follows: they start the job once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub follows: Vec<Uuid>,
}

impl Context {
    /// As it is kept; what cannot be read is as if nothing was asked for.
    pub fn read(value: Option<Value>) -> Self {
        value.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
    }

    /// To be kept.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }

    /// The values that the steps of an execution see, beside what earlier steps gave.
    pub fn values(&self, execution: Uuid, job_code: &str, day: Millis, started_at: Millis) -> Map<String, Value> {
        let mut values = self.parameters.clone();
        values.insert("execution_id".into(), Value::String(execution.to_string()));
        values.insert("execution_date".into(), Value::String(day::date(day).to_string()));
        values.insert("started_at".into(), Value::String(rfc3339(started_at)));
        values.insert("started_at_ms".into(), Value::from(started_at));
        values.insert("job_code".into(), Value::String(job_code.to_owned()));
        if let Some(event) = &self.event {
            values.insert(EVENT.into(), snake_case(event));
        }
        values
    }
}
