//! The workspace's communication policy.

use muster_db::policies::{self, PolicyRow};
use muster_db::runs;
use muster_domain::policy::Policy;
use muster_domain::workspace::WorkspaceId;
use serde_json::{from_value, json};

use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// The workspace's policy; the empty one until one is kept.
pub async fn policy(app: &App, ctx: &Ctx) -> AppResult<Policy> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    Ok(policies::of_workspace(&mut tx, ctx.ws).await?.map(|row| read(&row)).unwrap_or_default())
}

/// Keeps a policy in place of the one before.
///
/// # Errors
/// 422 with every problem.
pub async fn put_policy(app: &App, ctx: &Ctx, policy: Policy) -> AppResult<Policy> {
    ctx.require(Operation::ManageSettings)?;
    let problems = policy.problems();
    if !problems.is_empty() {
        return Err(AppError::problems(problems));
    }
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let WorkspaceId(number) = ctx.ws;
    tx.lock_name(&format!("policy:{number}")).await?;
    let seen = policies::of_workspace(&mut tx, ctx.ws).await?;
    let before = seen.as_ref().map(read).unwrap_or_default();
    let row = PolicyRow {
        id: app.new_id(),
        campaign_id: None,
        quiet_hours: policy.quiet_hours.as_ref().map(|quiet| json!(quiet)),
        frequency_caps: json!(policy.frequency_caps),
        // Always later than before: runs notice a new policy by it.
        updated_at: seen.as_ref().map_or(now, |seen| now.max(seen.updated_at + 1)),
    };
    policies::put(&mut tx, ctx.ws, seen.as_ref(), &row).await?;
    ctx.audit(
        &mut tx,
        now,
        "policy.changed",
        AuditObject::new("policy", "workspace", "Communication policy").before(&before).after(&policy),
    )
    .await?;
    tx.commit().await?;
    app.live.publish(ctx.ws, "settings", json!({}));
    look_anew(app, ctx.ws).await;
    Ok(policy)
}

/// Has the scheduler look at the running campaigns of a workspace: what their messages wait for is perhaps other now.
pub(super) async fn look_anew(app: &App, ws: WorkspaceId) {
    let alive = async {
        let mut tx = app.db.read_all().await?;
        runs::alive(&mut tx).await
    };
    match alive.await {
        Ok(alive) => alive.iter().filter(|run| run.tenant_id == ws.0).for_each(|run| app.nudges.add(run.run_id)),
        Err(error) => tracing::warn!(%error, "running campaigns learn of new rules when they send next"),
    }
    app.wake.notify_one();
}

/// What a row says; what cannot be read any more counts as not set.
pub(crate) fn read(row: &PolicyRow) -> Policy {
    Policy {
        quiet_hours: row.quiet_hours.clone().and_then(|json| from_value(json).ok()),
        frequency_caps: from_value(row.frequency_caps.clone()).unwrap_or_default(),
    }
}
