//! Redemption codes of their own for the customers of a window, given when their message is made.

use std::collections::HashSet;

use muster_db::deliveries::CodeRow;
use muster_db::profiles::ProfileRow;
use muster_db::redemption_codes::{self, NewCode};
use muster_domain::offer::unique_code;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use super::Delivery;
use super::plan::RunPlan;

/// Draws for one customer; two draw the same of 10¹² codes about never.
const MAX_TRIES: u32 = 5;

impl Delivery {
    /// Adds what is missing to `codes`: one code for each customer of the window who gets an offer with unique codes and has
    /// none of it yet. A customer keeps the code, whatever else becomes of this window.
    pub(super) async fn issue_codes(
        &self,
        plan: &RunPlan,
        profiles: &[ProfileRow],
        codes: &mut Vec<CodeRow>,
    ) -> muster_db::Result<()> {
        let offers: HashSet<Uuid> = plan.contents.iter().filter_map(|content| content.row.offer_id).collect();
        if offers.is_empty() || profiles.is_empty() {
            return Ok(());
        }
        let offers: Vec<Uuid> = offers.into_iter().collect();
        let unique = {
            let mut tx = self.db.read(plan.ws).await?.hastily();
            redemption_codes::unique_prefixes(&mut tx, plan.ws, &offers).await?
        };
        for (offer, prefix) in unique {
            let gets_it = |offer_no: i64| {
                plan.contents
                    .iter()
                    .any(|content| content.row.offer_no == offer_no && content.row.offer_id == Some(offer))
            };
            let customers: HashSet<i64> = profiles
                .iter()
                .filter(|profile| gets_it(profile.offer_no))
                .map(|profile| profile.customer_id)
                .collect();
            for _ in 0..MAX_TRIES {
                let missing: Vec<i64> = customers.iter().copied().filter(|id| !has_code(codes, offer, *id)).collect();
                if missing.is_empty() {
                    break;
                }
                codes.extend(self.draw_codes(plan.ws, offer, &prefix, &missing).await?);
            }
        }
        Ok(())
    }

    async fn draw_codes(
        &self,
        ws: WorkspaceId,
        offer: Uuid,
        prefix: &str,
        customers: &[i64],
    ) -> muster_db::Result<Vec<CodeRow>> {
        let drawn: Vec<NewCode> = customers
            .iter()
            .map(|id| NewCode { code: unique_code(prefix, &self.ids.random()), customer_id: Some(*id) })
            .collect();
        let mut tx = self.db.write(ws).await?.hastily();
        // Another node may have given these customers their codes meanwhile: theirs are the ones that count.
        tx.lock_name(&format!("codes:{offer}")).await?;
        let mut have = redemption_codes::of_customers(&mut tx, ws, offer, customers).await?;
        let new: Vec<NewCode> =
            drawn.into_iter().filter(|code| have.iter().all(|known| known.customer_id != code.customer_id)).collect();
        if !new.is_empty() {
            redemption_codes::add(&mut tx, ws, offer, &new).await?;
            have = redemption_codes::of_customers(&mut tx, ws, offer, customers).await?;
        }
        tx.commit().await?;
        let row = |code: redemption_codes::CodeRow| CodeRow {
            offer_id: code.offer_id,
            customer_id: code.customer_id,
            code: code.code,
        };
        Ok(have.into_iter().map(row).collect())
    }
}

fn has_code(codes: &[CodeRow], offer: Uuid, customer: i64) -> bool {
    codes.iter().any(|code| code.offer_id == offer && code.customer_id == Some(customer))
}
