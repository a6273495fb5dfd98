//! Segments as the API shows and takes them.

use muster_db::segment_sql::MemberRow;
use muster_db::segments::{SegmentRow, SegmentRunRow, UseRow};
use muster_domain::segment::SegmentType;
use muster_domain::time::rfc3339;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// A segment.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    #[serde(rename = "type")]
    pub kind: SegmentType,
    /// `{logic, conditions}`; an empty object for a static segment.
    #[schema(value_type = Object)]
    pub criteria: Value,
    /// How many people it had at `evaluatedAt`.
    pub size_estimate: Option<i64>,
    pub evaluated_at: Option<String>,
    /// A change may name the version it saw.
    pub version: i64,
    /// Campaigns that include or exclude it.
    pub campaign_count: i64,
    pub created_at: String,
    pub updated_at: String,
    pub archived_at: Option<String>,
}

impl Segment {
    pub(super) fn of(row: SegmentRow, campaign_count: i64) -> Self {
        Self {
            id: row.id,
            name: row.name,
            description: row.description,
            kind: row.kind,
            criteria: row.criteria.0,
            size_estimate: row.size_estimate,
            evaluated_at: row.evaluated_at.map(rfc3339),
            version: row.version,
            campaign_count,
            created_at: rfc3339(row.created_at),
            updated_at: rfc3339(row.updated_at),
            archived_at: row.archived_at.map(rfc3339),
        }
    }
}

/// A segment with what uses it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SegmentDetail {
    #[serde(flatten)]
    pub segment: Segment,
    /// The campaigns that include or exclude it, newest first, at most 100.
    pub used_by: Vec<SegmentUse>,
    /// People on the list of a static segment, whether they may be sent to or not.
    pub listed: Option<i64>,
}

/// A campaign that uses a segment.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SegmentUse {
    pub id: Uuid,
    pub name: String,
    pub status: String,
}

impl From<UseRow> for SegmentUse {
    fn from(row: UseRow) -> Self {
        Self { id: row.id, name: row.name, status: row.status }
    }
}

/// A segment to make.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NewSegment {
    pub name: String,
    pub description: String,
    /// `dynamic` when not said, or `static` when there are customers and no criteria.
    #[serde(rename = "type")]
    pub kind: Option<SegmentType>,
    /// `{logic, conditions}` or a short filter such as `{"client_types": ["Broker"], "last_order_max_days": 90}`.
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    /// The first members of a static segment.
    #[serde(alias = "customer_ids")]
    pub customer_ids: Vec<i64>,
}

/// What to change of a segment; what is left out stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SegmentChange {
    pub name: Option<String>,
    pub description: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    /// Refused with 409 when the segment has another version by now.
    pub version: Option<i64>,
}

/// What to estimate: criteria, or a stored segment.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EstimateRequest {
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    pub segment_id: Option<Uuid>,
    /// Members to show, at most 20; 5 when not said.
    pub sample_size: Option<i64>,
    /// Members with a higher id than this, for others than the last ones.
    pub sample_after: Option<i64>,
    /// Also count what each line leaves; a second pass over the customers.
    pub with_lines: bool,
}

/// How large a segment would be now. Counted, not guessed.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    pub size: i64,
    /// Active customers who did not opt out.
    pub total: i64,
    pub with_email: i64,
    pub with_phone: i64,
    pub sample: Vec<Member>,
    /// The query with its placeholders.
    pub query: String,
    /// The values of the placeholders, in order.
    #[schema(value_type = Vec<Object>)]
    pub parameters: Vec<Value>,
    /// The criteria in canonical form.
    #[schema(value_type = Object)]
    pub criteria: Value,
    pub lines: Option<Vec<LineSize>>,
    /// Milliseconds that counting took.
    pub duration_ms: i64,
    pub evaluated_at: String,
}

/// What a line of the criteria leaves.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LineSize {
    /// Positions from the top: `[2, 0]` is the first line of the third one.
    pub path: Vec<usize>,
    pub size: i64,
}

/// Somebody in a segment.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    pub id: i64,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub city: Option<String>,
    pub tier: Option<String>,
    pub client_type: Option<String>,
    pub last_purchase_date: Option<String>,
    pub last_order_at: Option<String>,
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        Self {
            id: row.id,
            first_name: row.first_name,
            last_name: row.last_name,
            email: row.email,
            phone: row.phone,
            city: row.city,
            tier: row.tier,
            client_type: row.client_type,
            last_purchase_date: row.last_purchase_date.map(muster_domain::time::date),
            last_order_at: row.last_order_at.map(rfc3339),
        }
    }
}

/// One evaluation.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SegmentRun {
    pub id: i64,
    /// The campaign run that it was for, if any.
    pub run_id: Option<i64>,
    pub size: i64,
    pub duration_ms: i64,
    pub evaluated_at: String,
    pub query: String,
}

impl From<SegmentRunRow> for SegmentRun {
    fn from(row: SegmentRunRow) -> Self {
        Self {
            id: row.id,
            run_id: row.run_id,
            size: row.size,
            duration_ms: row.duration_ms,
            evaluated_at: rfc3339(row.evaluated_at),
            query: row.query,
        }
    }
}

/// Customers to put on a static segment's list, or to take from it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MemberList {
    #[serde(alias = "ids")]
    pub customer_ids: Vec<i64>,
    pub external_ids: Vec<String>,
    pub emails: Vec<String>,
    /// In international spelling.
    pub phones: Vec<String>,
    /// Any of these as people paste them: one a line, or separated by commas, semicolons or tabs.
    pub text: String,
}

/// What became of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListOutcome {
    /// Put on the list, or taken from it.
    pub changed: i64,
    /// Found, but nothing was to be done: already there, or not on the list.
    pub unchanged: i64,
    /// What names no customer, as it was written; the first 1,000.
    pub not_found: Vec<String>,
    pub not_found_count: i64,
    /// People on the list now.
    pub listed: i64,
}

/// A field that conditions may name.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SegmentField {
    /// Name in criteria.
    pub name: String,
    pub label: String,
    #[serde(rename = "type")]
    pub kind: muster_domain::criteria::FieldKind,
    pub operators: Vec<muster_domain::criteria::Operator>,
    /// Whether it is a custom attribute of the workspace.
    pub is_custom: bool,
    /// Values that customers have, the commonest first; counted over the newest 20,000 customers.
    pub values: Vec<FieldValue>,
}

/// A value of a field.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldValue {
    pub value: String,
    pub customers: i64,
}
