//! `/api/v1/plans`: campaign plans. They are started, paused, resumed and cancelled as the campaigns that they are.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::App;
use muster_app::plans::{
    self, ContactFilter, EnrolRequest, EnrolView, PlanCheckInput, PlanCheckView, PlanContactView, PlanCounts,
    PlanEventInput, PlanEventView, PlanInput, PlanPathView, PlanSummary, PlanView,
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{ApiResult, Data, Failure, List, Scroll, created, ok, page, scroll};
use crate::auth::Asker;
use crate::campaigns::id_of;
use crate::extract::{Body, Paging, Path, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(create))
        .routes(routes!(schema))
        .routes(routes!(check))
        .routes(routes!(get))
        .routes(routes!(update))
        .routes(routes!(delete))
        .routes(routes!(enrol))
        .routes(routes!(happened))
        .routes(routes!(contacts))
        .routes(routes!(path))
        .routes(routes!(counts))
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
    /// Part of the name.
    search: Option<String>,
    /// The archived ones instead of the others.
    #[serde(default)]
    archived: bool,
}

/// Plans, newest first.
#[utoipa::path(get, path = "/api/v1/plans", operation_id = "listPlans", tag = "plans", params(Filter), responses((status = 200, body = List<PlanSummary>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Paging(paging): Paging,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<List<PlanSummary>>> {
    Ok(page(plans::list(&app, &ctx, filter.search, filter.archived, paging).await?))
}

/// Makes a plan: a campaign that is a draft. With problems it is kept, but cannot be started.
#[utoipa::path(post, path = "/api/v1/plans", operation_id = "createPlan", tag = "plans", request_body = PlanInput, responses((status = 201, body = Data<PlanView>), (status = 400, body = Failure), (status = 422, body = Failure)))]
async fn create(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(input): Body<PlanInput>,
) -> ApiResult<(StatusCode, Json<Data<PlanView>>)> {
    Ok(created(plans::create(&app, &ctx, input).await?))
}

/// The JSON Schema of plans.
#[utoipa::path(get, path = "/api/v1/plans/schema", operation_id = "getPlanSchema", tag = "plans", responses((status = 200, body = Object)))]
async fn schema(Asker(ctx): Asker) -> ApiResult<Json<Value>> {
    Ok(Json(plans::schema(&ctx)?))
}

/// Looks a plan over without keeping it.
#[utoipa::path(post, path = "/api/v1/plans/check", operation_id = "checkPlan", tag = "plans", request_body = PlanCheckInput, responses((status = 200, body = Data<PlanCheckView>)))]
async fn check(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(input): Body<PlanCheckInput>,
) -> ApiResult<Json<Data<PlanCheckView>>> {
    Ok(ok(plans::check(&app, &ctx, input).await?))
}

/// One plan.
#[utoipa::path(get, path = "/api/v1/plans/{id}", operation_id = "getPlan", tag = "plans", params(("id" = Uuid, Path)), responses((status = 200, body = Data<PlanView>), (status = 404, body = Failure)))]
async fn get(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<String>) -> ApiResult<Json<Data<PlanView>>> {
    Ok(ok(plans::get(&app, &ctx, id_of(&id, "plan")?).await?))
}

/// Changes a plan. While it runs, only its JSON: whoever is in it goes on with the version before.
#[utoipa::path(patch, path = "/api/v1/plans/{id}", operation_id = "updatePlan", tag = "plans", params(("id" = Uuid, Path)), request_body = PlanInput, responses((status = 200, body = Data<PlanView>), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn update(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Body(input): Body<PlanInput>,
) -> ApiResult<Json<Data<PlanView>>> {
    Ok(ok(plans::update(&app, &ctx, id_of(&id, "plan")?, input).await?))
}

/// Deletes a plan with its campaign.
#[utoipa::path(delete, path = "/api/v1/plans/{id}", operation_id = "deletePlan", tag = "plans", params(("id" = Uuid, Path)), responses((status = 204), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn delete(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<String>) -> ApiResult<StatusCode> {
    plans::delete(&app, &ctx, id_of(&id, "plan")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Enrols customers in a plan that runs. Who is in it already stays where they are.
#[utoipa::path(post, path = "/api/v1/plans/{id}/enrol", operation_id = "enrolInPlan", tag = "plans", params(("id" = Uuid, Path)), request_body = EnrolRequest, responses((status = 200, body = Data<EnrolView>), (status = 400, body = Failure), (status = 404, body = Failure), (status = 409, body = Failure)))]
async fn enrol(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Body(request): Body<EnrolRequest>,
) -> ApiResult<Json<Data<EnrolView>>> {
    Ok(ok(plans::enrol(&app, &ctx, id_of(&id, "plan")?, &request).await?))
}

/// Says that something happened to a customer that only others know of.
#[utoipa::path(post, path = "/api/v1/plans/{id}/events", operation_id = "tellPlan", tag = "plans", params(("id" = Uuid, Path)), request_body = PlanEventInput, responses((status = 200, body = Data<PlanEventView>), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn happened(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Body(input): Body<PlanEventInput>,
) -> ApiResult<Json<Data<PlanEventView>>> {
    Ok(ok(plans::happened(&app, &ctx, id_of(&id, "plan")?, input).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct Contacts {
    /// At this node.
    node: Option<String>,
    /// `active`, `completed`, `stopped` or `exited`.
    status: Option<String>,
    /// Where the last answer ended.
    cursor: Option<String>,
    /// 1 to 100, 50 when left out.
    limit: Option<i64>,
}

/// Who is in a plan, the latest enrolled first.
#[utoipa::path(get, path = "/api/v1/plans/{id}/contacts", operation_id = "listPlanContacts", tag = "plans", params(("id" = Uuid, Path), Contacts), responses((status = 200, body = Scroll<PlanContactView>), (status = 404, body = Failure)))]
async fn contacts(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
    Query(query): Query<Contacts>,
) -> ApiResult<Json<Scroll<PlanContactView>>> {
    let filter = ContactFilter { node: query.node, status: query.status, cursor: query.cursor, limit: query.limit };
    Ok(scroll(plans::contacts(&app, &ctx, id_of(&id, "plan")?, filter).await?))
}

/// The way that a customer went, the last time they were enrolled.
#[utoipa::path(get, path = "/api/v1/plans/{id}/contacts/{customer_id}/path", operation_id = "getPlanPath", tag = "plans", params(("id" = Uuid, Path), ("customer_id" = i64, Path)), responses((status = 200, body = Data<PlanPathView>), (status = 404, body = Failure)))]
async fn path(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path((id, customer)): Path<(String, i64)>,
) -> ApiResult<Json<Data<PlanPathView>>> {
    Ok(ok(plans::path(&app, &ctx, id_of(&id, "plan")?, customer).await?))
}

/// How many are at each node, and how many went each way.
#[utoipa::path(get, path = "/api/v1/plans/{id}/counts", operation_id = "countPlan", tag = "plans", params(("id" = Uuid, Path)), responses((status = 200, body = Data<PlanCounts>), (status = 404, body = Failure)))]
async fn counts(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<String>,
) -> ApiResult<Json<Data<PlanCounts>>> {
    Ok(ok(plans::counts(&app, &ctx, id_of(&id, "plan")?).await?))
}
