//! What deciding and rendering need to know of a chunk's customers.

use std::collections::HashMap;

use muster_db::Tx;
use muster_db::deliveries::{self, AttributeRow, CodeRow};
use muster_db::profiles::ProfileRow;
use muster_domain::channel::Channel;
use uuid::Uuid;

use super::Delivery;
use super::cycle::{FIRST_PAUSE, PATIENCE};
use super::plan::RunPlan;
use super::take::Taken;

/// The customers of a chunk as they are now.
#[derive(Default)]
pub(super) struct Knowledge {
    pub profiles: Vec<ProfileRow>,
    pub attributes: HashMap<i64, Vec<AttributeRow>>,
    codes: Vec<CodeRow>,
    /// How many more messages a frequency cap allows to a customer by a channel; no entry: as many as there are.
    pub allowed: HashMap<(i64, Channel), i64>,
}

impl Knowledge {
    /// The code of an offer for a customer: the customer's own before one for everybody.
    pub fn code(&self, offer: Option<Uuid>, customer: i64) -> Option<&CodeRow> {
        let offer = offer?;
        let of = |who: Option<i64>| self.codes.iter().find(move |c| c.offer_id == offer && c.customer_id == who);
        of(Some(customer)).or_else(|| of(None))
    }
}

impl Delivery {
    /// Reads the customers of a lease.
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

    /// Gives codes to those who have none, which they keep for good; tried again while the database comes back.
    pub(super) async fn with_codes(&self, plan: &RunPlan, mut known: Knowledge) -> muster_db::Result<Knowledge> {
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
}
