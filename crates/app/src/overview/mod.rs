//! Home: what needs somebody, what runs, what comes, how it went.

mod figures;
mod needs;
mod pulse;
mod running;

use muster_db::home;
use muster_domain::time::{DAY, parse_moment};
use serde::Serialize;
use uuid::Uuid;

pub use figures::{Figures, Rate};
pub use needs::{Need, NeedKind};
pub use pulse::{Pulse, pulse};
pub use running::Running;

use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};

/// Days that the plan ahead shows.
const DAYS_AHEAD: i64 = 7;
/// Campaigns that the plan ahead shows at most.
const MOST_COMING: i64 = 60;
/// Campaigns of a workspace that may run at once (CAM-9).
const RUNNING_LIMIT: i64 = 5;

/// Everything that Home shows.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Home {
    /// What waits for the asker, the most urgent first.
    pub needs: Vec<Need>,
    /// Campaigns under way, with what they send.
    pub running: Vec<Running>,
    /// How many campaigns may run at once.
    pub running_limit: i64,
    /// Campaigns that start within seven days from the day asked for.
    pub coming: Vec<Coming>,
    /// The last 28 days beside the 28 before.
    pub figures: Figures,
    pub providers: Vec<Provider>,
}

/// A campaign that is going to start, or started today.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HomeComing)]
pub struct Coming {
    pub id: Uuid,
    pub name: String,
    pub channel: String,
    pub status: String,
    pub approval_status: String,
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String)]
    pub at: i64,
    /// People, where it was counted.
    pub size: Option<i64>,
}

/// A provider in use.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HomeProvider)]
pub struct Provider {
    pub id: Uuid,
    pub channel: String,
    pub kind: String,
    pub name: String,
    /// `ok` or `paused`.
    pub state: String,
    pub state_reason: Option<String>,
    #[serde(with = "muster_domain::time::moment_option")]
    #[schema(value_type = Option<String>)]
    pub state_at: Option<i64>,
}

/// Home for the asker. `today` is the moment at which the asker's day began (RFC 3339): the plan ahead and the 28 days
/// are cut into days from there; the beginning of the UTC day when not said.
pub async fn home(app: &App, ctx: &Ctx, today: Option<&str>) -> AppResult<Home> {
    ctx.require(Operation::Read)?;
    let now = app.now();
    let said = today.and_then(parse_moment).filter(|at| (now - DAY..=now).contains(at));
    let today = said.unwrap_or(now - now.rem_euclid(DAY));
    let mut tx = app.db.read(ctx.ws).await?;
    let providers = home::providers(&mut tx, ctx.ws).await?;
    let needs = needs::needs(&mut tx, ctx, &providers, now).await?;
    let running = running::running(&mut tx, ctx, now).await?;
    let coming = home::coming(&mut tx, ctx.ws, today, today + DAYS_AHEAD * DAY, MOST_COMING).await?;
    let figures = figures::figures(&mut tx, ctx, today + DAY).await?;
    Ok(Home {
        needs,
        running,
        running_limit: RUNNING_LIMIT,
        coming: coming.into_iter().map(Coming::from).collect(),
        figures,
        providers: providers.into_iter().map(Provider::from).collect(),
    })
}

impl From<home::ComingRow> for Coming {
    fn from(row: home::ComingRow) -> Self {
        let home::ComingRow { id, name, channel, status, approval_status, at, size } = row;
        Self { id, name, channel, status, approval_status, at, size }
    }
}

impl From<home::ProviderRow> for Provider {
    fn from(row: home::ProviderRow) -> Self {
        let home::ProviderRow { id, channel, kind, name, state, state_reason, state_at } = row;
        Self { id, channel, kind, name, state, state_reason, state_at }
    }
}
