//! Steps 1 to 5: from nothing to an approved campaign.

use std::path::Path;

use anyhow::Context;
use muster_domain::clock::Clock;
use muster_engine::clock::SystemClock;
use serde_json::{Value, json};

use super::people::{PEOPLE, spreadsheet};
use super::report::Report;
use super::server::{Server, run, text};
use super::sink::Sink;
use super::{Stage, recount};

const ADMIN: &str = "amina@jamii.example";
/// A spreadsheet as offices really hand it over, and what it comes to.
const MESSY: &str = include_str!("../../../../../tests/data/customers-messy.csv");
const MESSY_EXPECTED: &str = include_str!("../../../../../tests/data/customers-messy.expected.json");

/// 1. A workspace with a team and a mail relay.
pub(super) async fn start(
    folder: &Path,
    database: Option<&str>,
    sink: Sink,
    report: &mut Report,
) -> anyhow::Result<Stage> {
    report.step("Start");
    let (folder, password) = (folder.join("data"), folder.join("password"));
    std::fs::write(&password, "only for this demonstration\n")?;
    let (folder_text, password) = (text(&folder), text(&password));
    let mut init = vec!["init", "--data-dir", &folder_text, "--admin-email", ADMIN, "--admin-password-file", &password];
    init.extend(["--workspace", "Jamii Mobile", "--timezone", "Africa/Nairobi", "--currency", "KES"]);
    init.extend(database.iter().flat_map(|url| ["--database", url]));
    run(&init).await?;
    let server = Server::start(&folder).await?;
    let amina = server.person(ADMIN).await?;
    for (name, email, role) in
        [("Peter Odhiambo", "peter@jamii.example", "approver"), ("Grace Chebet", "grace@jamii.example", "sales_rep")]
    {
        amina.post("/users", json!({"name": name, "email": email, "role": role})).await?;
    }
    let approver = server.person("peter@jamii.example").await?;
    let rep = server.person("grace@jamii.example").await?;
    amina.patch("/settings", json!({"publicBaseUrl": server.origin()})).await?;
    let relay = amina
        .post(
            "/providers",
            json!({
                "channel": "email", "kind": "smtp", "name": "Relay",
                "config": {"host": "127.0.0.1", "port": sink.address.port(), "security": "none", "from": "offers@jamii.example"},
            }),
        )
        .await?;
    let tried = json!({"to": "amina@jamii.example"});
    amina.post(&format!("/providers/{}/test", word(&relay["id"])), tried).await?;
    report.check("test mail that arrived at the relay", sink.mails().len(), 1);
    let team = amina.get("/users").await?;
    report.check("people who may sign in", team.as_array().map_or(0, Vec::len), 3);
    let none = String::new();
    let (segment, offer, campaign) = (none.clone(), none.clone(), none);
    Ok(Stage { server, sink, amina, approver, rep, segment, offer, campaign })
}

/// 2. Customers out of two spreadsheets, one of them messy.
pub(super) async fn customers(stage: &mut Stage, report: &mut Report) -> anyhow::Result<()> {
    report.step("Customers");
    let expected: Value = serde_json::from_str(MESSY_EXPECTED)?;
    let found = import(stage, "messy.csv", MESSY, &["--map", "Town=city"]).await?;
    for key in ["rows", "imported", "duplicates", "rejected", "reasons"] {
        report.check(format!("messy file: {key}"), found[key].clone(), expected[key].clone());
    }
    let found = import(stage, "people.csv", &spreadsheet(SystemClock.now()), &[]).await?;
    report.check("clean file: imported", found["imported"].clone(), PEOPLE);
    let everybody = stage.amina.count("/customers?pageSize=1").await?;
    report.check("customers in the list", everybody, expected["imported"].as_i64().unwrap_or(0) + PEOPLE);
    let opted_out = recount(&stage.server.folder, "SELECT COUNT(*) FROM customers WHERE opted_out").await?;
    report.check("opted out", stage.amina.count("/customers?optedOut=true&pageSize=1").await?, opted_out);
    Ok(())
}

async fn import(stage: &Stage, name: &str, content: &str, more: &[&str]) -> anyhow::Result<Value> {
    let file = stage.server.folder.join(name);
    std::fs::write(&file, content)?;
    let (folder, file) = (text(&stage.server.folder), text(&file));
    let mut args = vec!["import", "customers", "--data-dir", &folder, &file, "--region", "KE"];
    args.extend(["--on-duplicate", "update", "--key", "external_id", "--json"]);
    args.extend(more);
    Ok(serde_json::from_str(&run(&args).await?)?)
}

/// 3. Two segments whose sizes are true: those who said no are in none.
pub(super) async fn segment(stage: &mut Stage, report: &mut Report) -> anyhow::Result<()> {
    report.step("Segment");
    let recent = SystemClock.now() - 30 * muster_domain::time::DAY;
    let vip = json!([
        {"field": "tier", "operator": "equals", "value": "VIP"}, {"field": "city", "operator": "equals", "value": "Nairobi"},
        {"field": "last_purchase_date", "operator": "within_last", "value": "30 days"},
    ]);
    let vip = json!({"logic": "AND", "conditions": vip});
    let size = estimate(stage, &vip).await?;
    let who = format!("tier = 'VIP' AND city = 'Nairobi' AND last_purchase_date >= {recent}");
    report.check("VIP in Nairobi, bought within 30 days", size["size"].clone(), people(stage, &who).await?);
    let members = size["sample"].as_array().map_or(0, Vec::len);
    report.holds("sample members are shown", members > 0);
    let nested = json!({"logic": "OR", "conditions": [
        {"logic": "AND", "conditions": [{"field": "tier", "operator": "equals", "value": "Gold"}, {"field": "city", "operator": "in", "value": ["Mombasa", "Kisumu"]}]},
        {"logic": "NOT", "conditions": [{"field": "client_type", "operator": "in", "value": ["Retail", "Agent", "Broker"]}]},
    ]});
    let who = "((tier = 'Gold' AND city IN ('Mombasa', 'Kisumu')) OR client_type IS NULL OR client_type NOT IN ('Retail', 'Agent', 'Broker'))";
    let size = estimate(stage, &nested).await?;
    report.check(
        "nested: Gold at the lake or the coast, or of no known type",
        size["size"].clone(),
        people(stage, who).await?,
    );
    let body = json!({"name": "VIP in Nairobi, bought within 30 days", "type": "dynamic", "criteria": vip});
    stage.segment = word(&stage.amina.post("/segments", body).await?["id"]);
    Ok(())
}

