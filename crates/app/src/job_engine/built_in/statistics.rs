//! Counts again what the counters of runs say, and corrects what does not agree. They always should: whoever changes a message
//! changes its counter in the same transaction. All other figures of campaigns are sums over these counters.

use muster_db::recounts::{self, Comparison, RunToCount};
use muster_db::runs::RunStats;
use muster_db::{job_alerts, leases};
use muster_domain::job::alert::AlertKind;
use muster_domain::time::{DAY, MINUTE};
use muster_engine::jobs::step::LogLevel;
use serde_json::json;

use super::sweeps::Sweep;
use crate::AppResult;

/// Runs that ended so long ago are not written any more, but for a late click or two.
const LATELY: i64 = 3 * DAY;
/// Runs that are considered in one turn.
const MOST_RUNS: i64 = 1_000;
/// Messages that one turn counts: about a second of the database's time.
const MOST_MESSAGES: i64 = 2_000_000;
/// Who comes first moves on by one in this time, so that everybody's turn comes when there is more than one turn counts.
const SHIFT: i64 = 5 * MINUTE;

/// Looks at runs that are under way or ended lately; gives how many messages it counted.
pub(super) async fn recount(sweep: &Sweep<'_>) -> AppResult<i64> {
    let (app, ws) = (sweep.app, sweep.ws);
    let found = {
        let mut tx = app.db.read(ws).await?;
        recounts::runs(&mut tx, ws, app.now() - LATELY, MOST_RUNS).await?
    };
    let (mut counted, mut runs, mut wrong) = (0, 0, 0);
    for run in in_turn(found, app.now()) {
        if sweep.stop.is_cancelled() || (runs > 0 && counted + run.total_recipients > MOST_MESSAGES) {
            break;
        }
        for difference in differences(sweep, &run).await? {
            wrong += 1;
            correct(sweep, &run, &difference).await?;
        }
        (runs, counted) = (runs + 1, counted + run.total_recipients);
    }
    let verdict = if wrong == 0 { "every number agrees" } else { "some numbers did not agree" };
    sweep.say(LogLevel::Info, format!("Counted {counted} messages of {runs} campaign runs: {verdict}.")).await;
    Ok(counted)
}

/// Those under way before those that ended, each beginning with another one every time.
fn in_turn(runs: Vec<RunToCount>, now: i64) -> impl Iterator<Item = RunToCount> {
    let (mut running, mut ended): (Vec<_>, Vec<_>) = runs.into_iter().partition(|run| run.status == "running");
    for list in [&mut running, &mut ended] {
        let places = usize::try_from(now / SHIFT).unwrap_or(0) % list.len().max(1);
        list.rotate_left(places);
    }
    running.into_iter().chain(ended)
}

async fn differences(sweep: &Sweep<'_>, run: &RunToCount) -> AppResult<Vec<Comparison>> {
    let mut tx = sweep.app.db.read(sweep.ws).await?;
    let mut found = Vec::new();
    for variant in recounts::variants(&mut tx, sweep.ws, run.run_id).await? {
        let comparison = recounts::compare(&mut tx, sweep.ws, run.run_id, variant).await?;
        found.extend(comparison.filter(|it| it.kept != it.counted));
    }
    Ok(found)
}

/// Writes the recount, if the counters still are as they were compared, and says so to people.
async fn correct(sweep: &Sweep<'_>, run: &RunToCount, found: &Comparison) -> AppResult<()> {
    let (app, ws) = (sweep.app, sweep.ws);
    let words = format!("Run {} of “{}”: {}.", run.number, run.name, in_words(found));
    let mut tx = app.db.write(ws).await?;
    // Who sends waits for this lock, and so do we for who sends.
    leases::lock_run(&mut tx, ws, run.run_id).await?;
    if !recounts::correct(&mut tx, ws, run.run_id, found).await? {
        let later = format!("{words} It is being written, so this is looked at again next time.");
        sweep.say(LogLevel::Warning, later).await;
        return Ok(());
    }
    let alert = format!("{words} The number was corrected.");
    job_alerts::of_execution(&mut tx, ws, AlertKind::Warning.as_str(), sweep.execution, &alert, app.now()).await?;
    tx.commit().await?;
    tracing::error!(tenantId = ws.0, runId = run.run_id, "counters differed from a recount: {words}");
    sweep.say(LogLevel::Warning, alert).await;
    app.live.publish(ws, "jobs", json!({}));
    app.live.publish(ws, "campaigns", json!({}));
    Ok(())
}

fn in_words(found: &Comparison) -> String {
    let pairs = named(&found.kept).into_iter().zip(named(&found.counted));
    let differing = pairs.filter(|((_, kept), (_, counted))| kept != counted);
    let words: Vec<String> =
        differing.map(|((name, kept), (_, counted))| format!("{name} said {kept} and is {counted}")).collect();
    words.join(", ")
}

fn named(s: &RunStats) -> [(&'static str, i64); 17] {
    [
        ("total", s.total),
        ("sent", s.sent),
        ("delivered", s.delivered),
        ("opened", s.opened),
        ("clicked", s.clicked),
        ("replied", s.replied),
        ("bounced", s.bounced),
        ("failed", s.failed),
        ("skipped", s.skipped),
        ("suppressed", s.suppressed),
        ("cancelled", s.cancelled),
        ("unknown", s.unknown),
        ("unsubscribed", s.unsubscribed),
        ("complaints", s.complaints),
        ("redeemed", s.redeemed),
        ("conversions", s.conversions),
        ("revenue, in ten-thousandths,", s.revenue_e4),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(run_id: i64, status: &str) -> RunToCount {
        RunToCount { run_id, number: 1, total_recipients: 1, status: status.into(), name: String::new() }
    }

    #[test]
    fn everybody_is_first_some_time_and_what_runs_comes_first() {
        let runs = || vec![run(5, "completed"), run(4, "running"), run(3, "failed"), run(2, "running")];
        let order = |now| in_turn(runs(), now).map(|run| run.run_id).collect::<Vec<_>>();
        assert_eq!(order(0), [4, 2, 5, 3]);
        assert_eq!(order(SHIFT), [2, 4, 3, 5]);
        assert_eq!(in_turn(Vec::new(), SHIFT).count(), 0);
    }
}
