//! Name, place and rules of a workspace.

use muster_db::domain_slots::{self, Free};
use muster_db::workspaces::{self, WorkspaceRow};
use muster_db::{Tx, leases};
use muster_domain::clock::Millis;
use muster_domain::domain_limit::{DomainLimit, LONG_LOST};
use muster_domain::problem::Problem;
use muster_domain::time::moment;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{JobSettings, SendingSettings};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// The settings as they are.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    pub id: Uuid,
    pub name: String,
    /// IANA name.
    pub timezone: String,
    /// ISO 4217.
    pub currency: String,
    pub locale: String,
    /// Whether a campaign needs an approval before it sends.
    pub approval_required: bool,
    /// Where the outside reaches tracking and unsubscribe links; none: nothing is tracked.
    pub public_base_url: Option<String>,
    pub sending: SendingSettings,
    pub jobs: JobSettings,
    #[serde(with = "moment")]
    #[schema(value_type = String)]
    pub updated_at: Millis,
}

/// What to change; what is not said stays.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SettingsChange {
    pub name: Option<String>,
    pub timezone: Option<String>,
    pub currency: Option<String>,
    pub locale: Option<String>,
    pub approval_required: Option<bool>,
    /// An empty text takes it away.
    pub public_base_url: Option<String>,
    pub sending: Option<SendingSettings>,
    pub jobs: Option<JobSettings>,
}

impl SettingsView {
    fn new(row: &WorkspaceRow) -> Self {
        Self {
            id: row.public_id,
            name: row.name.clone(),
            timezone: row.timezone.clone(),
            currency: row.currency.clone(),
            locale: row.locale.clone(),
            approval_required: row.approval_required,
            public_base_url: row.public_base_url.clone(),
            sending: SendingSettings::of(row),
            jobs: JobSettings::of(row),
            updated_at: row.updated_at,
        }
    }
}

/// The settings, for everybody of the workspace: there are no secrets among them.
pub async fn get(app: &App, ctx: &Ctx) -> AppResult<SettingsView> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    Ok(SettingsView::new(&workspaces::get(&mut tx, ctx.ws).await?))
}

/// Changes settings.
///
/// # Errors
/// 422 with every problem; 409 when somebody else changed them at the same time.
pub async fn update(app: &App, ctx: &Ctx, change: SettingsChange) -> AppResult<SettingsView> {
    ctx.require(Operation::ManageSettings)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let mut row = workspaces::get(&mut tx, ctx.ws).await?;
    let before = SettingsView::new(&row);
    apply(&mut row, change);
    let problems = problems(&row);
    if !problems.is_empty() {
        return Err(AppError::problems(problems));
    }
    // A change within the same millisecond still moves the stamp that caches compare with.
    row.updated_at = now.max(before.updated_at + 1);
    workspaces::update(&mut tx, &row, before.updated_at, row.updated_at).await?;
    let after = SettingsView::new(&row);
    ctx.audit(
        &mut tx,
        now,
        "settings.changed",
        AuditObject::new("workspace", row.public_id, &row.name).before(&before).after(&after),
    )
    .await?;
    if after.sending.domain_limits != before.sending.domain_limits {
        limit_anew(&mut tx, ctx, &after.sending.domain_limits, now).await?;
    }
    tx.commit().await?;
    app.senders.forget(ctx.ws);
    app.live.publish(ctx.ws, "settings", json!({}));
    super::policy::look_anew(app, ctx.ws).await;
    Ok(after)
}

/// Who waits for a slot of a domain gets one by the new limits: those before would be too slow, or too fast. All of them,
/// because a message does not say of which domain its slot is.
async fn limit_anew(tx: &mut Tx, ctx: &Ctx, limits: &[DomainLimit], now: Millis) -> AppResult<()> {
    let limited: Vec<_> = limits
        .iter()
        .map(|limit| Free { domain: limit.domain.clone(), free_at: now * 1_000 + limit.spacing() })
        .collect();
    domain_slots::give_back(tx, ctx.ws, now * 1_000, &limited).await?;
    Ok(leases::lose_slots(tx, ctx.ws, now - LONG_LOST).await?)
}

fn apply(row: &mut WorkspaceRow, change: SettingsChange) {
    let trimmed = |text: String| text.trim().to_owned();
    if let Some(name) = change.name {
        row.name = trimmed(name);
    }
    if let Some(timezone) = change.timezone {
        row.timezone = trimmed(timezone);
    }
    if let Some(currency) = change.currency {
        row.currency = trimmed(currency).to_uppercase();
    }
    if let Some(locale) = change.locale {
        row.locale = trimmed(locale);
    }
    if let Some(required) = change.approval_required {
        row.approval_required = required;
    }
    if let Some(url) = change.public_base_url {
        row.public_base_url = Some(trimmed(url).trim_end_matches('/').to_owned()).filter(|url| !url.is_empty());
    }
    // Other parts of the settings belong to other areas and stay.
    if !row.settings.is_object() {
        row.settings = json!({});
    }
    if let Some(sending) = change.sending {
        row.settings["sending"] = json!(sending);
    }
    if let Some(jobs) = change.jobs {
        row.settings["jobs"] = json!(jobs);
    }
}

fn problems(row: &WorkspaceRow) -> Vec<Problem> {
    let mut problems = SendingSettings::of(row).problems();
    problems.extend(JobSettings::of(row).problems());
    if row.name.is_empty() || row.name.chars().count() > 100 {
        problems.push(Problem::new("name", "required", "Give the workspace a name of at most 100 characters."));
    }
    if !muster_domain::zone::is_known(&row.timezone) {
        problems.push(Problem::new(
            "timezone",
            "bad_timezone",
            "This timezone is not known: use a name like Africa/Nairobi.",
        ));
    }
    if row.currency.len() != 3 || !row.currency.chars().all(|c| c.is_ascii_uppercase()) {
        problems.push(Problem::new("currency", "bad_currency", "A currency is three letters, like KES."));
    }
    if !(2..=10).contains(&row.locale.len()) || !row.locale.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        problems.push(Problem::new("locale", "bad_locale", "A language is a short code, like en or sw."));
    }
    if let Some(url) = &row.public_base_url
        && !is_base_url(url)
    {
        problems.push(Problem::new(
            "publicBaseUrl",
            "bad_url",
            "Write the address as https://campaigns.example.com, without a question mark.",
        ));
    }
    problems
}

fn is_base_url(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    url.len() <= 500
        && !host.is_empty()
        && !rest.contains(['?', '#', '@', ' ', '"', '<', '>'])
        && !rest.chars().any(char::is_control)
}
