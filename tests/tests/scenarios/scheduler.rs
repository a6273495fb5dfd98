//! What runs by itself goes on, whatever breaks.

use std::sync::atomic::Ordering;
use std::time::Duration;

use muster_tests::{Moody, both_engines};
use serde_json::json;

use crate::dead_letters::{agree, started};

both_engines! {
    async fn a_turn_that_breaks_down_is_tried_again(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.breaks_down.store(2, Ordering::SeqCst);
        let campaign = started(&admin, 3).await;
        let stop = tokio_util::sync::CancellationToken::new();
        let scheduler = muster_app::scheduler::start(&world.app, &stop);
        let path = format!("/api/v1/campaigns/{campaign}");
        let finished = async {
            while admin.get(&path).await.ok()["status"] != "completed" {
                world.clock.advance(1_000);
                world.app.wake.notify_one();
            }
        };
        tokio::time::timeout(Duration::from_secs(30), finished).await.expect("its campaign goes on");
        stop.cancel();
        scheduler.await.unwrap();
        assert_eq!(moody.breaks_down.load(Ordering::SeqCst), 0);
        assert_eq!(agree(&world, &admin, &campaign).await["counters"]["sent"], json!(3));
    }
}
