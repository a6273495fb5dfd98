//! What a database may do to its connections.

use futures::future::join_all;
use muster_db::Engine;
use muster_tests::both_engines;

both_engines! {
    async fn connections_that_a_server_ended_are_not_seen_by_anybody(world: World) {
        if world.engine == Engine::Sqlite {
            return;
        }
        let admin = world.admin().await;
        // Several connections, all of them used a moment ago.
        let open = join_all((0..6).map(|_| world.app.db.read(world.ws))).await;
        assert!(open.iter().all(Result::is_ok));
        drop(open);
        let ended = "SELECT COUNT(*) FROM (SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()) AS ended";
        assert!(world.number(ended).await >= 5);
        let answers = join_all((0..12).map(|_| admin.get("/api/v1/campaigns"))).await;
        answers.into_iter().for_each(|answer| drop(answer.ok()));
    }
}
