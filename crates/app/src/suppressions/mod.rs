//! Addresses that are never sent to, whatever a segment says.

mod add;
mod list;

pub use add::{AddSuppressions, RefusedAddress, SuppressionsAdded, add, remove};
pub use list::{SuppressionQuery, SuppressionView, list};

muster_domain::text_enum! {
    /// Why an address is not sent to.
    pub enum SuppressionReason {
        Unsubscribed = "unsubscribed",
        HardBounce = "hard_bounce",
        Complaint = "complaint",
        Manual = "manual",
    }
}
