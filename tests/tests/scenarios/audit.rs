//! The audit log: everything is in it, secrets are not.

use muster_domain::role::Role;
use muster_tests::both_engines;
use serde_json::json;

both_engines! {
    async fn what_was_done_is_found_again(world: World) {
        let admin = world.admin().await;
        admin.patch("/api/v1/settings", json!({"name": "Jamii Plus"})).await.ok();
        world.clock.set("2026-11-25T08:00:00Z");
        let sandbox = json!({"channel": "sms", "kind": "sandbox", "name": "=cmd()", "secret": "hunter2", "config": {"failPercent": 8}});
        let provider = admin.post("/api/v1/providers", sandbox).await.ok();
        let path = format!("/api/v1/providers/{}", provider["id"].as_str().unwrap());
        admin.patch(&path, json!({"weight": 5})).await.ok();

        let all = admin.get("/api/v1/audit").await;
        assert_eq!(all.body["pagination"]["page_size"], 20);
        let all = all.ok();
        assert_eq!(all[0]["action"], "provider.changed");
        assert_eq!((&all[0]["before"]["weight"], &all[0]["after"]["weight"]), (&json!(100), &json!(5)));
        assert!(!all.to_string().contains("hunter2"));
        let count = async |query: &str| admin.get(&format!("/api/v1/audit?{query}")).await.ok().as_array().unwrap().len();
        assert_eq!(count("objectType=provider").await, 2);
        assert_eq!(count(&format!("objectType=provider&objectId={}", provider["id"].as_str().unwrap())).await, 2);
        assert_eq!(count("action=provider.changed").await, 1);
        assert_eq!(count("action=settings.").await, 1);
        assert_eq!(count("from=2026-11-25T00:00:00Z").await, 2);
        assert_eq!(count("objectType=provider&to=2026-11-25T00:00:00Z").await, 0);
        assert_eq!(count("search=jamii%20plus").await, 1);
        assert_eq!(count("search=%25").await, 0);
        let actor = admin.get("/api/v1/session").await.ok()["user"]["id"].as_str().unwrap().to_owned();
        assert_eq!(count(&format!("objectType=provider&actorId={actor}&pageSize=1&page=2")).await, 1);
        assert_eq!(admin.get("/api/v1/audit?from=soon").await.refused(400), "bad_query");

        let csv = admin.get("/api/v1/audit/export?objectType=provider").await;
        assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
        let text = String::from_utf8(csv.bytes).unwrap();
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains(",'=cmd(),") && !text.contains("hunter2"), "{text}");
        let rep = world.person("Grace Chebet", Role::SalesRep).await;
        rep.get("/api/v1/audit").await.refused(403);
        rep.get("/api/v1/audit/export").await.refused(403);
    }
}
