//! Campaigns before and around their runs: drafts, edits, lists, approval, schedule (CAM-1 … CAM-13). What happens when
//! one is launched is in `runs`.

mod ab_test;
mod audience;
mod checks;
mod edit;
mod input;
mod lifecycle;
mod list;
mod metrics;
mod preview;
mod readiness;
mod recurrence;
mod schedule;
mod snapshot;
mod view;

pub(crate) use ab_test::TestConfig;
pub use ab_test::{AbTestInput, VariantInput, WinnerInput, declare_winner, set_ab_test};
pub use audience::{AudienceView, SegmentSize};
pub(crate) use checks::source_of;
pub use edit::{create, update};
pub(crate) use edit::{create_with, update_with};
pub use input::{CampaignInput, CampaignSettings, InlineContent, OfferInput, RecurringInput, ThrottleInput};
pub use lifecycle::{archive, delete, duplicate, history, unarchive};
pub use list::{ListQuery, get, list};
pub use metrics::{CampaignMetrics, CampaignStats};
pub use preview::{CampaignPreview, PreviewInput, PreviewMessage, TestSendInput, preview, samples, test_send};
pub use readiness::{Readiness, ReadinessProblem, readiness};
pub use recurrence::{RecurrenceInput, RecurrenceView, look_at as look_at_recurrence};
pub use schedule::{ScheduleInput, require_approval, schedule, unschedule};
pub use view::{AbTestView, CampaignView, HistoryEntry, OfferView, SegmentView, ThrottleView, VariantView};

pub(crate) use preview::samples_of;
pub(crate) use readiness::look_over;
pub(crate) use schedule::schedule_when_approved;
pub(crate) use snapshot::differences;
pub(crate) use view::{load, load_row, tell};
