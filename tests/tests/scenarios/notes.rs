//! Notes of how far a node has come with the messages of a lease, one by one.

use muster_db::Engine;
use muster_db::leases::{Lease, LeaseKind, Progress};
use muster_db::notes::{self, Noted};
use muster_tests::{World, both_engines};
use uuid::Uuid;

/// A lease of a campaign that runs.
async fn leased(world: &World) -> Lease {
    let customer = world.customer("Asha", "Otieno", "asha@example.org", "").await;
    let sent = world.sent_campaign("Offer", "email", &[customer]).await;
    let (campaign, ws, run_id, token) = (world.id(sent.campaign_id), world.ws.0, sent.run_id, Uuid::from_u128(5));
    world
        .script(&format!(
            "UPDATE campaigns SET status = 'running' WHERE id = {campaign};
             UPDATE campaign_runs SET status = 'running' WHERE id = {run_id};
             INSERT INTO send_leases (tenant_id, run_id, kind, first_seq, last_seq, token, node_id, expires_at, noted_seq)
             VALUES ({ws}, {run_id}, 'fresh', 1, 500, {token}, {token}, 0, 0)",
            token = world.id(token),
        ))
        .await;
    let id = world.number("SELECT MAX(id) FROM send_leases").await;
    Lease { id, run_id, kind: LeaseKind::Fresh { first: 1, last: 500 }, token }
}

async fn note(world: &World, lease: &Lease, before: i64, noted: i64) -> muster_db::Result<Noted> {
    let at = world.app.now();
    let progress = Progress { noted, done: before, at };
    notes::note(&world.app.db, world.ws, lease, before, progress, at + 60_000).await
}

/// Connections whose last statement was a note, and that do nothing now.
const LINES: &str = "FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle' AND query LIKE 'UPDATE send_leases SET noted_seq%'";

both_engines! {
    async fn a_note_follows_the_one_before(world: World) {
        let lease = leased(&world).await;
        assert_eq!(note(&world, &lease, 0, 50).await.unwrap(), Noted::Now);
        assert_eq!(note(&world, &lease, 0, 50).await.unwrap(), Noted::Before, "its answer was lost");
        assert_eq!(note(&world, &lease, 0, 60).await.unwrap(), Noted::Refused, "it follows another");
        assert_eq!(note(&world, &lease, 50, 100).await.unwrap(), Noted::Now);
        let other = Lease { token: Uuid::from_u128(6), ..lease };
        if world.engine == Engine::Postgres {
            assert_eq!(note(&world, &other, 100, 150).await.unwrap(), Noted::Refused, "somebody else's lease");
            assert_eq!(world.number("SELECT noted_seq FROM send_leases").await, 100);
            world.script("UPDATE campaigns SET status = 'paused'").await;
            assert_eq!(note(&world, &lease, 100, 150).await.unwrap(), Noted::Refused, "it was paused");
        }
    }

    async fn a_note_is_one_statement_over_a_connection_of_its_own(world: World) {
        if world.engine == Engine::Sqlite {
            return;
        }
        let lease = leased(&world).await;
        for noted in [50, 100, 150] {
            assert_eq!(note(&world, &lease, noted - 50, noted).await.unwrap(), Noted::Now);
        }
        // The end of a transaction would have been the last thing that it said.
        assert_eq!(world.number(&format!("SELECT COUNT(*) {LINES}")).await, 1);
    }

    async fn a_note_whose_connection_is_lost_goes_over_another(world: World) {
        if world.engine == Engine::Sqlite {
            return;
        }
        let lease = leased(&world).await;
        assert_eq!(note(&world, &lease, 0, 50).await.unwrap(), Noted::Now);
        assert_eq!(world.number(&format!("SELECT COUNT(*) FROM (SELECT pg_terminate_backend(pid, 5000) {LINES}) AS ended")).await, 1);
        // One that was used a moment ago is not asked whether it lives: whoever notes hears of it and tries again.
        let first = note(&world, &lease, 50, 100).await;
        let second = note(&world, &lease, 50, 100).await.unwrap();
        assert_eq!(second, if first.is_err() { Noted::Now } else { Noted::Before });
        assert_eq!(world.number("SELECT noted_seq FROM send_leases").await, 100);
    }
}