async fn estimate(stage: &Stage, criteria: &Value) -> anyhow::Result<Value> {
    stage.amina.post("/segments/estimate", json!({"criteria": criteria, "sampleSize": 5, "withLines": false})).await
}

async fn people(stage: &Stage, who: &str) -> anyhow::Result<i64> {
    let query =
        format!("SELECT COUNT(*) FROM customers WHERE erased_at IS NULL AND is_active AND NOT opted_out AND ({who})");
    recount(&stage.server.folder, &query).await
}

/// 4. An offer with a text for every channel and language; a mistake is named where it stands.
pub(super) async fn offer(stage: &mut Stage, report: &mut Report) -> anyhow::Result<()> {
    report.step("Offer");
    let wrong = json!({"channel": "sms", "locale": "en", "title": "JAMII", "textBody": "Hi {{ first_name }},\nuse {{ frist_name }} now"});
    let told = stage.amina.post("/templates/check", wrong).await?;
    let problem = told["problems"].as_array().and_then(|all| all.first()).cloned().unwrap_or_default();
    report.check("a misspelt name is found in line", problem["line"].clone(), 2);
    report.holds("and at its column", problem["column"].as_i64().is_some_and(|column| column > 1));
    let creative = |channel: &str, locale: &str, title: &str, text: &str, html: &str| json!({"channel": channel, "locale": locale, "title": title, "textBody": text, "htmlBody": html});
    let offer = json!({
        "name": "Weekend 5GB", "codeMode": "shared", "code": "WIKENDI5",
        "products": [{"name": "5GB, 48 hours", "type": "data", "value": "5GB", "price": "149"}],
        "rewards": [{"type": "credit", "value": "200", "currency": "KES", "name": "KES 200 airtime", "grantedOn": "redeemed"}],
        "trackingSources": [{"source": "utm_source", "value": "muster"}, {"source": "utm_campaign", "value": "weekend"}],
        "creatives": [
            creative("sms", "en", "JAMII", "Hi {{ first_name }}, 5GB for KES 149: {{ redemption_code }}", ""),
            creative("sms", "sw", "JAMII", "Habari {{ first_name }}, 5GB kwa KES 149: {{ redemption_code }}", ""),
            creative("email", "en", "5GB for your weekend, {{ first_name }}", "Hello {{ first_name }}, use {{ redemption_code }}. {{ unsubscribe_url }}",
                "<p>Hello {{ first_name }}, <a href=\"https://jamii.example/5gb?x=1\">5GB for KES 149</a>: {{ redemption_code }}</p><p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a></p>"),
        ],
    });
    stage.offer = word(&stage.amina.post("/offers", offer).await?["id"]);
    let active = stage.amina.post(&format!("/offers/{}/activate", stage.offer), json!({})).await?;
    report.check("the offer is", active["status"].clone(), "active");
    Ok(())
}

/// 5. A campaign that somebody else approves, and its moment.
pub(super) async fn campaign(stage: &mut Stage, report: &mut Report) -> anyhow::Result<()> {
    report.step("Campaign");
    let body = json!({
        "name": "Weekend win-back", "channel": "multi", "objective": "retention", "timezone": "Africa/Nairobi", "controlPercent": 10,
        "segmentIds": [stage.segment], "offers": [{"segmentId": stage.segment, "offerId": stage.offer}],
    });
    stage.campaign = word(&stage.amina.post("/campaigns", body).await?["id"]);
    let path = format!("/campaigns/{}", stage.campaign);
    let refused = stage.amina.refusal(&format!("{path}/start"), json!({})).await?;
    report.check("starting it without approval is refused", refused, "approval_required");
    stage.amina.post(&format!("{path}/submit"), json!({})).await?;
    let inbox = stage.approver.get("/approvals").await?;
    let asked = inbox.as_array().and_then(|all| all.first()).context("nothing waits for the approver")?;
    let decide = format!("/approvals/{}/approve", word(&asked["id"]));
    let samples = stage.approver.get(&format!("{path}/samples")).await?;
    report.holds(
        "the approver sees renderings for real customers",
        samples.as_array().is_some_and(|all| !all.is_empty()),
    );
    report.holds("and the size of the audience", asked["audienceSize"].as_i64().is_some_and(|size| size > 0));
    let maker = stage.amina.refusal(&decide, json!({"comment": "mine"})).await?;
    report.holds(format!("the maker cannot approve ({maker})"), maker != "accepted");
    stage.approver.post(&decide, json!({"comment": "Good to go."})).await?;
    let approved = stage.amina.get(&path).await?;
    report.check("approval", approved["approvalStatus"].clone(), "approved");
    Ok(())
}

/// A JSON string's text.
pub(super) fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
