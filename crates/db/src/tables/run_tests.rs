//! `run_tests`: the A/B test of a run, from its launch to its winner. Whoever changes one holds its run.

use muster_domain::clock::Millis;
use muster_domain::experiment::WinnerCriteria;
use muster_domain::experiment::verdict::Arm;
use muster_domain::workspace::WorkspaceId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Result, Tx, sql};

sql! {
    INSERT = "INSERT INTO run_tests (run_id, tenant_id, criteria, duration_hours, sample_percent, variants) VALUES ($1, $2, $3, $4, $5, $6)";
    HOLD = "UPDATE campaign_runs SET held_from = $3 WHERE tenant_id = $1 AND id = $2 AND status = 'running' AND next_seq = 1 AND held_from IS NULL";
    GET = "SELECT t.run_id, n.campaign_id, n.status AS run_status, n.held_from, t.criteria, t.duration_hours, t.sample_percent, t.variants, t.decide_at, t.winner_no, t.decided_at, t.decided_by, t.result
           FROM run_tests t JOIN campaign_runs n ON n.id = t.run_id WHERE t.tenant_id = $1 AND t.run_id = $2";
    WAS_TESTED = "SELECT COUNT(*) FROM run_tests t JOIN campaign_runs n ON n.id = t.run_id WHERE t.tenant_id = $1 AND n.campaign_id = $2";
    // From the last message of the sample on. Once for each run: what is decided, or counted already, is not counted again.
    SAMPLE_LEFT = "UPDATE run_tests SET decide_at = COALESCE((SELECT MAX(r.sent_at) FROM run_recipients r WHERE r.tenant_id = $1 AND r.run_id = $2), $3) + duration_hours * 3600000
                   WHERE tenant_id = $1 AND run_id = $2 AND decide_at IS NULL AND winner_no IS NULL";
    // run_tests_due; all workspaces. A run that was cancelled needs no winner.
    DUE = "SELECT t.tenant_id, t.run_id FROM run_tests t JOIN campaign_runs n ON n.id = t.run_id
           WHERE t.winner_no IS NULL AND t.decide_at <= $1 AND n.status IN ('running', 'completed') ORDER BY t.decide_at, t.run_id LIMIT 100";
    NEXT_DUE = "SELECT MIN(t.decide_at) FROM run_tests t JOIN campaign_runs n ON n.id = t.run_id WHERE t.winner_no IS NULL AND t.decide_at > $1 AND n.status IN ('running', 'completed')";
    DECIDE = "UPDATE run_tests SET winner_no = $3, decided_at = $4, decided_by = $5, result = $6 WHERE tenant_id = $1 AND run_id = $2 AND winner_no IS NULL";
    // what waits for the winner; somebody written to again after an absence has a variant already
    GIVE = "UPDATE run_recipients SET variant_no = $4 WHERE tenant_id = $1 AND run_id = $2 AND seq >= $3 AND variant_no = 0 AND status = 0";
    FEWER = "UPDATE run_stats SET total = total - $3 WHERE tenant_id = $1 AND run_id = $2 AND variant_no = 0 AND total >= $3";
    MORE = "INSERT INTO run_stats (run_id, variant_no, tenant_id, total) VALUES ($2, $3, $1, $4) ON CONFLICT (run_id, variant_no) DO UPDATE SET total = run_stats.total + excluded.total";
    LET_GO = "UPDATE campaign_runs SET held_from = NULL WHERE tenant_id = $1 AND id = $2 AND status = 'running' AND held_from = $3";
}

/// A variant as it was when its run was launched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestVariant {
    pub variant_no: i64,
    /// `A` … `E`.
    pub variant_id: String,
    pub name: String,
    pub weight: i64,
}

/// What a test had found when its winner was declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// Of the variants in their order.
    pub arms: Vec<Arm>,
    /// Messages that had waited for the winner.
    pub rest: i64,
}

/// A test to begin.
#[derive(Debug, Clone)]
pub struct NewTest<'a> {
    pub criteria: WinnerCriteria,
    pub duration_hours: i64,
    pub sample_percent: i64,
    pub variants: &'a [TestVariant],
    /// First recipient that waits; none: nobody does.
    pub held_from: Option<i64>,
}

