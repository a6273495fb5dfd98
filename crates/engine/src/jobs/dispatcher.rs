//! The task of a process that looks for work: what is due, what happened, who may start, whose node is gone. It sleeps until
//! the next moment, and is woken when something earlier is written.

use std::sync::Arc;
use std::time::Duration;

use muster_domain::clock::Millis;
use muster_domain::time::{MINUTE, SECOND};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::book::BookError;
use super::desk::Desk;
use super::glance::Glance;
use super::run::Run;
use super::{admission, due, events, late, retention, takeover};

/// Looked at least this often, whatever the timers say: another node may have written something.
const SWEEP: Duration = Duration::from_secs(5);
/// What failed as a whole is tried again after this long.
const AGAIN: Duration = Duration::from_secs(1);
/// How often old executions are looked for.
const TIDY: Millis = 10 * MINUTE;

/// Looks for work and has it done.
pub struct Dispatcher {
    desk: Arc<Desk>,
    stop: CancellationToken,
    tidied_at: Option<Millis>,
}

/// What a look found.
struct Found {
    runs: Vec<Run>,
    /// There was more of something than one look does.
    again: bool,
    /// When to look again; none: nothing comes by time alone.
    next: Option<Millis>,
    /// Something failed as a whole.
    has_failed: bool,
    /// Whether old executions were looked for, and none are left.
    is_tidy: bool,
}

impl Dispatcher {
    /// A dispatcher that stops when `stop` is cancelled; what runs is given a moment to end, and handed on.
    pub fn new(desk: Arc<Desk>, stop: CancellationToken) -> Self {
        Self { desk, stop, tidied_at: None }
    }

    /// Runs until stopped.
    pub async fn run(mut self) {
        let mut runs: JoinSet<()> = JoinSet::new();
        let mut looks: JoinSet<Found> = JoinSet::new();
        while !self.stop.is_cancelled() {
            let now = self.desk.now();
            let is_time_to_tidy = self.tidied_at.is_none_or(|at| now - at >= TIDY);
            // In a task of its own: a fault in a look must not end the looking.
            looks.spawn(look(Arc::clone(&self.desk), is_time_to_tidy));
            let wait = match looks.join_next().await {
                None => SWEEP,
                Some(Ok(found)) => {
                    self.tidied_at = if found.is_tidy { Some(now) } else { self.tidied_at };
                    for run in found.runs {
                        runs.spawn(run.work(self.stop.clone()));
                    }
                    match found.next {
                        _ if found.has_failed => AGAIN,
                        _ if found.again => Duration::ZERO,
                        None => SWEEP,
                        Some(at) => Duration::from_millis(u64::try_from(at - self.desk.now()).unwrap_or(0)).min(SWEEP),
                    }
                }
                Some(Err(error)) => {
                    tracing::error!(%error, "a look for jobs broke down; the next one follows");
                    SWEEP
                }
            };
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = self.desk.jobs.rung() => {}
                () = tokio::time::sleep(wait) => {}
                // An execution that ended makes room, and rings.
                Some(ended) = runs.join_next(), if !runs.is_empty() => {
                    if let Err(error) = ended {
                        tracing::error!(%error, "an execution broke down; it goes on once its lease has ended");
                    }
                }
            }
        }
        while runs.join_next().await.is_some() {}
    }
}

/// One look. What fails is looked at again with the next; the rest is done nevertheless.
async fn look(desk: Arc<Desk>, tidies: bool) -> Found {
    let looked_at = desk.now();
    let mut has_failed = false;
    let mut note = |what: &str, result: Result<(), BookError>| {
        if let Err(error) = result {
            has_failed = true;
            tracing::error!(%error, "{what} failed; it is tried again");
        }
    };
    let glance = match Glance::take(&desk).await {
        Ok(glance) => glance,
        Err(error) => {
            note("looking for jobs", Err(error.into()));
            Glance::default()
        }
    };
    let mut runs = takeover::take_over(&desk, &glance.lost).await;
    if glance.has_events {
        note("reading events", events::read(&desk).await);
    }
    note("starting what is late", late::start(&desk, &glance.late).await);
    due::start_due(&desk, &glance.due).await;
    admission::judge_waiting(&desk, &glance.waiting).await;
    let taken = admission::take(&desk, &glance.queued).await;
    let mut again = glance.leads_on(!taken.runs.is_empty()) || taken.has_failed;
    runs.extend(taken.runs);
    let mut is_tidy = false;
    if tidies {
        let tidied = retention::tidy(&desk).await;
        is_tidy = matches!(tidied, Ok(false));
        again |= matches!(tidied, Ok(true));
        note("putting away", tidied.map(drop).map_err(BookError::from));
    }
    // What was due already is done, or others do it.
    let next = glance.next.map(|at| if at > looked_at { at } else { looked_at + SECOND });
    Found { runs, again, next, has_failed, is_tidy }
}
