//! Moving, assigning, dating and snoozing cards. Every change names the version that it saw: two reps never work the same
//! card unknowingly.

use muster_db::{Tx, cards, contacts, people, reactions};
use muster_domain::card::{CardChange, CardStatus, Priority};
use muster_domain::clock::Millis;
use muster_domain::problem::Problem;
use muster_domain::time::rfc3339;
use muster_domain::workspace::WorkspaceId;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::close::take_conversion_back;
use super::read::detail;
use super::state;
use super::view::CardDetail;
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::replies::history;
use crate::{App, AppError, AppResult, Ctx};

const MAX_DRAFT: usize = 20_000;

/// A card that somebody makes by hand.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardInput {
    pub title: String,
    #[serde(default)]
    pub description: String,
    pub queue: String,
    #[serde(default)]
    pub priority: Option<Priority>,
    #[serde(default)]
    pub campaign_id: Option<Uuid>,
    #[serde(default)]
    pub contact_id: Option<i64>,
    #[serde(default)]
    pub assignee_id: Option<Uuid>,
    #[serde(default, with = "muster_domain::time::moment_option")]
    #[schema(value_type = Option<String>)]
    pub due_at: Option<Millis>,
}

/// What to change; what is not there stays, null takes away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardPatch {
    /// The version that the asker saw.
    #[serde(default)]
    pub version: Option<i64>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub queue: Option<String>,
    #[serde(default)]
    pub priority: Option<Priority>,
    #[serde(default)]
    pub draft: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub assignee_id: Option<Option<Uuid>>,
    #[serde(default, deserialize_with = "present_moment")]
    #[schema(value_type = Option<String>)]
    pub due_at: Option<Option<Millis>>,
}

fn present<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<Uuid>>, D::Error> {
    Option::<Uuid>::deserialize(d).map(Some)
}
fn present_moment<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<Millis>>, D::Error> {
    muster_domain::time::moment_option::deserialize(d).map(Some)
}

/// Where a card goes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MoveRequest {
    pub status: CardStatus,
    /// Into another queue.
    #[serde(default)]
    pub queue: Option<String>,
    /// The card that it is put before; the end of the column when there is none.
    #[serde(default)]
    pub before_id: Option<Uuid>,
    #[serde(default)]
    pub version: Option<i64>,
}

/// Until when a card sleeps.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SnoozeRequest {
    #[serde(with = "muster_domain::time::moment")]
    #[schema(value_type = String)]
    pub until: Millis,
    #[serde(default)]
    pub version: Option<i64>,
}

/// Makes a card by hand; it starts in To do.
pub async fn create(app: &App, ctx: &Ctx, input: CardInput) -> AppResult<CardDetail> {
    ctx.require(Operation::WorkBoard)?;
    check_texts(Some(&input.title), Some(&input.queue), Some(&input.description))?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    if let Some(id) = input.campaign_id {
        reactions::campaign_name(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("campaign"))?;
    }
    if let Some(id) = input.contact_id {
        contacts::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("customer"))?;
    }
    person(&mut tx, ctx.ws, input.assignee_id).await?;
    let id = app.new_id();
    let card = cards::NewCard {
        id,
        number: cards::next_number(&mut tx, ctx.ws).await?,
        campaign_id: input.campaign_id,
        campaign_response_id: None,
        contact_id: input.contact_id,
        title: input.title.trim(),
        description: &input.description,
        queue: &input.queue,
        priority: input.priority.unwrap_or(Priority::Medium),
        position: cards::lane_end(&mut tx, ctx.ws, CardStatus::Todo, &input.queue).await?,
        assignee_id: input.assignee_id,
        draft: "",
        due_at: input.due_at,
        now,
    };
    cards::insert(&mut tx, ctx.ws, &card).await?;
    history(&mut tx, ctx, id, now, "made this card", json!({ "action": "created" })).await?;
    finish(app, ctx, tx, id, "card.created", input.title.trim(), now).await
}

