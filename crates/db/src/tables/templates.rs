//! `templates` and `template_versions`: messages of their own, for campaigns without an offer.

use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO templates (id, tenant_id, name, channel, locale, subject, preheader, text_body, html_body, variables, sms_route, version, creative_version_id, created_by, created_at, updated_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)";
    GET = "SELECT id, name, channel, locale, subject, preheader, text_body, html_body, variables, sms_route, version, creative_version_id, created_by, created_at, updated_at, archived_at
           FROM templates WHERE tenant_id = $1 AND id = $2";
    // templates_tenant
    PAGE = "SELECT id, name, channel, locale, subject, preheader, text_body, html_body, variables, sms_route, version, creative_version_id, created_by, created_at, updated_at, archived_at FROM templates
            WHERE tenant_id = $1 AND (archived_at IS NOT NULL) = $2 AND ($3 = '' OR lower(name) LIKE $3 ESCAPE '\\') AND ($4 = '' OR channel = $4)
            ORDER BY id DESC LIMIT $5 OFFSET $6";
    COUNT = "SELECT COUNT(*) FROM templates
             WHERE tenant_id = $1 AND (archived_at IS NOT NULL) = $2 AND ($3 = '' OR lower(name) LIKE $3 ESCAPE '\\') AND ($4 = '' OR channel = $4)";
    UPDATE = "UPDATE templates SET name = $3, locale = $4, subject = $5, preheader = $6, text_body = $7, html_body = $8, variables = $9, sms_route = $10, version = $11, creative_version_id = $12, updated_at = $13, archived_at = $14
              WHERE tenant_id = $1 AND id = $2 AND updated_at = $15";
    INSERT_VERSION = "INSERT INTO template_versions (template_id, version, tenant_id, creative_version_id, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    VERSIONS = "SELECT version, creative_version_id, created_by, created_at FROM template_versions WHERE tenant_id = $1 AND template_id = $2 ORDER BY version DESC LIMIT 200";
}

/// A message template.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct TemplateRow {
    pub id: Uuid,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub locale: String,
    /// Subject of a mail, title of a push notification, sender id of an SMS.
    pub subject: String,
    pub preheader: String,
    pub text_body: String,
    pub html_body: String,
    #[sqlx(json)]
    pub variables: Value,
    pub sms_route: Option<String>,
    pub version: i64,
    /// The immutable text of this version.
    pub creative_version_id: Option<i64>,
    pub created_by: Option<Uuid>,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub archived_at: Option<Millis>,
}

/// A version in the list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TemplateVersionRow {
    pub version: i64,
    pub creative_version_id: i64,
    pub created_by: Option<Uuid>,
    pub created_at: Millis,
}

/// What to list: empty strings mean any.
#[derive(Debug, Clone, Default)]
pub struct TemplateFilter<'a> {
    pub archived: bool,
    /// A LIKE pattern in lower case.
    pub pattern: &'a str,
    pub channel: &'a str,
}

/// Adds a template.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, row: &TemplateRow) -> Result<()> {
    exec!(
        tx,
        INSERT,
        row.id,
        ws.0,
        &row.name,
        row.channel.as_str(),
        &row.locale,
        &row.subject,
        &row.preheader,
        &row.text_body,
        &row.html_body,
        Json(&row.variables),
        &row.sms_route,
        row.version,
        row.creative_version_id,
        row.created_by,
        row.created_at
    )?;
    Ok(())
}

/// One template.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<TemplateRow>> {
    fetch_optional!(TemplateRow; tx, GET, ws.0, id)
}

/// A page of templates, newest first, with the number of all.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &TemplateFilter<'_>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<TemplateRow>, i64)> {
    let rows = fetch_all!(TemplateRow; tx, PAGE, ws.0, filter.archived, filter.pattern, filter.channel, limit, offset)?;
    let count = scalar!(i64; tx, COUNT, ws.0, filter.archived, filter.pattern, filter.channel)?;
    Ok((rows, count))
}

/// Writes a template that was read as `seen_at`. Its channel never changes.
pub async fn update(tx: &mut Tx, ws: WorkspaceId, row: &TemplateRow, seen_at: Millis) -> Result<()> {
    exec_one!(
        "template"; tx, UPDATE, ws.0, row.id, &row.name, &row.locale, &row.subject, &row.preheader, &row.text_body,
        &row.html_body, Json(&row.variables), &row.sms_route, row.version, row.creative_version_id, row.updated_at,
        row.archived_at, seen_at
    )
}

/// Notes a version.
pub async fn insert_version(
    tx: &mut Tx,
    ws: WorkspaceId,
    row: &TemplateRow,
    creative_version: i64,
    by: Option<Uuid>,
) -> Result<()> {
    exec!(tx, INSERT_VERSION, row.id, row.version, ws.0, creative_version, by, row.updated_at)?;
    Ok(())
}

/// The versions of a template, newest first, at most 200.
pub async fn versions(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Vec<TemplateVersionRow>> {
    fetch_all!(TemplateVersionRow; tx, VERSIONS, ws.0, id)
}
