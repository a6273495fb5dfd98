//! What an execution keeps: its state before anything is done about it, and its end with all that follows from that.

use muster_db::job_leases::{self, End, Progress};
use muster_db::{DbError, Tx, job_alerts, job_logs, job_tries};
use muster_domain::clock::Millis;
use muster_domain::job::execution::ExecutionStatus;
use muster_domain::job::workflow::{Finished, NODE_LOST};
use muster_domain::time::SECOND;
use serde_json::json;
use tokio::time::Duration;

use super::Run;
use crate::jobs::book::BookError;
use crate::jobs::desk::LEASE;
use crate::jobs::follow;
use crate::jobs::hands::{News, NewsKind};

/// A database that is out of reach is tried again after this long.
const AGAIN: Duration = Duration::from_secs(1);
/// The lease is given up so long before others may take it.
const MARGIN: Millis = 5 * SECOND;

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// How far it has come.
    Progress,
    /// That, and its end where it has ended.
    End,
    /// That, and somebody else goes on with it.
    Release,
}

/// The lease is gone, or cannot be kept: somebody else goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lost;

impl Run {
    /// Keeps what has become of it, as often as it takes while the lease lasts.
    pub(super) async fn keep(&mut self, what: Keep) -> Result<(), Lost> {
        loop {
            match self.try_to_keep(what).await {
                Ok(()) => return Ok(()),
                Err(BookError::Db(DbError::Stale { .. })) => {
                    tracing::warn!("the lease of an execution is gone: somebody else goes on with it");
                    return Err(Lost);
                }
                Err(error) => tracing::error!(%error, "an execution could not be kept; it is tried again"),
            }
            self.hold_on()?;
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Whether the lease is still ours to use.
    fn hold_on(&self) -> Result<(), Lost> {
        if self.desk.now() < self.lease_until - MARGIN {
            return Ok(());
        }
        tracing::error!("the database was out of reach for too long: an execution is left to others");
        Err(Lost)
    }

    async fn try_to_keep(&mut self, what: Keep) -> Result<(), BookError> {
        let now = self.desk.now();
        let mut tx = self.desk.db.write(self.ws).await?.hastily();
        let finished = self.workflow.finished().filter(|_| what == Keep::End).cloned();
        let lease_until = now + LEASE;
        self.write_progress(&mut tx, lease_until, now).await?;
        let last_line = job_logs::add(&mut tx, self.ws, self.id, self.log.lines()).await?;
        let mut has_news = false;
        if self.workflow.state().sla_breached && !self.is_sla_told {
            has_news |= self.tell_sla(&mut tx, now).await?;
        }
        match (&finished, what) {
            (Some(finished), _) => has_news |= self.end(&mut tx, finished, now).await?,
            (None, Keep::Release) => job_leases::release(&mut tx, self.ws, self.id, self.token, now).await?,
            _ => {}
        }
        tx.commit().await?;
        self.lease_until = lease_until;
        self.beats_at = now + super::BEAT;
        self.rows.clear();
        self.log.kept();
        self.has_lost_tries = false;
        self.is_sla_told = self.workflow.state().sla_breached;
        self.is_changed = false;
        self.publish(last_line, finished.as_ref(), has_news);
        Ok(())
    }

    async fn write_progress(&self, tx: &mut Tx, lease_until: Millis, now: Millis) -> Result<(), BookError> {
        let counters = self.workflow.counters();
        let workflow = serde_json::to_value(self.workflow.state()).unwrap_or_default();
        let progress = Progress {
            workflow: &workflow,
            steps_total: counters.total,
            steps_completed: counters.completed,
            steps_failed: counters.failed,
            sums: self.sums,
            sla_breached: self.workflow.state().sla_breached,
        };
        job_leases::save(tx, self.ws, self.id, self.token, &progress, lease_until, now).await?;
        if self.has_lost_tries {
            let why = ("failure", "node_lost", NODE_LOST);
            job_tries::close(tx, self.ws, self.id, why, now).await?;
        }
        // The same try may have begun and ended since: a row is written once.
        let mut rows: Vec<job_tries::TryRow> = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            rows.retain(|other| other.id != row.id);
            rows.push(row.clone());
        }
        let node = self.desk.node.id.to_string();
        Ok(job_tries::write(tx, self.ws, self.id, self.job_id, &rows, &node).await?)
    }

    async fn tell_sla(&self, tx: &mut Tx, now: Millis) -> Result<bool, BookError> {
        let minutes = self.job.sla_duration_minutes.unwrap_or_default();
        let words = format!("{} takes longer than agreed ({minutes} min).", self.job.name);
        job_alerts::insert(tx, self.ws, "sla", self.job_id, Some(self.id), &words, now).await?;
        self.tell(tx, NewsKind::Sla, words, now).await?;
        Ok(true)
    }

    async fn end(&self, tx: &mut Tx, finished: &Finished, now: Millis) -> Result<bool, BookError> {
        let end = End {
            status: finished.status.as_str(),
            at: finished.at,
            error_code: finished.error_code.as_deref(),
            error_message: finished.error_message.as_deref(),
            error_step: finished.error_step.as_deref(),
        };
        job_leases::finish(tx, self.ws, self.id, self.token, &end).await?;
        follow::ended(tx, self.desk.ids.as_ref(), self.ws, self.id, now).await?;
        let message = match (&finished.error_step, &finished.error_message) {
            (Some(step), Some(why)) => {
                let name = self.job.step(step).map_or(step.as_str(), |step| step.step_name.as_str());
                format!("{name}: {why}")
            }
            (None, Some(why)) => why.clone(),
            _ => String::from("It succeeded."),
        };
        if finished.status.is_failed() {
            // A sweep that fails every minute says so once, until somebody has seen it.
            if self.is_built_in && job_alerts::is_told(tx, self.ws, self.job_id, "failure").await? {
                return Ok(false);
            }
            job_alerts::insert(tx, self.ws, "failure", self.job_id, Some(self.id), &message, now).await?;
            if self.job.notify_on_failure {
                self.tell(tx, NewsKind::Failure, message, now).await?;
            }
            return Ok(true);
        }
        if finished.status == ExecutionStatus::Success && self.job.notify_on_success {
            self.tell(tx, NewsKind::Success, message, now).await?;
            return Ok(true);
        }
        Ok(false)
    }

    async fn tell(&self, tx: &mut Tx, kind: NewsKind, message: String, at: Millis) -> Result<(), BookError> {
        let news =
            News { ws: self.ws, job: self.job.clone(), job_id: self.job_id, execution: self.id, kind, message, at };
        Ok(self.desk.hands.teller.tell(tx, &news).await?)
    }

    fn publish(&self, last_line: Option<i64>, finished: Option<&Finished>, has_news: bool) {
        let (live, ws) = (&self.desk.live, self.ws);
        if let Some(last) = last_line {
            live.publish(ws, format!("log:{}", self.id), json!({ "lastId": last }));
        }
        let counters = self.workflow.counters();
        let status = finished.map_or(ExecutionStatus::Running, |finished| finished.status);
        let state = json!({
            "status": status, "stepsTotal": counters.total, "stepsCompleted": counters.completed,
            "stepsFailed": counters.failed, "slaBreached": self.workflow.state().sla_breached,
        });
        live.publish(ws, format!("execution:{}", self.id), state);
        if finished.is_some() || has_news {
            self.desk.announce(ws);
        }
        if has_news {
            self.desk.hands.teller.announce(ws);
        }
    }

    /// Keeps the lease alive; true when somebody wants it stopped.
    pub(super) async fn beat(&mut self) -> Result<bool, Lost> {
        let now = self.desk.now();
        let beat = async {
            let mut tx = self.desk.db.write(self.ws).await?.hastily();
            let beat = job_leases::beat(&mut tx, self.ws, self.id, self.token, now + LEASE).await?;
            tx.commit().await?;
            Ok::<_, DbError>(beat)
        };
        match beat.await {
            Ok(Some(is_unwanted)) => {
                self.lease_until = now + LEASE;
                self.beats_at = now + super::BEAT;
                Ok(is_unwanted)
            }
            Ok(None) => Err(Lost),
            Err(error) => {
                tracing::warn!(%error, "no sign of life could be given; it is tried again");
                self.hold_on()?;
                self.beats_at = now + SECOND;
                Ok(false)
            }
        }
    }
}
