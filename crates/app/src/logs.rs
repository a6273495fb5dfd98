//! Where a program of Muster writes what it does (INT-5).

use std::path::Path;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::home::make_private_dir;

/// What is written: Muster's own lines, and of its libraries what went wrong.
const FILTER: &str = "info,sqlx=warn,hyper=warn,tower_http=warn";

/// Structured log lines into daily files of the data folder and, shortened, to standard error. A second call changes
/// nothing.
pub fn write_to(data_dir: &Path) -> std::io::Result<()> {
    let logs = data_dir.join("logs");
    make_private_dir(&logs)?;
    let file = tracing_appender::rolling::daily(logs, "muster.log");
    tracing_subscriber::registry()
        .with(EnvFilter::new(FILTER))
        .with(tracing_subscriber::fmt::layer().json().with_writer(file))
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false))
        .try_init()
        .ok();
    Ok(())
}
