//! `offer_creatives` and `creative_versions`: the texts that are worked on, and the immutable ones that are sent.

use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::sql::json_rows;
use crate::{Result, Tx, sql};

sql! {
    CLEAR = "DELETE FROM offer_creatives WHERE tenant_id = $1 AND offer_id = $2";
    INSERT = "INSERT INTO offer_creatives (id, tenant_id, offer_id, channel, locale, title, preheader, text_body, html_body, variables, sms_route, is_active, position, creative_version_id, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    OF_OFFERS = "SELECT id, offer_id, channel, locale, title, preheader, text_body, html_body, variables, sms_route, is_active, position, creative_version_id, updated_at
                 FROM offer_creatives WHERE tenant_id = $1 AND offer_id IN (SELECT id FROM {uuids $2} AS wanted) ORDER BY offer_id, position";
    PIN = "UPDATE offer_creatives SET creative_version_id = $3 WHERE tenant_id = $1 AND id = $2";
    INSERT_VERSION = "INSERT INTO creative_versions (tenant_id, source_kind, source_id, channel, locale, title, preheader, text_body, html_body, variables, sms_route, created_at)
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";
    VERSION = "SELECT id, source_kind, source_id, channel, locale, title, preheader, text_body, html_body, variables, sms_route, created_at
               FROM creative_versions WHERE tenant_id = $1 AND id = $2";
    VERSIONS = "SELECT id, source_kind, source_id, channel, locale, title, preheader, text_body, html_body, variables, sms_route, created_at
                FROM creative_versions WHERE tenant_id = $1 AND id IN (SELECT id FROM {ids $2} AS wanted)";
}

/// A text of an offer, as it is worked on.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct CreativeRow {
    pub id: Uuid,
    pub offer_id: Uuid,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub locale: String,
    /// Sender id of an SMS, subject of a mail, title of a push notification.
    pub title: String,
    pub preheader: String,
    pub text_body: String,
    pub html_body: String,
    #[sqlx(json)]
    pub variables: Value,
    pub sms_route: Option<String>,
    pub is_active: bool,
    pub position: i64,
    /// The immutable text of the version in use.
    pub creative_version_id: Option<i64>,
    pub updated_at: Millis,
}

/// A text that never changes.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct CreativeVersionRow {
    pub id: i64,
    /// `offer_creative`, `template`, `inline` or `reply`.
    pub source_kind: String,
    pub source_id: Option<Uuid>,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub locale: String,
    pub title: String,
    pub preheader: String,
    pub text_body: String,
    pub html_body: String,
    #[sqlx(json)]
    pub variables: Value,
    pub sms_route: Option<String>,
    pub created_at: Millis,
}

/// Replaces the creatives of an offer.
pub async fn set(tx: &mut Tx, ws: WorkspaceId, offer: Uuid, rows: &[CreativeRow]) -> Result<()> {
    exec!(tx, CLEAR, ws.0, offer)?;
    for row in rows {
        exec!(
            tx,
            INSERT,
            row.id,
            ws.0,
            offer,
            row.channel.as_str(),
            &row.locale,
            &row.title,
            &row.preheader,
            &row.text_body,
            &row.html_body,
            Json(&row.variables),
            &row.sms_route,
            row.is_active,
            row.position,
            row.creative_version_id,
            row.updated_at
        )?;
    }
    Ok(())
}

/// The creatives of some offers, in their order.
pub async fn of_offers(tx: &mut Tx, ws: WorkspaceId, offers: &[Uuid]) -> Result<Vec<CreativeRow>> {
    fetch_all!(CreativeRow; tx, OF_OFFERS, ws.0, json_rows(offers))
}

/// Notes which immutable text a creative now is.
pub async fn pin(tx: &mut Tx, ws: WorkspaceId, id: Uuid, version: i64) -> Result<()> {
    exec_one!("creative"; tx, PIN, ws.0, id, version)
}

/// Keeps a text for ever; the `id` of `row` is ignored, the new one given.
pub async fn insert_version(tx: &mut Tx, ws: WorkspaceId, row: &CreativeVersionRow) -> Result<i64> {
    scalar!(
        i64; tx, INSERT_VERSION, ws.0, &row.source_kind, row.source_id, row.channel.as_str(), &row.locale, &row.title,
        &row.preheader, &row.text_body, &row.html_body, Json(&row.variables), &row.sms_route, row.created_at
    )
}

/// An immutable text.
pub async fn version(tx: &mut Tx, ws: WorkspaceId, id: i64) -> Result<Option<CreativeVersionRow>> {
    fetch_optional!(CreativeVersionRow; tx, VERSION, ws.0, id)
}

/// Those of the immutable texts that exist, in no order.
pub async fn versions(tx: &mut Tx, ws: WorkspaceId, ids: &[i64]) -> Result<Vec<CreativeVersionRow>> {
    fetch_all!(CreativeVersionRow; tx, VERSIONS, ws.0, json_rows(ids))
}
