//! Executions whose node is gone.

use std::sync::Arc;

use muster_db::job_leases::{self, LostRow};
use muster_db::job_plans;
use muster_domain::workspace::WorkspaceId;

use super::book::BookError;
use super::desk::Desk;
use super::run::Run;

/// Takes over what nobody holds any more: those whose lease ran out, and those of dead processes of this node.
pub(super) async fn take_over(desk: &Arc<Desk>, lost: &[LostRow]) -> Vec<Run> {
    let mut taken = Vec::new();
    for row in lost {
        match take_one(desk, row).await {
            Ok(run) => taken.extend(run),
            Err(error) => {
                tracing::error!(execution = %row.id, %error, "it could not be taken over; it is tried again");
                desk.rests().failed(row.id, desk.now());
            }
        }
    }
    taken
}

async fn take_one(desk: &Arc<Desk>, lost: &LostRow) -> Result<Option<Run>, BookError> {
    let ws = WorkspaceId(lost.tenant_id);
    let now = desk.now();
    let mut tx = desk.db.write(ws).await?.hastily();
    let node = desk.node.id.to_string();
    let holder = desk.holder(desk.ids.uuid(now), &node);
    let Some(row) = job_leases::take_over(&mut tx, ws, lost, now, &holder).await? else { return Ok(None) };
    let job = job_plans::get(&mut tx, ws, row.job_id).await?.ok_or(BookError::NoJob)?;
    tracing::warn!(execution = %lost.id, job = %job.code, "its node is gone: this one goes on with it");
    let run = Run::begin(desk, &mut tx, ws, &job, row, &holder, true).await?;
    tx.commit().await?;
    Ok(Some(run))
}
