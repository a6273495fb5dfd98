//! Redemption codes that everybody may use, kept with the offer. Codes of their own are given to customers when their message
//! is made (`muster_engine::delivery`).

use muster_db::offer_parts::TrackingSourceRow;
use muster_db::offers::OfferRow;
use muster_db::redemption_codes::NewCode;
use muster_db::{Tx, redemption_codes};
use muster_domain::offer::{CAMPAIGN_CODE, CodeMode, normal_code};

use crate::{AppResult, Ctx};

/// Notes the codes that everybody may redeem: the shared code and the campaign codes. With unique codes there are none: a
/// campaign code beside them is for analysis only.
pub(crate) async fn keep_shared(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &OfferRow,
    sources: &[TrackingSourceRow],
) -> AppResult<()> {
    let codes: Vec<String> = match row.code_mode {
        CodeMode::Shared => vec![row.code_prefix.clone()],
        CodeMode::None | CodeMode::Unique => Vec::new(),
    };
    let campaign =
        sources.iter().filter(|source| source.source == CAMPAIGN_CODE).map(|source| normal_code(&source.value));
    let campaign = campaign.filter(|_| row.code_mode != CodeMode::Unique);
    let mut codes: Vec<String> = codes.into_iter().chain(campaign).filter(|code| !code.is_empty()).collect();
    codes.sort();
    codes.dedup();
    let codes: Vec<NewCode> = codes.into_iter().map(|code| NewCode { code, customer_id: None }).collect();
    Ok(redemption_codes::set_shared(tx, ctx.ws, row.id, &codes).await?)
}
