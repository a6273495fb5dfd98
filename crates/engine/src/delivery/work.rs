//! The messages of a window: read, decide, render, send.

use std::collections::HashMap;
use std::time::Duration;

use futures::future::join_all;
use muster_channels::OutboundMessage;
use muster_db::Tx;
use muster_db::deliveries::{self, AttributeRow, CodeRow};
use muster_db::leases;
use muster_db::profiles::ProfileRow;
use muster_domain::channel::Channel;
use muster_domain::creative::ChoiceReason;
use muster_domain::recipient::RecipientStatus;

use super::cycle::{FIRST_PAUSE, NO_PROVIDER_PAUSE, PATIENCE, Senders};
use super::decide::{Decision, decide};
use super::mark::{Marks, SentBy};
use super::message::{build, values};
use super::plan::RunPlan;
use super::take::Taken;
use super::{Delivery, LEASE_LIFE};

/// What goes to each provider: place among the profiles, content, why that content, message.
type Batches = HashMap<(Channel, Option<String>), Vec<(usize, usize, ChoiceReason, OutboundMessage)>>;

/// A lease is renewed well before it ends while its messages are on their way.
const RENEW_AFTER: Duration = Duration::from_millis(LEASE_LIFE.unsigned_abs() / 4);

/// What deciding and rendering need to know of a window's customers.
#[derive(Default)]
pub(super) struct Knowledge {
    profiles: Vec<ProfileRow>,
    attributes: HashMap<i64, Vec<AttributeRow>>,
    codes: Vec<CodeRow>,
    /// How many more messages a frequency cap allows to a customer by a channel; no entry: as many as there are.
    allowed: HashMap<(i64, Channel), i64>,
}

impl Delivery {
    /// Reads, decides, renders and sends; nothing is written here but codes that customers have for good.
    pub(super) async fn work(
        &self,
        plan: &RunPlan,
        taken: &Taken,
        known: Knowledge,
        senders: &Senders,
    ) -> muster_db::Result<Marks> {
        let now = self.clock.now();
        let Knowledge { profiles, attributes, codes, mut allowed } = self.with_codes(plan, known).await?;
        let mut marks = Marks::default();
        let mut batches: Batches = HashMap::new();
        for (at, p) in profiles.iter().enumerate() {
            let (index, reason) = match decide(plan, p, now) {
                Decision::Send { index, reason } => (index, reason),
                Decision::Wait { until } => {
                    marks.wait(p, until);
                    continue;
                }
                Decision::Suppress { reason } => {
                    marks.settle_unsent(p, RecipientStatus::Suppressed, reason, now);
                    continue;
                }
                Decision::Skip { reason } => {
                    marks.settle_unsent(p, RecipientStatus::Skipped, reason, now);
                    continue;
                }
            };
            let content = &plan.contents[index];
            let allowance = allowed.get_mut(&(p.customer_id, content.row.channel));
            if allowance.as_ref().is_some_and(|left| **left <= 0) {
                marks.settle_unsent(p, RecipientStatus::Skipped, String::from("frequency cap reached"), now);
                continue;
            }
            let key = (content.row.channel, content.row.sms_route.clone());
            let via = match senders.get(&key) {
                Some(Ok(via)) => via,
                other => {
                    let why =
                        other.and_then(|o| o.as_ref().err()).cloned().unwrap_or_else(|| String::from("no provider"));
                    marks.deferrals.push(leases::Deferral {
                        seq: p.seq,
                        due_at: now + NO_PROVIDER_PAUSE,
                        cause: "retry",
                        last_error: Some(why),
                    });
                    continue;
                }
            };
            let own: Vec<AttributeRow> = attributes.get(&p.customer_id).cloned().unwrap_or_default();
            let code = code_of(&codes, content.row.offer_id, p.customer_id);
            let with = values(
                plan,
                content,
                p,
                &own,
                code.map(|c| c.code.as_str()),
                code.is_some_and(|c| c.customer_id.is_some()),
            );
            match build(plan, content, p, with, via, now) {
                Ok(built) => {
                    if let Some(left) = allowance {
                        *left -= 1;
                    }
                    let values_json = serde_json::to_string(&built.values).unwrap_or_default();
                    marks.snapshots.push(deliveries::Snapshot {
                        seq: p.seq,
                        address: built.message.to.clone(),
                        values_json,
                    });
                    batches.entry(key).or_default().push((at, index, reason, built.message));
                }
                Err(error) => marks.settle_unsent(p, RecipientStatus::Failed, error.to_string(), now),
            }
        }
        self.send(plan, taken, senders, &profiles, batches, &mut marks).await;
        Ok(marks)
    }

