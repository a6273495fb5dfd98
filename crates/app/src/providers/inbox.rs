//! Where the sandbox keeps a workspace's messages.

use std::sync::Arc;

use async_trait::async_trait;
use muster_channels::OutboundMessage;
use muster_channels::sandbox::SandboxInbox;
use muster_db::sandbox::{self, NewSandboxMessage};
use muster_db::{Db, DbError};
use muster_domain::channel::Channel;
use muster_domain::clock::Clock;
use muster_domain::reference::MessageReference;
use muster_domain::workspace::WorkspaceId;
use muster_engine::live::LiveHub;
use serde_json::{Value, json};

/// The test inbox of one workspace.
pub struct WorkspaceInbox {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub live: Arc<LiveHub>,
    pub ws: WorkspaceId,
}

#[async_trait]
impl SandboxInbox for WorkspaceInbox {
    async fn keep(&self, messages: Vec<OutboundMessage>) -> Result<Vec<String>, String> {
        let rows: Vec<_> = messages.into_iter().map(row).collect();
        let ids = self.insert(&rows).await.map_err(|error| error.to_string())?;
        self.live.publish(self.ws, "sandbox", json!({}));
        Ok(ids.into_iter().map(|id| id.to_string()).collect())
    }
}

impl WorkspaceInbox {
    async fn insert(&self, rows: &[NewSandboxMessage]) -> Result<Vec<i64>, DbError> {
        let mut tx = self.db.write(self.ws).await?;
        let ids = sandbox::insert(&mut tx, self.ws, rows, self.clock.now()).await?;
        tx.commit().await?;
        Ok(ids)
    }
}

fn row(message: OutboundMessage) -> NewSandboxMessage {
    let reference: MessageReference = message.reference.parse().unwrap_or_default();
    let known = |id: i64| (id != 0).then_some(id);
    let sender = match (message.channel, message.sender_id, message.from_name) {
        (Channel::Email, _, Some(name)) => format!("{name} <{}>", message.from),
        (Channel::Email, _, None) => message.from,
        (_, Some(id), _) => id,
        (_, None, _) => message.from,
    };
    let headers: Vec<Value> = message.headers.into_iter().map(|(name, value)| json!([name, value])).collect();
    NewSandboxMessage {
        channel: message.channel,
        recipient: message.to,
        sender,
        subject: message.subject.unwrap_or_default(),
        text_body: message.text,
        html_body: message.html.map(String::from).unwrap_or_default(),
        headers: Value::Array(headers),
        message_id: Some(message.message_id).filter(|id| !id.is_empty()),
        customer_id: known(reference.customer_id),
        run_id: known(reference.run_id),
        // Recipients are counted from 0, so only the run says whether there is one.
        seq: known(reference.run_id).map(|_| reference.seq),
    }
}
