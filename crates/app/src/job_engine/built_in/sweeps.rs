//! Does the bodies of built-in jobs.

use async_trait::async_trait;
use muster_db::{admin, workspaces};
use muster_domain::job::words::FailureCode;
use muster_domain::job::workflow::{Failure, Outcome};
use muster_domain::workspace::WorkspaceId;
use muster_engine::jobs::step::{LogLevel, LogLine, Measured, Said, SaidSender, StepOrder, StepReport, StepRunner};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    CAMPAIGN_AB_TEST_EVALUATOR, CAMPAIGN_RECURRING_TRIGGER, CAMPAIGN_SCHEDULER, CAMPAIGN_STATS_REFRESH,
    DATABASE_BACKUP, DATABASE_MAINTENANCE, PLAN_TIMEOUTS, REPLY_INGESTION, RETENTION, statistics,
};
use crate::backup::{self, Backup};
use crate::runs::{decide_due_of, end_due_of, launch_due_of, sweep_recurring};
use crate::{App, AppError, AppResult, Ctx, mailboxes, plans, tidying};

/// Does the bodies of built-in jobs.
pub(crate) struct Sweeps(pub App);

/// One of them at work.
pub(super) struct Sweep<'a> {
    pub app: &'a App,
    pub ws: WorkspaceId,
    pub execution: Uuid,
    said: &'a SaidSender,
    pub stop: &'a CancellationToken,
}

#[async_trait]
impl StepRunner for Sweeps {
    async fn run(&self, order: StepOrder, said: SaidSender, stop: CancellationToken) -> StepReport {
        let sweep = Sweep { app: &self.0, ws: order.ws, execution: order.execution, said: &said, stop: &stop };
        let result = match sweep.of(&order.job.code).await {
            Ok(outcome) => Ok(outcome),
            Err(error) => Err(Failure::new(FailureCode::Action, error.to_string())),
        };
        let rows_processed = result.as_ref().ok().and_then(|outcome| outcome.rows).unwrap_or_default();
        StepReport { result, measured: Measured { rows_processed, ..Measured::default() } }
    }
}

impl Sweep<'_> {
    /// Does it.
    async fn of(&self, code: &str) -> AppResult<Outcome> {
        if code == REPLY_INGESTION {
            return self.read_mailboxes().await;
        }
        Ok(Outcome { rows: self.counted(code).await?, ..Outcome::default() })
    }

    /// Does it; gives how many rows it looked at or changed, where it counts any.
    async fn counted(&self, code: &str) -> AppResult<Option<i64>> {
        let app = self.app;
        match code {
            CAMPAIGN_SCHEDULER => {
                launch_due_of(app, Some(self.ws), app.now()).await?;
                end_due_of(app, Some(self.ws)).await.map(|()| None)
            }
            CAMPAIGN_RECURRING_TRIGGER => sweep_recurring(app, self.ws).await.map(Some),
            CAMPAIGN_AB_TEST_EVALUATOR => decide_due_of(app, Some(self.ws)).await.map(Some),
            PLAN_TIMEOUTS => self.go_on_with_plans().await.map(Some),
            CAMPAIGN_STATS_REFRESH => statistics::recount(self).await.map(Some),
            // Of the database as a whole. Earlier versions gave these to every workspace.
            _ if !self.is_first().await? => {
                self.say(LogLevel::Info, "The first workspace of this database does this for all of them.").await;
                Ok(None)
            }
            RETENTION => tidying::forget_old(app, tidying::AT_ONCE).await.map(|_| None),
            DATABASE_MAINTENANCE => {
                let mut tx = app.db.write_all().await?.patiently();
                admin::count_customers_anew(&mut tx).await?;
                tx.commit().await?;
                Ok(None)
            }
            DATABASE_BACKUP => self.back_up().await.map(|()| None),
            _ => Err(AppError::conflict("unknown_job", "This version of Muster has no such built-in job.")),
        }
    }

    async fn go_on_with_plans(&self) -> AppResult<i64> {
        let done = plans::advance_due_of(self.app, Some(self.ws)).await?;
        if done > 0 {
            self.say(LogLevel::Info, format!("Did {done} actions, timeouts and events that were due.")).await;
            self.app.wake.notify_one();
        }
        Ok(done)
    }

    async fn read_mailboxes(&self) -> AppResult<Outcome> {
        let ctx = Ctx::system(self.ws, self.execution.to_string());
        let (read, lines) = mailboxes::read_all(self.app, &ctx, self.execution, self.stop).await?;
        let mut failed = Vec::new();
        for line in lines {
            match line {
                mailboxes::Line::Read(text) => self.say(LogLevel::Info, text).await,
                mailboxes::Line::Failed(text) => {
                    self.say(LogLevel::Warning, text.as_str()).await;
                    failed.push(text);
                }
            }
        }
        let left_undone = (!failed.is_empty()).then(|| failed.join(" "));
        Ok(Outcome { rows: Some(read), left_undone, ..Outcome::default() })
    }

    async fn back_up(&self) -> AppResult<()> {
        let Backup { path, bytes, contents, removed } = backup::make(self.app).await?;
        self.say(LogLevel::Info, format!("Made {} ({bytes} bytes).", path.display())).await;
        if let Some(c) = contents {
            let counts = format!("{} customers, {} campaigns, {} messages", c.customers, c.campaigns, c.messages);
            self.say(LogLevel::Info, format!("Read it again from end to end: {counts}.")).await;
        }
        if removed > 0 {
            self.say(LogLevel::Info, format!("Removed {removed} older.")).await;
        }
        Ok(())
    }

    async fn is_first(&self) -> AppResult<bool> {
        let mut tx = self.app.db.read_all().await?;
        Ok(workspaces::is_first(&mut tx, self.ws).await?)
    }

    /// Writes a line of the job's log.
    pub(super) async fn say(&self, level: LogLevel, message: impl Into<String>) {
        // Nobody listens any more where the execution was given up.
        let _ = self.said.send(Said::Line(LogLine { level, message: message.into() })).await;
    }
}