    /// Hands every provider its batch, all at once, and keeps the lease alive meanwhile.
    async fn send(
        &self,
        plan: &RunPlan,
        taken: &Taken,
        senders: &Senders,
        profiles: &[ProfileRow],
        batches: Batches,
        marks: &mut Marks,
    ) {
        let work = batches.into_iter().filter_map(|(key, batch)| {
            let via = senders.get(&key)?.as_ref().ok()?.clone();
            Some(async move {
                let (facts, messages): (Vec<_>, Vec<_>) = batch
                    .into_iter()
                    .map(|(at, index, reason, message)| ((at, index, reason, message.to.clone()), message))
                    .unzip();
                let outcomes = via.sender.send(messages).await;
                (via, facts, outcomes)
            })
        });
        let all = join_all(work);
        tokio::pin!(all);
        let answers = loop {
            tokio::select! {
                answers = &mut all => break answers,
                () = tokio::time::sleep(RENEW_AFTER) => {
                    if let Err(error) = self.renew(plan, taken).await {
                        tracing::warn!(runId = plan.facts.run_id, %error, "a lease could not be renewed; it is tried again");
                    }
                }
            }
        };
        let now = self.clock.now();
        for (via, facts, outcomes) in answers {
            let info = via.sender.describe();
            for ((at, index, reason, to), outcome) in facts.into_iter().zip(&outcomes) {
                let content = &plan.contents[index];
                let by = SentBy {
                    channel: content.row.channel,
                    address: &to,
                    provider: &info.name,
                    content_no: content.row.content_no,
                    choice: choice_code(reason),
                    reports_delivery: via.reports_delivery,
                };
                marks.answered(&profiles[at], &by, outcome, now);
            }
        }
    }

    async fn renew(&self, plan: &RunPlan, taken: &Taken) -> muster_db::Result<()> {
        let mut tx = self.db.write(plan.ws).await?;
        leases::renew(&mut tx, plan.ws, &taken.lease, self.clock.now() + LEASE_LIFE).await?;
        tx.commit().await
    }

    /// Gives codes to those who have none; tried again while the database comes back, for what is leased and not sent would
    /// be in doubt without need.
    async fn with_codes(&self, plan: &RunPlan, mut known: Knowledge) -> muster_db::Result<Knowledge> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.issue_codes(plan, &known.profiles, &mut known.codes).await {
                Err(error) if pause < PATIENCE => {
                    tracing::warn!(runId = plan.facts.run_id, %error, "codes could not be given; it is tried again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                done => return done.map(|()| known),
            }
        }
    }

    /// Reads the customers of a lease as they are now.
    pub(super) async fn read(&self, tx: &mut Tx, plan: &RunPlan, taken: &Taken) -> muster_db::Result<Knowledge> {
        let (ws, now) = (plan.ws, self.clock.now());
        let profiles = plan.query.read(tx, ws, &taken.lease).await?;
        let customers: Vec<i64> = profiles.iter().map(|p| p.customer_id).collect();
        let mut attributes: HashMap<i64, Vec<AttributeRow>> = HashMap::new();
        if plan.wants_attributes {
            for row in deliveries::attributes(tx, ws, &customers).await? {
                attributes.entry(row.customer_id).or_default().push(row);
            }
        }
        let mut offers: Vec<_> = plan.contents.iter().filter_map(|c| c.row.offer_id).collect();
        offers.dedup();
        let codes = if offers.is_empty() { Vec::new() } else { deliveries::codes(tx, ws, &offers, &customers).await? };
        let mut allowed: HashMap<(i64, Channel), i64> = HashMap::new();
        for cap in plan.caps() {
            let after = cap.period.began(now, &plan.facts.workspace_timezone) - 1;
            for channel in Channel::ALL.iter().filter(|c| cap.channel.is_none_or(|k| k == **c)) {
                let got: HashMap<i64, i64> =
                    deliveries::recent(tx, ws, &customers, *channel, after).await?.into_iter().collect();
                for customer in &customers {
                    let left = cap.count - got.get(customer).copied().unwrap_or(0);
                    allowed.entry((*customer, *channel)).and_modify(|least| *least = left.min(*least)).or_insert(left);
                }
            }
        }
        Ok(Knowledge { profiles, attributes, codes, allowed })
    }
}

fn code_of(codes: &[CodeRow], offer: Option<uuid::Uuid>, customer: i64) -> Option<&CodeRow> {
    let offer = offer?;
    codes
        .iter()
        .find(|c| c.offer_id == offer && c.customer_id == Some(customer))
        .or_else(|| codes.iter().find(|c| c.offer_id == offer && c.customer_id.is_none()))
}

fn choice_code(reason: ChoiceReason) -> i16 {
    match reason {
        ChoiceReason::None => 0,
        ChoiceReason::ExactMatch => 1,
        ChoiceReason::DefaultLocale => 2,
        ChoiceReason::FirstActive => 3,
    }
}
