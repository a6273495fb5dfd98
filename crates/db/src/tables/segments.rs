//! `segments`, `segment_members`, `segment_runs`: who is meant, the lists picked by hand, and how large they were when.
//! Conditions are compiled in [`crate::segment_sql`].

use muster_domain::clock::Millis;
use muster_domain::segment::SegmentType;
use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO segments (id, tenant_id, name, description, type, criteria, created_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    GET = "SELECT id, name, description, type AS kind, criteria, size_estimate, evaluated_at, version, created_by, created_at, updated_at, archived_at
           FROM segments WHERE tenant_id = $1 AND id = $2";
    // segments_tenant
    PAGE = "SELECT id, name, description, type AS kind, criteria, size_estimate, evaluated_at, version, created_by, created_at, updated_at, archived_at
            FROM segments WHERE tenant_id = $1 AND (archived_at IS NOT NULL) = ($2 = 'true') AND ($3 = '' OR type = $3)
            AND ($4 = '' OR lower(name) LIKE $4 ESCAPE '\\' OR lower(description) LIKE $4 ESCAPE '\\') ORDER BY id DESC LIMIT $5 OFFSET $6";
    COUNT = "SELECT COUNT(*) FROM segments WHERE tenant_id = $1 AND (archived_at IS NOT NULL) = ($2 = 'true') AND ($3 = '' OR type = $3)
             AND ($4 = '' OR lower(name) LIKE $4 ESCAPE '\\' OR lower(description) LIKE $4 ESCAPE '\\')";
    UPDATE = "UPDATE segments SET name = $3, description = $4, type = $5, criteria = $6, version = version + 1, updated_at = $7
              WHERE tenant_id = $1 AND id = $2 AND version = $8 AND archived_at IS NULL";
    ARCHIVE = "UPDATE segments SET archived_at = $3, version = version + 1, updated_at = $3 WHERE tenant_id = $1 AND id = $2 AND archived_at IS NULL";
    RESTORE = "UPDATE segments SET archived_at = NULL, version = version + 1, updated_at = $3 WHERE tenant_id = $1 AND id = $2 AND archived_at IS NOT NULL";
    SET_SIZE = "UPDATE segments SET size_estimate = $3, evaluated_at = $4 WHERE tenant_id = $1 AND id = $2 AND (evaluated_at IS NULL OR evaluated_at <= $4)";
    // campaign_segment_mappings_segment
    USED_BY = "SELECT DISTINCT c.id, c.name, c.status FROM campaign_segment_mappings m JOIN campaigns c ON c.id = m.campaign_id
               WHERE m.tenant_id = $1 AND m.segment_id = $2 AND c.deleted_at IS NULL ORDER BY c.id DESC LIMIT 100";
    USES = "SELECT m.segment_id, COUNT(DISTINCT m.campaign_id) FROM campaign_segment_mappings m JOIN campaigns c ON c.id = m.campaign_id
            WHERE m.tenant_id = $1 AND c.deleted_at IS NULL AND m.segment_id IN (SELECT id FROM {uuids $2} AS s) GROUP BY m.segment_id";
    INSERT_RUN = "INSERT INTO segment_runs (tenant_id, segment_id, run_id, size, duration_ms, evaluated_at, query) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id";
    // segment_runs_segment
    RUNS = "SELECT id, run_id, size, duration_ms, evaluated_at, query FROM segment_runs WHERE tenant_id = $1 AND segment_id = $2 ORDER BY id DESC LIMIT $3 OFFSET $4";
    COUNT_RUNS = "SELECT COUNT(*) FROM segment_runs WHERE tenant_id = $1 AND segment_id = $2";
    ADD_MEMBERS = "INSERT INTO segment_members (segment_id, customer_id, tenant_id, added_at) SELECT $2, k.id, $1, $4 FROM {ids $3} AS r CROSS JOIN customers k
                   WHERE k.id = r.id AND k.tenant_id = $1 AND k.erased_at IS NULL ON CONFLICT DO NOTHING";
    REMOVE_MEMBERS = "DELETE FROM segment_members WHERE tenant_id = $1 AND segment_id = $2 AND customer_id IN (SELECT id FROM {ids $3} AS r)";
    COUNT_MEMBERS = "SELECT COUNT(*) FROM segment_members WHERE tenant_id = $1 AND segment_id = $2";
    EXISTING = "SELECT k.id, r.id FROM {ids $2} AS r CROSS JOIN customers k WHERE k.id = r.id AND k.tenant_id = $1 AND k.erased_at IS NULL";
    // customers_external, customers_email, customers_phone
    BY_EXTERNAL = "SELECT k.id, r.word FROM {rows $2: word text} AS r CROSS JOIN customers k WHERE k.external_id = r.word AND k.tenant_id = $1 AND k.erased_at IS NULL";
    BY_EMAIL = "SELECT k.id, r.word FROM {rows $2: word text} AS r CROSS JOIN customers k WHERE k.email = r.word AND k.tenant_id = $1 AND k.erased_at IS NULL";
    BY_PHONE = "SELECT k.id, r.word FROM {rows $2: word text} AS r CROSS JOIN customers k WHERE k.phone = r.word AND k.tenant_id = $1 AND k.erased_at IS NULL";
    // What pick-lists offer: the commonest values of the newest 20,000 customers, so that it stays quick on a million. customers_page
    KNOWN = "WITH n AS (SELECT tier, city, client_type, preferred_language, preferred_product, currency, timezone FROM customers
                        WHERE tenant_id = $1 AND erased_at IS NULL AND is_active ORDER BY id DESC LIMIT 20000)
             SELECT f.field, f.value, f.customers FROM (
             SELECT 'tier' AS field, tier AS value, COUNT(*) AS customers FROM n GROUP BY tier
             UNION ALL SELECT 'city', city, COUNT(*) FROM n GROUP BY city
             UNION ALL SELECT 'client_type', client_type, COUNT(*) FROM n GROUP BY client_type
             UNION ALL SELECT 'preferred_language', preferred_language, COUNT(*) FROM n GROUP BY preferred_language
             UNION ALL SELECT 'preferred_product', preferred_product, COUNT(*) FROM n GROUP BY preferred_product
             UNION ALL SELECT 'currency', currency, COUNT(*) FROM n GROUP BY currency
             UNION ALL SELECT 'timezone', timezone, COUNT(*) FROM n GROUP BY timezone) AS f
             WHERE f.value IS NOT NULL AND f.value <> '' ORDER BY f.customers DESC, f.value LIMIT 700";
    // customer_attributes' key over the newest customers
    KNOWN_TEXTS = "SELECT d.name AS field, a.text_value AS value, COUNT(*) AS customers FROM customer_attributes a JOIN attribute_definitions d ON d.id = a.attribute_id
                   WHERE d.tenant_id = $1 AND d.value_type = 'text' AND a.text_value IS NOT NULL
                   AND a.customer_id IN (SELECT id FROM (SELECT id FROM customers WHERE tenant_id = $1 ORDER BY id DESC LIMIT 20000) AS n)
                   GROUP BY d.name, a.text_value ORDER BY COUNT(*) DESC, a.text_value LIMIT 500";
}

