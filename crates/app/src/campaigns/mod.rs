//! Campaigns before and around their runs: drafts, edits, lists, approval, schedule (CAM-1 … CAM-13). What happens when
//! one is launched is in `runs`.

mod ab_test;
mod checks;
mod edit;
mod input;
mod lifecycle;
mod list;
mod metrics;
mod schedule;
mod snapshot;
mod view;

pub use ab_test::{AbTestInput, VariantInput, WinnerInput, declare_winner, set_ab_test};
pub use edit::{create, update};
pub use input::{CampaignInput, CampaignSettings, InlineContent, OfferInput, RecurringInput, ThrottleInput};
pub use lifecycle::{archive, delete, duplicate, history, unarchive};
pub use list::{ListQuery, get, list};
pub use metrics::{CampaignMetrics, CampaignStats};
pub use schedule::{ScheduleInput, require_approval, schedule, unschedule};
pub use view::{AbTestView, CampaignView, HistoryEntry, OfferView, SegmentView, ThrottleView, VariantView};

