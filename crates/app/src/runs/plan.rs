//! Starting a campaign whose content is a plan: its audience is enrolled, and its run has no recipients until the plan
//! sends something (`crate::plans`).

use muster_db::Tx;
use muster_db::campaign_state::{self, CampaignState};
use muster_domain::clock::Millis;

use super::RunStateView;
use super::launch::{Evaluation, Trigger, begin, finish};
use crate::{App, AppError, AppResult, Ctx, plans};

pub(super) async fn launch(
    app: &App,
    ctx: &Ctx,
    mut tx: Tx,
    campaign: &CampaignState,
    trigger: Trigger,
    now: Millis,
) -> AppResult<RunStateView> {
    let (version, plan) = plans::ready(&mut tx, ctx, campaign.id).await?;
    if !campaign_state::variants(&mut tx, ctx.ws, campaign.id).await?.is_empty() {
        return Err(AppError::invalid("test_in_plan", "A plan has no A/B test: take it out of the campaign."));
    }
    let launch = begin(app, ctx, &mut tx, campaign, trigger, now).await?;
    plans::fix(app, ctx, &mut tx, (campaign.id, launch.run), version, &plan).await?;
    let started = app.now();
    let (customers, control) =
        plans::enrol_audience(app, ctx, &mut tx, campaign, launch.run, (version, &plan), now).await?;
    if customers == 0 {
        return Err(AppError::invalid(
            "empty_audience",
            "Nobody is in the audience of this plan now. Look at its segments.",
        ));
    }
    let evaluation = Evaluation { started, recipients: 0, customers, control };
    let state = finish(app, ctx, tx, campaign, &launch, &evaluation).await?;
    app.plan_changed(ctx.ws, campaign.id);
    Ok(state)
}
