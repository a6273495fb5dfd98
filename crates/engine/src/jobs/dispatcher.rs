//! The task of a process that looks for work: what is due, what happened, who may start, whose node is gone. It sleeps until
//! the next moment, and is woken when something earlier is written.

use std::sync::Arc;
use std::time::Duration;

use muster_db::{DbError, event_readers, job_late_starts, job_leases, job_plans, job_queue};
use muster_domain::clock::Millis;
use muster_domain::time::MINUTE;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::book::BookError;
use super::desk::Desk;
use super::run::Run;
use super::{admission, due, events, late, retention, takeover};

/// Looked at least this often, whatever the timers say: another node may have written something.
const SWEEP: Duration = Duration::from_secs(5);
/// How often old executions are looked for.
const TIDY: Millis = 10 * MINUTE;

/// Looks for work and has it done.
pub struct Dispatcher {
    desk: Arc<Desk>,
    stop: CancellationToken,
    tidied_at: Option<Millis>,
}

/// The next look follows after this long at the earliest, unless there is more to do.
const BREATH: Duration = Duration::from_millis(20);
/// What failed as a whole is tried again after this long.
const AGAIN: Duration = Duration::from_secs(1);

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
                        Some(at) => {
                            Duration::from_millis(u64::try_from(at - self.desk.now()).unwrap_or(0)).clamp(BREATH, SWEEP)
                        }
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
    let mut runs = Vec::new();
    let (mut again, mut has_failed) = (false, false);
    let mut note = |what: &str, result: Result<bool, BookError>| match result {
        Ok(is_more) => again |= is_more,
        Err(error) => {
            has_failed = true;
            tracing::error!(%error, "{what} failed; it is tried again");
        }
    };
    match takeover::take_over(&desk).await {
        Ok(taken) => runs.extend(taken),
        Err(error) => note("taking over", Err(error)),
    }
    note("reading events", events::read(&desk).await);
    note("starting what is late", late::start(&desk).await);
    note("starting what is due", due::start_due(&desk).await);
    note("judging who waits", admission::judge_waiting(&desk).await);
    match admission::take(&desk).await {
        Ok(taken) => runs.extend(taken),
        Err(error) => note("taking from the queue", Err(error)),
    }
    let mut is_tidy = false;
    if tidies {
        let tidied = retention::tidy(&desk).await;
        is_tidy = matches!(tidied, Ok(false));
        note("putting away", tidied.map_err(BookError::from));
    }
    let next = match ahead(&desk).await {
        Ok(next) => next,
        Err(error) => {
            tracing::error!(%error, "looking ahead failed");
            None
        }
    };
    Found { runs, again, next, has_failed, is_tidy }
}

/// Stops what somebody wants stopped, and gives the next moment of anything.
async fn ahead(desk: &Desk) -> Result<Option<Millis>, DbError> {
    let mut tx = desk.db.read_all().await?;
    for execution in job_leases::to_abort(&mut tx, desk.node.process).await? {
        desk.abort(execution);
    }
    if event_readers::has_new(&mut tx).await? {
        return Ok(Some(desk.now()));
    }
    let now = desk.now();
    let resting = desk.rests().resting(now);
    let moments = [
        desk.rests().next(now),
        job_plans::next_due(&mut tx, &resting).await?,
        job_queue::next_to_judge(&mut tx, &resting).await?,
        job_leases::next_expiry(&mut tx, desk.node.process, &resting).await?,
        job_late_starts::next(&mut tx).await?,
    ];
    Ok(moments.into_iter().flatten().min())
}