/// Criteria as a column holds them.
pub type Criteria = Json<Value>;

/// A segment.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SegmentRow {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    #[sqlx(try_from = "String")]
    pub kind: SegmentType,
    /// In canonical form; an empty object for a static segment.
    pub criteria: Criteria,
    /// At `evaluated_at`.
    pub size_estimate: Option<i64>,
    pub evaluated_at: Option<Millis>,
    /// Counts changes; a change names the one it saw.
    pub version: i64,
    pub created_by: Option<Uuid>,
    pub created_at: Millis,
    pub updated_at: Millis,
    pub archived_at: Option<Millis>,
}

/// What to list; empty texts mean any.
#[derive(Debug, Clone, Default)]
pub struct SegmentFilter {
    pub is_archived: bool,
    pub kind: Option<SegmentType>,
    /// A LIKE pattern in lower case, escaped with a backslash.
    pub pattern: String,
}

impl SegmentFilter {
    fn binds(&self) -> (&'static str, &'static str, String) {
        (
            if self.is_archived { "true" } else { "false" },
            self.kind.map_or("", SegmentType::as_str),
            self.pattern.clone(),
        )
    }
}

/// A campaign that includes or excludes a segment.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct UseRow {
    pub id: Uuid,
    pub name: String,
    pub status: String,
}

/// One evaluation.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SegmentRunRow {
    pub id: i64,
    /// The campaign run it was for, if any.
    pub run_id: Option<i64>,
    pub size: i64,
    pub duration_ms: i64,
    pub evaluated_at: Millis,
    pub query: String,
}

/// An evaluation to record.
#[derive(Debug, Clone)]
pub struct NewSegmentRun<'a> {
    pub segment_id: Uuid,
    pub run_id: Option<i64>,
    pub size: i64,
    pub duration_ms: i64,
    pub at: Millis,
    pub query: &'a str,
}

/// A value that a field has, and how many of the newest customers have it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KnownValue {
    pub field: String,
    pub value: String,
    pub customers: i64,
}

/// How a list of customers names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    ExternalId,
    Email,
    Phone,
}

/// Adds a segment.
pub async fn insert(tx: &mut Tx, ws: WorkspaceId, new: &SegmentRow) -> Result<()> {
    exec!(
        tx,
        INSERT,
        new.id,
        ws.0,
        &new.name,
        &new.description,
        new.kind.as_str(),
        &new.criteria,
        new.created_by,
        new.created_at
    )?;
    Ok(())
}

/// One segment, archived or not.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Option<SegmentRow>> {
    fetch_optional!(SegmentRow; tx, GET, ws.0, id)
}

