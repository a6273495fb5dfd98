//! The workspace's settings and communication policy.

use muster_domain::role::Role;
use muster_tests::both_engines;
use serde_json::json;

both_engines! {
    async fn settings_are_changed_by_administrators_and_read_by_all(world: World) {
        let admin = world.admin().await;
        let viewer = world.person("Vera Njeri", Role::Viewer).await;
        let before = viewer.get("/api/v1/settings").await.ok();
        assert_eq!((&before["name"], &before["approvalRequired"]), (&json!("Jamii Mobile"), &json!(true)));
        assert_eq!(viewer.patch("/api/v1/settings", json!({"name": "Mine"})).await.refused(403), "forbidden");

        let change = json!({
            "timezone": "Africa/Kampala", "approval_required": false, "publicBaseUrl": "https://go.jamii.example/",
            "sending": {"fromAddress": "offers@jamii.example", "fromName": "Jamii", "senderId": "JAMII", "sandbox": {"failPercent": 8.0, "minDelayMs": 50, "maxDelayMs": 200}},
        });
        let after = admin.patch("/api/v1/settings", change).await.ok();
        assert_eq!(after["name"], "Jamii Mobile");
        assert_eq!(after["timezone"], "Africa/Kampala");
        assert_eq!(after["approvalRequired"], false);
        assert_eq!(after["publicBaseUrl"], "https://go.jamii.example");
        assert_eq!(after["sending"]["senderId"], "JAMII");
        assert_eq!(viewer.get("/api/v1/settings").await.ok(), after);
        let cleared = admin.patch("/api/v1/settings", json!({"publicBaseUrl": ""})).await.ok();
        assert_eq!(cleared["publicBaseUrl"], json!(null));
        assert_eq!(cleared["sending"]["fromName"], "Jamii");

        let bad = json!({"name": " ", "currency": "shilling", "publicBaseUrl": "go.example", "sending": {"fromAddress": "nobody", "senderId": "MUCHTOOLONGID", "sandbox": {"failPercent": 120}}});
        let refused = admin.patch("/api/v1/settings", bad).await;
        assert_eq!(refused.refused(422), "validation_failed");
        let paths: Vec<_> = refused.body["error"]["details"].as_array().unwrap().iter().map(|d| d["path"].as_str().unwrap().to_owned()).collect();
        assert_eq!(paths, ["sending.sandbox.failPercent", "sending.fromAddress", "sending.senderId", "name", "currency", "publicBaseUrl"]);
    }

    async fn the_policy_is_kept_whole(world: World) {
        let admin = world.admin().await;
        let empty = admin.get("/api/v1/settings/policy").await.ok();
        assert_eq!(empty, json!({"quietHours": null, "frequencyCaps": []}));
        let policy = json!({
            "quietHours": {"start": "21:00", "end": "07:30", "weekdays": [1, 2, 3, 4, 5], "holidays": ["2026-12-25"]},
            "frequencyCaps": [{"channel": "sms", "count": 2, "period": "week"}, {"channel": null, "count": 5, "period": "month"}],
        });
        assert_eq!(admin.put("/api/v1/settings/policy", policy.clone()).await.ok(), policy);
        assert_eq!(admin.get("/api/v1/settings/policy").await.ok(), policy);
        admin.put("/api/v1/settings/policy", json!({"quietHours": {"start": "9pm", "end": "7"}})).await.refused(422);
        assert_eq!(admin.put("/api/v1/settings/policy", json!({})).await.ok(), empty);
        let manager = world.person("Musa Otieno", Role::Manager).await;
        manager.put("/api/v1/settings/policy", json!({})).await.refused(403);
    }
}
