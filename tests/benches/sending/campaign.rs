//! One campaign from its launch to the last message in the sink, in a process of its own so that its memory and processor
//! time are its own.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use muster_app::providers::{self, NewProvider};
use muster_app::setup::{self, SetupRequest};
use muster_app::{App, Ctx, InstallKey, campaigns, runs, scheduler, segments, settings};
use muster_db::{Db, Engine, admin};
use muster_engine::clock::{SystemClock, SystemIds};
use muster_tests::bench::cpu;
use muster_tests::database;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

/// What is sent, where to.
#[derive(Debug, Clone)]
pub struct Load {
    pub engine: Engine,
    pub recipients: i64,
    /// Octets of a message on the wire, about.
    pub bytes: usize,
    pub host: String,
    pub port: u16,
    pub connections: i64,
}

/// What it took.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Segment to recipients ready to be leased, seconds.
    pub launch: f64,
    /// Launch and sending together, seconds.
    pub whole: f64,
    /// Processor microseconds of this process per message.
    pub cpu_us: f64,
    pub peak_memory_mb: f64,
    pub sent: i64,
    pub unknown: i64,
}

impl Figures {
    /// Messages, from the launch to the last one.
    pub fn per_second(&self) -> f64 {
        self.sent as f64 / self.whole
    }
}

/// A workspace with people in a segment.
pub struct Place {
    pub app: App,
    pub ctx: Ctx,
    /// Of its database.
    pub url: String,
    segment: uuid::Uuid,
}

/// Runs it.
pub fn run(load: &Load) -> Figures {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let dir = tempfile::tempdir().expect("a folder");
        let place = workspace(load.engine, load.recipients, dir.path()).await;
        relay(&place, load).await;
        let campaign = campaign(&place, load.bytes).await;
        let Place { app, ctx, .. } = place;
        // As in a program that is open: it looks at everything once when it begins, and waits.
        let stop = CancellationToken::new();
        let sending = scheduler::start(&app, &stop);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (cpu, begun, begun_at) = (cpu::seconds().0, Instant::now(), app.now());
        runs::start(&app, &ctx, campaign).await.expect("a launch");
        let launch = begun.elapsed().as_secs_f64();
        let (counters, completed_at) = loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let live = runs::live(&app, &ctx, campaign).await.expect("the live view");
            if let Some(completed_at) = live.completed_at {
                break (live.counters, completed_at);
            }
        };
        // Not when it was looked at: that would be a tenth of a small campaign.
        let whole = (completed_at - begun_at) as f64 / 1e3;
        let cpu_us = (cpu::seconds().0 - cpu) * 1e6 / load.recipients as f64;
        stop.cancel();
        sending.await.expect("the scheduler");
        let parts = counters.sent + counters.failed + counters.suppressed + counters.skipped + counters.unknown;
        assert_eq!(counters.total, parts, "the ledger balances");
        app.db.close().await;
        Figures { launch, whole, cpu_us, peak_memory_mb: peak_memory(), sent: counters.sent, unknown: counters.unknown }
    })
}

/// A fresh one.
pub async fn workspace(engine: Engine, recipients: i64, dir: &Path) -> Place {
    let url = database::fresh(engine, dir).await;
    let db = Db::open(&url).await.expect("a database");
    let app = App::new(db, Arc::new(SystemClock), Arc::new(SystemIds), InstallKey([7; 32]), dir.to_owned());
    let request: SetupRequest = read(json!({
        "workspaceName": "Bench", "adminName": "Bench", "adminEmail": "bench@example.org", "adminPassword": "only for measuring", "approvalRequired": false,
    }));
    let ws = setup::run(&app, request).await.expect("a workspace");
    let (ctx, _) = muster_app::auth::operator(&app, "bench@example.org").await.expect("a database").expect("a person");
    settings::update(&app, &ctx, read(json!({"publicBaseUrl": "https://go.jamii.example"}))).await.expect("settings");
    let (ws, now) = (ws.0, app.now());
    let people = format!(
        "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {})
         INSERT INTO customers (tenant_id, external_id, first_name, last_name, email, phone, city, tier, preferred_language, account_balance_e4, created_at, updated_at)
         SELECT {ws}, 'C' || n, 'Person' || n, 'Bench', 'person' || n || '@d' || (n % 40) || '.example.org', '+2547' || (10000000 + n), 'Nairobi', 'Gold', 'en', CAST(n AS BIGINT) * 10000, {now}, {now} FROM n",
        recipients
    );
    let mut tx = app.db.write(ctx.ws).await.expect("a transaction");
    admin::script(&mut tx, &people).await.expect("people");
    admin::script(&mut tx, "ANALYZE").await.expect("statistics");
    tx.commit().await.expect("a commit");
    let criteria = json!({"conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}]});
    let gold = read(json!({"name": "Gold", "type": "dynamic", "criteria": criteria}));
    let segment = segments::create(&app, &ctx, gold).await.expect("a segment").segment.id;
    Place { app, ctx, url, segment }
}

async fn relay(place: &Place, load: &Load) {
    let relay = json!({
        "channel": "email", "kind": "smtp", "name": "Sink", "maxConnections": load.connections,
        "config": {"host": load.host, "port": load.port, "security": "none", "from": "offers@jamii.example"},
    });
    providers::create(&place.app, &place.ctx, read::<NewProvider>(relay)).await.expect("a relay");
}

/// A draft for everybody, of about so many octets a message.
pub async fn campaign(place: &Place, bytes: usize) -> uuid::Uuid {
    // On the wire it weighs what a message of the floor weighs, which has 114 octets of headers besides. Here headers,
    // both parts and what is personal take 1,320, and every 75 octets of the rest three more to end their line.
    let rest = (bytes + 114).saturating_sub(1_320) * 75 / 78;
    let filler: String =
        "All that a message says besides, in words of a usual length. ".chars().cycle().take(rest).collect();
    let text = "Hi {{ first_name }}, 5GB for the weekend at KES 149 in {{ city }}. No more: {{ unsubscribe_url }}";
    let html = format!(
        "<html><body><p>Hi {{{{ first_name }}}}, <a href=\"https://jamii.example/5gb?x=1\">5GB for the weekend</a> at KES 149.</p><p>{filler}</p><p><a href=\"{{{{ unsubscribe_url }}}}\">No more</a></p></body></html>"
    );
    let body = json!({
        "name": "Bench", "channel": "email", "segmentIds": [place.segment],
        "content": {"subject": "5GB for your weekend, {{ first_name }}", "textBody": text, "htmlBody": html},
    });
    campaigns::create(&place.app, &place.ctx, read(body)).await.expect("a campaign").id
}

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("what the use case takes")
}

/// The most memory that this process ever held, in MB.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("/proc is mounted");
    let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak");
    line.split_ascii_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).expect("kilobytes") / 1024.0
}
