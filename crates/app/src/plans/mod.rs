//! Campaign plans (PLN): a state machine as the content of a campaign. The domain (`muster_domain::plan`) says what a plan
//! means; here it is kept, started and looked at, and `machine` moves the contacts. Its messages go the way of all messages.

mod check;
mod contacts;
mod contents;
mod draft;
mod enrol;
mod events;
mod list;
mod machine;
mod save;

pub use contacts::{
    ContactFilter, NodeCount, PassageCount, PlanContactView, PlanCounts, PlanPathView, PlanStepView, PlanWaitView,
    contacts, counts, path,
};
pub(crate) use contents::fix;
pub(crate) use draft::{PlanDraft, lock_run_of, of_copy, ready, written};
pub(crate) use enrol::audience as enrol_audience;
pub use enrol::{EnrolRequest, EnrolView, enrol};
pub use events::{PlanEventInput, PlanEventView, happened};
pub use list::{PlanSummary, PlanTotals, PlanView, get, list};
pub use machine::advance_due;
pub(crate) use machine::{advance_due_of, next_due};
pub use save::{PlanCheckInput, PlanCheckView, PlanInput, check, create, delete, schema, update};
