//! `campaign_segment_mappings`, `campaign_segment_offer_mappings`, `campaign_variants`: who gets what of a campaign.
//! Each is replaced as a whole when the campaign is edited.

use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    DELETE_SEGMENTS = "DELETE FROM campaign_segment_mappings WHERE tenant_id = $1 AND campaign_id = $2";
    INSERT_SEGMENTS = "INSERT INTO campaign_segment_mappings (campaign_id, segment_id, tenant_id, role, priority)
                       SELECT $2, segment_id, $1, role, priority FROM {rows $3: segment_id uuid, role text, priority bigint} AS t";
    // the primary key
    SEGMENTS = "SELECT m.campaign_id, m.segment_id, m.role, m.priority, s.name, s.size_estimate, s.evaluated_at
                FROM campaign_segment_mappings m JOIN segments s ON s.id = m.segment_id
                WHERE m.tenant_id = $1 AND m.campaign_id IN (SELECT id FROM {uuids $2} AS t) ORDER BY m.role, m.priority, m.segment_id";
    DELETE_OFFERS = "DELETE FROM campaign_segment_offer_mappings WHERE tenant_id = $1 AND campaign_id = $2";
    INSERT_OFFERS = "INSERT INTO campaign_segment_offer_mappings (campaign_id, segment_id, offer_id, tenant_id, priority, interval_config, condition_config)
                     SELECT $2, segment_id, offer_id, $1, priority, interval_config, condition_config
                     FROM {rows $3: segment_id uuid, offer_id uuid, priority bigint, interval_config json, condition_config json} AS t";
    OFFERS = "SELECT m.campaign_id, m.segment_id, m.offer_id, m.priority, m.interval_config, m.condition_config, o.name, o.status, o.valid_until
              FROM campaign_segment_offer_mappings m JOIN offers o ON o.id = m.offer_id
              WHERE m.tenant_id = $1 AND m.campaign_id IN (SELECT id FROM {uuids $2} AS t) ORDER BY m.segment_id, m.priority, m.offer_id";
    DELETE_VARIANTS = "DELETE FROM campaign_variants WHERE tenant_id = $1 AND campaign_id = $2";
    INSERT_VARIANTS = "INSERT INTO campaign_variants (campaign_id, variant_no, tenant_id, variant_id, name, subject, template_id, weight, is_winner)
                       SELECT $2, variant_no, $1, variant_id, name, subject, template_id, weight, is_winner
                       FROM {rows $3: variant_no bigint, variant_id text, name text, subject text, template_id uuid, weight bigint, is_winner boolean} AS t";
    VARIANTS = "SELECT campaign_id, variant_no, variant_id, name, subject, template_id, weight, is_winner FROM campaign_variants
                WHERE tenant_id = $1 AND campaign_id IN (SELECT id FROM {uuids $2} AS t) ORDER BY campaign_id, variant_no";
    DECLARE_WINNER = "UPDATE campaign_variants SET is_winner = TRUE WHERE tenant_id = $1 AND campaign_id = $2 AND variant_no = $3 AND NOT is_winner
                      AND NOT EXISTS (SELECT 1 FROM campaign_variants o WHERE o.campaign_id = $2 AND o.is_winner)";
    // Of a run's test: the variant may have been edited away meanwhile.
    MARK_WINNER = "UPDATE campaign_variants SET is_winner = (variant_no = $3 AND variant_id = $4) WHERE tenant_id = $1 AND campaign_id = $2";
    KNOWN_SEGMENTS = "SELECT id, name, size_estimate FROM segments WHERE tenant_id = $1 AND archived_at IS NULL AND id IN (SELECT id FROM {uuids $2} AS t)";
    KNOWN_OFFERS = "SELECT id FROM offers WHERE tenant_id = $1 AND archived_at IS NULL AND id IN (SELECT id FROM {uuids $2} AS t)";
    ATTRIBUTE_NAMES = "SELECT name FROM attribute_definitions WHERE tenant_id = $1 ORDER BY name LIMIT 1000";
    KNOWN_TEMPLATES = "SELECT id, channel FROM templates WHERE tenant_id = $1 AND archived_at IS NULL AND id IN (SELECT id FROM {uuids $2} AS t)";
}

/// A segment of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SegmentMapping {
    pub campaign_id: Uuid,
    pub segment_id: Uuid,
    /// `include` or `exclude`.
    pub role: String,
    /// 1 is looked at first.
    pub priority: i64,
    pub name: String,
    pub size_estimate: Option<i64>,
    pub evaluated_at: Option<Millis>,
}

/// A segment to map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewSegmentMapping {
    pub segment_id: Uuid,
    pub role: &'static str,
    pub priority: i64,
}

/// An offer that a segment gets.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct OfferMapping {
    pub campaign_id: Uuid,
    pub segment_id: Uuid,
    pub offer_id: Uuid,
    pub priority: i64,
    pub interval_config: Option<Json<Value>>,
    pub condition_config: Option<Json<Value>>,
    pub name: String,
    /// `draft`, `active` or `archived`.
    pub status: String,
    pub valid_until: Option<Millis>,
}

