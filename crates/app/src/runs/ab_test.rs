//! The A/B test of a run: how its variants do, and the winner, which goes to everybody who waited for it (CAM-10).
//!
//! The time of a test runs from the last message of its sample. When it is over, the scheduler's timer, or the sweep behind it,
//! declares the winner; a person may do it at any time before. One transaction under the run's lock does all of it, so that
//! nobody gets two variants and a winner is declared once. A pause does not stop the time: what was sent is read all the same.

use muster_db::notifications::NewNotification;
use muster_db::run_tests::{self, Decision, TestResult, TestRow, TestVariant};
use muster_db::runs::{self, RunStats};
use muster_db::{Tx, campaign_parts, campaign_state, leases};
use muster_domain::experiment::verdict::{Arm, Certainty, Verdict, judge};
use muster_domain::role::Role;
use muster_domain::workspace::WorkspaceId;
use serde_json::json;
use uuid::Uuid;

use crate::ctx::AuditObject;
use crate::{App, AppError, AppResult, Ctx, notifications};

/// Declares the winner of every test whose time is over, in all workspaces.
pub async fn decide_due(app: &App) -> AppResult<()> {
    decide_due_of(app, None).await.map(drop)
}

/// Decides what is due of one workspace (`only`), or of all; gives how many tests that were. One that cannot be decided now
/// does not hold up the others.
pub(crate) async fn decide_due_of(app: &App, only: Option<WorkspaceId>) -> AppResult<i64> {
    let due = {
        let mut tx = app.db.read_all().await?;
        run_tests::due(&mut tx, app.now()).await?
    };
    let mut decided = 0;
    for (ws, run) in due.into_iter().filter(|(ws, _)| only.is_none_or(|only| only == *ws)) {
        let ctx = Ctx::system(ws, app.new_id().to_string());
        match decide(app, &ctx, run, None).await {
            Ok(()) => decided += 1,
            // Another node was faster, or somebody declared it.
            Err(AppError::Conflict { .. }) => {}
            Err(error) => {
                tracing::error!(tenantId = ws.0, runId = run, %error, "a test could not be decided; it is tried again");
            }
        }
    }
    Ok(decided)
}

/// Declares the winner of a run's test by hand; false: the newest run of the campaign has no test.
///
/// # Errors
/// 404 for a variant that the run does not have; 409 when there is a winner, or the run is over without one.
pub(crate) async fn declare(app: &App, ctx: &Ctx, campaign: Uuid, variant: &str) -> AppResult<bool> {
    let test = {
        let mut tx = app.db.read(ctx.ws).await?;
        of_campaign(&mut tx, ctx, campaign).await?
    };
    let Some(test) = test else { return Ok(false) };
    decide(app, ctx, test.run_id, Some(variant)).await?;
    Ok(true)
}

/// The test of a campaign's newest run.
pub(super) async fn of_campaign(tx: &mut Tx, ctx: &Ctx, campaign: Uuid) -> AppResult<Option<TestRow>> {
    let Some(run) = runs::latest_of(tx, ctx.ws, campaign).await? else { return Ok(None) };
    Ok(run_tests::get(tx, ctx.ws, run).await?)
}

