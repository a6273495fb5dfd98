//! What many scripts do on their way.

use muster_domain::role::Role;
use serde_json::{Value, json};

use crate::{Client, World};

/// Adds a customer.
pub async fn customer(admin: &Client, body: Value) -> i64 {
    admin.post("/api/v1/customers", body).await.ok()["id"].as_i64().expect("an id")
}

/// Many customers of tier Gold, `p1@example.org` and so on, straight into the table; and their segment.
pub async fn many(world: &World, admin: &Client, people: usize) -> String {
    let (ws, now) = (world.ws.0, world.app.now());
    world
        .script(&format!(
            "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {people})
             INSERT INTO customers (tenant_id, external_id, first_name, last_name, email, tier, created_at, updated_at)
             SELECT {ws}, 'C' || n, 'Person' || n, 'X', 'p' || n || '@example.org', 'Gold', {now}, {now} FROM n"
        ))
        .await;
    segment(admin, "Gold", json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]})).await
}

/// Starts an email campaign without an approval; gives its id and its run.
pub async fn started(admin: &Client, segment: &str, more: Value) -> (String, i64) {
    admin.patch("/api/v1/settings", json!({"approvalRequired": false})).await.ok();
    let mut body = json!({"name": "Gold", "channel": "email", "segmentIds": [segment], "content": {"subject": "Hi", "textBody": "Hi {first_name}"}});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let campaign = id(&admin.post("/api/v1/campaigns", body).await.ok());
    let started = admin.post(&format!("/api/v1/campaigns/{campaign}/start"), json!({})).await.ok();
    (campaign, started["runId"].as_i64().expect("a run"))
}

/// Waits until something is so that other tasks bring about.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..6_000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it did not come to this: {what}");
}

/// Adds a dynamic segment.
pub async fn segment(admin: &Client, name: &str, criteria: Value) -> String {
    admin.post("/api/v1/segments", json!({"name": name, "type": "dynamic", "criteria": criteria})).await.ok()["id"]
        .as_str()
        .expect("an id")
        .to_owned()
}

/// Submits a campaign and has a second person approve it.
pub async fn approve(world: &World, admin: &Client, campaign: &str) {
    admin.post(&format!("/api/v1/campaigns/{campaign}/submit"), json!({})).await.ok();
    let approver = world.person("Peter Odhiambo", Role::Approver).await;
    let inbox = approver.get("/api/v1/approvals").await.ok();
    let id = inbox[0]["id"].as_str().expect("a request").to_owned();
    approver.post(&format!("/api/v1/approvals/{id}/approve"), json!({"comment": "Good."})).await.ok();
}

/// The id of what was answered.
pub fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

/// The counters of the run equal a recount of its rows, and the ledger balances.
pub async fn balances(admin: &Client, campaign: &str) -> Value {
    let live = admin.get(&format!("/api/v1/campaigns/{campaign}/live")).await.ok();
    let c = &live["counters"];
    let n = |key: &str| c[key].as_i64().expect("a number");
    assert_eq!(
        n("total"),
        n("sent") + n("failed") + n("suppressed") + n("skipped") + n("cancelled") + n("pending") + n("unknown"),
        "the ledger balances"
    );
    let mut by_status = 0;
    for status in muster_domain::recipient::RecipientStatus::ALL {
        let found = admin.get(&format!("/api/v1/campaigns/{campaign}/recipients?status={status}&pageSize=1")).await;
        let rows = found.body["pagination"]["total_count"].as_i64().expect("a count");
        by_status += rows;
        match status.as_str() {
            "pending" | "failed" | "skipped" | "suppressed" | "cancelled" | "unknown" => {
                assert_eq!(rows, n(status.as_str()), "{status}")
            }
            _ => {}
        }
    }
    assert_eq!(by_status, n("total"));
    live
}
