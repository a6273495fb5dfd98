//! Signing off (CAM-6): submitting a campaign, the inbox of the approvers, and their decisions. Nobody decides about what
//! they made or edited.

mod decide;
mod inbox;
mod submit;
mod view;

pub use decide::{DecisionInput, approve, reject};
pub use inbox::{ApprovalQuery, get, list};
pub use submit::{SubmitInput, submit, withdraw};
pub use view::{ApprovalDetail, ApprovalView, Change, DecisionView, Previous};