/// Declares the variant that was chosen, or the one that leads.
async fn decide(app: &App, ctx: &Ctx, run: i64, chosen: Option<&str>) -> AppResult<()> {
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    leases::lock_run(&mut tx, ctx.ws, run).await?.ok_or(AppError::NotFound("run"))?;
    let test = run_tests::get(&mut tx, ctx.ws, run).await?.ok_or(AppError::NotFound("A/B test"))?;
    is_open(&test)?;
    let found = arms(&test, &runs::stats(&mut tx, ctx.ws, run).await?);
    let verdict = judge(test.criteria, &found);
    let winner = match chosen {
        Some(id) => test.variants.iter().find(|v| v.variant_id.eq_ignore_ascii_case(id.trim())),
        None => test.variants.get(verdict.leader),
    };
    let winner = winner.ok_or(AppError::NotFound("variant"))?;
    let rest = match test.held_from.filter(|_| test.run_status == "running") {
        Some(from) => run_tests::let_go(&mut tx, ctx.ws, run, from, winner.variant_no).await?,
        None => 0,
    };
    let result = TestResult { arms: found, rest };
    let decision = Decision { winner_no: winner.variant_no, at: now, by: ctx.user_id, result: &result };
    run_tests::decide(&mut tx, ctx.ws, run, &decision).await?;
    campaign_parts::mark_winner(&mut tx, ctx.ws, test.campaign_id, winner.variant_no, &winner.variant_id).await?;
    say(&mut tx, ctx, &test, winner, &verdict, rest, now).await?;
    tx.commit().await?;
    tracing::info!(tenantId = ctx.ws.0, correlationId = %ctx.correlation_id, campaignId = %test.campaign_id, runId = run, winner = winner.variant_id, rest, "[AB-TEST] winner declared");
    app.nudges.add(run);
    notifications::announce(app, ctx.ws);
    app.campaign_changed(ctx, test.campaign_id);
    Ok(())
}

fn is_open(test: &TestRow) -> AppResult<()> {
    if let Some(winner) = test.variants.iter().find(|v| Some(v.variant_no) == test.winner_no) {
        return Err(AppError::conflict(
            "winner_declared",
            format!("Variant {} has been declared the winner already.", winner.variant_id),
        ));
    }
    if !matches!(test.run_status.as_str(), "running" | "completed") {
        return Err(AppError::conflict(
            "invalid_state",
            format!("This campaign is {}: a winner would change nothing any more.", test.run_status),
        ));
    }
    Ok(())
}

/// What the variants of a run did, in their order.
pub(super) fn arms(test: &TestRow, stats: &[RunStats]) -> Vec<Arm> {
    let of = |v: &TestVariant| {
        let s = stats.iter().find(|s| s.variant_no == v.variant_no).copied().unwrap_or_default();
        Arm {
            recipients: s.total,
            sent: s.sent,
            delivered: s.delivered,
            opened: s.opened,
            clicked: s.clicked,
            redeemed: s.redeemed,
            revenue_e4: s.revenue_e4,
        }
    };
    test.variants.iter().map(of).collect()
}

/// In the audit log, and, where no person did it, to those who plan campaigns.
async fn say(
    tx: &mut Tx,
    ctx: &Ctx,
    test: &TestRow,
    winner: &TestVariant,
    verdict: &Verdict,
    rest: i64,
    now: i64,
) -> AppResult<()> {
    let campaign = campaign_state::look(tx, ctx.ws, test.campaign_id).await?;
    let name = campaign.map(|campaign| campaign.name).unwrap_or_default();
    let state = json!({
        "winner": winner.variant_id, "byHand": ctx.user_id.is_some(), "certainty": verdict.certainty, "pValue": verdict.p_value, "rest": rest,
    });
    let object = AuditObject::new("campaign", test.campaign_id, &name).after(&state);
    ctx.audit(tx, now, "campaign.winner_declared", object).await?;
    if ctx.user_id.is_some() {
        return Ok(());
    }
    let title = format!("{name}: variant {} won", winner.variant_id);
    let why = match verdict.certainty {
        Certainty::Clear => "The difference is clear.",
        Certainty::Unclear => "The difference may be chance.",
        Certainty::Tie => "Variants did equally well: the first of them goes on.",
        Certainty::NoData => "The sample gave no figures to compare.",
        Certainty::NotTested => "It brought the most per message.",
    };
    let goes = match rest {
        0 => String::new(),
        1 => String::from(" It goes to 1 more recipient."),
        rest => format!(" It goes to {rest} more recipients."),
    };
    let body = format!("{why}{goes}");
    let link = format!("/campaigns/{}", test.campaign_id);
    let news = NewNotification { at: now, kind: "campaign", title: &title, body: &body, link: Some(&link) };
    notifications::tell_roles(tx, ctx.ws, &[Role::Admin, Role::Manager], None, &news).await
}
