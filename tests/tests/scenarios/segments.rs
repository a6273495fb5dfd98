//! Segments: conditions, sizes, members, lists, history.

use muster_domain::role::Role;
use muster_tests::{Client, World, both_engines};
use serde_json::{Value, json};

use crate::segment_people::{Person, plant};

/// John, Jane and Bob of the worked example, and some who must not slip in.
async fn nairobi(world: &World) -> Vec<i64> {
    let vip = |name: &str, days: i64| Person {
        first_name: name.into(),
        tier: Some("VIP".into()),
        city: Some("Nairobi".into()),
        bought_days_ago: Some(days),
        ..Person::default()
    };
    let people = [
        vip("John", 5),
        vip("Jane", 29),
        vip("Bob", 0),
        vip("Late", 31),
        Person { opted_out: true, ..vip("Silent", 1) },
        Person { is_active: false, ..vip("Gone", 1) },
        Person { tier: None, ..vip("Untiered", 1) },
        Person { city: Some("nairobi".into()), ..vip("Lower", 1) },
        Person {
            client_type: Some("Broker".into()),
            tier: Some("Gold".into()),
            ordered_days_ago: Some(89),
            ..vip("Broker", 100)
        },
    ];
    plant(world, &people).await
}

async fn names(client: &Client, criteria: Value) -> Vec<String> {
    let estimate =
        client.post("/api/v1/segments/estimate", json!({ "criteria": criteria, "sampleSize": 20 })).await.ok();
    let names: Vec<String> =
        estimate["sample"].as_array().unwrap().iter().map(|m| m["firstName"].as_str().unwrap().to_owned()).collect();
    assert_eq!(estimate["size"], names.len());
    names
}

fn vip_in_nairobi() -> Value {
    json!({ "conditions": [
        { "field": "tier", "operator": "equals", "value": "VIP" },
        { "field": "city", "operator": "equals", "value": "Nairobi" },
        { "field": "last_purchase_date", "operator": "less_than", "value": "30 days ago" },
    ] })
}

