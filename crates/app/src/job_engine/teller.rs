//! Tells people how jobs end: in the window who runs jobs, by email who is named by the job.

use async_trait::async_trait;
use muster_db::direct_messages::{self, NewDirectMessage};
use muster_db::notifications::{self, NewNotification};
use muster_db::{DbError, Tx};
use muster_domain::channel::Channel;
use muster_domain::role::Role;
use muster_domain::workspace::WorkspaceId;
use muster_engine::jobs::hands::{News, NewsKind, Teller};

use crate::App;
use crate::notifications::announce;

/// Who is told in the window: those who may make and run jobs.
const TOLD: [Role; 2] = [Role::Admin, Role::Manager];

pub(super) struct AppTeller(pub App);

#[async_trait]
impl Teller for AppTeller {
    async fn tell(&self, tx: &mut Tx, news: &News) -> Result<(), DbError> {
        let name = &news.job.name;
        let title = match news.kind {
            NewsKind::Success => format!("{name} succeeded"),
            NewsKind::Failure => format!("{name} failed"),
            NewsKind::Sla => format!("{name} takes too long"),
        };
        let link = format!("/jobs/{}/executions/{}", news.job_id, news.execution);
        let new = NewNotification { at: news.at, kind: "job", title: &title, body: &news.message, link: Some(&link) };
        notifications::to_roles(tx, news.ws, &TOLD, None, &new).await?;
        for recipient in &news.job.notification_recipients {
            let email = NewDirectMessage {
                card_id: None,
                customer_id: None,
                channel: Channel::Email.as_str(),
                recipient,
                subject: &title,
                text_body: &news.message,
                in_reply_to: None,
                created_by: None,
                now: news.at,
            };
            direct_messages::insert(tx, news.ws, &email).await?;
        }
        Ok(())
    }

    fn announce(&self, ws: WorkspaceId) {
        announce(&self.0, ws);
        // Emails leave with the scheduler's next look.
        self.0.wake.notify_one();
    }
}
