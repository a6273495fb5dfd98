//! Replies (BRD-1, 2, 3, 5): what customers write back is classified, routed and becomes a card.

mod absence;
mod classifiers;
mod correct;
mod list;
pub(crate) mod matching;
mod process;
mod route;
mod routing;

pub use absence::stop as stop_retry;
pub(crate) use absence::{next_due as next_retry, send_due as send_retries};
pub use classifiers::Classifiers;
pub use correct::correct;
pub(crate) use list::view as response_view;
pub use list::{DispositionTotal, ResponseList, ResponseView, RetryView, list};
pub(crate) use process::{Arrived, Taken, take};
pub use process::{ProcessRequest, Processed, process};
pub(crate) use route::history;
pub use routing::{RouteView, routing_table, routing_view, save_routing};
