//! `/api/v1/jobs`, `/api/v1/executions` and what belongs to them.

mod alerts;
mod control;
mod edit;
mod executions;
mod hooks;
mod list;
mod scripts;

use muster_app::App;
use utoipa_axum::router::OpenApiRouter;

/// The routes of this folder.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(alerts::routes())
        .merge(control::routes())
        .merge(edit::routes())
        .merge(executions::routes())
        .merge(hooks::routes())
        .merge(list::routes())
        .merge(scripts::routes())
}
