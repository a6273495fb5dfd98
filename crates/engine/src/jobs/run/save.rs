//! What an execution keeps: its state before anything is done about it, and its end with all that follows from that.

use std::sync::Arc;

use muster_db::job_leases::{self, End, Progress, Sums};
use muster_db::job_logs::NewLine;
use muster_db::job_tries::TryRow;
use muster_db::{DbError, Tx, job_alerts, job_logs, job_tries};
use muster_domain::clock::Millis;
use muster_domain::job::definition::JobDefinition;
use muster_domain::job::execution::ExecutionStatus;
use muster_domain::job::workflow::{Counters, Finished, NODE_LOST};
use muster_domain::time::SECOND;
use muster_domain::workspace::WorkspaceId;
use serde_json::{Value, json};
use tokio::time::Duration;
use uuid::Uuid;

use super::Run;
use crate::jobs::book::BookError;
use crate::jobs::desk::{Desk, LEASE};
use crate::jobs::follow;
use crate::jobs::hands::{News, NewsKind};

/// A database that is out of reach is tried again after this long.
pub(super) const AGAIN: Duration = Duration::from_secs(1);
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
        let entry = self.entry(what);
        let finished = entry.finished.clone();
        let (written, now) = self.desk.ledger().keep(&self.desk, entry).await?;
        self.kept(now + LEASE, now);
        self.publish(&written, finished.as_ref());
        Ok(())
    }

    /// What is to be kept now.
    pub(super) fn entry(&mut self, what: Keep) -> Entry {
        let state = self.workflow.state();
        Entry {
            ws: self.ws,
            id: self.id,
            job_id: self.job_id,
            token: self.token,
            job: Arc::clone(&self.job),
            is_built_in: self.is_built_in,
            workflow: serde_json::to_value(state).unwrap_or_default(),
            counters: self.workflow.counters(),
            sums: self.sums,
            sla_breached: state.sla_breached,
            tells_sla: state.sla_breached && !self.is_sla_told,
            lines: self.log.lines().to_vec(),
            rows: self.rows.clone(),
            has_lost_tries: self.has_lost_tries,
            finished: self.workflow.finished().filter(|_| what == Keep::End).cloned(),
            is_released: what == Keep::Release,
        }
    }

    /// All of it is kept.
    pub(super) fn kept(&mut self, lease_until: Millis, now: Millis) {
        self.lease_until = lease_until;
        self.beats_at = now + super::BEAT;
        self.rows.clear();
        self.log.kept();
        self.has_lost_tries = false;
        self.is_sla_told = self.workflow.state().sla_breached;
        self.is_changed = false;
    }

    pub(super) fn publish(&self, written: &Written, finished: Option<&Finished>) {
        let (live, ws) = (&self.desk.live, self.ws);
        if let Some(last) = written.last_line {
            live.publish(ws, format!("log:{}", self.id), json!({ "lastId": last }));
        }
        let counters = self.workflow.counters();
        let status = finished.map_or(ExecutionStatus::Running, |finished| finished.status);
        let state = json!({
            "status": status, "stepsTotal": counters.total, "stepsCompleted": counters.completed,
            "stepsFailed": counters.failed, "slaBreached": self.workflow.state().sla_breached,
            "progress": self.tries.shares(),
        });
        live.publish(ws, format!("execution:{}", self.id), state);
        if finished.is_some() || written.has_news {
            self.desk.announce(ws);
        }
        if written.has_news {
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

/// What an execution keeps: how far it has come, and its end. It stands by itself, so that somebody else may write it.
pub(in crate::jobs) struct Entry {
    pub ws: WorkspaceId,
    pub id: Uuid,
    job_id: Uuid,
    token: Uuid,
    job: Arc<JobDefinition>,
    is_built_in: bool,
    workflow: Value,
    counters: Counters,
    sums: Sums,
    sla_breached: bool,
    /// That it takes too long is news.
    tells_sla: bool,
    lines: Vec<NewLine>,
    rows: Vec<TryRow>,
    has_lost_tries: bool,
    /// Where it ends.
    finished: Option<Finished>,
    /// Somebody else goes on with it.
    is_released: bool,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::jobs) struct Written {
    last_line: Option<i64>,
    has_news: bool,
}

impl Entry {
    /// Writes it, and what follows from its end.
    pub async fn write(
        &self,
        desk: &Desk,
        tx: &mut Tx,
        lease_until: Millis,
        now: Millis,
    ) -> Result<Written, BookError> {
        self.write_progress(desk, tx, lease_until, now).await?;
        let last_line = job_logs::add(tx, self.ws, self.id, &self.lines).await?;
        let mut has_news = false;
        if self.tells_sla {
            self.tell_sla(desk, tx, now).await?;
            has_news = true;
        }
        if let Some(finished) = &self.finished {
            has_news |= self.follow(desk, tx, finished, now).await?;
        } else if self.is_released {
            job_leases::release(tx, self.ws, self.id, self.token, now).await?;
        }
        Ok(Written { last_line, has_news })
    }

    async fn write_progress(
        &self,
        desk: &Desk,
        tx: &mut Tx,
        lease_until: Millis,
        now: Millis,
    ) -> Result<(), BookError> {
        let progress = Progress {
            workflow: &self.workflow,
            steps_total: self.counters.total,
            steps_completed: self.counters.completed,
            steps_failed: self.counters.failed,
            sums: self.sums,
            sla_breached: self.sla_breached,
        };
        match &self.finished {
            None => job_leases::save(tx, self.ws, self.id, self.token, &progress, lease_until, now).await?,
            Some(finished) => {
                let end = End {
                    status: finished.status.as_str(),
                    at: finished.at,
                    error_code: finished.error_code.as_deref(),
                    error_message: finished.error_message.as_deref(),
                    error_step: finished.error_step.as_deref(),
                };
                job_leases::finish(tx, self.ws, self.id, self.token, &progress, &end).await?;
            }
        }
        if self.has_lost_tries {
            let why = ("failure", "node_lost", NODE_LOST);
            job_tries::close(tx, self.ws, self.id, why, now).await?;
        }
        // The same try may have begun and ended since: a row is written once.
        let mut rows: Vec<TryRow> = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            rows.retain(|other| other.id != row.id);
            rows.push(row.clone());
        }
        let node = desk.node.id.to_string();
        Ok(job_tries::write(tx, self.ws, self.id, self.job_id, &rows, &node).await?)
    }

    async fn tell_sla(&self, desk: &Desk, tx: &mut Tx, now: Millis) -> Result<(), BookError> {
        let minutes = self.job.sla_duration_minutes.unwrap_or_default();
        let words = format!("{} takes longer than agreed ({minutes} min).", self.job.name);
        job_alerts::insert(tx, self.ws, "sla", self.job_id, Some(self.id), &words, now).await?;
        self.tell(desk, tx, NewsKind::Sla, words, now).await
    }

    /// What follows from its end.
    async fn follow(&self, desk: &Desk, tx: &mut Tx, finished: &Finished, now: Millis) -> Result<bool, BookError> {
        follow::ended(tx, desk.ids.as_ref(), self.ws, (self.job_id, self.id), now).await?;
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
                self.tell(desk, tx, NewsKind::Failure, message, now).await?;
            }
            return Ok(true);
        }
        if finished.status == ExecutionStatus::Success && self.job.notify_on_success {
            self.tell(desk, tx, NewsKind::Success, message, now).await?;
            return Ok(true);
        }
        Ok(false)
    }

    async fn tell(
        &self,
        desk: &Desk,
        tx: &mut Tx,
        kind: NewsKind,
        message: String,
        at: Millis,
    ) -> Result<(), BookError> {
        let job = Arc::clone(&self.job);
        let news = News { ws: self.ws, job, job_id: self.job_id, execution: self.id, kind, message, at };
        Ok(desk.hands.teller.tell(tx, &news).await?)
    }
}