/// A page of segments, newest first.
pub async fn page(
    tx: &mut Tx,
    ws: WorkspaceId,
    filter: &SegmentFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<SegmentRow>> {
    let (archived, kind, search) = filter.binds();
    fetch_all!(SegmentRow; tx, PAGE, ws.0, archived, kind, &search, limit, offset)
}

/// How many segments there are.
pub async fn count(tx: &mut Tx, ws: WorkspaceId, filter: &SegmentFilter) -> Result<i64> {
    let (archived, kind, search) = filter.binds();
    scalar!(i64; tx, COUNT, ws.0, archived, kind, &search)
}

/// Writes name, description, type and criteria of a segment that was read in `row.version`.
pub async fn update(tx: &mut Tx, ws: WorkspaceId, row: &SegmentRow, now: Millis) -> Result<()> {
    exec_one!("segment"; tx, UPDATE, ws.0, row.id, &row.name, &row.description, row.kind.as_str(), &row.criteria, now, row.version)
}

/// Takes a segment out of the lists.
pub async fn archive(tx: &mut Tx, ws: WorkspaceId, id: Uuid, now: Millis) -> Result<()> {
    exec_one!("segment"; tx, ARCHIVE, ws.0, id, now)
}

/// Brings an archived segment back.
pub async fn restore(tx: &mut Tx, ws: WorkspaceId, id: Uuid, now: Millis) -> Result<()> {
    exec_one!("segment"; tx, RESTORE, ws.0, id, now)
}

/// The campaigns, not deleted ones, that include or exclude a segment; at most 100, newest first.
pub async fn used_by(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<Vec<UseRow>> {
    fetch_all!(UseRow; tx, USED_BY, ws.0, id)
}

/// How many campaigns use each of some segments.
pub async fn uses(tx: &mut Tx, ws: WorkspaceId, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    fetch_all!((Uuid, i64); tx, USES, ws.0, sql::json_rows(ids))
}

/// Records an evaluation, and its size on the segment unless a later one is there.
pub async fn record_run(tx: &mut Tx, ws: WorkspaceId, run: &NewSegmentRun<'_>) -> Result<i64> {
    exec!(tx, SET_SIZE, ws.0, run.segment_id, run.size, run.at)?;
    scalar!(i64; tx, INSERT_RUN, ws.0, run.segment_id, run.run_id, run.size, run.duration_ms, run.at, run.query)
}

/// Evaluations, newest first.
pub async fn runs(tx: &mut Tx, ws: WorkspaceId, id: Uuid, limit: i64, offset: i64) -> Result<Vec<SegmentRunRow>> {
    fetch_all!(SegmentRunRow; tx, RUNS, ws.0, id, limit, offset)
}

/// How many evaluations there were.
pub async fn count_runs(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<i64> {
    scalar!(i64; tx, COUNT_RUNS, ws.0, id)
}

/// Adds customers of the workspace to a static segment; gives how many were not in it.
pub async fn add_members(tx: &mut Tx, ws: WorkspaceId, id: Uuid, customers: &[i64], now: Millis) -> Result<u64> {
    exec!(tx, ADD_MEMBERS, ws.0, id, sql::json_rows(customers), now)
}

/// Takes customers out of a static segment; gives how many were in it.
pub async fn remove_members(tx: &mut Tx, ws: WorkspaceId, id: Uuid, customers: &[i64]) -> Result<u64> {
    exec!(tx, REMOVE_MEMBERS, ws.0, id, sql::json_rows(customers))
}

/// How many customers a static segment lists, whether they may be sent to or not.
pub async fn count_members(tx: &mut Tx, ws: WorkspaceId, id: Uuid) -> Result<i64> {
    scalar!(i64; tx, COUNT_MEMBERS, ws.0, id)
}

/// Those of some ids that are customers of the workspace.
pub async fn existing(tx: &mut Tx, ws: WorkspaceId, ids: &[i64]) -> Result<Vec<i64>> {
    let rows = fetch_all!((i64, i64); tx, EXISTING, ws.0, sql::json_rows(ids))?;
    Ok(rows.into_iter().map(|(id, _)| id).collect())
}

#[derive(serde::Serialize)]
struct Word<'a> {
    word: &'a str,
}

/// Customers by external ids, addresses or numbers, each with the word that found it.
pub async fn find(tx: &mut Tx, ws: WorkspaceId, naming: Naming, words: &[String]) -> Result<Vec<(i64, String)>> {
    let rows: Vec<Word<'_>> = words.iter().map(|word| Word { word }).collect();
    match naming {
        Naming::ExternalId => fetch_all!((i64, String); tx, BY_EXTERNAL, ws.0, sql::json_rows(&rows)),
        Naming::Email => fetch_all!((i64, String); tx, BY_EMAIL, ws.0, sql::json_rows(&rows)),
        Naming::Phone => fetch_all!((i64, String); tx, BY_PHONE, ws.0, sql::json_rows(&rows)),
    }
}

/// Values for pick-lists, the commonest first.
pub async fn known_values(tx: &mut Tx, ws: WorkspaceId) -> Result<Vec<KnownValue>> {
    let mut values = fetch_all!(KnownValue; tx, KNOWN, ws.0)?;
    values.extend(fetch_all!(KnownValue; tx, KNOWN_TEXTS, ws.0)?);
    Ok(values)
}