both_engines! {
    async fn vip_in_nairobi_bought_within_30_days(world: World) {
        nairobi(&world).await;
        let admin = world.admin().await;
        assert_eq!(names(&admin, vip_in_nairobi()).await, ["John", "Jane", "Bob"]);
        // Age, not moment: before 30 days ago is the other side.
        let before = json!({ "conditions": [{ "field": "last_purchase_date", "operator": "before", "value": "30 days ago" }] });
        assert_eq!(names(&admin, before).await, ["Late", "Broker"]);
        let not_vip = json!({ "logic": "NOT", "conditions": [{ "field": "tier", "operator": "equals", "value": "VIP" }] });
        assert_eq!(names(&admin, not_vip).await, ["Untiered", "Broker"], "nobody falls through because the tier is missing");
        let nested = json!({ "logic": "AND", "conditions": [
            { "logic": "OR", "conditions": [{ "field": "tier", "operator": "in", "value": ["Gold", "Silver"] }, { "field": "city", "operator": "starts_with", "value": "NAI" }] },
            { "not": { "logic": "OR", "conditions": [{ "field": "name", "operator": "contains", "value": "b" }, { "field": "tier", "operator": "is_not_set" }] } },
        ] });
        assert_eq!(names(&admin, nested).await, ["John", "Jane", "Late", "Lower"]);
        assert_eq!(names(&admin, json!({"client_types": ["Broker"], "last_order_max_days": 90})).await, ["Broker"]);
        let with_all = json!({"conditions": [{"field": "city", "operator": "equals", "value": "Nairobi"}], "include_inactive": true, "include_opted_out": true});
        assert_eq!(names(&admin, with_all).await.len(), 8);
    }

    async fn the_estimate_shows_the_query_and_what_each_line_leaves(world: World) {
        nairobi(&world).await;
        let admin = world.admin().await;
        let estimate = admin.post("/api/v1/segments/estimate", json!({ "criteria": vip_in_nairobi(), "withLines": true, "sampleSize": 1 })).await.ok();
        let query = estimate["query"].as_str().unwrap();
        assert!(query.starts_with("SELECT k.id FROM customers k WHERE k.tenant_id = $1") && !query.contains("VIP"), "{query}");
        assert_eq!(estimate["parameters"][1], "VIP");
        assert_eq!(estimate["lines"], json!([{"path": [0], "size": 5}, {"path": [1], "size": 4}, {"path": [2], "size": 3}]));
        assert_eq!((estimate["total"].as_i64(), estimate["withEmail"].as_i64(), estimate["sample"].as_array().map(Vec::len)), (Some(7), Some(3), Some(1)));
        let others = admin.post("/api/v1/segments/estimate", json!({ "criteria": vip_in_nairobi(), "sampleSize": 2, "sampleAfter": estimate["sample"][0]["id"] })).await.ok();
        assert_eq!(others["sample"][0]["firstName"], "Jane");
    }

    async fn wrong_conditions_are_refused_with_their_path(world: World) {
        let admin = world.admin().await;
        let wrong = json!({ "name": "Wrong", "criteria": { "conditions": [
            { "field": "tier", "operator": "equals", "value": "VIP" },
            { "field": "last_purchase_date", "operator": "within_last", "value": "a while" },
            { "conditions": [{ "field": "password_hash", "operator": "is_set" }] },
        ] } });
        let refused = admin.post("/api/v1/segments", wrong).await;
        refused.refused(422);
        let details: Vec<_> = refused.body["error"]["details"].as_array().unwrap().iter().map(|d| (d["path"].as_str().unwrap(), d["code"].as_str().unwrap())).collect();
        assert_eq!(details, [("conditions[1].value", "wrong_type"), ("conditions[2].conditions[0].field", "unknown_field")]);
        let injection = json!({ "conditions": [{ "field": "tier", "operator": "equals", "value": "'; DROP TABLE customers; --" }] });
        assert!(names(&admin, injection).await.is_empty());
    }

    async fn a_segment_is_kept_changed_evaluated_and_archived(world: World) {
        nairobi(&world).await;
        let admin = world.admin().await;
        let made = admin.post("/api/v1/segments", json!({ "name": " VIP Customers in Nairobi ", "criteria": vip_in_nairobi() })).await;
        assert_eq!(made.status, 201);
        let made = made.ok();
        assert_eq!((made["name"].as_str(), made["type"].as_str(), made["sizeEstimate"].as_i64()), (Some("VIP Customers in Nairobi"), Some("dynamic"), None));
        let path = format!("/api/v1/segments/{}", made["id"].as_str().unwrap());
        assert_eq!(admin.post(&format!("{path}/evaluate"), json!({})).await.ok()["size"], 3);
        world.clock.advance(2 * 24 * 3_600_000);
        assert_eq!(admin.post(&format!("{path}/evaluate"), json!({})).await.ok()["size"], 2, "Jane bought 31 days ago by now");
        let runs = admin.get(&format!("{path}/runs")).await;
        assert_eq!(runs.body["pagination"]["total_count"], 2);
        assert_eq!((runs.body["data"][0]["size"].as_i64(), runs.body["data"][1]["size"].as_i64()), (Some(2), Some(3)));
        assert_eq!(admin.get(&path).await.ok()["sizeEstimate"], 2);
        assert_eq!(admin.get(&format!("{path}/members")).await.body["data"][0]["firstName"], "Bob");

        let change = json!({ "version": 1, "criteria": { "field": "clicked", "operator": "did", "value": { "within_last": 7 } } });
        assert_eq!(admin.patch(&path, change.clone()).await.ok()["type"], "behavioral");
        assert_eq!(admin.patch(&path, change).await.refused(409), "stale");
        assert_eq!(admin.get("/api/v1/segments?search=NAIROBI&type=behavioral").await.body["pagination"]["total_count"], 1);
        assert_eq!(admin.get("/api/v1/segments?search=100%25").await.body["pagination"]["total_count"], 0);

        admin.delete(&path).await.ok();
        assert_eq!(admin.get("/api/v1/segments").await.body["pagination"]["total_count"], 0);
        assert_eq!(admin.patch(&path, json!({ "name": "X" })).await.refused(409), "archived");
        admin.post(&format!("{path}/restore"), json!({})).await.ok();
        assert_eq!(admin.get("/api/v1/segments").await.body["pagination"]["total_count"], 1);
        let viewer = world.person("Vera Njeri", Role::Viewer).await;
        viewer.get(&path).await.ok();
        viewer.delete(&path).await.refused(403);
    }

    async fn a_list_takes_what_people_paste(world: World) {
        let ids = nairobi(&world).await;
        let admin = world.admin().await;
        let made = admin.post("/api/v1/segments", json!({ "name": "Top customers", "type": "static", "customer_ids": [ids[0], ids[4]] })).await.ok();
        assert_eq!((made["type"].as_str(), made["listed"].as_i64()), (Some("static"), Some(2)));
        let path = format!("/api/v1/segments/{}", made["id"].as_str().unwrap());
        let text = "P1\njohn0@example.com; JANE1@example.com\t+254 700 000002\nnobody@example.com,P99";
        let outcome = admin.post(&format!("{path}/members"), json!({ "text": text })).await.ok();
        assert_eq!((outcome["changed"].as_i64(), outcome["unchanged"].as_i64(), outcome["listed"].as_i64()), (Some(2), Some(1), Some(4)), "{outcome}");
        assert_eq!(outcome["notFound"], json!(["P99", "nobody@example.com"]));
        // The one who opted out is on the list but not in the audience.
        assert_eq!(admin.get(&format!("{path}/members")).await.body["pagination"]["total_count"], 3);
        assert_eq!(admin.post("/api/v1/segments/estimate", json!({ "segmentId": made["id"] })).await.ok()["size"], 3);
        let removed = admin.post(&format!("{path}/members/remove"), json!({ "customerIds": [ids[1], ids[5]] })).await.ok();
        assert_eq!((removed["changed"].as_i64(), removed["unchanged"].as_i64()), (Some(1), Some(1)));
        admin.post("/api/v1/segments", json!({ "name": "Unknown", "type": "static", "customerIds": [999_999] })).await.refused(422);
        admin.post(&format!("{path}/members"), json!({ "text": " , " })).await.refused(422);
    }

    async fn a_segment_in_use_stays(world: World) {
        let admin = world.admin().await;
        let made = admin.post("/api/v1/segments", json!({ "name": "Everybody" })).await.ok();
        let campaign = json!({ "name": "Summer Sale 2024", "channel": "sms", "segmentIds": [made["id"]], "content": { "textBody": "Hi" } });
        admin.post("/api/v1/campaigns", campaign).await.ok();
        let path = format!("/api/v1/segments/{}", made["id"].as_str().unwrap());
        let refused = admin.delete(&path).await;
        assert_eq!(refused.refused(409), "segment_in_use");
        assert!(refused.body["error"]["message"].as_str().unwrap().contains("Summer Sale 2024"));
        assert_eq!(admin.get(&path).await.ok()["usedBy"][0]["name"], "Summer Sale 2024");
    }

    async fn the_builder_is_told_what_there_is(world: World) {
        nairobi(&world).await;
        let fields = world.admin().await.get("/api/v1/segments/fields").await.ok();
        let field = |name: &str| fields.as_array().unwrap().iter().find(|f| f["name"] == name).unwrap().clone();
        assert_eq!(field("tier")["values"][0], json!({ "value": "VIP", "customers": 6 }));
        assert_eq!(field("last_purchase_date")["operators"][0], "within_last");
        assert_eq!((field("clicked")["type"].as_str(), field("account_age")["type"].as_str()), (Some("behaviour"), Some("number")));
    }
}
