//! `offer_products`, `offer_rewards`, `offer_tracking_sources`: what belongs to an offer besides its creatives. Each list is
//! replaced as a whole.

use muster_domain::offer::RewardTrigger;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    CLEAR_PRODUCTS = "DELETE FROM offer_products WHERE tenant_id = $1 AND offer_id = $2";
    ADD_PRODUCTS = "INSERT INTO offer_products (offer_id, product_id, tenant_id, position)
                    SELECT $1, r.product_id, $2, r.position FROM {rows $3: product_id uuid, position bigint} AS r";
    PRODUCTS = "SELECT offer_id, product_id, position FROM offer_products WHERE tenant_id = $1 AND offer_id IN (SELECT id FROM {uuids $2} AS wanted) ORDER BY offer_id, position";
    CLEAR_REWARDS = "DELETE FROM offer_rewards WHERE tenant_id = $1 AND offer_id = $2";
    ADD_REWARDS = "INSERT INTO offer_rewards (offer_id, reward_id, tenant_id, granted_on, position)
                   SELECT $1, r.reward_id, $2, r.granted_on, r.position FROM {rows $3: reward_id uuid, granted_on text, position bigint} AS r";
    REWARDS = "SELECT offer_id, reward_id, granted_on, position FROM offer_rewards WHERE tenant_id = $1 AND offer_id IN (SELECT id FROM {uuids $2} AS wanted) ORDER BY offer_id, position";
    CLEAR_SOURCES = "DELETE FROM offer_tracking_sources WHERE tenant_id = $1 AND offer_id = $2";
    ADD_SOURCES = "INSERT INTO offer_tracking_sources (id, tenant_id, offer_id, source, value, description, position)
                   SELECT r.id, $2, $1, r.source, r.value, r.description, r.position FROM {rows $3: id uuid, source text, value text, description text, position bigint} AS r";
    // offer_tracking_sources_offer
    SOURCES = "SELECT id, offer_id, source, value, description, position FROM offer_tracking_sources WHERE tenant_id = $1 AND offer_id IN (SELECT id FROM {uuids $2} AS wanted) ORDER BY offer_id, position";
}

/// A product of an offer.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct OfferProductRow {
    pub offer_id: Uuid,
    pub product_id: Uuid,
    pub position: i64,
}

/// A reward of an offer.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct OfferRewardRow {
    pub offer_id: Uuid,
    pub reward_id: Uuid,
    /// What the customer has to do for it.
    #[sqlx(try_from = "String")]
    pub granted_on: RewardTrigger,
    pub position: i64,
}

/// A tracking source of an offer.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub struct TrackingSourceRow {
    pub id: Uuid,
    pub offer_id: Uuid,
    /// `campaign_code`, `utm_source` …, `analytics_tag`.
    pub source: String,
    pub value: String,
    pub description: String,
    pub position: i64,
}

/// Replaces the products of an offer.
pub async fn set_products(tx: &mut Tx, ws: WorkspaceId, offer: Uuid, rows: &[OfferProductRow]) -> Result<()> {
    exec!(tx, CLEAR_PRODUCTS, ws.0, offer)?;
    exec!(tx, ADD_PRODUCTS, offer, ws.0, json_rows(rows))?;
    Ok(())
}

/// The products of some offers, in their order.
pub async fn products(tx: &mut Tx, ws: WorkspaceId, offers: &[Uuid]) -> Result<Vec<OfferProductRow>> {
    fetch_all!(OfferProductRow; tx, PRODUCTS, ws.0, json_rows(offers))
}

/// Replaces the rewards of an offer.
pub async fn set_rewards(tx: &mut Tx, ws: WorkspaceId, offer: Uuid, rows: &[OfferRewardRow]) -> Result<()> {
    exec!(tx, CLEAR_REWARDS, ws.0, offer)?;
    exec!(tx, ADD_REWARDS, offer, ws.0, json_rows(rows))?;
    Ok(())
}

/// The rewards of some offers, in their order.
pub async fn rewards(tx: &mut Tx, ws: WorkspaceId, offers: &[Uuid]) -> Result<Vec<OfferRewardRow>> {
    fetch_all!(OfferRewardRow; tx, REWARDS, ws.0, json_rows(offers))
}

/// Replaces the tracking sources of an offer.
pub async fn set_sources(tx: &mut Tx, ws: WorkspaceId, offer: Uuid, rows: &[TrackingSourceRow]) -> Result<()> {
    exec!(tx, CLEAR_SOURCES, ws.0, offer)?;
    exec!(tx, ADD_SOURCES, offer, ws.0, json_rows(rows))?;
    Ok(())
}

/// The tracking sources of some offers, in their order.
pub async fn sources(tx: &mut Tx, ws: WorkspaceId, offers: &[Uuid]) -> Result<Vec<TrackingSourceRow>> {
    fetch_all!(TrackingSourceRow; tx, SOURCES, ws.0, json_rows(offers))
}
