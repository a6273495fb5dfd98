//! What moves on screens: the newest state per topic, pushed to whoever looks.
//!
//! A viewer that falls behind gets the newest state of what it missed, never a backlog: the hub keeps one value per
//! topic and a number that grows with every change, and each viewer remembers the last number it saw. A thousand slow
//! viewers cost a sender one lock and one notification.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use muster_domain::workspace::WorkspaceId;
use serde_json::Value;
use tokio::sync::watch;

/// Topics kept at most; the ones that changed longest ago go first.
const MAX_TOPICS: usize = 4_096;

/// The newest state of every topic.
#[derive(Debug)]
pub struct LiveHub {
    topics: Mutex<Topics>,
    version: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Topics {
    version: u64,
    values: HashMap<(WorkspaceId, String), (u64, Value)>,
}

/// One change as a viewer gets it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct LiveChange {
    /// `campaign:<id>`, `campaigns`, `board`, `import:<id>` …
    pub topic: String,
    /// The newest state, or an empty object where the viewer should ask again.
    pub data: Value,
}

impl Default for LiveHub {
    fn default() -> Self {
        Self { topics: Mutex::default(), version: watch::channel(0).0 }
    }
}

impl LiveHub {
    /// Replaces the state of a topic.
    pub fn publish(&self, ws: WorkspaceId, topic: impl Into<String>, data: Value) {
        let version = {
            let mut topics = self.topics.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            topics.version += 1;
            let version = topics.version;
            if topics.values.len() >= MAX_TOPICS {
                let horizon = version.saturating_sub(MAX_TOPICS as u64 / 2);
                topics.values.retain(|_, (seen, _)| *seen > horizon);
            }
            topics.values.insert((ws, topic.into()), (version, data));
            version
        };
        self.version.send_replace(version);
    }

    /// A viewer of one workspace, from now on.
    pub fn subscribe(self: &Arc<Self>, ws: WorkspaceId) -> LiveViewer {
        let changes = self.version.subscribe();
        let seen = *changes.borrow();
        LiveViewer { hub: Arc::clone(self), ws, seen, changes }
    }
}

/// Somebody who looks.
pub struct LiveViewer {
    hub: Arc<LiveHub>,
    ws: WorkspaceId,
    seen: u64,
    changes: watch::Receiver<u64>,
}

impl LiveViewer {
    /// Waits for something to change in this workspace and gives every topic that did, oldest change first. None when
    /// the hub is gone.
    pub async fn next(&mut self) -> Option<Vec<LiveChange>> {
        loop {
            let found = self.take();
            if !found.is_empty() {
                return Some(found);
            }
            self.changes.changed().await.ok()?;
        }
    }

    fn take(&mut self) -> Vec<LiveChange> {
        let topics = self.hub.topics.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut found: Vec<_> =
            topics.values.iter().filter(|((ws, _), (version, _))| *ws == self.ws && *version > self.seen).collect();
        found.sort_by_key(|(_, (version, _))| *version);
        let changes = found
            .into_iter()
            .map(|((_, topic), (_, data))| LiveChange { topic: topic.clone(), data: data.clone() })
            .collect();
        self.seen = topics.version;
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[tokio::test]
    async fn a_slow_viewer_gets_the_newest_state_and_only_of_its_workspace() {
        let hub = Arc::new(LiveHub::default());
        let mut viewer = hub.subscribe(WorkspaceId(1));
        for n in 0..1_000 {
            hub.publish(WorkspaceId(1), "campaign:a", json!({ "sent": n }));
            hub.publish(WorkspaceId(2), "campaign:b", json!({ "sent": n }));
        }
        let got = viewer.next().await.unwrap();
        assert_eq!(got, vec![LiveChange { topic: "campaign:a".into(), data: json!({ "sent": 999 }) }]);
    }

    #[tokio::test]
    async fn a_thousand_viewers_who_never_look_leave_nothing_behind() {
        let (hub, ws) = (Arc::new(LiveHub::default()), WorkspaceId(1));
        let mut viewers: Vec<_> = (0..1_000).map(|_| hub.subscribe(ws)).collect();
        for n in 0..10_000 {
            hub.publish(ws, "campaign:a", json!({ "sent": n }));
        }
        assert_eq!(hub.topics.lock().unwrap().values.len(), 1, "no queue grows, for whomever");
        for viewer in &mut viewers {
            let got = viewer.next().await.unwrap();
            assert_eq!((got.len(), &got[0].data), (1, &json!({ "sent": 9_999 })), "only the newest state");
        }
    }
}
