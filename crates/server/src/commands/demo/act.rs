//! Steps 6 and 7: the campaign runs, is paused, killed and started again, while somebody watches.

use std::collections::HashSet;
use std::time::Duration;

use muster_domain::clock::Clock;
use muster_domain::time::rfc3339;
use muster_engine::clock::SystemClock;
use serde_json::{Value, json};

use super::report::Report;
use super::{Stage, recount};

/// From now to the moment that the campaign is scheduled for, milliseconds.
const AHEAD: i64 = 1_500;
/// A paused campaign is watched this long.
const STILL: Duration = Duration::from_millis(700);

/// 6. Starts by itself, is paused and resumed, killed in the middle, and ends with everybody sent to exactly once.
pub(super) async fn run(stage: &mut Stage, report: &mut Report) -> anyhow::Result<()> {
    report.step("Run");
    let path = format!("/campaigns/{}", stage.campaign);
    let live = format!("{path}/live");
    let viewer = tokio::spawn(count_events(stage.amina.live().await?, format!("campaign:{}", stage.campaign)));
    let at = SystemClock.now() + AHEAD;
    stage.amina.post(&format!("{path}/schedule"), json!({"scheduledAt": rfc3339(at)})).await?;
    let begun = stage.amina.until(&live, |now| sent(now) > 20).await?;
    let first = recount(&stage.server.folder, "SELECT MIN(started_at) FROM campaign_runs").await?;
    report.holds("it started within a second of its moment", (at..at + 1_000).contains(&first));
    let total = begun["counters"]["total"].as_i64().unwrap_or_default();

    stage.amina.post(&format!("{path}/pause"), json!({})).await?;
    let paused = stage.amina.until(&live, |now| now["status"] == "paused").await?;
    tokio::time::sleep(STILL).await;
    let mails = stage.sink.mails().len();
    tokio::time::sleep(STILL).await;
    report.check("messages that leave while it is paused", stage.sink.mails().len() - mails, 0);
    report.holds("some are left for later", sent(&paused) < total);
    let waiting = stage.amina.get(&format!("{path}/recipients?status=pending&pageSize=1")).await?;
    let second_thoughts = format!("/customers/{}", waiting[0]["customerId"]);
    stage.amina.patch(&second_thoughts, json!({"optedOut": true})).await?;
    stage.amina.post(&format!("{path}/resume"), json!({})).await?;

    stage.amina.until(&live, |now| sent(now) > total / 2).await?;
    stage.server.crash_and_restart().await?;
    let events = viewer.await??;
    report.holds(format!("an open window saw it move ({events} pushes)"), events > 2);
    let done = stage.amina.until(&live, |now| now["status"] == "completed").await?;
    let counters = &done["counters"];
    report.check("status after kill -9 and a new start", done["status"].clone(), "completed");
    let parts = ["sent", "failed", "suppressed", "skipped", "cancelled", "pending", "unknown"];
    let sum: i64 = parts.iter().filter_map(|part| counters[part].as_i64()).sum();
    report.check("who says no while it is paused is not sent to", counters["suppressed"].clone(), 1);
    report.check("the ledger: total is the sum of its parts", sum, total);
    arrivals(stage, report, counters).await
}

