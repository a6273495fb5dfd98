//! `/api/v1/segments`: who is meant.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::segments::{
    self, Estimate, EstimateRequest, ListOutcome, Member, MemberList, NewSegment, Segment, SegmentChange,
    SegmentDetail, SegmentField, SegmentRun,
};
use muster_app::{App, AppError};
use muster_domain::segment::SegmentType;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, List, created, ok, page};
use crate::auth::Asker;
use crate::extract::{Body, Paging, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(fields))
        .routes(routes!(estimate))
        .routes(routes!(get, change, delete))
        .routes(routes!(restore))
        .routes(routes!(evaluate))
        .routes(routes!(runs))
        .routes(routes!(members, add_members))
        .routes(routes!(remove_members))
}

/// What to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct SegmentQuery {
    /// Part of the name or the description.
    search: String,
    /// `static`, `dynamic` or `behavioral`.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    kind: String,
    /// The archived ones instead of the others.
    archived: bool,
    #[allow(dead_code, reason = "read by Paging; named here for the document")]
    page: Option<String>,
    #[allow(dead_code, reason = "read by Paging; named here for the document")]
    page_size: Option<String>,
}

/// Segments, newest first.
#[utoipa::path(get, path = "/api/v1/segments", operation_id = "list_segments", tag = "segments", params(SegmentQuery), responses((status = 200, body = List<Segment>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Paging(paging): Paging,
    Query(query): Query<SegmentQuery>,
) -> ApiResult<Json<List<Segment>>> {
    let kind = match query.kind.as_str() {
        "" => None,
        word => Some(word.parse::<SegmentType>().map_err(|e| AppError::malformed("bad_query", format!("type: {e}")))?),
    };
    Ok(page(segments::list(&app, &ctx, paging, query.archived, kind, &query.search).await?))
}

/// Makes a segment.
#[utoipa::path(post, path = "/api/v1/segments", operation_id = "create_segment", tag = "segments", request_body = NewSegment, responses((status = 201, body = Data<SegmentDetail>), (status = 422, body = Failure)))]
async fn create(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(input): Body<NewSegment>,
) -> ApiResult<(StatusCode, Json<Data<SegmentDetail>>)> {
    Ok(created(segments::create(&app, &ctx, input).await?))
}

/// What conditions may be about.
#[utoipa::path(get, path = "/api/v1/segments/fields", operation_id = "list_segment_fields", tag = "segments", responses((status = 200, body = Data<Vec<SegmentField>>)))]
async fn fields(State(app): State<App>, Asker(ctx): Asker) -> ApiResult<Json<Data<Vec<SegmentField>>>> {
    Ok(ok(segments::fields(&app, &ctx).await?))
}

/// Counts criteria or a stored segment now, and shows some members and the query.
#[utoipa::path(post, path = "/api/v1/segments/estimate", operation_id = "estimate_segment", tag = "segments", request_body = EstimateRequest, responses((status = 200, body = Data<Estimate>), (status = 422, body = Failure)))]
async fn estimate(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(input): Body<EstimateRequest>,
) -> ApiResult<Json<Data<Estimate>>> {
    Ok(ok(segments::estimate(&app, &ctx, input).await?))
}

/// One segment with the campaigns that use it.
#[utoipa::path(get, path = "/api/v1/segments/{id}", operation_id = "get_segment", tag = "segments", params(("id" = Uuid, Path)), responses((status = 200, body = Data<SegmentDetail>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<SegmentDetail>>> {
    Ok(ok(segments::get(&app, &ctx, id).await?))
}

/// Changes name, description or criteria.
#[utoipa::path(patch, path = "/api/v1/segments/{id}", operation_id = "change_segment", tag = "segments", params(("id" = Uuid, Path)), request_body = SegmentChange, responses((status = 200, body = Data<SegmentDetail>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn change(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(input): Body<SegmentChange>,
) -> ApiResult<Json<Data<SegmentDetail>>> {
    Ok(ok(segments::change(&app, &ctx, id, input).await?))
}

/// Archives a segment; 409 while a campaign that is not over uses it. It can be restored.
#[utoipa::path(delete, path = "/api/v1/segments/{id}", operation_id = "archive_segment", tag = "segments", params(("id" = Uuid, Path)), responses((status = 200, body = Data<SegmentDetail>), (status = 409, body = Failure)))]
async fn delete(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<SegmentDetail>>> {
    Ok(ok(segments::archive(&app, &ctx, id).await?))
}

/// Brings an archived segment back.
#[utoipa::path(post, path = "/api/v1/segments/{id}/restore", operation_id = "restore_segment", tag = "segments", params(("id" = Uuid, Path)), responses((status = 200, body = Data<SegmentDetail>), (status = 409, body = Failure)))]
async fn restore(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<SegmentDetail>>> {
    Ok(ok(segments::restore(&app, &ctx, id).await?))
}

/// Counts a segment now and keeps the result in its history.
#[utoipa::path(post, path = "/api/v1/segments/{id}/evaluate", operation_id = "evaluate_segment", tag = "segments", params(("id" = Uuid, Path)), responses((status = 200, body = Data<SegmentRun>), (status = 404, body = Failure)))]
async fn evaluate(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<SegmentRun>>> {
    Ok(ok(segments::evaluate(&app, &ctx, id).await?))
}

/// Evaluations of a segment, newest first.
#[utoipa::path(get, path = "/api/v1/segments/{id}/runs", operation_id = "list_segment_runs", tag = "segments", params(("id" = Uuid, Path), ("page" = Option<String>, Query), ("pageSize" = Option<String>, Query)), responses((status = 200, body = List<SegmentRun>)))]
async fn runs(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<SegmentRun>>> {
    Ok(page(segments::runs(&app, &ctx, id, paging).await?))
}

/// The people in a segment now, newest first.
#[utoipa::path(get, path = "/api/v1/segments/{id}/members", operation_id = "list_segment_members", tag = "segments", params(("id" = Uuid, Path), ("page" = Option<String>, Query), ("pageSize" = Option<String>, Query)), responses((status = 200, body = List<Member>)))]
async fn members(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Paging(paging): Paging,
) -> ApiResult<Json<List<Member>>> {
    Ok(page(segments::members(&app, &ctx, id, paging).await?))
}

/// Puts customers on the list of a static segment.
#[utoipa::path(post, path = "/api/v1/segments/{id}/members", operation_id = "add_segment_members", tag = "segments", params(("id" = Uuid, Path)), request_body = MemberList, responses((status = 200, body = Data<ListOutcome>), (status = 409, body = Failure)))]
async fn add_members(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(input): Body<MemberList>,
) -> ApiResult<Json<Data<ListOutcome>>> {
    Ok(ok(segments::add_members(&app, &ctx, id, input).await?))
}

/// Takes customers from the list of a static segment.
#[utoipa::path(post, path = "/api/v1/segments/{id}/members/remove", operation_id = "remove_segment_members", tag = "segments", params(("id" = Uuid, Path)), request_body = MemberList, responses((status = 200, body = Data<ListOutcome>), (status = 409, body = Failure)))]
async fn remove_members(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(input): Body<MemberList>,
) -> ApiResult<Json<Data<ListOutcome>>> {
    Ok(ok(segments::remove_members(&app, &ctx, id, input).await?))
}
