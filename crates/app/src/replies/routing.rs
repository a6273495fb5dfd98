//! The routing table of a workspace: the default with what people changed.

use muster_db::{Tx, routing_rules};
use muster_domain::card::Priority;
use muster_domain::reply::routing::{CardRoute, Route};
use muster_domain::reply::{Disposition, RoutingTable};
use muster_domain::workspace::WorkspaceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// One line of the table.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RouteView {
    pub disposition: Disposition,
    /// None: the reply is logged only.
    #[serde(default)]
    pub queue: Option<String>,
    #[serde(default)]
    pub priority: Option<Priority>,
    /// `{name}` is the contact's name.
    #[serde(default)]
    pub title_template: Option<String>,
    /// Draft of an answer; `{name}`, `{first_name}`, `{campaign}`, `{summary}`.
    #[serde(default)]
    pub draft_template: Option<String>,
    /// Minutes until the first answer is late.
    #[serde(default)]
    pub answer_within_minutes: Option<i64>,
    /// For `OUT_OF_OFFICE`: the message goes again after the writer is back. As it is when it is not said.
    #[serde(default)]
    pub retry: Option<bool>,
}

/// The table as it holds.
pub async fn routing_table(tx: &mut Tx, ws: WorkspaceId) -> AppResult<RoutingTable> {
    let changed = routing_rules::list(tx, ws).await?;
    let mut routes = RoutingTable::default().routes().to_vec();
    for row in changed {
        let Some(route) = routes.iter_mut().find(|r| r.disposition.as_str() == row.disposition) else { continue };
        route.card = card_of(
            row.queue,
            row.priority.and_then(|p| p.parse().ok()),
            row.title_template,
            row.draft_template,
            row.answer_within_minutes,
        );
        route.retry = row.retry.map_or(route.retry, |retry| retry == 1);
    }
    RoutingTable::new(routes).map_err(AppError::internal)
}

fn card_of(
    queue: Option<String>,
    priority: Option<Priority>,
    title: Option<String>,
    draft: Option<String>,
    minutes: Option<i64>,
) -> Option<CardRoute> {
    Some(CardRoute {
        queue: queue?,
        priority: priority.unwrap_or(Priority::Medium),
        title: title.unwrap_or_else(|| String::from("Answer {name}")),
        draft,
        first_answer_minutes: minutes.unwrap_or(240),
    })
}

/// The table for people.
pub async fn routing_view(app: &App, ctx: &Ctx) -> AppResult<Vec<RouteView>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    Ok(routing_table(&mut tx, ctx.ws).await?.routes().iter().map(view).collect())
}

fn view(route: &Route) -> RouteView {
    let card = route.card.as_ref();
    RouteView {
        disposition: route.disposition,
        queue: card.map(|c| c.queue.clone()),
        priority: card.map(|c| c.priority),
        title_template: card.map(|c| c.title.clone()),
        draft_template: card.and_then(|c| c.draft.clone()),
        answer_within_minutes: card.map(|c| c.first_answer_minutes),
        retry: Some(route.retry),
    }
}

/// Changes lines of the table; the others stay. 422 when the table would not be sound.
pub async fn save_routing(app: &App, ctx: &Ctx, lines: Vec<RouteView>) -> AppResult<Vec<RouteView>> {
    ctx.require(Operation::ManageSettings)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let before = routing_table(&mut tx, ctx.ws).await?;
    let mut routes = before.routes().to_vec();
    for line in &lines {
        let Some(route) = routes.iter_mut().find(|r| r.disposition == line.disposition) else { continue };
        route.card = card_of(
            line.queue.clone(),
            line.priority,
            line.title_template.clone(),
            line.draft_template.clone(),
            line.answer_within_minutes,
        );
        route.retry = line.retry.unwrap_or(route.retry);
    }
    let after = RoutingTable::new(routes).map_err(|e| AppError::invalid("bad_routing", format!("{e}.")))?;
    for line in lines {
        let row = routing_rules::RoutingRow {
            disposition: line.disposition.as_str().to_owned(),
            queue: line.queue,
            priority: line.priority.map(|p| p.as_str().to_owned()),
            title_template: line.title_template,
            draft_template: line.draft_template,
            answer_within_minutes: line.answer_within_minutes,
            retry: after.route(line.disposition).map(|r| i16::from(r.retry)),
        };
        routing_rules::put(&mut tx, ctx.ws, &row).await?;
    }
    ctx.audit(
        &mut tx,
        now,
        "routing.changed",
        AuditObject::new("routing", ctx.ws.0, "Routing of replies").before(&before).after(&after),
    )
    .await?;
    tx.commit().await?;
    Ok(after.routes().iter().map(view).collect())
}
