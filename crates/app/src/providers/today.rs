//! What holds for a provider today: what its warm-up allows, and what of its limits is used.

use std::collections::HashMap;

use muster_db::providers::ProviderRow;
use muster_db::workspaces::WorkspaceRow;
use muster_db::{Tx, budgets, secrets, workspaces};
use muster_domain::clock::Millis;
use muster_domain::time::{DAY, HOUR};
use muster_domain::zone::day_in;
use serde::Serialize;

use super::ProviderView;
use super::config::ProviderConfig;
use super::secrets::secret_name;
use crate::{App, AppResult, Ctx};

/// What went through a provider, counted where it has limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderUse {
    /// In the 60 minutes that end now.
    pub hour: i64,
    /// In the 24 hours that end now.
    pub day: i64,
}

/// Key of a provider's rows among the budgets.
pub(super) fn budget_key(row: &ProviderRow) -> String {
    format!("provider:{}", row.id)
}

/// Messages that a provider may be given in a day: the smaller one of its limit and of what its warm-up allows today.
pub(super) fn per_day(
    row: &ProviderRow,
    config: &ProviderConfig,
    workspace: &WorkspaceRow,
    now: Millis,
) -> Option<i64> {
    let warm_up = config.warm_up.and_then(|plan| plan.limit_on(day_in(&workspace.timezone, now)));
    row.messages_per_day.into_iter().chain(warm_up).min()
}

/// One provider as it is now.
pub(super) async fn show(app: &App, tx: &mut Tx, ctx: &Ctx, row: ProviderRow) -> AppResult<ProviderView> {
    let mut views = show_all(app, tx, ctx, vec![row]).await?;
    views.pop().ok_or_else(|| crate::AppError::internal("a provider without a view"))
}

/// Providers as they are now.
pub(super) async fn show_all(
    app: &App,
    tx: &mut Tx,
    ctx: &Ctx,
    rows: Vec<ProviderRow>,
) -> AppResult<Vec<ProviderView>> {
    let now = app.now();
    let names = secrets::names(tx, ctx.ws).await?;
    let workspace = workspaces::get(tx, ctx.ws).await?;
    let keys: Vec<_> = rows.iter().map(budget_key).collect();
    let recent = budgets::recent(tx, ctx.ws, &keys, now - HOUR, now - DAY).await?;
    let used: HashMap<_, _> =
        recent.into_iter().map(|of| (of.budget, ProviderUse { hour: of.hour, day: of.day })).collect();
    let view = |row: ProviderRow| {
        let used = used.get(&budget_key(&row)).copied().unwrap_or_default();
        let todays_limit =
            ProviderConfig::read(&row.config).ok().and_then(|config| per_day(&row, &config, &workspace, now));
        let has_secret = names.contains(&secret_name(row.id));
        let rest = app.senders.rest_of(&row);
        let mut view = ProviderView { used: Some(used), todays_limit, ..ProviderView::new(row, has_secret) };
        if let (Some(rest), "ok") = (rest, view.state.as_str()) {
            view.state = String::from(if rest.until > now { "resting" } else { "trying" });
            view.state_reason = Some(rest.why);
            view.state_at = Some(rest.until);
        }
        view
    };
    Ok(rows.into_iter().map(view).collect())
}
