//! `/api/v1/customers`: people, their files, what may not be sent to them.

mod download;
mod imports;
mod people;
mod person;
mod suppressions;

use muster_app::App;
use utoipa_axum::router::OpenApiRouter;

/// The routes of this folder.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(imports::routes())
        .merge(people::routes())
        .merge(person::routes())
        .merge(suppressions::routes())
}
