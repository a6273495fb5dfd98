//! What many scripts do on their way.

use muster_domain::role::Role;
use serde_json::{Value, json};

use crate::{Client, World};

/// Adds a customer.
pub async fn customer(admin: &Client, body: Value) -> i64 {
    admin.post("/api/v1/customers", body).await.ok()["id"].as_i64().expect("an id")
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
