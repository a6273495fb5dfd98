//! One window after the other, until nothing may be sent now.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures::future::join_all;
use muster_channels::OutboundMessage;
use muster_db::deliveries::{self, AttributeRow, CodeRow, ProfileRow};
use muster_db::leases::{self, Lease};
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use muster_domain::creative::ChoiceReason;
use muster_domain::recipient::RecipientStatus;
use muster_domain::time::SECOND;
use muster_domain::workspace::WorkspaceId;

use super::budget::{self, Budget};
use super::decide::{Decision, decide};
use super::mark::{Marks, SentBy};
use super::message::{build, values};
use super::plan::RunPlan;
use super::{Cycle, Delivery, LEASE_LIFE, WINDOW};
use crate::registry::ActiveSender;

/// A provider by channel and route.
type Senders = HashMap<(Channel, Option<String>), Result<ActiveSender, String>>;

/// What goes to each provider: place among the profiles, content, why that content, message.
type Batches = HashMap<(Channel, Option<String>), Vec<(usize, usize, ChoiceReason, OutboundMessage)>>;

/// No provider may be used: somebody has to do something; it is looked at again after this long.
const NO_PROVIDER_PAUSE: Millis = 30 * SECOND;

/// A failed mark is tried again after this long, then twice as long, and so on; past the patience (half a minute in all,
/// inside the lease's life) the window is left to the rescue.
const FIRST_WRITE_PAUSE: Duration = Duration::from_millis(50);
const WRITE_PATIENCE: Duration = Duration::from_secs(20);

/// A lease with what it covers.
pub(super) struct Taken {
    pub lease: Lease,
    pub reserved_at: Millis,
    pub is_fresh: bool,
}

impl Delivery {
    /// Sends up to `max` messages of a run in windows and says when to come back.
    pub async fn cycle(&self, ws: WorkspaceId, run: i64, max: i64) -> muster_db::Result<Cycle> {
        let mut total = Cycle::default();
        while total.processed < max {
            let window = self.window(ws, run, max - total.processed).await?;
            total.processed += window.processed;
            total.sent += window.sent;
            total.failed += window.failed;
            total.rate_limited = window.rate_limited;
            total.finished = window.finished;
            total.next_at = window.next_at;
            total.provider_trouble = window.provider_trouble;
            if window.processed == 0 || window.finished || window.provider_trouble {
                break;
            }
        }
        Ok(total)
    }

