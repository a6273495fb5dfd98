//! `/api/v1/campaigns`: what a person does with a campaign before and around its runs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::campaigns::{
    self, AbTestInput, CampaignInput, CampaignPreview, CampaignView, HistoryEntry, ListQuery, PreviewInput, Readiness,
    RecurrenceInput, RecurrenceView, ScheduleInput, TestSendInput, WinnerInput,
};
use muster_app::providers::TestResult;
use muster_app::runs::{self, AbTestResultView};
use muster_app::{App, AppError};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiError, ApiResult, Data, Failure, List, created, ok, page};
use crate::auth::Asker;
use crate::extract::{Body, Paging, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(duplicate))
        .routes(routes!(archive))
        .routes(routes!(unarchive))
        .routes(routes!(schedule))
        .routes(routes!(unschedule))
        .routes(routes!(recurrence))
        .routes(routes!(ab_test_result, ab_test))
        .routes(routes!(ab_test_winner))
        .routes(routes!(history))
        .routes(routes!(readiness))
        .routes(routes!(preview))
        .routes(routes!(samples))
        .routes(routes!(test_send))
}

/// An id in a path; what is no id names nothing, so it is a 404.
pub(crate) fn id_of(text: &str, what: &'static str) -> Result<Uuid, ApiError> {
    text.parse().map_err(|_| ApiError(AppError::NotFound(what)))
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
    /// One or several, separated by commas; also `active`, `sending`, `sent`.
    status: Option<String>,
    #[serde(alias = "approval_status")]
    approval_status: Option<String>,
    channel: Option<String>,
    /// Part of the name.
    search: Option<String>,
    /// `true`: the archived ones instead of the others.
    archived: Option<String>,
}

/// Campaigns, newest first.
#[utoipa::path(get, path = "/api/v1/campaigns", operation_id = "listCampaigns", tag = "campaigns", params(Filter), responses((status = 200, body = List<CampaignView>), (status = 400, body = Failure)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Paging(paging): Paging,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<List<CampaignView>>> {
    let archived = filter.archived.is_some_and(|a| a.eq_ignore_ascii_case("true") || a == "1");
    let query = ListQuery {
        status: filter.status,
        approval_status: filter.approval_status,
        channel: filter.channel,
        search: filter.search,
        archived,
        kind: None,
    };
    Ok(page(campaigns::list(&app, &ctx, query, paging).await?))
}

/// Makes a campaign: a draft.
#[utoipa::path(post, path = "/api/v1/campaigns", operation_id = "createCampaign", tag = "campaigns", request_body = CampaignInput, responses((status = 201, body = Data<CampaignView>), (status = 400, body = Failure), (status = 422, body = Failure)))]
async fn create(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(input): Body<CampaignInput>,
) -> ApiResult<(StatusCode, Json<Data<CampaignView>>)> {
    Ok(created(campaigns::create(&app, &ctx, input).await?))
}

/// One campaign with its numbers.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}", operation_id = "getCampaign", tag = "campaigns", params(("id" = Uuid, Path)), responses((status = 200, body = Data<CampaignView>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<String>) -> ApiResult<Json<Data<CampaignView>>> {
    Ok(ok(campaigns::get(&app, &ctx, id_of(&id, "campaign")?).await?))
}

/// Changes a campaign that has not started; it needs a new approval afterwards.
#[utoipa::path(patch, path = "/api/v1/campaigns/{id}", operation_id = "updateCampaign", tag = "campaigns", params(("id" = Uuid, Path)), request_body = CampaignInput, responses((status = 200, body = Data<CampaignView>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn update(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Body(input): Body<CampaignInput>,
) -> ApiResult<Json<Data<CampaignView>>> {
    Ok(ok(campaigns::update(&app, &ctx, id_of(&id, "campaign")?, input).await?))
}

/// Deletes a campaign from every list.
#[utoipa::path(delete, path = "/api/v1/campaigns/{id}", operation_id = "deleteCampaign", tag = "campaigns", params(("id" = Uuid, Path)), responses((status = 200, body = Data<bool>), (status = 409, body = Failure)))]
async fn delete(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<String>) -> ApiResult<Json<Data<bool>>> {
    campaigns::delete(&app, &ctx, id_of(&id, "campaign")?).await?;
    Ok(ok(true))
}

/// A new draft with everything of this campaign but its schedule.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/duplicate", operation_id = "duplicateCampaign", tag = "campaigns", params(("id" = Uuid, Path)), responses((status = 201, body = Data<CampaignView>)))]
async fn duplicate(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
) -> ApiResult<(StatusCode, Json<Data<CampaignView>>)> {
    Ok(created(campaigns::duplicate(&app, &ctx, id_of(&id, "campaign")?).await?))
}

/// Puts a campaign away.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/archive", operation_id = "archiveCampaign", tag = "campaigns", params(("id" = Uuid, Path)), responses((status = 200, body = Data<CampaignView>), (status = 409, body = Failure)))]
async fn archive(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
) -> ApiResult<Json<Data<CampaignView>>> {
    Ok(ok(campaigns::archive(&app, &ctx, id_of(&id, "campaign")?).await?))
}

/// Takes a campaign out of the archive.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/unarchive", operation_id = "unarchiveCampaign", tag = "campaigns", params(("id" = Uuid, Path)), responses((status = 200, body = Data<CampaignView>)))]
async fn unarchive(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
) -> ApiResult<Json<Data<CampaignView>>> {
    Ok(ok(campaigns::unarchive(&app, &ctx, id_of(&id, "campaign")?).await?))
}

