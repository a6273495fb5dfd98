//! What a step does: `step_action`, a text for queries and scripts, an object for the rest.

mod api_call;
mod file_transfer;
mod notification;
mod program;
mod validation;
mod wait;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

pub(crate) use api_call::check_url;
pub use api_call::{ApiCall, Auth, AuthKind, Method};
pub use file_transfer::{FileTransfer, Place, PlaceKind};
pub use notification::{Notification, NotificationChannel};
pub use program::{Procedure, Query, Script};
pub use validation::{Check, CheckResult, DataValidation, Quality};
pub use wait::Wait;

use super::fields::{Fields, Found};
use super::words::StepType;

/// What a step does, by its `step_type`.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    Sql(Query),
    StoredProc(Procedure),
    ApiCall(ApiCall),
    /// Python, Node.js or the shell: the step's type says which.
    Script(Script),
    FileTransfer(FileTransfer),
    DataValidation(DataValidation),
    Notification(Notification),
    Wait(Wait),
}

impl Action {
    /// Reads what a step does. `parameters` are the step's: a notification may have its texts there.
    pub(super) fn read(
        kind: StepType,
        value: &Value,
        parameters: &Map<String, Value>,
        path: &str,
        found: &Found,
    ) -> Option<Self> {
        match kind {
            StepType::Sql => Query::read(value, path, found).map(Self::Sql),
            StepType::StoredProc => Procedure::read(value, path, found).map(Self::StoredProc),
            StepType::PythonScript | StepType::NodeJsScript | StepType::ShellScript => {
                Script::read(value, path, found).map(Self::Script)
            }
            StepType::ApiCall => ApiCall::read(Fields::of(value, path, found)?).map(Self::ApiCall),
            StepType::FileTransfer => FileTransfer::read(Fields::of(value, path, found)?).map(Self::FileTransfer),
            StepType::DataValidation => DataValidation::read(Fields::of(value, path, found)?).map(Self::DataValidation),
            StepType::Notification => Notification::read(value, parameters, path, found).map(Self::Notification),
            StepType::Wait => Wait::read(value, path, found).map(Self::Wait),
        }
    }

    /// What a step type wants as its action, for somebody who left it out.
    pub(super) fn wanted(kind: StepType) -> &'static str {
        match kind {
            StepType::Sql => "Write the query.",
            StepType::StoredProc => "Write the name of the procedure or of a saved script.",
            StepType::PythonScript | StepType::NodeJsScript | StepType::ShellScript => "Write the script.",
            StepType::ApiCall => "Write the call: { \"method\": \"GET\", \"url\": \"https://…\" }.",
            StepType::FileTransfer => "Write what goes where: { \"source\": { … }, \"target\": { … } }.",
            StepType::DataValidation => "Write the checks: { \"checks\": [ … ] }.",
            StepType::Notification => "Write email, desktop or webhook, or an object with a channel.",
            StepType::Wait => "Write the seconds to wait, or an object with seconds, until, event or condition.",
        }
    }

    /// Whether doing it twice does the same as doing it once, whatever the author said: it only looks.
    pub fn only_looks(&self) -> bool {
        match self {
            Self::Sql(query) => !query.writes,
            Self::DataValidation(_) | Self::Wait(_) => true,
            Self::ApiCall(call) => matches!(call.method, Method::Get | Method::Head),
            Self::StoredProc(_) | Self::Script(_) | Self::FileTransfer(_) | Self::Notification(_) => false,
        }
    }

    /// The queries in it, with their paths below the action: their `:name`s have to be known.
    pub fn queries(&self) -> Vec<(String, &str)> {
        match self {
            Self::Sql(query) => vec![(String::new(), query.sql.as_str())],
            Self::DataValidation(validation) => {
                let checks = validation.checks.iter().enumerate();
                checks.map(|(at, check)| (format!("checks[{at}].query"), check.query.as_str())).collect()
            }
            Self::Wait(Wait::Condition { query, .. }) => vec![(String::from("query"), query.as_str())],
            _ => Vec::new(),
        }
    }

    /// Its texts that may hold `:name` and `{{ name }}`, to be filled by [`super::reference::fill`]: a script's variables,
    /// and the whole of an action that is neither script nor query. A script itself is never changed by data.
    pub fn templates(&self) -> Value {
        match self {
            Self::Script(script) => plain(&script.environment),
            _ if self.queries().is_empty() => self.to_json(),
            _ => Value::Null,
        }
    }

    /// The action as it stands in a job file.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Sql(query) => query.to_json(),
            Self::StoredProc(procedure) => procedure.to_json(),
            Self::Script(script) => script.to_json(),
            Self::ApiCall(call) => plain(call),
            Self::FileTransfer(transfer) => plain(transfer),
            Self::DataValidation(validation) => plain(validation),
            Self::Notification(notification) => plain(notification),
            Self::Wait(wait) => plain(wait),
        }
    }
}

/// Structs of texts and numbers always become JSON; `null` would be refused on the way back.
fn plain<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}