/// What arrived is what the database says was sent, message by message.
async fn arrivals(stage: &Stage, report: &mut Report, counters: &Value) -> anyhow::Result<()> {
    let mails: Vec<_> =
        stage.sink.mails().into_iter().filter(|mail| !mail.header("List-Unsubscribe").is_empty()).collect();
    let different: HashSet<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
    report.check("mails that arrived twice", mails.len() - different.len(), 0);
    let count = |what: &str| format!("SELECT COUNT(*) FROM campaign_recipients WHERE {what}");
    let by_mail = recount(&stage.server.folder, &count("sent_at IS NOT NULL AND channel = 'email'")).await?;
    let unknown = counters["unknown"].as_i64().unwrap_or_default();
    report.holds(format!("at most one window is in doubt, and listed ({unknown})"), unknown <= 100);
    let arrived = i64::try_from(mails.len())?;
    report.check("mails marked as sent and not arrived", (by_mail - arrived).max(0), 0);
    report.holds("mails that arrived unmarked are among the unknown", arrived - by_mail <= unknown);
    let by_text = recount(&stage.server.folder, &count("sent_at IS NOT NULL AND channel = 'sms'")).await?;
    let texts = stage.amina.count("/sandbox/messages?channel=sms&pageSize=1").await?;
    report.holds(
        format!("text messages in the sandbox ({texts}), but for those in doubt"),
        (by_text..=by_text + unknown).contains(&texts),
    );
    let unwanted = "SELECT COUNT(*) FROM run_recipients r JOIN customers k ON k.id = r.customer_id WHERE r.sent_at IS NOT NULL AND k.opted_out";
    report.check("people sent to who had opted out", recount(&stage.server.folder, unwanted).await?, 0);
    let control = "SELECT COUNT(*) FROM run_recipients r JOIN run_control_members m ON m.run_id = r.run_id AND m.customer_id = r.customer_id";
    report.check("people sent to who are in the control group", recount(&stage.server.folder, control).await?, 0);
    let swahili = stage.amina.count("/sandbox/messages?channel=sms&search=habari&pageSize=1").await?;
    let speakers = "SELECT COUNT(*) FROM sandbox_messages m JOIN customers k ON k.id = m.customer_id WHERE m.channel = 'sms' AND k.preferred_language = 'sw'";
    report.check("texts in Swahili, to those who speak it", swahili, recount(&stage.server.folder, speakers).await?);
    Ok(())
}

/// 7. An hourly rate holds the rest back and says so; cancelling ends it.
pub(super) async fn watch(stage: &mut Stage, report: &mut Report) -> anyhow::Result<()> {
    report.step("Watch");
    let body = json!({
        "name": "Slow outreach", "channel": "email", "segmentIds": [stage.segment], "deliveryMode": "outreach",
        "email_subject": "Hey {{first_name}}", "email_body": "<p>Hi {{first_name}}</p>", "send_rate_per_hour": 50, "send_batch_size": 10,
    });
    let id = super::prepare::word(&stage.amina.post("/campaigns", body).await?["id"]);
    let path = format!("/campaigns/{id}");
    stage.amina.post(&format!("{path}/submit"), json!({})).await?;
    let inbox = stage.approver.get("/approvals").await?;
    let asked = super::prepare::word(&inbox[0]["id"]);
    stage.approver.post(&format!("/approvals/{asked}/approve"), json!({})).await?;
    stage.amina.post(&format!("{path}/start"), json!({})).await?;
    let held = stage.amina.until(&format!("{path}/live"), |now| !now["limitedBy"].is_null()).await?;
    report.check("what limits it is named", held["limitedBy"].clone(), "Campaign, per hour");
    report.check("used of 50 an hour", held["limits"][0]["used"].clone(), 50);
    report.holds("the time left is told", held["etaSeconds"].as_i64().is_some_and(|left| left > 3_600));
    report.check("stages of the pipeline shown", held["stages"].as_array().map_or(0, Vec::len), 8);
    stage.amina.post(&format!("{path}/cancel"), json!({})).await?;
    let ended = stage.amina.until(&format!("{path}/live"), |now| now["counters"]["pending"] == 0).await?;
    let counters = &ended["counters"];
    let rest =
        ["total", "sent", "suppressed", "skipped", "unknown", "failed"].map(|key| counters[key].as_i64().unwrap_or(0));
    report.check(
        "cancelled: the rest, none sent",
        counters["cancelled"].clone(),
        rest[0] - rest[1..].iter().sum::<i64>(),
    );
    Ok(())
}

fn sent(live: &Value) -> i64 {
    live["counters"]["sent"].as_i64().unwrap_or_default()
}

/// How often a window that is open was told about a topic, until its server was killed.
async fn count_events(mut stream: reqwest::Response, topic: String) -> anyhow::Result<usize> {
    let mut told = 0;
    while let Ok(Some(chunk)) = stream.chunk().await {
        told += String::from_utf8_lossy(&chunk).matches(&topic).count();
    }
    Ok(told)
}
