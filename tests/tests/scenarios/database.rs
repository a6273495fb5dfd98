//! What a database may do to its connections.

use futures::future::join_all;
use muster_db::{Db, Engine};
use muster_tests::process::Proxy;
use muster_tests::{World, both_engines};

/// How often connections say `Sync` while so many transactions that only look are begun and ended.
async fn syncs(world: &World, transactions: usize) -> u64 {
    let (server, name) = world.database_url.rsplit_once('/').expect("a database");
    let (host, port) = server.rsplit_once(':').expect("a port");
    let proxy = Proxy::to(port.parse().expect("a number"));
    let db = Db::open(&format!("{host}:{}/{name}", proxy.address.port())).await.expect("a database");
    for _ in 0..transactions {
        db.read(world.ws).await.expect("a transaction").commit().await.expect("an end");
    }
    db.close().await;
    proxy.syncs()
}

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

    async fn a_connection_that_comes_back_at_rest_is_asked_once_whether_it_lives(world: World) {
        if world.engine == Engine::Sqlite {
            return;
        }
        let asked = syncs(&world, 40).await - syncs(&world, 0).await;
        // Closing the pool spares the last ones, and whoever was idle for a second is asked again.
        assert!((30..60).contains(&asked), "{asked} for 40");
    }
}
