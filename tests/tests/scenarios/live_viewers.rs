//! A thousand people look at a campaign, and their browsers sleep.

use muster_app::auth;
use muster_tests::steps::{balances, many, started};
use muster_tests::viewers::{Door, NETWORK, Viewer};
use muster_tests::{Engine, Moody, World, both_engines};
use serde_json::json;
use tokio::time::Duration;

const VIEWERS: usize = 1_000;

async fn door(world: &World) -> Door {
    let (ctx, id) = auth::operator(&world.app, "admin@jamii.co.ke").await.unwrap().unwrap();
    let (_, token) = auth::issue_token(&world.app, &ctx, id, "viewer", &["*".into()], None).await.unwrap();
    Door::open(world.router.clone(), &token)
}

async fn sleepers(door: &Door) -> Vec<Viewer> {
    let mut viewers = Vec::with_capacity(VIEWERS);
    for _ in 0..VIEWERS {
        viewers.push(door.viewer().await);
    }
    viewers
}

both_engines! {
    async fn a_campaign_does_not_wait_for_them_and_says_little(mut_world: World) {
        let mut world = mut_world;
        let _moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        let gold = many(&world, &admin, 6_000).await;
        let sleepers = sleepers(&door(&world).await).await;
        let mut attentive = world.app.live.subscribe(world.ws);
        // A hundred chunks.
        let (campaign, run) = started(&admin, &gold, json!({"throttleConfig": {"batchSize": 60}})).await;
        let topic = format!("campaign:{campaign}");
        let (done, mut is_done) = tokio::sync::oneshot::channel::<()>();
        let pushes = tokio::spawn(async move {
            let mut pushes = 0;
            loop {
                tokio::select! {
                    biased;
                    changes = attentive.next() => {
                        let changes = changes.expect("a hub");
                        pushes += changes.iter().filter(|change| change.topic == topic && change.data.get("counters").is_some()).count();
                    }
                    _ = &mut is_done => return pushes,
                }
            }
        });
        while !world.app.delivery.cycle(world.ws, run, 100_000).await.unwrap().finished {}
        let counters = balances(&admin, &campaign).await["counters"].clone();
        assert_eq!(counters["sent"], 6_000);
        done.send(()).unwrap();
        let pushes = pushes.await.unwrap();
        // No time has passed on the clock of this world, however long it took.
        assert!((1..=10).contains(&pushes), "{pushes} pushes of one topic");
        drop(sleepers);
    }
}

#[test]
fn a_sleeper_costs_a_bounded_number_of_octets_and_a_reader_gets_the_newest_state_ten_times_a_second_at_most() {
    const SECONDS: u64 = 60;
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let world = World::new(Engine::Sqlite).await;
        let door = door(&world).await;
        let mut sleepers = sleepers(&door).await;
        let mut reader = door.viewer().await;
        // From here on nobody waits for anything but virtual time.
        tokio::time::pause();
        let reader = tokio::spawn(async move { reader.read_until("\"the last\"").await });
        let padding = "x".repeat(1_000);
        for n in 0..SECONDS * 50 {
            world.app.live.publish(world.ws, "campaign:a", json!({"sent": n, "padding": padding}));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        world.app.live.publish(world.ws, "campaign:a", json!({"sent": "the last"}));

        let pushes = reader.await.unwrap().matches("event: change").count();
        assert!((1..=10 * SECONDS as usize).contains(&pushes), "{pushes} pushes in {SECONDS} s");
        // Two dozen messages and what the network holds, of three thousand.
        for sleeper in &mut sleepers {
            let kept = sleeper.read_until("\"the last\"").await;
            assert!(kept.len() < 24 * 1_200 + NETWORK, "{} octets were kept for somebody who sleeps", kept.len());
        }
    });
}
