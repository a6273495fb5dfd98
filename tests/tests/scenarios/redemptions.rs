//! Codes are redeemed once, and the ledger sums to the balance.

use muster_domain::role::Role;
use muster_tests::{Sent, World, both_engines};
use serde_json::json;

async fn sale(world: &World) -> Sent {
    let john = world.customer("John", "Kamau", "john@example.com", "+254700000001").await;
    let jane = world.customer("Jane", "Wanjiru", "jane@example.com", "+254700000002").await;
    let bob = world.customer("Bob", "Omondi", "bob@example.com", "+254700000003").await;
    world.sent_campaign("Summer Sale 2024", "sms", &[john, jane, bob]).await
}

both_engines! {
    async fn a_code_brings_its_reward_once_and_only_once(world: World) {
        let sent = sale(&world).await;
        let admin = world.admin().await;
        let john = sent.customers[0];
        let redeemed = admin.post("/api/v1/redemptions", json!({ "code": " summer24 ", "customerId": john, "value": "999.90" })).await.ok();
        assert_eq!((&redeemed["code"], &redeemed["offerName"], &redeemed["value"]), (&json!("SUMMER24"), &json!("Summer Sale 2024"), &json!("999.90")));
        assert_eq!(redeemed["campaignId"], json!(sent.campaign_id));
        assert_eq!((&redeemed["rewards"][0]["amount"], &redeemed["rewards"][0]["balanceAfter"]), (&json!("200.00"), &json!("1484.50")));
        let again = admin.post("/api/v1/redemptions", json!({ "code": "SUMMER24", "customer_id": john })).await;
        assert_eq!(again.refused(409), "already_redeemed");
        assert_eq!(world.number(&format!("SELECT account_balance_e4 FROM customers WHERE id = {john}")).await, 14_845_000);
        let ledger = format!("SELECT CAST(SUM(amount_e4) AS BIGINT) FROM reward_ledger WHERE customer_id = {john} AND kind = 'credit'");
        assert_eq!(world.number(&ledger).await + 12_845_000, 14_845_000, "the ledger sums to the balance");
        let (redeemed, delivered) = ("redeemed", "delivered");
        let stat = async |column: &str| world.number(&format!("SELECT {column} FROM run_stats WHERE run_id = {}", sent.run_id)).await;
        assert_eq!(muster_domain::rates::percent_number(stat(redeemed).await, stat(delivered).await), 33.33);
        world.assert_recount(&sent).await;
        let list = admin.get(&format!("/api/v1/redemptions?campaignId={}", sent.campaign_id)).await;
        assert_eq!((&list.body["pagination"]["total_count"], &list.body["data"][0]["customerName"]), (&json!(1), &json!("John Kamau")));
        assert_eq!(world.number("SELECT COUNT(*) FROM message_events WHERE kind = 'redeemed'").await, 1);
    }

    async fn two_tills_at_once_grant_one_reward(world: World) {
        let sent = sale(&world).await;
        let admin = world.admin().await;
        let request = json!({ "code": "SUMMER24", "customerId": sent.customers[1] });
        let tries: Vec<_> = (0..4).map(|_| {
            let (admin, request) = (admin.clone(), request.clone());
            tokio::spawn(async move { admin.post("/api/v1/redemptions", request).await.status.as_u16() })
        }).collect();
        let mut answers = Vec::new();
        for one in tries {
            answers.push(one.await.unwrap());
        }
        answers.sort_unstable();
        assert_eq!(answers, [201, 409, 409, 409]);
        assert_eq!(world.number("SELECT COUNT(*) FROM reward_ledger").await, 1);
        assert_eq!(world.number(&format!("SELECT account_balance_e4 FROM customers WHERE id = {}", sent.customers[1])).await, 14_845_000);
    }

    async fn what_may_not_be_redeemed_is_refused(world: World) {
        let sent = sale(&world).await;
        let admin = world.admin().await;
        let john = sent.customers[0];
        let path = "/api/v1/redemptions";
        admin.post(path, json!({ "code": "NOPE", "customerId": john })).await.refused(404);
        admin.post(path, json!({ "code": "SUMMER24", "customerId": 987_654 })).await.refused(404);
        admin.post(path, json!({ "code": "SUMMER24" })).await.refused(400);
        admin.post(path, json!({ "code": "SUMMER24", "customerId": john, "value": "1.00001" })).await.refused(422);
        admin.post(path, json!({ "code": "SUMMER24", "customerId": john, "occurredAt": "2030-01-01T00:00:00Z" })).await.refused(422);
        let stranger = world.customer("Eve", "Stranger", "eve@example.com", "+254700000009").await;
        assert_eq!(admin.post(path, json!({ "code": "SUMMER24", "customerId": stranger })).await.refused(409), "not_a_recipient");
        world.script(&format!("UPDATE offers SET stranger_redemption = 'accept' WHERE id = {}", world.id(sent.offer_id))).await;
        admin.post(path, json!({ "code": "SUMMER24", "customerId": stranger })).await.ok();
        world.script(&format!("UPDATE offers SET valid_until = 5 WHERE id = {}", world.id(sent.offer_id))).await;
        assert_eq!(admin.post(path, json!({ "code": "SUMMER24", "customerId": john })).await.refused(409), "offer_expired");
        let viewer = world.person("Vera Viewer", Role::Viewer).await;
        viewer.post(path, json!({ "code": "SUMMER24", "customerId": john })).await.refused(403);
    }
}