/// Puts an approved campaign on the schedule, or moves it there.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/schedule", operation_id = "scheduleCampaign", tag = "campaigns", params(("id" = Uuid, Path)), request_body = ScheduleInput, responses((status = 200, body = Data<CampaignView>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn schedule(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Body(input): Body<ScheduleInput>,
) -> ApiResult<Json<Data<CampaignView>>> {
    Ok(ok(campaigns::schedule(&app, &ctx, id_of(&id, "campaign")?, input).await?))
}

/// Takes a campaign off the schedule.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/unschedule", operation_id = "unscheduleCampaign", tag = "campaigns", params(("id" = Uuid, Path)), responses((status = 200, body = Data<CampaignView>), (status = 409, body = Failure)))]
async fn unschedule(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
) -> ApiResult<Json<Data<CampaignView>>> {
    Ok(ok(campaigns::unschedule(&app, &ctx, id_of(&id, "campaign")?).await?))
}

/// Sets up the A/B test, or replaces it.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/ab-test", operation_id = "setAbTest", tag = "campaigns", params(("id" = Uuid, Path)), request_body = AbTestInput, responses((status = 200, body = Data<CampaignView>), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn ab_test(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Body(input): Body<AbTestInput>,
) -> ApiResult<Json<Data<CampaignView>>> {
    Ok(ok(campaigns::set_ab_test(&app, &ctx, id_of(&id, "campaign")?, input).await?))
}

/// How the test of the newest run stands.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/ab-test", operation_id = "getAbTest", tag = "campaigns", params(("id" = Uuid, Path)), responses((status = 200, body = Data<AbTestResultView>), (status = 404, body = Failure)))]
async fn ab_test_result(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
) -> ApiResult<Json<Data<AbTestResultView>>> {
    Ok(ok(runs::ab_test(&app, &ctx, id_of(&id, "campaign")?).await?))
}

/// Declares the winner by hand: whoever waits for it gets it.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/ab-test/winner", operation_id = "declareAbTestWinner", tag = "campaigns", params(("id" = Uuid, Path)), request_body = WinnerInput, responses((status = 200, body = Data<CampaignView>), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn ab_test_winner(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Body(input): Body<WinnerInput>,
) -> ApiResult<Json<Data<CampaignView>>> {
    Ok(ok(campaigns::declare_winner(&app, &ctx, id_of(&id, "campaign")?, input).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Before {
    /// The id of the last entry that was seen.
    before: Option<i64>,
}

/// What was done to a campaign, newest first, 100 at a time.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/history", operation_id = "campaignHistory", tag = "campaigns", params(("id" = Uuid, Path), Before), responses((status = 200, body = Data<Vec<HistoryEntry>>)))]
async fn history(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Query(place): Query<Before>,
) -> ApiResult<Json<Data<Vec<HistoryEntry>>>> {
    Ok(ok(campaigns::history(&app, &ctx, id_of(&id, "campaign")?, place.before).await?))
}

/// Every problem with the step that mends it, the audience counted, the duration and the cost.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/readiness", operation_id = "campaignReadiness", tag = "campaigns", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Readiness>)))]
async fn readiness(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
) -> ApiResult<Json<Data<Readiness>>> {
    Ok(ok(campaigns::readiness(&app, &ctx, id_of(&id, "campaign")?).await?))
}

/// The campaign's messages as one customer would get them.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/preview", operation_id = "previewCampaign", tag = "campaigns", params(("id" = Uuid, Path)), request_body = PreviewInput, responses((status = 200, body = Data<CampaignPreview>), (status = 404, body = Failure), (status = 422, body = Failure)))]
async fn preview(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Body(input): Body<PreviewInput>,
) -> ApiResult<Json<Data<CampaignPreview>>> {
    Ok(ok(campaigns::preview(&app, &ctx, id_of(&id, "campaign")?, input).await?))
}

/// Sends the campaign's message to oneself.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/test-send", operation_id = "testSendCampaign", tag = "campaigns", params(("id" = Uuid, Path)), request_body = TestSendInput, responses((status = 200, body = Data<TestResult>), (status = 422, body = Failure)))]
async fn test_send(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Body(input): Body<TestSendInput>,
) -> ApiResult<Json<Data<TestResult>>> {
    Ok(ok(campaigns::test_send(&app, &ctx, id_of(&id, "campaign")?, input).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct AfterCustomer {
    /// The last customer that was shown.
    #[serde(alias = "after_customer")]
    after_customer: Option<i64>,
}

/// The messages of three real customers of the audience.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/samples", operation_id = "campaignSamples", tag = "campaigns", params(("id" = Uuid, Path), AfterCustomer), responses((status = 200, body = Data<Vec<CampaignPreview>>)))]
async fn samples(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Query(after): Query<AfterCustomer>,
) -> ApiResult<Json<Data<Vec<CampaignPreview>>>> {
    Ok(ok(campaigns::samples(&app, &ctx, id_of(&id, "campaign")?, after.after_customer.unwrap_or(0)).await?))
}

/// When a recurrence would occur next, and why it cannot be used.
#[utoipa::path(get, path = "/api/v1/campaigns/recurrence", operation_id = "lookAtRecurrence", tag = "campaigns", params(RecurrenceInput), responses((status = 200, body = Data<RecurrenceView>), (status = 400, body = Failure)))]
async fn recurrence(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(input): Query<RecurrenceInput>,
) -> ApiResult<Json<Data<RecurrenceView>>> {
    Ok(ok(campaigns::look_at_recurrence(&app, &ctx, &input)?))
}
