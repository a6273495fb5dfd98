//! `/api/v1/approvals`: asking for a signature, the inbox, the decisions.

use axum::Json;
use axum::extract::State;
use muster_app::App;
use muster_app::approvals::{self, ApprovalDetail, ApprovalQuery, ApprovalView, DecisionInput, SubmitInput};
use muster_app::campaigns::CampaignView;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiResult, Data, Failure, List, ok, page};
use crate::auth::Asker;
use crate::campaigns::id_of;
use crate::extract::{Body, Paging, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(submit))
        .routes(routes!(withdraw))
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(approve))
        .routes(routes!(reject))
}

/// Asks for approval of a campaign as it is.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/submit", operation_id = "submitCampaign", tag = "approvals", params(("id" = Uuid, Path)), request_body = SubmitInput, responses((status = 200, body = Data<CampaignView>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn submit(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Body(input): Body<SubmitInput>,
) -> ApiResult<Json<Data<CampaignView>>> {
    Ok(ok(approvals::submit(&app, &ctx, id_of(&id, "campaign")?, input).await?))
}

/// Takes the request back.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/withdraw", operation_id = "withdrawCampaign", tag = "approvals", params(("id" = Uuid, Path)), responses((status = 200, body = Data<CampaignView>), (status = 409, body = Failure)))]
async fn withdraw(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
) -> ApiResult<Json<Data<CampaignView>>> {
    Ok(ok(approvals::withdraw(&app, &ctx, id_of(&id, "campaign")?).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Filter {
    /// From 1.
    #[serde(rename = "page", default)]
    #[param(value_type = Option<i64>)]
    _page: Option<String>,
    /// 1 to 100, 20 when left out.
    #[serde(rename = "pageSize", alias = "page_size", default)]
    #[param(value_type = Option<i64>)]
    _page_size: Option<String>,
    /// `pending`, `approved`, `rejected`, `withdrawn`, `expired`, or `decided` for all but pending.
    status: Option<String>,
    /// `campaign` or `offer`.
    #[serde(alias = "object_type")]
    object_type: Option<String>,
    /// One campaign or offer.
    #[serde(alias = "object_id")]
    object_id: Option<String>,
}

/// Requests, newest first.
#[utoipa::path(get, path = "/api/v1/approvals", operation_id = "listApprovals", tag = "approvals", params(Filter), responses((status = 200, body = List<ApprovalView>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Paging(paging): Paging,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<List<ApprovalView>>> {
    let object_id = filter.object_id.map(|id| id_of(&id, "object")).transpose()?;
    let query = ApprovalQuery { status: filter.status, object_type: filter.object_type, object_id };
    Ok(page(approvals::list(&app, &ctx, query, paging).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct After {
    /// Samples of the customers after this one.
    #[serde(alias = "after_customer")]
    after_customer: Option<i64>,
}

/// One request with samples, audience, cost and what changed.
#[utoipa::path(get, path = "/api/v1/approvals/{id}", operation_id = "getApproval", tag = "approvals", params(("id" = Uuid, Path), After), responses((status = 200, body = Data<ApprovalDetail>), (status = 404, body = Failure)))]
async fn get(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Query(after): Query<After>,
) -> ApiResult<Json<Data<ApprovalDetail>>> {
    Ok(ok(approvals::get(&app, &ctx, id_of(&id, "approval")?, after.after_customer.unwrap_or(0)).await?))
}

/// Approves; nobody approves what they made or edited.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/approve", operation_id = "approve", tag = "approvals", params(("id" = Uuid, Path)), request_body = DecisionInput, responses((status = 200, body = Data<ApprovalDetail>), (status = 403, body = Failure), (status = 409, body = Failure)))]
async fn approve(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Body(input): Body<DecisionInput>,
) -> ApiResult<Json<Data<ApprovalDetail>>> {
    Ok(ok(approvals::approve(&app, &ctx, id_of(&id, "approval")?, input).await?))
}

/// Rejects, with a comment.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/reject", operation_id = "reject", tag = "approvals", params(("id" = Uuid, Path)), request_body = DecisionInput, responses((status = 200, body = Data<ApprovalDetail>), (status = 403, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn reject(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Body(input): Body<DecisionInput>,
) -> ApiResult<Json<Data<ApprovalDetail>>> {
    Ok(ok(approvals::reject(&app, &ctx, id_of(&id, "approval")?, input).await?))
}
