//! What the outside does with a message (TRK-1): opens, clicks, opt-outs. Nobody is signed in here: the signed token says
//! which message it is about, and nothing else is believed.

mod preferences;
mod react;

pub(crate) use preferences::note_opt_out;
pub use preferences::{Preferences, load as preferences, save as save_preferences, unsubscribe};
pub use react::{TrackHit, click, open};

use muster_db::{Tx, reactions, workspaces};
use muster_domain::tracking::token::claimed_workspace;
use muster_domain::tracking::{MessageRef, TokenKey, TrackingToken};
use muster_domain::workspace::WorkspaceId;
use serde_json::json;
use uuid::Uuid;

use crate::{App, AppError, AppResult};

/// The key that signs a workspace's tracking addresses.
pub fn token_key(workspace: &workspaces::WorkspaceRow) -> AppResult<TokenKey> {
    let secret: [u8; 32] =
        workspace.signing_key.as_slice().try_into().map_err(|_| AppError::internal("signing key of a wrong length"))?;
    Ok(TokenKey::new(secret))
}

/// What a token stands for; 404 when it is not one of ours.
async fn verify(app: &App, text: &str) -> AppResult<(TrackingToken, workspaces::WorkspaceRow)> {
    let unknown = || AppError::NotFound("link");
    let ws = claimed_workspace(text).ok_or_else(unknown)?;
    let mut tx = app.db.read_all().await?;
    let all = workspaces::list(&mut tx).await?;
    let workspace = all.into_iter().find(|w| w.id == ws.0).ok_or_else(unknown)?;
    let token = token_key(&workspace)?.verify(text).map_err(|_| unknown())?;
    Ok((token, workspace))
}

/// The recipient that a token names.
async fn recipient(tx: &mut Tx, message: MessageRef) -> AppResult<reactions::ReactingRow> {
    reactions::recipient(tx, message.workspace, message.run_id, message.seq).await?.ok_or(AppError::NotFound("message"))
}

/// Tells every window that a campaign's numbers moved, and its plan, if it is one. For what is as rare as an answer.
pub(crate) fn announce(app: &App, ws: WorkspaceId, campaign_id: Uuid) {
    app.live.publish(ws, format!("campaign:{campaign_id}"), json!({}));
    app.wake.notify_one();
}

/// The same for what comes a hundred times a second: nobody is woken who has nothing to do.
fn announce_often(app: &App, ws: WorkspaceId, row: &reactions::ReactingRow) {
    app.live.publish(ws, format!("campaign:{}", row.campaign_id), json!({}));
    if row.is_of_plan {
        app.wake.notify_one();
    }
}
