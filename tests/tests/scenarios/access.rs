//! First run, signing in, permissions, the wall between workspaces.

use muster_domain::role::Role;
use muster_tests::both_engines;
use muster_tests::world::PASSWORD;
use serde_json::json;

both_engines! {
    async fn every_statement_is_prepared(world: World) {
        for (name, sql) in muster_db::statements() {
            world.app.db.prepare(sql).await.unwrap_or_else(|e| panic!("{name}: {e}"));
        }
    }

    async fn a_person_signs_in_and_out(world: World) {
        let anonymous = world.anonymous();
        assert_eq!(anonymous.get("/api/v1/session").await.refused(401), "unauthenticated");
        let wrong = json!({"email": "admin@jamii.co.ke", "password": "wrong password"});
        assert_eq!(anonymous.post("/api/v1/session", wrong).await.refused(401), "unauthenticated");
        let right = anonymous.post("/api/v1/session", json!({"email": "ADMIN@jamii.co.ke ", "password": PASSWORD})).await;
        let cookie = right.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        assert_eq!(right.ok()["user"]["role"], "admin");

        let ask = |method: &str| axum::http::Request::builder().method(method).uri("/api/v1/session").header("cookie", &cookie).body(axum::body::Body::empty()).unwrap();
        assert_eq!(anonymous.send(ask("GET")).await.ok()["workspace"]["name"], "Jamii Mobile");
        anonymous.send(ask("DELETE")).await.ok();
        anonymous.send(ask("GET")).await.refused(401);
    }

    async fn failed_tries_lock_for_longer_and_longer(world: World) {
        let anonymous = world.anonymous();
        let wrong = json!({"email": "admin@jamii.co.ke", "password": "wrong password"});
        for _ in 0..5 {
            anonymous.post("/api/v1/session", wrong.clone()).await.refused(401);
        }
        let locked = anonymous.post("/api/v1/session", json!({"email": "admin@jamii.co.ke", "password": PASSWORD})).await;
        assert_eq!(locked.refused(429), "too_many_requests");
        assert_eq!(locked.headers["retry-after"], "1");
        world.clock.advance(1_001);
        anonymous.post("/api/v1/session", wrong).await.refused(401);
        let locked = anonymous.post("/api/v1/session", json!({"email": "admin@jamii.co.ke", "password": PASSWORD})).await;
        assert_eq!(locked.headers["retry-after"], "2");
        world.clock.advance(2_001);
        anonymous.post("/api/v1/session", json!({"email": "admin@jamii.co.ke", "password": PASSWORD})).await.ok();
    }

    async fn the_first_run_happens_once(world: World) {
        assert_eq!(world.anonymous().get("/api/v1/setup").await.ok()["isNeeded"], false);
        let again = json!({"workspaceName": "X", "adminName": "Y", "adminEmail": "y@x.example", "adminPassword": "long enough for it"});
        assert_eq!(world.anonymous().post("/api/v1/setup", again).await.refused(409), "already_set_up");
        let bad = json!({"workspaceName": "", "adminName": "Y", "adminEmail": "y", "adminPassword": "short", "timezone": "Mars"});
        let refused = world.anonymous().post("/api/v1/setup", bad).await;
        assert_eq!(refused.refused(422), "validation_failed");
        assert_eq!(refused.body["error"]["details"].as_array().unwrap().len(), 4);
    }

    async fn tokens_stop_with_the_person(world: World) {
        let rep = world.person("Grace Chebet", Role::SalesRep).await;
        let session = rep.get("/api/v1/session").await.ok();
        assert_eq!(session["permissions"], json!(["read", "workBoard", "redeem"]));
        world.anonymous().with_token("mst_nonsense").get("/api/v1/session").await.refused(401);
    }
}
