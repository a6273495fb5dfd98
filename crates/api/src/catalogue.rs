//! `/api/v1/products` and `/api/v1/rewards`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use muster_app::App;
use muster_app::catalogue::products::{self, Product, ProductInput};
use muster_app::catalogue::rewards::{self, Reward, RewardInput};
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
        .routes(routes!(list_products, create_product))
        .routes(routes!(get_product, change_product, delete_product))
        .routes(routes!(archive_product))
        .routes(routes!(restore_product))
        .routes(routes!(list_rewards, create_reward))
        .routes(routes!(get_reward, change_reward, delete_reward))
        .routes(routes!(archive_reward))
        .routes(routes!(restore_reward))
}

/// What to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
struct CatalogueQuery {
    /// Part of the name.
    search: String,
    /// The archived ones instead of the others.
    archived: bool,
    #[allow(dead_code, reason = "read by Paging; named here for the document")]
    page: Option<String>,
    #[allow(dead_code, reason = "read by Paging; named here for the document")]
    page_size: Option<String>,
}

/// Products, newest first.
#[utoipa::path(get, path = "/api/v1/products", tag = "catalogue", params(CatalogueQuery), responses((status = 200, body = List<Product>)))]
async fn list_products(
    State(app): State<App>,
    Asker(ctx): Asker,
    Paging(paging): Paging,
    Query(query): Query<CatalogueQuery>,
) -> ApiResult<Json<List<Product>>> {
    Ok(page(products::list(&app, &ctx, paging, query.archived, &query.search).await?))
}

/// Adds a product.
#[utoipa::path(post, path = "/api/v1/products", tag = "catalogue", request_body = ProductInput, responses((status = 201, body = Data<Product>), (status = 422, body = Failure)))]
async fn create_product(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(input): Body<ProductInput>,
) -> ApiResult<(StatusCode, Json<Data<Product>>)> {
    Ok(created(products::create(&app, &ctx, input).await?))
}

/// One product.
#[utoipa::path(get, path = "/api/v1/products/{id}", tag = "catalogue", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Product>), (status = 404, body = Failure)))]
async fn get_product(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<Product>>> {
    Ok(ok(products::get(&app, &ctx, id).await?))
}

/// Changes a product.
#[utoipa::path(patch, path = "/api/v1/products/{id}", tag = "catalogue", params(("id" = Uuid, Path)), request_body = ProductInput, responses((status = 200, body = Data<Product>), (status = 422, body = Failure)))]
async fn change_product(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(input): Body<ProductInput>,
) -> ApiResult<Json<Data<Product>>> {
    Ok(ok(products::change(&app, &ctx, id, input).await?))
}

/// Deletes a product that no offer uses.
#[utoipa::path(delete, path = "/api/v1/products/{id}", tag = "catalogue", params(("id" = Uuid, Path)), responses((status = 200, body = Data<bool>), (status = 409, body = Failure)))]
async fn delete_product(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<bool>>> {
    products::delete(&app, &ctx, id).await?;
    Ok(ok(true))
}

/// Puts a product away; offers that use it keep it.
#[utoipa::path(post, path = "/api/v1/products/{id}/archive", tag = "catalogue", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Product>)))]
async fn archive_product(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<Product>>> {
    Ok(ok(products::archive(&app, &ctx, id, true).await?))
}

/// Takes a product back into the lists.
#[utoipa::path(post, path = "/api/v1/products/{id}/restore", tag = "catalogue", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Product>)))]
async fn restore_product(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<Product>>> {
    Ok(ok(products::archive(&app, &ctx, id, false).await?))
}

/// Rewards, newest first.
#[utoipa::path(get, path = "/api/v1/rewards", tag = "catalogue", params(CatalogueQuery), responses((status = 200, body = List<Reward>)))]
async fn list_rewards(
    State(app): State<App>,
    Asker(ctx): Asker,
    Paging(paging): Paging,
    Query(query): Query<CatalogueQuery>,
) -> ApiResult<Json<List<Reward>>> {
    Ok(page(rewards::list(&app, &ctx, paging, query.archived, &query.search).await?))
}

/// Adds a reward.
#[utoipa::path(post, path = "/api/v1/rewards", tag = "catalogue", request_body = RewardInput, responses((status = 201, body = Data<Reward>), (status = 422, body = Failure)))]
async fn create_reward(
    State(app): State<App>,
    Asker(ctx): Asker,
    Body(input): Body<RewardInput>,
) -> ApiResult<(StatusCode, Json<Data<Reward>>)> {
    Ok(created(rewards::create(&app, &ctx, input).await?))
}

/// One reward.
#[utoipa::path(get, path = "/api/v1/rewards/{id}", tag = "catalogue", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Reward>), (status = 404, body = Failure)))]
async fn get_reward(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<Reward>>> {
    Ok(ok(rewards::get(&app, &ctx, id).await?))
}

/// Changes a reward; what was granted already stays as it was.
#[utoipa::path(patch, path = "/api/v1/rewards/{id}", tag = "catalogue", params(("id" = Uuid, Path)), request_body = RewardInput, responses((status = 200, body = Data<Reward>), (status = 422, body = Failure)))]
async fn change_reward(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
    Body(input): Body<RewardInput>,
) -> ApiResult<Json<Data<Reward>>> {
    Ok(ok(rewards::change(&app, &ctx, id, input).await?))
}

/// Deletes a reward that no offer uses.
#[utoipa::path(delete, path = "/api/v1/rewards/{id}", tag = "catalogue", params(("id" = Uuid, Path)), responses((status = 200, body = Data<bool>), (status = 409, body = Failure)))]
async fn delete_reward(State(app): State<App>, Asker(ctx): Asker, Path(id): Path<Uuid>) -> ApiResult<Json<Data<bool>>> {
    rewards::delete(&app, &ctx, id).await?;
    Ok(ok(true))
}

/// Puts a reward away; offers that use it keep it.
#[utoipa::path(post, path = "/api/v1/rewards/{id}/archive", tag = "catalogue", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Reward>)))]
async fn archive_reward(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<Reward>>> {
    Ok(ok(rewards::archive(&app, &ctx, id, true).await?))
}

/// Takes a reward back into the lists.
#[utoipa::path(post, path = "/api/v1/rewards/{id}/restore", tag = "catalogue", params(("id" = Uuid, Path)), responses((status = 200, body = Data<Reward>)))]
async fn restore_reward(
    State(app): State<App>,
    Asker(ctx): Asker,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<Data<Reward>>> {
    Ok(ok(rewards::archive(&app, &ctx, id, false).await?))
}