/// Changes a card.
///
/// # Errors
/// 409 `card_changed` when somebody was faster, saying who and what; 422 for texts that are too long.
pub async fn patch(app: &App, ctx: &Ctx, id: Uuid, patch: CardPatch) -> AppResult<CardDetail> {
    ctx.require(Operation::WorkBoard)?;
    check_texts(patch.title.as_deref(), patch.queue.as_deref(), patch.draft.as_deref())?;
    let now = app.now();
    let (mut tx, mut card) = load(app, ctx, id, patch.version).await?;
    if let Some(title) = &patch.title {
        card.title = title.trim().to_owned();
    }
    if let Some(priority) = patch.priority.filter(|p| *p != card.priority) {
        let data = json!({ "action": "priority", "from": card.priority, "to": priority });
        card.priority = priority;
        history(&mut tx, ctx, id, now, &format!("set the priority to {priority}"), data).await?;
    }
    if let Some(queue) = patch.queue.filter(|q| *q != card.queue) {
        requeue(&mut tx, ctx, &mut card, queue, now).await?;
    }
    if let Some(assignee) = patch.assignee_id.filter(|a| *a != card.assignee_id) {
        assign(&mut tx, ctx, &mut card, assignee, now).await?;
    }
    if let Some(due) = patch.due_at.filter(|d| *d != card.due_at) {
        card.due_at = due;
        let text = due.map_or_else(
            || String::from("took the due date away"),
            |at| format!("set the due date to {}", rfc3339(at)),
        );
        history(&mut tx, ctx, id, now, &text, json!({ "action": "due", "to": due.map(rfc3339) })).await?;
    }
    if let Some(draft) = patch.draft {
        card.draft = draft;
    }
    cards::update(&mut tx, ctx.ws, &card, now).await?;
    finish(app, ctx, tx, id, "card.changed", &card.title, now).await
}

/// Moves a card into a column, to the place before another card or to the end.
pub async fn move_card(app: &App, ctx: &Ctx, id: Uuid, request: MoveRequest) -> AppResult<CardDetail> {
    ctx.require(Operation::WorkBoard)?;
    check_texts(None, request.queue.as_deref(), None)?;
    let now = app.now();
    let (mut tx, mut card) = load(app, ctx, id, request.version).await?;
    let from = card.status;
    if let Some(queue) = request.queue.filter(|q| *q != card.queue) {
        requeue(&mut tx, ctx, &mut card, queue, now).await?;
    }
    let next = state::of(&card).apply(CardChange::MoveTo(request.status), now).map_err(state::refused)?;
    if card.outcome.is_some() && next.outcome.is_none() {
        take_conversion_back(&mut tx, ctx.ws, &card).await?;
    }
    state::put(&mut card, next, now);
    card.position = place(&mut tx, ctx.ws, &card, request.before_id).await?;
    // Who starts to work on a card owns it, unless somebody does already.
    if request.status == CardStatus::InProgress && from != request.status && card.assignee_id.is_none() {
        assign(&mut tx, ctx, &mut card, ctx.user_id, now).await?;
    }
    cards::update(&mut tx, ctx.ws, &card, now).await?;
    if from != card.status {
        let data = json!({ "action": "moved", "from": from, "to": card.status });
        history(&mut tx, ctx, id, now, &format!("moved it to {}", column(card.status)), data).await?;
    }
    finish(app, ctx, tx, id, "card.moved", &card.title, now).await
}

/// Puts a card to sleep; it comes back to To do by itself.
pub async fn snooze(app: &App, ctx: &Ctx, id: Uuid, request: SnoozeRequest) -> AppResult<CardDetail> {
    ctx.require(Operation::WorkBoard)?;
    let now = app.now();
    let (mut tx, mut card) = load(app, ctx, id, request.version).await?;
    let next = state::of(&card).apply(CardChange::Snooze { until_ms: request.until }, now).map_err(state::refused)?;
    if card.status != next.status {
        card.position = cards::lane_end(&mut tx, ctx.ws, next.status, &card.queue).await?;
    }
    state::put(&mut card, next, now);
    cards::update(&mut tx, ctx.ws, &card, now).await?;
    let until = rfc3339(request.until);
    history(
        &mut tx,
        ctx,
        id,
        now,
        &format!("snoozed it until {until}"),
        json!({ "action": "snoozed", "until": until }),
    )
    .await?;
    app.wake.notify_one();
    finish(app, ctx, tx, id, "card.snoozed", &card.title, now).await
}

/// Wakes the cards of all workspaces whose snooze has ended; gives how many.
pub async fn wake_up(app: &App) -> AppResult<usize> {
    let now = app.now();
    let due = {
        let mut tx = app.db.read_all().await?;
        cards::snooze_ended(&mut tx, now).await?
    };
    let mut woken = 0;
    for (ws, id) in due {
        let ctx = Ctx::system(ws, format!("card:{id}"));
        let mut tx = app.db.write(ws).await?;
        let Some(mut card) = cards::get(&mut tx, ws, id).await? else { continue };
        // Somebody may have been faster: then there is nothing to wake.
        let Ok(next) = state::of(&card).apply(CardChange::Wake, now) else { continue };
        card.position = cards::lane_end(&mut tx, ws, next.status, &card.queue).await?;
        card.due_at = Some(now);
        state::put(&mut card, next, now);
        if cards::update(&mut tx, ws, &card, now).await.is_err() {
            continue;
        }
        history(&mut tx, &ctx, id, now, "woke up from its snooze", json!({ "action": "woke" })).await?;
        tx.commit().await?;
        announce(app, ws, id);
        woken += 1;
    }
    Ok(woken)
}

