//! A request for approval as the outside sees it.

use muster_db::approvals::{ApprovalRow, DecisionRow};
use muster_domain::clock::Millis;
use muster_domain::money::from_e4;
use muster_domain::time::{moment, moment_option};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::campaigns::{CampaignPreview, CampaignView, Readiness};

/// A request in the inbox.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalView {
    pub id: Uuid,
    /// `campaign` or `offer`.
    pub object_type: String,
    pub object_id: Uuid,
    pub object_version: i64,
    pub name: String,
    /// `pending`, `approved`, `rejected`, `withdrawn` or `expired`.
    pub status: String,
    pub required_approvals: i64,
    pub given_approvals: i64,
    /// Messages, as they were counted when it was submitted.
    pub audience_size: Option<i64>,
    /// A decimal.
    pub cost: Option<String>,
    pub currency: String,
    pub note: String,
    pub channel: Option<String>,
    pub objective: Option<String>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub scheduled_at: Option<Millis>,
    pub timezone: Option<String>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub due_at: Option<Millis>,
    pub submitted_by: Uuid,
    pub submitted_by_name: String,
    #[serde(with = "moment")]
    #[schema(value_type = String, format = "date-time")]
    pub submitted_at: Millis,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub decided_at: Option<Millis>,
    /// Whether the asker may decide; false for makers, editors and people without the right.
    pub may_decide: bool,
    /// Why not, for people.
    pub why_not: Option<String>,
}

/// A request with everything that a decision needs.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalDetail {
    #[serde(flatten)]
    pub approval: ApprovalView,
    /// The campaign as it is now; none for an offer.
    pub campaign: Option<CampaignView>,
    pub readiness: Option<Readiness>,
    /// Messages as three real customers would get them.
    pub samples: Vec<CampaignPreview>,
    /// The version approved last, if there was one.
    pub previous: Option<Previous>,
    /// Every field that differs from it, or from nothing.
    pub changes: Vec<Change>,
    pub decisions: Vec<DecisionView>,
}

/// The version approved last.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Previous {
    pub version: i64,
    pub audience_size: Option<i64>,
    pub cost: Option<String>,
    #[serde(with = "moment_option")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub approved_at: Option<Millis>,
    /// The campaign as it was, by the names of the API.
    #[schema(value_type = Option<Object>)]
    pub snapshot: Option<Value>,
}

/// A field that differs.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    pub field: String,
    #[schema(value_type = Option<Object>)]
    pub before: Value,
    #[schema(value_type = Option<Object>)]
    pub after: Value,
}

/// What somebody decided.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecisionView {
    pub user_id: Uuid,
    pub user_name: String,
    pub is_approved: bool,
    pub comment: String,
    #[serde(with = "moment")]
    #[schema(value_type = String, format = "date-time")]
    pub decided_at: Millis,
}

impl From<DecisionRow> for DecisionView {
    fn from(d: DecisionRow) -> Self {
        Self {
            user_id: d.user_id,
            user_name: d.user_name,
            is_approved: d.is_approved,
            comment: d.comment,
            decided_at: d.decided_at,
        }
    }
}

/// `why_not` is the reason for which the asker may not decide, if there is one.
pub(crate) fn view(row: ApprovalRow, currency: &str, why_not: Option<String>) -> ApprovalView {
    ApprovalView {
        id: row.id,
        object_type: row.object_type,
        object_id: row.object_id,
        object_version: row.object_version,
        name: row.object_name,
        required_approvals: row.required_approvals,
        given_approvals: row.given_approvals,
        audience_size: row.audience_size,
        cost: row.cost_e4.map(|e4| from_e4(e4).to_string()),
        currency: currency.to_owned(),
        note: row.note,
        channel: row.channel,
        objective: row.objective,
        scheduled_at: row.scheduled_at,
        timezone: row.timezone,
        due_at: row.due_at,
        submitted_by: row.submitted_by,
        submitted_by_name: row.submitted_by_name,
        submitted_at: row.submitted_at,
        decided_at: row.decided_at,
        may_decide: row.status == "pending" && why_not.is_none(),
        status: row.status,
        why_not,
    }
}
