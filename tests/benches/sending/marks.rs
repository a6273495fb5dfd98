//! Leases and marks by the functions that the engine calls, two chunks at a time as it has them.

use std::time::Instant;

use muster_db::deliveries::{self, Mark};
use muster_db::leases::{self, Lease, NOTED_IN_FULL, Progress};
use muster_db::notes;
use muster_db::runs::{self, RunStats};
use muster_domain::recipient::RecipientStatus;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::campaign::Place;
use crate::plain::Rows;

/// Later than any measurement ends, milliseconds since 1970.
const NEVER: i64 = i64::MAX / 2;

/// Seconds for all the rows. No scheduler may be running.
pub async fn lease_and_mark(place: &Place, rows: &Rows) -> f64 {
    let begun = Instant::now();
    let (one, other) = tokio::join!(slot(place, rows), slot(place, rows));
    one.and(other).expect("a database");
    begun.elapsed().as_secs_f64()
}

/// One chunk after the other: the outcomes of the last are written where the next is leased.
async fn slot(place: &Place, rows: &Rows) -> muster_db::Result<()> {
    let (ws, end) = (WorkspaceId(rows.workspace), rows.first + rows.count);
    let mut held: Option<(Lease, i64, i64)> = None;
    loop {
        let mut tx = place.app.db.write(ws).await?;
        let position = leases::lock_run(&mut tx, ws, rows.run).await?.expect("the run");
        if let Some((lease, first, last)) = held.take() {
            assert!(leases::release(&mut tx, ws, &lease).await?);
            let marks: Vec<Mark> = (first..=last).map(delivered).collect();
            let marked = deliveries::mark(&mut tx, ws, rows.run, &marks, 0).await?;
            let n = last - first + 1;
            assert_eq!(i64::try_from(marked.len()), Ok(n));
            let stats = RunStats { sent: n, delivered: n, ..RunStats::default() };
            runs::add_stats(&mut tx, ws, rows.run, &stats).await?;
        }
        let first = position.next_seq;
        if first >= end {
            return tx.commit().await;
        }
        let last = (first + rows.chunk).min(end) - 1;
        let noted = if rows.window.is_some() { 0 } else { NOTED_IN_FULL };
        let (token, node) = (place.app.new_id(), Uuid::nil());
        let lease = leases::take_fresh(&mut tx, ws, rows.run, first, last, token, node, NEVER, noted).await?;
        tx.commit().await?;
        if let Some(window) = rows.window {
            note(place, ws, &lease, (first, last), window).await?;
        }
        held = Some((lease, first, last));
    }
}

/// A note for every window, with what a rescue needs to know in the first.
async fn note(place: &Place, ws: WorkspaceId, lease: &Lease, chunk: (i64, i64), window: i64) -> muster_db::Result<()> {
    let planned: Vec<leases::Planned> = (chunk.0..=chunk.1).map(|seq| (seq, 1, 0)).collect();
    let mut tx = place.app.db.write(ws).await?;
    leases::plan(&mut tx, ws, lease, &planned).await?;
    tx.commit().await?;
    let mut before = 0;
    while before < chunk.1 {
        let noted = (before.max(chunk.0 - 1) + window).min(chunk.1);
        let progress = Progress { noted, done: before, at: 1 };
        let written = notes::note(&place.app.db, ws, lease, before, progress, NEVER).await?;
        assert_eq!(written, notes::Noted::Now);
        before = noted;
    }
    Ok(())
}

fn delivered(seq: i64) -> Mark {
    Mark {
        seq,
        status: RecipientStatus::Delivered.code(),
        attempts: 1,
        content_no: Some(1),
        choice: Some(0),
        sent_at: Some(1),
        delivered_at: Some(1),
        ..Mark::default()
    }
}
