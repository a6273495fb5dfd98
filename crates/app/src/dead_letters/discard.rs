//! Letting letters be: they leave the queue, and their messages stay failed or unknown in the ledger.

use muster_db::{campaign_state, dead_letters, runs};
use serde::Serialize;

use super::{LetterChoice, noted};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// What was let be.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiscardedView {
    pub messages: u64,
}

/// Takes letters out of the queue for good.
pub async fn discard(app: &App, ctx: &Ctx, choice: &LetterChoice) -> AppResult<DiscardedView> {
    ctx.require(Operation::RunCampaigns)?;
    let chosen = choice.checked()?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let facts = runs::facts(&mut tx, ctx.ws, chosen.run_id).await?.ok_or(AppError::NotFound("run"))?;
    if !campaign_state::exists(&mut tx, ctx.ws, facts.campaign_id).await? {
        return Err(AppError::NotFound("campaign"));
    }
    let messages = dead_letters::discard(&mut tx, ctx.ws, chosen).await?;
    if messages > 0 {
        let after = noted(choice, messages, facts.number);
        let object = AuditObject::new("campaign", facts.campaign_id, &facts.name).after(&after);
        ctx.audit(&mut tx, now, "campaign.dead_letters_discarded", object).await?;
    }
    tx.commit().await?;
    app.campaign_changed(ctx, facts.campaign_id);
    Ok(DiscardedView { messages })
}