    async fn window(&self, ws: WorkspaceId, run: i64, max: i64) -> muster_db::Result<Cycle> {
        let Some(plan) = self.plan(ws, run).await? else { return Ok(Cycle { finished: true, ..Cycle::default() }) };
        let senders = self.senders(&plan).await;
        let ready: Vec<ActiveSender> = senders.values().filter_map(|s| s.as_ref().ok().cloned()).collect();
        if ready.is_empty() && !plan.contents.is_empty() {
            return Ok(Cycle {
                next_at: Some(self.clock.now() + NO_PROVIDER_PAUSE),
                provider_trouble: true,
                ..Cycle::default()
            });
        }
        let budgets = budget::of_run(&plan, &ready);
        let taken = match self.take(&plan, &budgets, max).await? {
            Ok(taken) => taken,
            Err(idle) => return Ok(idle),
        };
        let marks = self.work(&plan, &taken.lease, &senders).await?;
        let mut pause = FIRST_WRITE_PAUSE;
        loop {
            // These messages have left: what became of them is written even if the database has to come back first.
            match self.write(&plan, &budgets, &taken, &marks).await {
                Err(error) if pause < WRITE_PATIENCE => {
                    tracing::warn!(runId = plan.facts.run_id, %error, "a window could not be marked; it is tried again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                done => return done,
            }
        }
    }

    async fn senders(&self, plan: &RunPlan) -> Senders {
        let mut senders = Senders::new();
        for (channel, route) in plan.channels() {
            let picked = self.registry.pick(plan.ws, channel, route).await;
            senders.insert((channel, route.map(str::to_owned)), picked);
        }
        senders
    }

    /// Leases the next window, or says why there is none.
    async fn take(&self, plan: &RunPlan, budgets: &[Budget], max: i64) -> muster_db::Result<Result<Taken, Cycle>> {
        let (ws, run, now) = (plan.ws, plan.facts.run_id, self.clock.now());
        let mut tx = self.db.write(ws).await?;
        let Some(position) = leases::lock_run(&mut tx, ws, run).await? else {
            return Ok(Err(Cycle { finished: true, ..Cycle::default() }));
        };
        if position.run_status != "running" {
            self.forget(run);
            return Ok(Err(Cycle { finished: true, ..Cycle::default() }));
        }
        if position.campaign_status != "running" {
            return Ok(Err(Cycle::default()));
        }
        let batch = plan.facts.batch_size.unwrap_or(WINDOW).min(WINDOW).min(max);
        let due = leases::due_count(&mut tx, ws, run, now, batch).await?;
        let fresh = (position.total_recipients - position.next_seq + 1).min(batch);
        let wanted = if due > 0 { due } else { fresh };
        if wanted <= 0 {
            let next_at = leases::next_due(&mut tx, ws, run).await?;
            let finished = self.finish_if_done(&mut tx, plan).await?;
            tx.commit().await?;
            if finished {
                self.announce_finish(plan).await?;
            }
            return Ok(Err(Cycle { finished, next_at, ..Cycle::default() }));
        }
        let (allowed, held) = budget::allowance(&mut tx, ws, budgets, now, wanted).await?;
        if allowed == 0 {
            if let Some(held) = held {
                tracing::info!(tenantId = ws.0, correlationId = %plan.facts.correlation_id, campaignId = %plan.facts.campaign_id, currentRate = held.used, maxRate = held.limit, delayMs = held.free_at - now, "[THROTTLE] campaign rate limited");
            }
            return Ok(Err(Cycle { rate_limited: true, next_at: held.map(|h| h.free_at), ..Cycle::default() }));
        }
        let (token, expires_at) = (self.ids.uuid(now), now + LEASE_LIFE);
        let lease = if due > 0 {
            leases::take_due(&mut tx, ws, run, now, allowed, token, self.node_id, expires_at).await?
        } else {
            leases::take_fresh(
                &mut tx,
                ws,
                run,
                position.next_seq,
                position.next_seq + allowed - 1,
                token,
                self.node_id,
                expires_at,
            )
            .await?
        };
        budget::reserve(&mut tx, ws, budgets, lease.id, now, allowed).await?;
        tx.commit().await?;
        Ok(Ok(Taken { lease, reserved_at: now, is_fresh: due == 0 }))
    }

    /// Reads, decides, renders and sends; nothing is written here but codes that customers have for good.
    async fn work(&self, plan: &RunPlan, lease: &Lease, senders: &Senders) -> muster_db::Result<Marks> {
        let now = self.clock.now();
        let (profiles, attributes, mut codes, capped) = self.read(plan, lease, now).await?;
        self.issue_codes(plan, &profiles, &mut codes).await?;
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
            if capped.contains(&(p.customer_id, content.row.channel)) {
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
        self.send(plan, lease, senders, &profiles, batches, &mut marks).await?;
        Ok(marks)
    }

    /// Hands every provider its batch, all at once, and keeps the lease alive meanwhile.
    async fn send(
        &self,
        plan: &RunPlan,
        lease: &Lease,
        senders: &Senders,
        profiles: &[ProfileRow],
        batches: Batches,
        marks: &mut Marks,
    ) -> muster_db::Result<()> {
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
                () = tokio::time::sleep(Duration::from_millis(u64::try_from(LEASE_LIFE / 4).unwrap_or(15_000))) => {
                    let mut tx = self.db.write(plan.ws).await?;
                    leases::renew(&mut tx, plan.ws, lease, self.clock.now() + LEASE_LIFE).await?;
                    tx.commit().await?;
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
        Ok(())
    }

    #[allow(clippy::type_complexity, reason = "four things read in one transaction, taken apart at once")]
    async fn read(
        &self,
        plan: &RunPlan,
        lease: &Lease,
        now: Millis,
    ) -> muster_db::Result<(Vec<ProfileRow>, HashMap<i64, Vec<AttributeRow>>, Vec<CodeRow>, HashSet<(i64, Channel)>)>
    {
        let ws = plan.ws;
        let mut tx = self.db.read(ws).await?;
        let profiles = deliveries::profiles(&mut tx, ws, lease).await?;
        let customers: Vec<i64> = profiles.iter().map(|p| p.customer_id).collect();
        let mut attributes: HashMap<i64, Vec<AttributeRow>> = HashMap::new();
        if plan.wants_attributes {
            for row in deliveries::attributes(&mut tx, ws, &customers).await? {
                attributes.entry(row.customer_id).or_default().push(row);
            }
        }
        let mut offers: Vec<_> = plan.contents.iter().filter_map(|c| c.row.offer_id).collect();
        offers.dedup();
        let codes =
            if offers.is_empty() { Vec::new() } else { deliveries::codes(&mut tx, ws, &offers, &customers).await? };
        let mut capped = HashSet::new();
        for cap in &plan.caps {
            let after = cap.period.began(now, &plan.facts.workspace_timezone) - 1;
            for channel in Channel::ALL.iter().filter(|c| cap.channel.is_none_or(|k| k == **c)) {
                let full = deliveries::recent(&mut tx, ws, &customers, *channel, after).await?;
                capped.extend(
                    full.into_iter().filter(|(_, n)| *n >= cap.count).map(|(customer, _)| (customer, *channel)),
                );
            }
        }
        Ok((profiles, attributes, codes, capped))
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
