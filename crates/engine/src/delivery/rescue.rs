//! After a node died: what it may have sent is unknown, everything else is still pending.

use std::collections::BTreeMap;

use muster_db::leases;
use muster_db::runs::{RunStats, add_stats};
use muster_domain::workspace::WorkspaceId;

use super::Delivery;

const IN_DOUBT: &str = "in flight when a node stopped: perhaps sent";

impl Delivery {
    /// Ends the leases of nodes that are presumed dead; gives how many messages are in doubt. `own_past`: this process has
    /// just started as a node whose last process is dead for certain, so that its leases need not run out first.
    pub async fn rescue(&self, own_past: bool) -> muster_db::Result<i64> {
        let now = self.clock.now();
        let dead = own_past.then_some(self.node_id);
        let mut doubted = 0;
        loop {
            let mut tx = self.db.write_all().await?;
            let expired = leases::expired(&mut tx, now, dead.unwrap_or_default()).await?;
            if expired.is_empty() {
                return Ok(doubted);
            }
            for (ws, lease) in &expired {
                let variants = leases::doubt(&mut tx, *ws, lease, now, IN_DOUBT).await?;
                doubted += i64::try_from(variants.len()).unwrap_or(i64::MAX);
                count(&mut tx, *ws, lease.run_id, &variants, |s, n| s.unknown = n).await?;
                leases::release(&mut tx, *ws, lease).await?;
                tracing::warn!(
                    runId = lease.run_id,
                    messages = variants.len(),
                    "[SEND] a node stopped while sending: its window is unknown"
                );
            }
            tx.commit().await?;
        }
    }

    /// Cancels what is still pending of a run; what is in flight at this moment finishes.
    pub async fn cancel_pending(&self, tx: &mut muster_db::Tx, ws: WorkspaceId, run: i64) -> muster_db::Result<i64> {
        let variants = leases::cancel_pending(tx, ws, run, self.clock.now()).await?;
        count(tx, ws, run, &variants, |s, n| s.cancelled = n).await?;
        Ok(i64::try_from(variants.len()).unwrap_or(i64::MAX))
    }
}

async fn count(
    tx: &mut muster_db::Tx,
    ws: WorkspaceId,
    run: i64,
    variants: &[i64],
    set: impl Fn(&mut RunStats, i64),
) -> muster_db::Result<()> {
    let mut by_variant: BTreeMap<i64, i64> = BTreeMap::new();
    for v in variants {
        *by_variant.entry(*v).or_default() += 1;
    }
    for (variant_no, n) in by_variant {
        let mut stats = RunStats { variant_no, ..RunStats::default() };
        set(&mut stats, n);
        add_stats(tx, ws, run, &stats).await?;
    }
    Ok(())
}
