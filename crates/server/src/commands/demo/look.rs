//! Steps 8 to 10: what came back, and whether it adds up.

use std::collections::HashSet;

use anyhow::Context;
use mail_parser::MessageParser;
use serde_json::{Value, json};

use super::prepare::word;
use super::report::Report;
use super::sink::Mail;
use super::{Stage, recount};

/// 8. A person opens, clicks, redeems; another one leaves with one click.
pub(super) async fn track(stage: &mut Stage, report: &mut Report) -> anyhow::Result<()> {
    report.step("Track");
    let mails: Vec<Mail> =
        stage.sink.mails().into_iter().filter(|mail| mail.text.contains("5GB for your weekend")).collect();
    let [reader, leaver, ..] = mails.as_slice() else { anyhow::bail!("no mails to read") };
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let body = html(reader)?;
    let pixel = address(&body, "src=\"", "/t/o/").context("no pixel in the mail")?;
    let seen = browser.get(&pixel).header("User-Agent", BROWSER).send().await?;
    report.check("the pixel is an image", header(&seen, "content-type"), "image/gif");
    let link = address(&body, "href=\"", "/t/c/").context("no tracked link in the mail")?;
    let click = browser.get(&link).header("User-Agent", BROWSER).send().await?;
    let target = header(&click, "location");
    report.holds(format!("the link leads to {target}"), target.contains("x=1") && target.contains("utm_source=muster"));
    let one_click = leaver.header("List-Unsubscribe");
    let one_click = one_click.split(['<', '>']).find(|part| part.starts_with("http")).context("no way out")?;
    report.check("List-Unsubscribe-Post", leaver.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let left = browser.post(one_click).form(&[("List-Unsubscribe", "One-Click")]).send().await?;
    report.holds("one click is enough to leave", left.status().is_success());
    let reader = customer(stage, &reader.to).await?;
    let redeem = json!({"code": "WIKENDI5", "customerId": reader, "value": "149"});
    let redeemed = stage.amina.post("/redemptions", redeem.clone()).await?;
    report.check("balance after the reward", redeemed["rewards"][0]["balanceAfter"].clone(), "300.00");
    report.check("the same code again", stage.amina.refusal("/redemptions", redeem).await?, "already_redeemed");
    let timeline = stage.amina.get(&format!("/customers/{reader}/timeline")).await?.to_string();
    for kind in ["opened", "clicked", "redemption"] {
        report.holds(format!("in the customer's timeline: {kind}"), timeline.contains(kind));
    }
    let stats = stage.amina.get(&format!("/campaigns/{}/stats", stage.campaign)).await?;
    for (key, expected) in [("openedCount", 1), ("clickedCount", 1), ("unsubscribedCount", 1), ("redeemedCount", 1)] {
        report.check(format!("in the campaign's statistics: {key}"), stats[key].clone(), expected);
    }
    Ok(())
}

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

fn header(answer: &reqwest::Response, name: &str) -> String {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn html(mail: &Mail) -> anyhow::Result<String> {
    let parsed = MessageParser::default().parse(mail.text.as_bytes()).context("an unreadable mail")?;
    Ok(parsed.body_html(0).context("no HTML in the mail")?.into_owned())
}

/// The first address in an attribute whose path begins like this.
fn address(html: &str, attribute: &str, path: &str) -> Option<String> {
    html.split(attribute)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .find(|a| a.contains(path))
        .map(str::to_owned)
}

async fn customer(stage: &Stage, email: &str) -> anyhow::Result<i64> {
    let found = stage.amina.get(&format!("/customers?search={email}")).await?;
    let found = found.as_array().and_then(|all| all.iter().find(|one| one["email"] == email)).cloned();
    found.and_then(|one| one["id"].as_i64()).with_context(|| format!("{email} is no customer"))
}

/// 9. Replies become cards in the right queue; a sales rep works one to its end.
pub(super) async fn replies(stage: &mut Stage, report: &mut Report) -> anyhow::Result<()> {
    report.step("Replies");
    let mails = stage.sink.mails();
    let unique: HashSet<&str> = mails.iter().map(|mail| mail.to.as_str()).filter(|to| to.starts_with("demo")).collect();
    let mut from: Vec<&str> = unique.into_iter().collect();
    from.sort_unstable();
    let mut cards = Vec::new();
    for (to, text, disposition, queue) in [
        (from[2], "Yes, interested!", "INTERESTED", "sales"),
        (from[3], "What are your prices?", "NEEDS_MORE_INFO", "account_manager"),
    ] {
        let reply = json!({"campaignId": stage.campaign, "from": to, "subject": "Re: 5GB", "body": text});
        let taken = stage.rep.post("/campaigns/process-response", reply).await?;
        report.check(format!("“{text}” is"), taken["disposition"].clone(), disposition);
        let card = word(&taken["cardId"]);
        let shown = stage.rep.get(&format!("/cards/{card}")).await?;
        report.check("its card is in the queue", shown["card"]["queue"].clone(), queue);
        cards.push(card);
    }
    let texts = stage.amina.get("/sandbox/messages?channel=sms&pageSize=1").await?;
    let answered = format!("/sandbox/messages/{}/reply", texts[0]["id"]);
    let typed = stage.rep.post(&answered, json!({"body": "Please call me about this"})).await?;
    report.holds("a reply typed in the test inbox becomes a card", typed["cardId"].is_string());
    let card = format!("/cards/{}", cards[0]);
    stage.rep.post(&format!("{card}/move"), json!({"status": "in_progress"})).await?;
    let before = stage.sink.mails().len();
    stage.rep.post(&format!("{card}/answer"), json!({"body": "Karibu! I call you this afternoon."})).await?;
    stage.rep.post(&format!("{card}/outcome"), json!({"outcome": "won", "amount": "149"})).await?;
    let closed = stage.rep.until(&card, |now| now["card"]["status"] == "done").await?;
    report.check("the card ends as", closed["card"]["outcome"].clone(), "won");
    stage.rep.until("/pulse", |_| stage.sink.mails().len() > before).await?;
    report.check("answers that left for the customer", stage.sink.mails().len() - before, 1);
    Ok(())
}

/// 10. The campaign's page equals a recount.
pub(super) async fn add_up(stage: &mut Stage, report: &mut Report) -> anyhow::Result<()> {
    report.step("Report");
    let stats = stage.amina.get(&format!("/campaigns/{}/stats", stage.campaign)).await?;
    let live = stage.amina.get(&format!("/campaigns/{}/live", stage.campaign)).await?;
    let run = live["runId"].as_i64().context("no run")?;
    let rows = |what: &str| format!("SELECT COUNT(*) FROM run_recipients WHERE run_id = {run} AND {what}");
    for (key, what) in [
        ("totalRecipients", "status >= 0"),
        ("sentCount", "sent_at IS NOT NULL"),
        ("deliveredCount", "delivered_at IS NOT NULL"),
        ("openedCount", "opened_at IS NOT NULL"),
        ("clickedCount", "clicked_at IS NOT NULL"),
        ("bouncedCount", "status = 5"),
    ] {
        report.check(key, stats[key].clone(), recount(&stage.server.folder, &rows(what)).await?);
    }
    for (key, status) in [("failed", 6), ("skipped", 7), ("suppressed", 8), ("cancelled", 9), ("unknown", 10)] {
        let recounted = recount(&stage.server.folder, &rows(&format!("status = {status}"))).await?;
        report.check(key, live["counters"][key].clone(), recounted);
    }
    let ended = format!(
        "SELECT COUNT(*) FROM job_executions WHERE run_id = {run} AND execution_status NOT IN ('success', 'running')"
    );
    report.check("stages that went wrong", recount(&stage.server.folder, &ended).await?, 0);
    let answer: Value = stage.amina.get(&format!("/campaigns/{}/responses", stage.campaign)).await?;
    report.check("replies on the campaign's page", answer.as_array().map_or(0, Vec::len), 3);
    Ok(())
}
