//! `sending_nodes`: which nodes send campaigns now. Not of a workspace: a node sends for all of them.

use muster_domain::clock::Millis;
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    BEAT = "INSERT INTO sending_nodes (node_id, joined_at, seen_at) VALUES ($1, $2, $2)
            ON CONFLICT (node_id) DO UPDATE SET joined_at = CASE WHEN sending_nodes.seen_at < $3 THEN excluded.joined_at ELSE sending_nodes.joined_at END, seen_at = excluded.seen_at";
    // a handful of rows
    ALIVE = "SELECT node_id, joined_at FROM sending_nodes WHERE seen_at >= $1 ORDER BY joined_at, node_id LIMIT 1000";
    LEAVE = "DELETE FROM sending_nodes WHERE node_id = $1";
    FORGET = "DELETE FROM sending_nodes WHERE node_id IN (SELECT node_id FROM sending_nodes WHERE seen_at < $1 LIMIT $2)";
}

/// A node that sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct SendingNode {
    pub node_id: Uuid,
    /// Since when it sends without having been silent for long.
    pub joined_at: Millis,
}

/// A sign of life of a node; one that said nothing since `gone` joins anew.
pub async fn beat(tx: &mut Tx, node: Uuid, now: Millis, gone: Millis) -> Result<()> {
    exec!(tx, BEAT, node, now, gone).map(drop)
}

/// The nodes that gave a sign of life since a moment, those that joined first first.
pub async fn alive(tx: &mut Tx, since: Millis) -> Result<Vec<SendingNode>> {
    fetch_all!(SendingNode; tx, ALIVE, since)
}

/// A node sends nothing any more.
pub async fn leave(tx: &mut Tx, node: Uuid) -> Result<()> {
    exec!(tx, LEAVE, node).map(drop)
}

/// Forgets nodes that have been silent since a moment, at most `limit`; gives how many.
pub async fn forget(tx: &mut Tx, before: Millis, limit: i64) -> Result<u64> {
    exec!(tx, FORGET, before, limit)
}
