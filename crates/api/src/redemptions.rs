//! `/api/v1/redemptions`: codes that customers bring.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::redemptions::{RedeemRequest, RedemptionView};
use muster_app::{App, redemptions};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::answer::{ApiResult, Data, Failure, List, created, page};
use crate::auth::Asker;
use crate::extract::{Body, Paging, Query};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, redeem))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
struct RedemptionFilter {
    #[serde(alias = "campaign_id")]
    campaign_id: Option<Uuid>,
    #[serde(alias = "customer_id")]
    customer_id: Option<i64>,
}

/// Redemptions, newest first.
#[utoipa::path(get, path = "/api/v1/redemptions", tag = "redemptions", params(RedemptionFilter, ("page" = Option<i64>, Query), ("pageSize" = Option<i64>, Query)),
    responses((status = 200, body = List<RedemptionView>)))]
async fn list(
    State(app): State<App>,
    Asker(ctx): Asker,
    Query(filter): Query<RedemptionFilter>,
    Paging(request): Paging,
) -> ApiResult<Json<List<RedemptionView>>> {
    Ok(page(redemptions::list(&app, &ctx, filter.campaign_id, filter.customer_id, request).await?))
}

/// Redeems a code for a customer; its rewards are granted once and only once.
#[utoipa::path(post, path = "/api/v1/redemptions", tag = "redemptions", request_body = RedeemRequest,
    responses((status = 201, body = Data<RedemptionView>), (status = 404, body = Failure), (status = 409, body = Failure), (status = 422, body = Failure)))]
async fn redeem(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(body): Body<RedeemRequest>,
) -> ApiResult<(StatusCode, Json<Data<RedemptionView>>)> {
    Ok(created(redemptions::redeem(&app, &ctx, body).await?))
}