async fn place(tx: &mut Tx, ws: WorkspaceId, card: &cards::CardRow, before: Option<Uuid>) -> AppResult<i64> {
    if let Some(before) = before.filter(|b| *b != card.id) {
        let other = cards::get(tx, ws, before).await?.filter(|o| o.status == card.status && o.queue == card.queue);
        if let Some(other) = other {
            return Ok(cards::position_before(tx, ws, &other, card.id).await?);
        }
    }
    Ok(cards::lane_end(tx, ws, card.status, &card.queue).await?)
}

async fn requeue(tx: &mut Tx, ctx: &Ctx, card: &mut cards::CardRow, queue: String, now: Millis) -> AppResult<()> {
    let data = json!({ "action": "requeued", "from": card.queue, "to": queue });
    history(tx, ctx, card.id, now, &format!("moved it from {} to {queue}", card.queue), data).await?;
    card.position = cards::lane_end(tx, ctx.ws, card.status, &queue).await?;
    card.queue = queue;
    Ok(())
}

async fn assign(tx: &mut Tx, ctx: &Ctx, card: &mut cards::CardRow, to: Option<Uuid>, now: Millis) -> AppResult<()> {
    let name = person(tx, ctx.ws, to).await?;
    let text = match &name {
        Some(_) if to == ctx.user_id => String::from("took it"),
        Some(name) => format!("gave it to {name}"),
        None => String::from("took the owner away"),
    };
    let data = json!({ "action": "assigned", "to": to, "name": name, "fromName": card.assignee_name });
    history(tx, ctx, card.id, now, &text, data).await?;
    card.assignee_id = to;
    Ok(())
}

async fn person(tx: &mut Tx, ws: WorkspaceId, id: Option<Uuid>) -> AppResult<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    let user = people::get(tx, ws, id).await?.filter(|u| u.is_active).ok_or(AppError::NotFound("person"))?;
    Ok(Some(user.name))
}

/// A card to change, in the version that the asker saw.
pub(super) async fn load(app: &App, ctx: &Ctx, id: Uuid, seen: Option<i64>) -> AppResult<(Tx, cards::CardRow)> {
    let mut tx = app.db.write(ctx.ws).await?;
    let card = cards::get(&mut tx, ctx.ws, id).await?.ok_or(AppError::NotFound("card"))?;
    state::expect_version(&mut tx, ctx.ws, &card, seen).await?;
    Ok((tx, card))
}

/// Audits, commits and tells everybody who looks.
pub(super) async fn finish(
    app: &App,
    ctx: &Ctx,
    mut tx: Tx,
    id: Uuid,
    action: &str,
    title: &str,
    now: Millis,
) -> AppResult<CardDetail> {
    let view = detail(&mut tx, ctx, id).await?;
    let after: Value = json!({ "status": view.card.status, "queue": view.card.queue, "owner": view.card.assignee_name, "outcome": view.card.outcome });
    ctx.audit(&mut tx, now, action, AuditObject::new("card", id, title).after(&after)).await?;
    tx.commit().await?;
    announce(app, ctx.ws, id);
    Ok(view)
}

/// Tells everybody who looks at the board or at the card.
pub(super) fn announce(app: &App, ws: WorkspaceId, id: Uuid) {
    app.live.publish(ws, "board", json!({}));
    app.live.publish(ws, format!("card:{id}"), json!({}));
}

fn column(status: CardStatus) -> &'static str {
    match status {
        CardStatus::Todo => "To do",
        CardStatus::InProgress => "In progress",
        CardStatus::Waiting => "Waiting",
        CardStatus::Done => "Done",
    }
}

fn check_texts(title: Option<&str>, queue: Option<&str>, long: Option<&str>) -> AppResult<()> {
    let mut problems = Vec::new();
    if title.is_some_and(|t| t.trim().is_empty() || t.chars().count() > 255) {
        problems.push(Problem::new("title", "required", "Give the card a title of at most 255 characters."));
    }
    let good = |q: &str| {
        !q.is_empty() && q.len() <= 64 && q.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if queue.is_some_and(|q| !good(q)) {
        problems.push(Problem::new(
            "queue",
            "bad_queue",
            "A queue is named with small letters, digits and _ (sales_admin).",
        ));
    }
    if long.is_some_and(|t| t.chars().count() > MAX_DRAFT) {
        problems.push(Problem::new("draft", "too_long", "This text may have at most 20,000 characters."));
    }
    if problems.is_empty() { Ok(()) } else { Err(AppError::problems(problems)) }
}
