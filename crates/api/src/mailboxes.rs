//! `/api/v1/mailboxes`: where answers, bounces and complaints are read, for administrators.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use muster_app::App;
use muster_app::mailboxes::{self, MailboxChange, MailboxView, NewMailbox, ProbeView};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, created, ok};
use crate::auth::Asker;
use crate::extract::Body;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, remove)).routes(routes!(probe))
}

/// The mailboxes of the workspace, the oldest first.
#[utoipa::path(get, path = "/api/v1/mailboxes", tag = "mailboxes", operation_id = "list_mailboxes", responses((status = 200, body = Data<Vec<MailboxView>>)))]
async fn list(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<MailboxView>>>> {
    Ok(ok(mailboxes::list(&app, &ctx).await?))
}

/// Adds a mailbox; what arrives in it from now on is read.
#[utoipa::path(post, path = "/api/v1/mailboxes", tag = "mailboxes", operation_id = "create_mailbox", request_body = NewMailbox, responses((status = 201, body = Data<MailboxView>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn create(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(new): Body<NewMailbox>,
) -> ApiResult<(StatusCode, Json<Data<MailboxView>>)> {
    Ok(created(mailboxes::create(&app, &ctx, new).await?))
}

/// One mailbox.
#[utoipa::path(get, path = "/api/v1/mailboxes/{id}", tag = "mailboxes", operation_id = "get_mailbox", params(("id" = Uuid, Path)), responses((status = 200, body = Data<MailboxView>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<MailboxView>>> {
    Ok(ok(mailboxes::get(&app, &ctx, id).await?))
}

/// Changes a mailbox; its faults are forgotten, so that it is read at once.
#[utoipa::path(patch, path = "/api/v1/mailboxes/{id}", tag = "mailboxes", operation_id = "update_mailbox", params(("id" = Uuid, Path)), request_body = MailboxChange, responses((status = 200, body = Data<MailboxView>), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn update(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(change): Body<MailboxChange>,
) -> ApiResult<Json<Data<MailboxView>>> {
    Ok(ok(mailboxes::update(&app, &ctx, id, change).await?))
}

/// Removes a mailbox and its password; what was read of it stays.
#[utoipa::path(delete, path = "/api/v1/mailboxes/{id}", tag = "mailboxes", operation_id = "remove_mailbox", params(("id" = Uuid, Path)), responses((status = 200, body = Data<bool>), (status = 404, body = Failure)))]
async fn remove(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<bool>>> {
    mailboxes::remove(&app, &ctx, id).await?;
    Ok(ok(true))
}

/// Signs in to a mailbox and looks into its folder, without reading or changing anything.
#[utoipa::path(post, path = "/api/v1/mailboxes/{id}/probe", tag = "mailboxes", operation_id = "probe_mailbox", params(("id" = Uuid, Path)), responses((status = 200, body = Data<ProbeView>), (status = 404, body = Failure), (status = 422, body = Failure)))]
async fn probe(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<ProbeView>>> {
    Ok(ok(mailboxes::probe(&app, &ctx, id).await?))
}
