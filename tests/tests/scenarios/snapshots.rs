//! What was sent is shown again as it was, until its reader is erased.

use muster_tests::{Mood, Moody, both_engines};
use serde_json::{Value, json};

use crate::dead_letters::{agree, execute, started};

both_engines! {
    async fn what_was_sent_is_shown_again_until_its_reader_is_erased(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p1-", Mood::LosesTheAnswer);
        let campaign = started(&admin, 4).await;
        execute(&admin).await;
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!((&live["counters"]["sent"], &live["counters"]["unknown"]), (&json!(3), &json!(1)));
        let run = live["runId"].as_i64().unwrap();
        let kept = |table: &str| format!("SELECT COUNT(*) FROM {table} WHERE run_id = {run}");
        assert_eq!((world.number(&kept("packed_snapshots")).await, world.number(&kept("message_snapshots")).await), (1, 1));

        // The address and the text stay as they were, whatever is changed.
        let customers = admin.get("/api/v1/customers?sort=id").await.ok();
        let who = |name: &str| customers.as_array().unwrap().iter().find(|c| c["firstName"] == name).unwrap()["id"].as_i64().unwrap();
        admin.patch(&format!("/api/v1/customers/{}", who("P2")), json!({"firstName": "Renamed", "email": "elsewhere@example.org"})).await.ok();
        let list = |page: Value| -> Vec<(String, Value)> { page.as_array().unwrap().iter().map(|r| (r["id"].as_str().unwrap().to_owned(), r["address"].clone())).collect() };
        let page = list(admin.get(&format!("/api/v1/campaigns/{campaign}/recipients")).await.ok());
        let mut addresses: Vec<_> = page.iter().map(|(_, address)| address.as_str().unwrap()).collect();
        addresses.sort_unstable();
        assert_eq!(addresses, ["p0-x@example.org", "p1-x@example.org", "p2-x@example.org", "p3-x@example.org"]);
        let text = async |address: &str| {
            let message = &page.iter().find(|(_, a)| a == address).unwrap().0;
            let path = format!("/api/v1/campaigns/{campaign}/recipients/{}", message.replace(':', "/"));
            admin.get(&path).await.ok()["text"].as_str().unwrap().to_owned()
        };
        for n in 0..4 {
            assert_eq!(text(&format!("p{n}-x@example.org")).await, format!("Hi P{n}"));
        }

        // One of those that were taken, and the one in doubt.
        for name in ["P0", "P1"] {
            admin.post(&format!("/api/v1/customers/{}/erase", who(name)), json!({})).await.ok();
        }
        assert_eq!((text("p0-x@example.org").await, text("p1-x@example.org").await), ("Hi ".into(), "Hi ".into()), "nothing tells who it was");
        assert_eq!((text("p2-x@example.org").await, text("p3-x@example.org").await), ("Hi P2".into(), "Hi P3".into()));
        let after = list(admin.get(&format!("/api/v1/campaigns/{campaign}/recipients")).await.ok());
        assert!(after.iter().all(|(_, address)| address != "p0-x@example.org" && address != "p1-x@example.org"), "{after:?}");
        assert_eq!(after.iter().filter(|(_, address)| address == "p2-x@example.org" || address == "p3-x@example.org").count(), 2);
    }

    /// Mail servers name what they queue. That is no reason to write a chunk a row at a time.
    async fn the_number_by_which_a_server_knows_a_message_is_kept_and_shown(mut_world: World) {
        let mut world = mut_world;
        let moody = Moody::carries(&mut world);
        let admin = world.admin().await;
        moody.is("p", Mood::TakesByNumber);
        moody.is("p1-", Mood::PutsOff(None));
        let campaign = started(&admin, 80).await;
        execute(&admin).await;
        let shown = async || -> Vec<(String, Value)> {
            let page = admin.get(&format!("/api/v1/campaigns/{campaign}/recipients?pageSize=100")).await.ok();
            let one = |r: &Value| (r["address"].as_str().unwrap_or_default().to_owned(), r["messageId"].clone());
            page.as_array().unwrap().iter().map(one).collect()
        };
        let taken: Vec<_> = shown().await.into_iter().filter(|(_, id)| !id.is_null()).collect();
        assert_eq!(taken.len(), 79);
        assert!(taken.iter().all(|(address, id)| *id == json!(format!("q-{address}"))), "{taken:?}");
        let in_rows = "SELECT COUNT(*) FROM run_recipients WHERE provider_message_id IS NOT NULL";
        assert_eq!(world.number(in_rows).await, 0, "what a chunk has in common is written in one");

        // What goes at a later try has a row of its own, and its number there.
        moody.is("p1-", Mood::TakesByNumber);
        world.clock.advance(3_600_000);
        execute(&admin).await;
        let all = shown().await;
        assert!(all.iter().all(|(address, id)| *id == json!(format!("q-{address}"))), "{all:?}");
        assert_eq!((all.len(), world.number(in_rows).await), (80, 1));
        let live = agree(&world, &admin, &campaign).await;
        assert_eq!(live["counters"]["sent"], json!(80));
    }
}
