//! Redemption codes: shared ones are kept with the offer, unique ones are given out when messages are made.

use std::collections::HashMap;

use muster_db::offer_parts::TrackingSourceRow;
use muster_db::offers::OfferRow;
use muster_db::redemption_codes::NewCode;
use muster_db::{Tx, redemption_codes};
use muster_domain::offer::{CAMPAIGN_CODE, CodeMode, normal_code, unique_code};
use muster_domain::workspace::WorkspaceId;
use sha2::{Digest, Sha256};

use crate::{App, AppResult, Ctx};

/// Tries to find free codes for everybody; two customers draw the same one of 10¹² about never.
const MAX_TRIES: u32 = 5;

/// Notes the codes that everybody may redeem: the shared code and the campaign codes.
pub(crate) async fn keep_shared(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &OfferRow,
    sources: &[TrackingSourceRow],
) -> AppResult<()> {
    let own = (row.code_mode == CodeMode::Shared).then(|| row.code_prefix.clone());
    let campaign =
        sources.iter().filter(|source| source.source == CAMPAIGN_CODE).map(|source| normal_code(&source.value));
    let mut codes: Vec<String> = own.into_iter().chain(campaign).filter(|code| !code.is_empty()).collect();
    codes.sort();
    codes.dedup();
    let codes: Vec<NewCode> = codes.into_iter().map(|code| NewCode { code, customer_id: None }).collect();
    Ok(redemption_codes::set_shared(tx, ctx.ws, row.id, &codes).await?)
}

/// The code that each of some customers redeems this offer with: everybody's, or one of their own, made when it is asked for
/// the first time. Customers of an offer without codes get none.
pub async fn issue(
    app: &App,
    tx: &mut Tx,
    ws: WorkspaceId,
    row: &OfferRow,
    customers: &[i64],
) -> AppResult<HashMap<i64, String>> {
    match row.code_mode {
        CodeMode::None => return Ok(HashMap::new()),
        CodeMode::Shared => return Ok(customers.iter().map(|id| (*id, row.code_prefix.clone())).collect()),
        CodeMode::Unique => {}
    }
    let mut issued: HashMap<i64, String> = HashMap::with_capacity(customers.len());
    for _ in 0..MAX_TRIES {
        let have = redemption_codes::of_customers(tx, ws, row.id, customers).await?;
        issued.extend(have.into_iter().filter_map(|code| Some((code.customer_id?, code.code))));
        let missing: Vec<i64> = customers.iter().copied().filter(|id| !issued.contains_key(id)).collect();
        if missing.is_empty() {
            break;
        }
        let seed = app.ids.random();
        let new: Vec<NewCode> = missing
            .iter()
            .map(|id| NewCode { code: draw(&row.code_prefix, &seed, *id), customer_id: Some(*id) })
            .collect();
        redemption_codes::add(tx, ws, row.id, &new).await?;
    }
    Ok(issued)
}

fn draw(prefix: &str, seed: &[u8; 32], customer: i64) -> String {
    let digest = Sha256::new().chain_update(seed).chain_update(customer.to_le_bytes()).finalize();
    unique_code(prefix, &digest)
}
