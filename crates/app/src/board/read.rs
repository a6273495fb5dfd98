//! The board, lists of cards and one card.

use std::collections::BTreeMap;

use muster_db::cards::CardFilter;
use muster_db::{Tx, cards, contacts, responses};
use muster_domain::card::{CardStatus, Priority};
use muster_domain::channel::Channel;
use muster_domain::reply::RoutingTable;
use serde::Deserialize;
use uuid::Uuid;

use super::thread::thread;
use super::view::{BoardView, CardDetail, CardView, QueueView, card_view, contact_card};
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::replies::routing_table;
use crate::{App, AppError, AppResult, Ctx};

/// Open cards that one board gives at most.
const MAX_OPEN: i64 = 1_000;
/// Closed cards that one board gives at most.
const MAX_DONE: i64 = 100;

/// Which cards a board shows.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BoardQuery {
    pub campaign_id: Option<Uuid>,
    pub queue: Option<String>,
    /// `me` or the id of a person.
    pub owner: Option<String>,
    pub priority: Option<Priority>,
    /// Give the newest closed cards too.
    #[serde(default)]
    pub done: bool,
}

/// Which cards a list shows.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CardQuery {
    #[serde(alias = "campaign_id")]
    pub campaign_id: Option<Uuid>,
    pub queue: Option<String>,
    pub owner: Option<String>,
    pub priority: Option<Priority>,
    pub status: Option<CardStatus>,
    #[serde(alias = "contact_id")]
    pub contact_id: Option<i64>,
}

fn owner(ctx: &Ctx, text: Option<&str>) -> AppResult<Option<Uuid>> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some("me") => ctx.user().map(Some),
        Some(id) => id
            .parse()
            .map(Some)
            .map_err(|_| AppError::malformed("bad_query", "The owner is \"me\" or the id of a person.")),
    }
}

/// The board.
pub async fn board(app: &App, ctx: &Ctx, query: BoardQuery) -> AppResult<BoardView> {
    ctx.require(Operation::Read)?;
    let filter = CardFilter {
        campaign_id: query.campaign_id,
        queue: query.queue.unwrap_or_default(),
        assignee_id: None,
        priority: query.priority.map(|p| p.as_str().to_owned()).unwrap_or_default(),
        ..CardFilter::default()
    };
    let owner = owner(ctx, query.owner.as_deref())?;
    let mut tx = app.db.read(ctx.ws).await?;
    let table = routing_table(&mut tx, ctx.ws).await?;
    let mut open = cards::board(&mut tx, ctx.ws, &filter, MAX_OPEN + 1).await?;
    let is_cut = i64::try_from(open.len()).unwrap_or(i64::MAX) > MAX_OPEN;
    open.truncate(usize::try_from(MAX_OPEN).unwrap_or(usize::MAX));
    let everyone_count = count(&open, |_| true);
    let mine_count = count(&open, |c| c.assignee_id.is_some() && c.assignee_id == ctx.user_id);
    open.retain(|c| owner.is_none() || c.assignee_id == owner);
    let filter = CardFilter { assignee_id: owner, ..filter };
    let done_counts = cards::done_counts(&mut tx, ctx.ws, &filter).await?;
    let done = if query.done { cards::done(&mut tx, ctx.ws, &filter, MAX_DONE).await? } else { Vec::new() };
    Ok(BoardView {
        queues: queues(&table, &open, &done_counts, app.now()),
        cards: open.into_iter().map(card_view).collect(),
        done: done.into_iter().map(card_view).collect(),
        everyone_count,
        mine_count,
        is_cut,
    })
}

fn count(cards: &[cards::CardRow], which: impl Fn(&cards::CardRow) -> bool) -> i64 {
    i64::try_from(cards.iter().filter(|c| which(c)).count()).unwrap_or(i64::MAX)
}

/// The lanes: those of the routing table in its order, then any other that has cards.
fn queues(table: &RoutingTable, open: &[cards::CardRow], done: &[cards::QueueCount], now: i64) -> Vec<QueueView> {
    let mut names: Vec<&str> = Vec::new();
    let routed = table.routes().iter().filter_map(|r| r.card.as_ref()).map(|c| c.queue.as_str());
    let others: BTreeMap<&str, ()> =
        open.iter().map(|c| (c.queue.as_str(), ())).chain(done.iter().map(|d| (d.queue.as_str(), ()))).collect();
    for name in routed.chain(others.into_keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let lane = |name: &str| QueueView {
        queue: name.to_owned(),
        open_count: count(open, |c| c.queue == name),
        late_count: count(open, |c| {
            c.queue == name && c.status != CardStatus::Waiting && c.due_at.is_some_and(|due| due < now)
        }),
        done_count: done.iter().find(|d| d.queue == name).map_or(0, |d| d.cards),
        first_answer_minutes: table.first_answer_minutes(name),
    };
    names.into_iter().map(lane).collect()
}

/// Cards, newest first.
pub async fn list(app: &App, ctx: &Ctx, query: CardQuery, request: PageRequest) -> AppResult<Page<CardView>> {
    ctx.require(Operation::Read)?;
    let filter = CardFilter {
        campaign_id: query.campaign_id,
        queue: query.queue.unwrap_or_default(),
        assignee_id: owner(ctx, query.owner.as_deref())?,
        priority: query.priority.map(|p| p.as_str().to_owned()).unwrap_or_default(),
        status: query.status.map(|s| s.as_str().to_owned()).unwrap_or_default(),
        contact_id: query.contact_id,
    };
    let mut tx = app.db.read(ctx.ws).await?;
    let (rows, total) = cards::page(&mut tx, ctx.ws, &filter, request.page_size, request.offset()).await?;
    Ok(Page::new(rows.into_iter().map(card_view).collect(), request, total))
}

/// One card with its contact and thread. 404 when there is none.
pub async fn card(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<CardDetail> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    detail(&mut tx, ctx, id).await
}

/// One card as it is in this transaction.
pub(super) async fn detail(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<CardDetail> {
    let row = cards::get(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("card"))?;
    let contact = match row.contact_id {
        Some(id) => contacts::get(tx, ctx.ws, id).await?,
        None => None,
    };
    let response = match row.campaign_response_id {
        Some(id) => responses::get(tx, ctx.ws, id).await?,
        None => None,
    };
    let thread = thread(tx, ctx, &row).await?;
    let table = routing_table(tx, ctx.ws).await?;
    let first_answer_minutes = table.first_answer_minutes(&row.queue);
    let answer_channels = channels(&row, contact.as_ref());
    Ok(CardDetail {
        card: card_view(row),
        contact: contact.as_ref().map(contact_card),
        response: response.map(crate::replies::response_view),
        thread,
        answer_channels,
        first_answer_minutes,
    })
}

/// The channels on which the person can be answered; the one of the reply first.
pub(super) fn channels(card: &cards::CardRow, contact: Option<&contacts::ContactRow>) -> Vec<String> {
    let from = card.from_address.as_deref().unwrap_or_default();
    let replied_on = card.channel.as_deref().filter(|_| !from.is_empty());
    let mut found: Vec<String> = replied_on.map(str::to_owned).into_iter().collect();
    for channel in [Channel::Email, Channel::Sms, Channel::Whatsapp] {
        let reachable = contact.is_some_and(|c| c.address(channel.as_str()).is_some());
        if reachable && !found.iter().any(|c| c == channel.as_str()) {
            found.push(channel.as_str().to_owned());
        }
    }
    found
}
