//! A campaign that was sent, written straight into the tables: for tests of what comes after sending.

use muster_db::admin;
use muster_domain::tracking::{Addresses, MessageRef};
use uuid::Uuid;

use crate::{Engine, World};

/// A finished campaign with one link.
#[derive(Debug, Clone)]
pub struct Sent {
    pub campaign_id: Uuid,
    pub offer_id: Uuid,
    pub run_id: i64,
    pub link_id: i64,
    /// The customers, in the order of their `seq` from 1.
    pub customers: Vec<i64>,
}

/// Where the link of [`World::sent_campaign`] leads.
pub const LINK: &str = "https://jm.ke/offers?x=1#top";

impl World {
    /// Runs statements; `{id:…}` becomes a UUID as the engine writes it.
    pub async fn script(&self, text: &str) {
        let mut tx = self.app.db.write(self.ws).await.expect("a transaction");
        admin::script(&mut tx, text).await.unwrap_or_else(|e| panic!("{e}\n{text}"));
        tx.commit().await.expect("a commit");
    }

    /// A whole number out of a query.
    pub async fn number(&self, text: &str) -> i64 {
        let mut tx = self.app.db.read(self.ws).await.expect("a transaction");
        admin::number(&mut tx, text).await.unwrap_or_else(|e| panic!("{e}\n{text}"))
    }

    /// A UUID as it stands in a statement of this engine.
    pub fn id(&self, id: Uuid) -> String {
        match self.engine {
            Engine::Sqlite => format!("X'{}'", id.simple()),
            Engine::Postgres => format!("'{id}'"),
        }
    }

    /// A customer.
    pub async fn customer(&self, first: &str, last: &str, email: &str, phone: &str) -> i64 {
        let (ws, now) = (self.ws.0, self.app.now());
        self.script(&format!(
            "INSERT INTO customers (tenant_id, first_name, last_name, email, phone, city, account_balance_e4, currency, created_at, updated_at)
             VALUES ({ws}, '{first}', '{last}', '{email}', '{phone}', 'Nairobi', 12845000, 'KES', {now}, {now})"
        ))
        .await;
        self.number(&format!("SELECT MAX(id) FROM customers WHERE tenant_id = {ws}")).await
    }

    /// A campaign of one offer that was sent to the customers a minute ago and delivered to them.
    pub async fn sent_campaign(&self, name: &str, channel: &str, customers: &[i64]) -> Sent {
        let (ws, now) = (self.ws.0, self.app.now());
        let (campaign_id, offer_id, reward) = (self.app.new_id(), self.app.new_id(), self.app.new_id());
        let (campaign, offer, reward) = (self.id(campaign_id), self.id(offer_id), self.id(reward));
        let sent = now - 60_000;
        let total = customers.len();
        self.script(&format!(
            "INSERT INTO campaigns (id, tenant_id, name, channel, status, settings, created_by, created_at, updated_at)
             VALUES ({campaign}, {ws}, '{name}', '{channel}', 'completed', '{{}}', {campaign}, {now}, {now});
             INSERT INTO offers (id, tenant_id, name, status, created_at, updated_at) VALUES ({offer}, {ws}, '{name}', 'active', {now}, {now});
             INSERT INTO rewards (id, tenant_id, name, type, value_e4, currency, created_at, updated_at) VALUES ({reward}, {ws}, 'KES 200 credit', 'credit', 2000000, 'KES', {now}, {now});
             INSERT INTO offer_rewards (offer_id, reward_id, tenant_id, granted_on, position) VALUES ({offer}, {reward}, {ws}, 'redeemed', 1);
             INSERT INTO offer_tracking_sources (id, tenant_id, offer_id, source, value) VALUES ({offer}, {ws}, {offer}, 'utm_source', 'jamii');
             INSERT INTO redemption_codes (tenant_id, code, offer_id) VALUES ({ws}, 'SUMMER24', {offer});
             INSERT INTO creative_versions (tenant_id, source_kind, channel, locale, title, preheader, text_body, html_body, variables, created_at)
             VALUES ({ws}, 'inline', '{channel}', 'en', 'Hey, following up', '', 'Hello', '', '{{}}', {now});
             INSERT INTO campaign_runs (tenant_id, campaign_id, number, status, correlation_id, total_recipients, triggered_by, started_at)
             VALUES ({ws}, {campaign}, 1, 'completed', 'test', {total}, 'manual', {now});"
        ))
        .await;
        let run_id = self.number("SELECT MAX(id) FROM campaign_runs").await;
        let version = self.number("SELECT MAX(id) FROM creative_versions").await;
        let rows: String = (1..)
            .zip(customers)
            .map(|(seq, customer)| {
                format!(
                    "INSERT INTO run_recipients (run_id, seq, tenant_id, customer_id, segment_no, offer_no, status, attempts, content_no, sent_at, delivered_at, provider_message_id)
                     VALUES ({run_id}, {seq}, {ws}, {customer}, 1, 1, 2, 1, 1, {sent}, {sent}, 'p{run_id}.{seq}@provider');"
                )
            })
            .collect();
        self.script(&format!(
            "INSERT INTO run_contents (run_id, content_no, tenant_id, offer_no, offer_id, channel, locale, creative_version_id) VALUES ({run_id}, 1, {ws}, 1, {offer}, '{channel}', 'en', {version});
             INSERT INTO run_stats (run_id, variant_no, tenant_id, total, sent, delivered) VALUES ({run_id}, 0, {ws}, {total}, {total}, {total});
             INSERT INTO tracked_links (tenant_id, creative_version_id, position, url) VALUES ({ws}, {version}, 0, '{LINK}');
             {rows}"
        ))
        .await;
        let link_id = self.number("SELECT MAX(id) FROM tracked_links").await;
        Sent { campaign_id, offer_id, run_id, link_id, customers: customers.to_vec() }
    }

