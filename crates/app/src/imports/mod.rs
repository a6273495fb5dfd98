//! Customers out of files: staged, looked at, mapped, tried, run, reported.

mod batch;
mod from_disk;
mod lifecycle;
mod options;
mod preview;
mod report;
mod run;
mod stage;
mod view;

pub use from_disk::{FromDisk, run_path};
pub use lifecycle::{cancel, get, recent, recover, start};
pub use options::{ColumnTarget, ImportKey, ImportOptions, ImportOptionsInput, OnDuplicate};
pub use preview::{ColumnPreview, ImportPreview, PreviewProblem, preview};
pub use report::write_report;
pub use run::Progress;
pub use stage::Upload;
pub use view::ImportView;
