//! Offers: what a customer is offered, how it is said, what acting on it earns, and how that is measured (OFF-2, OFF-6).
//!
//! A draft may be incomplete and is saved at every step; its problems come with every answer. An active offer has no
//! problems, and every change of it is a version of its own. Texts are kept as immutable creative versions as soon as they
//! can be sent; campaigns take those.

pub mod approval;
pub mod codes;
pub mod input;
pub mod lifecycle;
pub mod preview;
pub mod problems;
pub mod save;
pub mod view;

use muster_db::offers::OfferRow;
use muster_db::{Tx, offers};
use uuid::Uuid;

use crate::{AppError, AppResult, Ctx};

/// Live topic of offers.
pub(crate) const TOPIC: &str = "offers";

pub(crate) async fn find(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<OfferRow> {
    offers::get(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("offer"))
}
