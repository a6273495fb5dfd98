//! Reading the audit log (ACC-6): who did what to which object, when.

use muster_db::audit::{self, EntryRow, Search};
use muster_domain::clock::Millis;
use muster_domain::time::{moment, parse_moment, rfc3339};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::input::like;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// Most entries of one export.
const MAX_EXPORT: i64 = 100_000;

/// One thing that was done.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditView {
    pub id: i64,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub at: Millis,
    /// None: Muster itself.
    pub actor_id: Option<Uuid>,
    pub actor_name: String,
    /// `campaign.approved`, `provider.changed` …
    pub action: String,
    pub object_type: String,
    pub object_id: String,
    pub object_name: String,
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
    pub correlation_id: Option<String>,
}

/// What to list; what is not said is any.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// `campaign`, `offer`, `provider` …
    #[serde(alias = "object_type")]
    pub object_type: Option<String>,
    #[serde(alias = "object_id")]
    pub object_id: Option<String>,
    /// Beginning of the action: `campaign.` or `campaign.approved`.
    pub action: Option<String>,
    #[serde(alias = "actor_id")]
    pub actor_id: Option<Uuid>,
    /// From this moment on, RFC 3339.
    pub from: Option<String>,
    /// Before this moment, RFC 3339.
    pub to: Option<String>,
    /// Part of a person's or an object's name.
    pub search: Option<String>,
}

impl From<EntryRow> for AuditView {
    fn from(row: EntryRow) -> Self {
        Self {
            id: row.id,
            at: row.at,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            action: row.action,
            object_type: row.object_type,
            object_id: row.object_id,
            object_name: row.object_name,
            before: row.before_state.map(|json| json.0),
            after: row.after_state.map(|json| json.0),
            correlation_id: row.correlation_id,
        }
    }
}

fn search(query: AuditQuery) -> AppResult<Search> {
    let moment = |text: Option<String>, name: &str, otherwise: Millis| match text.filter(|text| !text.is_empty()) {
        None => Ok(otherwise),
        Some(text) => parse_moment(&text).ok_or_else(|| {
            AppError::malformed("bad_query", format!("{name} is not a moment: write it as 2026-01-28T09:00:00Z."))
        }),
    };
    Ok(Search {
        object_type: query.object_type.unwrap_or_default(),
        object_id: query.object_id.unwrap_or_default(),
        action_pattern: like(query.action.as_deref().unwrap_or_default()).trim_start_matches('%').to_owned(),
        actor_id: query.actor_id,
        from: moment(query.from, "from", Millis::MIN)?,
        to: moment(query.to, "to", Millis::MAX)?,
        name_pattern: like(query.search.as_deref().unwrap_or_default()),
    })
}

/// One page of the log, newest first.
pub async fn list(app: &App, ctx: &Ctx, query: AuditQuery, page: PageRequest) -> AppResult<Page<AuditView>> {
    ctx.require(Operation::ReadAudit)?;
    let search = search(query)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let total = audit::count(&mut tx, ctx.ws, &search).await?;
    let rows = audit::search(&mut tx, ctx.ws, &search, page.page_size, page.offset()).await?;
    Ok(Page::new(rows.into_iter().map(AuditView::from).collect(), page, total))
}

/// The log as CSV, newest first, at most 100,000 entries. Cells that a spreadsheet would run are made text.
pub async fn export(app: &App, ctx: &Ctx, query: AuditQuery) -> AppResult<Vec<u8>> {
    ctx.require(Operation::ReadAudit)?;
    let search = search(query)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let rows = audit::search(&mut tx, ctx.ws, &search, MAX_EXPORT, 0).await?;
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "at",
        "actor",
        "action",
        "object_type",
        "object_id",
        "object_name",
        "before",
        "after",
        "correlation_id",
    ])
    .map_err(AppError::internal)?;
    for row in rows {
        let json = |state: Option<Value>| state.map(|state| state.to_string()).unwrap_or_default();
        let view = AuditView::from(row);
        let cells = [
            rfc3339(view.at),
            view.actor_name,
            view.action,
            view.object_type,
            view.object_id,
            view.object_name,
            json(view.before),
            json(view.after),
            view.correlation_id.unwrap_or_default(),
        ];
        csv.write_record(cells.map(harmless)).map_err(AppError::internal)?;
    }
    csv.into_inner().map_err(AppError::internal)
}

/// Spreadsheets run what begins like a formula.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}