/// The test of a run.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TestRow {
    pub run_id: i64,
    pub campaign_id: Uuid,
    pub run_status: String,
    /// First recipient that waits for the winner.
    pub held_from: Option<i64>,
    #[sqlx(try_from = "String")]
    pub criteria: WinnerCriteria,
    pub duration_hours: i64,
    pub sample_percent: i64,
    #[sqlx(json)]
    pub variants: Vec<TestVariant>,
    /// When it is judged; none: the sample is still being sent.
    pub decide_at: Option<Millis>,
    pub winner_no: Option<i64>,
    pub decided_at: Option<Millis>,
    /// Who declared the winner; none: the figures did.
    pub decided_by: Option<Uuid>,
    #[sqlx(json(nullable))]
    pub result: Option<TestResult>,
}

/// A winner to declare.
#[derive(Debug, Clone)]
pub struct Decision<'a> {
    pub winner_no: i64,
    pub at: Millis,
    pub by: Option<Uuid>,
    pub result: &'a TestResult,
}

/// Begins the test of a run that was just written.
pub async fn begin(tx: &mut Tx, ws: WorkspaceId, run: i64, test: &NewTest<'_>) -> Result<()> {
    let criteria = test.criteria.as_str();
    let variants = crate::sql::json_rows(test.variants);
    exec!(tx, INSERT, run, ws.0, criteria, test.duration_hours, test.sample_percent, variants)?;
    match test.held_from {
        Some(from) => exec_one!("run"; tx, HOLD, ws.0, run, from),
        None => Ok(()),
    }
}

/// The test of a run.
pub async fn get(tx: &mut Tx, ws: WorkspaceId, run: i64) -> Result<Option<TestRow>> {
    fetch_optional!(TestRow; tx, GET, ws.0, run)
}

/// Whether a campaign had a run with a test.
pub async fn was_tested(tx: &mut Tx, ws: WorkspaceId, campaign: Uuid) -> Result<bool> {
    Ok(scalar!(i64; tx, WAS_TESTED, ws.0, campaign)? > 0)
}

/// All of the sample is done with: the time of the test runs since its last message was sent.
pub async fn sample_left(tx: &mut Tx, ws: WorkspaceId, run: i64, now: Millis) -> Result<()> {
    exec!(tx, SAMPLE_LEFT, ws.0, run, now).map(drop)
}

/// Runs whose test is to be judged, in all workspaces, at most 100.
pub async fn due(tx: &mut Tx, now: Millis) -> Result<Vec<(WorkspaceId, i64)>> {
    let rows = fetch_all!((i64, i64); tx, DUE, now)?;
    Ok(rows.into_iter().map(|(tenant_id, run)| (WorkspaceId(tenant_id), run)).collect())
}

/// When the next test is judged, after now.
pub async fn next_due(tx: &mut Tx, now: Millis) -> Result<Option<Millis>> {
    scalar!(Option<Millis>; tx, NEXT_DUE, now)
}

/// Declares the winner; stale when there is one already.
pub async fn decide(tx: &mut Tx, ws: WorkspaceId, run: i64, d: &Decision<'_>) -> Result<()> {
    exec_one!("test"; tx, DECIDE, ws.0, run, d.winner_no, d.at, d.by, sqlx::types::Json(d.result))
}

/// Gives the winner to everybody who waits for it, and lets them go; gives how many messages that are.
pub async fn let_go(tx: &mut Tx, ws: WorkspaceId, run: i64, held_from: i64, winner_no: i64) -> Result<i64> {
    let rest = i64::try_from(exec!(tx, GIVE, ws.0, run, held_from, winner_no)?).unwrap_or(i64::MAX);
    if rest > 0 {
        exec_one!("run"; tx, FEWER, ws.0, run, rest)?;
        exec!(tx, MORE, ws.0, run, winner_no, rest)?;
    }
    exec_one!("run"; tx, LET_GO, ws.0, run, held_from)?;
    Ok(rest)
}
