//! What is kept for a time only goes in batches, so that nobody waits for long.

use muster_app::tidying;
use muster_domain::time::DAY;
use muster_tests::{Engine, both_engines};

both_engines! {
    async fn old_rows_of_every_kind_go_a_batch_at_a_time(world: World) {
        let (ws, now) = (world.ws.0, world.app.now());
        let old = now - 100 * DAY;
        let user = world.id(world.app.new_id());
        let numbers = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 25)";
        let blob = |n: &str| match world.engine {
            Engine::Sqlite => format!("CAST({n} AS BLOB)"),
            Engine::Postgres => format!("convert_to(CAST({n} AS TEXT), 'UTF8')"),
        };
        let admin = "(SELECT id FROM users LIMIT 1)";
        world.script(&format!(
            "{numbers} INSERT INTO dead_letters (run_id, seq, tenant_id, cause, failed_at) SELECT 1, n, {ws}, 'no_answer:::', {old} FROM n;
             INSERT INTO dead_letters (run_id, seq, tenant_id, cause, failed_at) VALUES (1, 99, {ws}, 'no_answer:::', {now});
             {numbers} INSERT INTO rate_spends (tenant_id, budget, at, lease_id, messages) SELECT {ws}, 'b', {old} + n, 0, 1 FROM n;
             {numbers} INSERT INTO message_attempts (tenant_id, run_id, seq, at, provider, outcome, error) SELECT {ws}, 1, n, {old}, 'p', 'retry', '' FROM n;
             {numbers} INSERT INTO sessions (token_hash, tenant_id, user_id, created_at, last_seen_at, expires_at) SELECT {}, {ws}, {admin}, {old}, {old}, {old} FROM n;
             {numbers} INSERT INTO idempotency_keys (tenant_id, asker_id, name, token, progress, method, target, fingerprint, begun_at, lease_until, node_id, process_id)
             SELECT {ws}, {user}, 'k' || n, {user}, 'done', 'POST', '/', {}, {old}, {old}, {user}, {user} FROM n",
            blob("n"), blob("n")
        ))
        .await;
        let left = async || {
            let mut left = Vec::new();
            for (table, moment) in [("dead_letters", "failed_at"), ("rate_spends", "at"), ("message_attempts", "at"), ("sessions", "expires_at"), ("idempotency_keys", "begun_at")] {
                left.push(world.number(&format!("SELECT COUNT(*) FROM {table} WHERE {moment} < {now}")).await);
            }
            left
        };
        assert!(tidying::forget_old(&world.app, 10).await.unwrap(), "there is more");
        assert_eq!(left().await, [15; 5]);
        assert!(tidying::forget_old(&world.app, 10).await.unwrap());
        assert!(!tidying::forget_old(&world.app, 10).await.unwrap());
        assert_eq!(left().await, [0; 5]);
        assert_eq!(world.number("SELECT COUNT(*) FROM dead_letters").await, 1, "what is young stays");
    }
}
