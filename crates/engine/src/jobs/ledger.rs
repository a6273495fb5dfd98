//! Keeps what executions have to keep. Where there is one writer ([`Desk::keeps_together`]), those that come at about the same time go
//! in one transaction: nobody waits for others to come, but who comes while one is under way goes with the next.

use std::sync::{Arc, Mutex, PoisonError};

use muster_domain::clock::Millis;
use tokio::sync::{Semaphore, oneshot};

use super::book::BookError;
use super::desk::{Desk, LEASE};
use super::run::{Entry, Written};

/// Entries of one transaction.
const TOGETHER: usize = 32;

type Answer = Result<(Written, Millis), BookError>;

struct Waiting {
    entry: Arc<Entry>,
    answer: oneshot::Sender<Answer>,
}

/// The ledger of a process.
pub(super) struct Ledger {
    waiting: Mutex<Vec<Waiting>>,
    /// Whoever writes.
    pen: Semaphore,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { waiting: Mutex::default(), pen: Semaphore::new(1) }
    }
}

impl Ledger {
    /// Keeps an entry; gives what was written, and when.
    pub async fn keep(&self, desk: &Desk, entry: Entry) -> Answer {
        if !desk.keeps_together() {
            return keep_alone(desk, &entry).await;
        }
        let entry = Arc::new(entry);
        loop {
            let (answer, mut answered) = oneshot::channel();
            self.lock().push(Waiting { entry: Arc::clone(&entry), answer });
            let pen = tokio::select! {
                biased;
                answer = &mut answered => match answer {
                    Ok(answer) => return answer,
                    // Whoever wrote it is gone.
                    Err(_) => continue,
                },
                pen = self.pen.acquire() => pen,
            };
            // Written by whoever had the pen before; those who wait now each ask for it, too.
            if let Ok(answer) = answered.try_recv() {
                return answer;
            }
            self.write_waiting(desk).await;
            drop(pen);
            if let Ok(answer) = answered.await {
                return answer;
            }
        }
    }

    /// Writes what waits now.
    async fn write_waiting(&self, desk: &Desk) {
        let mut waiting = std::mem::take(&mut *self.lock());
        // A transaction is of one workspace.
        waiting.sort_by_key(|one| (one.entry.ws.0, one.entry.id));
        let mut rest = waiting.into_iter().peekable();
        while let Some(first) = rest.next() {
            let mut together = vec![first];
            while together.len() < TOGETHER
                && let Some(next) = rest.next_if(|next| next.entry.ws == together[0].entry.ws)
            {
                together.push(next);
            }
            write_together(desk, together).await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// In one transaction, and if that fails each in its own, so that one is in nobody's way.
async fn write_together(desk: &Desk, together: Vec<Waiting>) {
    if together.len() > 1 {
        let entries: Vec<&Entry> = together.iter().map(|one| &*one.entry).collect();
        match write(desk, &entries).await {
            Ok(written) => {
                for (one, written) in together.into_iter().zip(written) {
                    let _ = one.answer.send(Ok(written));
                }
                return;
            }
            Err(error) => tracing::warn!(%error, "executions could not be kept together: one after the other"),
        }
    }
    for one in together {
        let _ = one.answer.send(keep_alone(desk, &one.entry).await);
    }
}

async fn keep_alone(desk: &Desk, entry: &Entry) -> Answer {
    Ok(write(desk, &[entry]).await?.into_iter().next().unwrap_or_default())
}

async fn write(desk: &Desk, entries: &[&Entry]) -> Result<Vec<(Written, Millis)>, BookError> {
    let now = desk.now();
    let Some(first) = entries.first() else { return Ok(Vec::new()) };
    let mut tx = desk.db.write(first.ws).await?.hastily();
    let mut written = Vec::with_capacity(entries.len());
    for entry in entries {
        written.push((entry.write(desk, &mut tx, now + LEASE, now).await?, now));
    }
    tx.commit().await?;
    Ok(written)
}
