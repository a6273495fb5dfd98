//! The right to do the call of an idempotency key, held by the task that does it.
//!
//! Use cases know nothing of it: whatever transaction of the workspace such a task commits, [`crate::Tx::commit`] marks the key
//! as applied in that transaction. So effect and mark are kept together or not at all, whatever dies in between, and a worker
//! whose call was taken over can keep nothing any more.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use crate::Scope;

tokio::task_local! {
    static HELD: Claim;
}

/// A claim on a call. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Claim {
    pub ws: WorkspaceId,
    pub asker: Uuid,
    /// The key.
    pub name: Arc<str>,
    /// Tells this worker from those before and after it.
    pub token: Uuid,
    is_marked: Arc<AtomicBool>,
}

impl Claim {
    /// A claim that nothing was committed under.
    pub fn new(ws: WorkspaceId, asker: Uuid, name: &str, token: Uuid) -> Self {
        Self { ws, asker, name: name.into(), token, is_marked: Arc::default() }
    }

    /// Does `work` under this claim. What `work` spawns is no part of the call.
    pub async fn hold<F: Future>(self, work: F) -> F::Output {
        HELD.scope(self, work).await
    }

    /// Whether this task does the call of a key.
    pub fn is_held() -> bool {
        HELD.try_with(|_| ()).is_ok()
    }

    /// The claim that a commit in this scope has to mark: the first one of a call does, for from then on nobody may take it
    /// over. Sweeps over all workspaces, such as prolonging a session, are no effect of the call.
    pub(crate) fn to_mark(scope: Scope) -> Option<Self> {
        let held = HELD.try_with(Self::clone).ok()?;
        (scope == Scope::Workspace(held.ws) && !held.is_marked.load(Ordering::Acquire)).then_some(held)
    }

    pub(crate) fn marked(&self) {
        self.is_marked.store(true, Ordering::Release);
    }
}