    /// The addresses that went out with the messages of this workspace.
    pub async fn addresses(&self) -> Addresses {
        let mut tx = self.app.db.read(self.ws).await.expect("a transaction");
        let workspace = muster_db::workspaces::get(&mut tx, self.ws).await.expect("the workspace");
        Addresses::new("https://t.example", muster_app::tracking::token_key(&workspace).expect("a key"))
    }

    /// One message of a campaign.
    pub fn message(&self, sent: &Sent, seq: i64) -> MessageRef {
        MessageRef { workspace: self.ws, run_id: sent.run_id, seq }
    }

    /// Fails unless the counters of reactions equal a recount.
    pub async fn assert_recount(&self, sent: &Sent) {
        let run = sent.run_id;
        let of_recipients = |what: &str| format!("SELECT COUNT(*) FROM run_recipients WHERE run_id = {run} AND {what}");
        let checks = [
            ("delivered", of_recipients("delivered_at IS NOT NULL")),
            ("opened", of_recipients("opened_at IS NOT NULL")),
            ("clicked", of_recipients("clicked_at IS NOT NULL")),
            ("replied", of_recipients("replied_at IS NOT NULL")),
            ("bounced", of_recipients("status = 5")),
            (
                "unsubscribed",
                format!(
                    "SELECT COUNT(DISTINCT seq) FROM message_events WHERE run_id = {run} AND kind = 'unsubscribed'"
                ),
            ),
            (
                "complaints",
                format!("SELECT COUNT(DISTINCT seq) FROM message_events WHERE run_id = {run} AND kind = 'complained'"),
            ),
            ("redeemed", format!("SELECT COUNT(DISTINCT seq) FROM offer_redemptions WHERE run_id = {run}")),
            ("conversions", format!("SELECT COUNT(*) FROM conversions WHERE run_id = {run}")),
            (
                "revenue_e4",
                format!("SELECT CAST(COALESCE(SUM(value_e4), 0) AS BIGINT) FROM conversions WHERE run_id = {run}"),
            ),
        ];
        for (column, recount) in checks {
            let kept =
                self.number(&format!("SELECT CAST(SUM({column}) AS BIGINT) FROM run_stats WHERE run_id = {run}")).await;
            assert_eq!(kept, self.number(&recount).await, "{column} differs from its recount");
        }
    }
}