/// An offer to map.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewOfferMapping {
    pub segment_id: Uuid,
    pub offer_id: Uuid,
    pub priority: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_config: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_config: Option<Value>,
}

/// A variant of a test.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct VariantRow {
    pub campaign_id: Uuid,
    /// From 1.
    pub variant_no: i64,
    /// `A` … `E`, as the person named it.
    pub variant_id: String,
    pub name: String,
    pub subject: Option<String>,
    pub template_id: Option<Uuid>,
    /// Percent.
    pub weight: i64,
    pub is_winner: bool,
}

/// A variant to set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewVariant {
    pub variant_no: i64,
    pub variant_id: String,
    pub name: String,
    pub subject: Option<String>,
    pub template_id: Option<Uuid>,
    pub weight: i64,
    /// Of the newest test; a new one has none yet.
    pub is_winner: bool,
}

/// A segment that can be targeted.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KnownSegment {
    pub id: Uuid,
    pub name: String,
    pub size_estimate: Option<i64>,
}

/// Replaces the segments of a campaign.
pub async fn set_segments(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid, rows: &[NewSegmentMapping]) -> Result<()> {
    exec!(tx, DELETE_SEGMENTS, ws.0, campaign)?;
    exec!(tx, INSERT_SEGMENTS, ws.0, campaign, json_rows(rows))?;
    Ok(())
}

/// The segments of campaigns: excluded ones first, each role by priority.
pub async fn segments(tx: &mut Tx, ws: WorkspaceId, campaigns: &[Uuid]) -> Result<Vec<SegmentMapping>> {
    fetch_all!(SegmentMapping; tx, SEGMENTS, ws.0, json_rows(campaigns))
}

/// Replaces the offers of a campaign.
pub async fn set_offers(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid, rows: &[NewOfferMapping]) -> Result<()> {
    exec!(tx, DELETE_OFFERS, ws.0, campaign)?;
    exec!(tx, INSERT_OFFERS, ws.0, campaign, json_rows(rows))?;
    Ok(())
}

/// The offers of campaigns by segment and priority.
pub async fn offers(tx: &mut Tx, ws: WorkspaceId, campaigns: &[Uuid]) -> Result<Vec<OfferMapping>> {
    fetch_all!(OfferMapping; tx, OFFERS, ws.0, json_rows(campaigns))
}

/// Replaces the variants of a campaign's test.
pub async fn set_variants(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid, rows: &[NewVariant]) -> Result<()> {
    exec!(tx, DELETE_VARIANTS, ws.0, campaign)?;
    exec!(tx, INSERT_VARIANTS, ws.0, campaign, json_rows(rows))?;
    Ok(())
}

/// The variants of campaigns, in order.
pub async fn variants(tx: &mut Tx, ws: WorkspaceId, campaigns: &[Uuid]) -> Result<Vec<VariantRow>> {
    fetch_all!(VariantRow; tx, VARIANTS, ws.0, json_rows(campaigns))
}

/// Declares the winner; stale when there is one already.
pub async fn declare_winner(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid, variant_no: i64) -> Result<()> {
    exec_one!("test"; tx, DECLARE_WINNER, ws.0, campaign, variant_no)
}

/// Shows which variant won the newest test.
pub async fn mark_winner(
    tx: &mut Tx,
    ws: WorkspaceId,
    campaign: Uuid,
    variant_no: i64,
    variant_id: &str,
) -> Result<()> {
    exec!(tx, MARK_WINNER, ws.0, campaign, variant_no, variant_id).map(drop)
}

/// A new test begins: none of the variants has won it.
pub async fn no_winner(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<()> {
    exec!(tx, MARK_WINNER, ws.0, campaign, 0_i64, "").map(drop)
}

/// Those of the segments that are there and not archived.
pub async fn known_segments(tx: &mut Tx, ws: WorkspaceId, ids: &[Uuid]) -> Result<Vec<KnownSegment>> {
    fetch_all!(KnownSegment; tx, KNOWN_SEGMENTS, ws.0, json_rows(ids))
}

/// Those of the offers that are there and not archived.
pub async fn known_offers(tx: &mut Tx, ws: WorkspaceId, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    Ok(fetch_all!((Uuid,); tx, KNOWN_OFFERS, ws.0, json_rows(ids))?.into_iter().map(|(id,)| id).collect())
}

/// Those of the templates that are there and not archived, with their channels.
pub async fn known_templates(tx: &mut Tx, ws: WorkspaceId, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    fetch_all!((Uuid, String); tx, KNOWN_TEMPLATES, ws.0, json_rows(ids))
}

/// Names of the workspace's custom attributes, which templates may use.
pub async fn attribute_names(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<String>> {
    Ok(fetch_all!((String,); tx, ATTRIBUTE_NAMES, ws.0)?.into_iter().map(|(name,)| name).collect())
}
