//! Home, the frame's counters, notifications, search.

use muster_app::home::Home;
use muster_app::{App, notifications};
use muster_db::Db;
use muster_db::notifications::NewNotification;
use muster_domain::role::Role;
use muster_tests::{Client, Engine, both_engines};
use serde_json::json;

both_engines! {
    async fn an_empty_workspace_has_a_calm_home(world: World) {
        let admin = world.admin().await;
        let home = admin.get("/api/v1/home?today=2026-11-23T21:00:00Z").await.ok();
        assert_eq!(home["needs"], json!([]));
        assert_eq!(home["running"], json!([]));
        assert_eq!(home["runningLimit"], 5);
        assert_eq!(home["figures"]["revenue"], "0.00");
        assert_eq!(home["figures"]["currency"], "KES");
        assert_eq!(home["figures"]["revenueDays"].as_array().unwrap().len(), 28);
        assert_eq!(home["figures"]["opened"], json!(null), "nothing is tracked without an address");
        let pulse = admin.get("/api/v1/pulse").await.ok();
        let still = json!({"approvals": 0, "cards": 0, "jobs": 0, "running": 0, "sentPerMinute": 0, "unread": 0});
        assert_eq!(pulse, still);
    }

    async fn notifications_reach_roles_but_not_the_one_who_did_it(world: World) {
        let peter = world.person("Peter Odhiambo", Role::Approver).await;
        let grace = world.person("Grace Chebet", Role::SalesRep).await;
        let me = peter.get("/api/v1/session").await.ok()["user"]["id"].as_str().unwrap().parse().unwrap();
        let at = world.app.now();
        let new = NewNotification { at, kind: "approval", title: "Summer Sale 2024", body: "Waits for you", link: None };
        let mut tx = world.app.db.write(world.ws).await.unwrap();
        notifications::tell_roles(&mut tx, world.ws, &[Role::Approver, Role::Admin], None, &new).await.unwrap();
        let own = NewNotification { title: "Your own", ..new.clone() };
        notifications::tell_roles(&mut tx, world.ws, &[Role::Approver], Some(me), &own).await.unwrap();
        tx.commit().await.unwrap();

        let list = peter.get("/api/v1/notifications").await.ok();
        assert_eq!(list.as_array().unwrap().len(), 1);
        assert_eq!(list[0]["title"], "Summer Sale 2024");
        assert_eq!(list[0]["isRead"], false);
        assert_eq!(grace.get("/api/v1/notifications").await.ok(), json!([]));
        assert_eq!(peter.get("/api/v1/pulse").await.ok()["unread"], 1);
        let read = json!({"up_to": list[0]["id"]});
        assert_eq!(peter.post("/api/v1/notifications/read", read.clone()).await.ok(), json!(1));
        assert_eq!(peter.post("/api/v1/notifications/read", read).await.ok(), json!(0));
        assert_eq!(peter.get("/api/v1/pulse").await.ok()["unread"], 0);
    }

    async fn search_finds_people_and_named_things(world: World) {
        let admin = world.admin().await;
        let wanjiku = json!({"firstName": "Wanjiku", "lastName": "Kamau", "phone": "+254722418077", "city": "Thika"});
        admin.post("/api/v1/customers", wanjiku).await.ok();
        admin.post("/api/v1/campaigns", json!({"name": "Karibu Wanjiku 100%", "channel": "sms"})).await.ok();
        let found = admin.get("/api/v1/search?q=wanj").await.ok();
        let names: Vec<_> = found.as_array().unwrap().iter().map(|hit| (&hit["kind"], &hit["name"])).collect();
        assert_eq!(
            names,
            [(&json!("campaign"), &json!("Karibu Wanjiku 100%")), (&json!("customer"), &json!("Wanjiku Kamau"))]
        );
        assert_eq!(found[1]["detail"], "Thika · +254722418077");
        assert_eq!(admin.get("/api/v1/search?q=0722418").await.ok()[0]["name"], "Wanjiku Kamau");
        assert_eq!(admin.get("/api/v1/search?q=100%25").await.ok()[0]["kind"], "campaign");
    }

    async fn search_takes_signs_for_what_they_are(world: World) {
        let admin = world.admin().await;
        for text in ["", "%", "_", "!", "'", "+254"] {
            let query: String = text.bytes().map(|b| format!("%{b:02X}")).collect();
            assert_eq!(admin.get(&format!("/api/v1/search?q={query}")).await.ok(), json!([]), "{text}");
        }
    }

    async fn the_sample_workspace_looks_like_a_real_one(world: World) {
        let admin = world.admin().await;
        let made = admin.post("/api/v1/setup/sample", json!({})).await.ok();
        assert_eq!(made["customers"], 570);
        let home = admin.get("/api/v1/home").await.ok();
        let running: Vec<_> = home["running"].as_array().unwrap().iter().map(|c| &c["name"]).collect();
        assert_eq!(running, ["Q1 Broker Outreach"], "paced, so it is still under way");
        let needs = home["needs"].as_array().unwrap();
        assert!(needs.iter().any(|need| need["kind"] == "approval" && need["title"] == "Back-to-school data bundle"));
        let coming: Vec<_> = home["coming"].as_array().unwrap().iter().map(|c| &c["name"]).collect();
        assert!(coming.contains(&&json!("VIP thank-you weekend, Nairobi")));
        assert!(home["figures"]["sent"].as_i64().unwrap() > 50);
        assert_ne!(home["figures"]["revenue"], "0.00");
        assert!(admin.get("/api/v1/pulse").await.ok()["cards"].as_i64().unwrap() >= 4);
        assert_eq!(admin.post("/api/v1/setup/sample", json!({})).await.refused(409), "not_empty");
        let viewer = world.person("Halima Omar", Role::Viewer).await;
        viewer.post("/api/v1/setup/sample", json!({})).await.refused(403);
    }

    async fn the_sample_needs_no_approvals_where_a_workspace_has_none(world: World) {
        let admin = world.admin().await;
        admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
        admin.post("/api/v1/setup/sample", json!({})).await.ok();
        assert_eq!(admin.get("/api/v1/home").await.ok()["running"][0]["name"], "Q1 Broker Outreach");
    }

    async fn the_sample_keeps_its_own_currency_where_a_workspace_has_another(world: World) {
        let admin = world.admin().await;
        admin.patch("/api/v1/settings", json!({"currency": "USD"})).await.ok();
        admin.post("/api/v1/setup/sample", json!({})).await.ok();
        let credits = "SELECT COUNT(*) FROM rewards WHERE type = 'credit' AND currency = 'KES'";
        assert_eq!(world.number(credits).await, 2);
    }

    async fn every_place_says_the_same_rate(world: World) {
        let admin = world.admin().await;
        admin.post("/api/v1/setup/sample", json!({})).await.ok();
        for (passed, known) in [(2_000, false), (18_000, true), (45_000, true)] {
            world.clock.advance(passed);
            let home = admin.get("/api/v1/home").await.ok();
            let campaign = &home["running"][0];
            let live = admin.get(&format!("/api/v1/campaigns/{}/live", campaign["id"].as_str().unwrap())).await.ok();
            let frame = admin.get("/api/v1/pulse").await.ok();
            assert_eq!(frame["sentPerMinute"].is_number(), known, "{frame}");
            assert_eq!(frame["sentPerMinute"], campaign["rate"], "the only one that runs");
            assert_eq!(frame["sentPerMinute"], live["ratePerMinute"]);
        }
    }

    async fn the_database_is_chosen_before_anybody_exists(world: World) {
        let url = json!({"url": "postgres://muster:geheim@127.0.0.1:1/nothing"});
        assert_eq!(world.anonymous().put("/api/v1/setup/database", url.clone()).await.refused(409), "already_set_up");

        let dir = tempfile::tempdir().unwrap();
        let embedded = Db::open_file(&dir.path().join("muster.db")).await.unwrap();
        let (clock, ids) = (world.app.clock.clone(), world.app.ids.clone());
        let fresh = App::new(embedded, clock, ids, world.app.key.clone(), dir.path().to_owned());
        let door = Client::new(muster_api::router(fresh));
        let refused = door.put("/api/v1/setup/database", url).await;
        assert_eq!(refused.refused(422), "validation_failed");
        assert!(!refused.body.to_string().contains("geheim"));
        door.put("/api/v1/setup/database", json!({"url": "mysql://x"})).await.refused(422);
        if world.engine == Engine::Postgres {
            door.put("/api/v1/setup/database", json!({"url": world.database_url})).await.ok();
            let app = Home::at(dir.path()).open(world.app.key.clone()).await.unwrap();
            assert_eq!(app.db.engine(), Engine::Postgres);
        }
    }
}
