//! The nodes that send now, and which part of a relay's connections each of them may use.
//!
//! A node gives a sign of life every few seconds while it sends. One that is silent for half a minute is gone, and its part
//! goes to the others. One that joins counts at once, but waits until the others have noticed: so together they never open
//! more connections than the relay allows, but for those of a node that was silent for so long and still holds some.

use std::sync::Arc;

use muster_db::sending_nodes::{self, SendingNode};
use muster_db::{Db, Result};
use muster_domain::clock::{Clock, Millis};
use muster_domain::time::SECOND;
use uuid::Uuid;

/// A sign of life is given, and the others are looked at, this often.
const BEAT_EVERY: Millis = 4 * SECOND;
/// A node that gave none for this long is gone.
const GONE_AFTER: Millis = 30 * SECOND;
/// A node that joins waits this long for the others to notice.
const SETTLED_AFTER: Millis = 10 * SECOND;

/// This process among the nodes that send.
pub(super) struct Nodes {
    db: Db,
    clock: Arc<dyn Clock>,
    id: Uuid,
    seen: tokio::sync::Mutex<Arc<Seen>>,
}

/// The nodes as they were when they were looked at.
pub(super) struct Seen {
    /// None: this process has sent nothing yet.
    at: Option<Millis>,
    me: Uuid,
    alive: Vec<SendingNode>,
}

impl Nodes {
    pub(super) fn new(db: Db, clock: Arc<dyn Clock>, id: Uuid) -> Self {
        let seen = Seen { at: None, me: id, alive: Vec::new() };
        Self { db, clock, id, seen: tokio::sync::Mutex::new(Arc::new(seen)) }
    }

    /// Gives a sign of life, when it is time for one, and says who is there.
    pub(super) async fn look(&self) -> Result<Arc<Seen>> {
        let mut seen = self.seen.lock().await;
        let now = self.clock.now();
        if seen.at.is_none_or(|at| now - at >= BEAT_EVERY) {
            let mut tx = self.db.write_all().await?;
            sending_nodes::beat(&mut tx, self.id, now, now - GONE_AFTER).await?;
            let alive = sending_nodes::alive(&mut tx, now - GONE_AFTER).await?;
            tx.commit().await?;
            *seen = Arc::new(Seen { at: Some(now), me: self.id, alive });
        }
        Ok(Arc::clone(&seen))
    }

    /// The same, of a process that has sent something.
    pub(super) async fn stay(&self) -> Result<Option<Arc<Seen>>> {
        let has_sent = self.seen.lock().await.at.is_some();
        if has_sent { self.look().await.map(Some) } else { Ok(None) }
    }

    /// Leaves its part to the others.
    pub(super) async fn leave(&self) -> Result<()> {
        let mut seen = self.seen.lock().await;
        if seen.at.is_some() {
            let mut tx = self.db.write_all().await?;
            sending_nodes::leave(&mut tx, self.id).await?;
            tx.commit().await?;
            *seen = Arc::new(Seen { at: None, me: self.id, alive: Vec::new() });
        }
        Ok(())
    }
}

impl Seen {
    /// How many of so many connections this node may have open; 0: the others have them all.
    pub(super) fn share(&self, connections: usize) -> usize {
        let Some(rank) = self.alive.iter().position(|node| node.node_id == self.me) else { return 0 };
        let has_settled = self.at.is_some_and(|at| at - self.alive[rank].joined_at >= SETTLED_AFTER);
        if self.alive.len() > 1 && !has_settled {
            return 0;
        }
        connections / self.alive.len() + usize::from(rank < connections % self.alive.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(connections: usize, joined: &[Millis], at: Millis) -> Vec<usize> {
        let node = |(n, joined_at): (usize, &Millis)| SendingNode {
            node_id: Uuid::from_u128(n as u128),
            joined_at: *joined_at,
        };
        let alive: Vec<_> = joined.iter().enumerate().map(node).collect();
        let seen = |node: &SendingNode| Seen { at: Some(at), me: node.node_id, alive: alive.clone() };
        alive.iter().map(|node| seen(node).share(connections)).collect()
    }

    #[test]
    fn nodes_share_what_there_is_and_who_joins_waits() {
        assert_eq!(shares(10, &[0], 0), [10], "who is alone waits for nobody");
        assert_eq!(shares(10, &[0, 0, 0], SETTLED_AFTER), [4, 3, 3]);
        assert_eq!(shares(10, &[0, 50_000], 50_000), [5, 0], "the first one makes room at once");
        assert_eq!(shares(10, &[0, 50_000], 50_000 + SETTLED_AFTER), [5, 5]);
        assert_eq!(shares(2, &[0, 0, 0], SETTLED_AFTER), [1, 1, 0], "never more than there are");
    }
}
