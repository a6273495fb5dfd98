//! What the workspace knows about a plan and the domain does not: its offers, fields and templates (PLN-2).

use std::collections::{BTreeMap, HashSet};

use muster_db::{Tx, attributes, campaign_parts, campaign_state, workspaces};
use muster_domain::plan::{Action, Plan, Send, SendContent};
use muster_domain::problem::Problem;
use muster_domain::template::{KnownNames, Severity, check_content};
use serde_json::Value;

use super::contents::texts_of;
use crate::campaigns::source_of;
use crate::{AppError, AppResult, Ctx, customers};

/// Everything that keeps a plan from being started here, by paths of the plan.
pub(super) async fn problems(tx: &mut Tx, ctx: &Ctx, plan: &Plan) -> AppResult<Vec<Problem>> {
    let mut found = Vec::new();
    let known = KnownNames { attributes: campaign_parts::attribute_names(tx, ctx.ws).await?, ..KnownNames::default() };
    for (at, node) in plan.nodes.iter().enumerate() {
        let path = format!("nodes[{at}]");
        match &node.action {
            Action::Send(send) => match &send.content {
                SendContent::Inline { .. } => found.extend(texts(send, &path, &known)),
                SendContent::Offer { .. } => found.extend(offer(tx, ctx, send, &path).await?),
            },
            Action::UpdateCustomer(update) => found.extend(fields(tx, ctx, &update.attributes, &path).await?),
            Action::Webhook(_) => found.push(Problem::new(
                format!("{path}.action"),
                "not_supported",
                "Plans do not call webhooks yet. A job that starts on the campaign's events can.",
            )),
            Action::Wait | Action::Stop | Action::Branch { .. } | Action::CreateCard(_) => {}
        }
    }
    Ok(found)
}

fn texts(send: &Send, path: &str, known: &KnownNames) -> Vec<Problem> {
    let Some((content, channel)) = texts_of(send) else { return Vec::new() };
    let checked = check_content(&source_of(&content, channel), known);
    let mut seen = HashSet::new();
    let errors = checked.problems.into_iter().filter(|problem| problem.severity == Severity::Error);
    errors
        .filter_map(|problem| {
            let field = if problem.part == muster_domain::template::Part::Subject { "subject" } else { "body" };
            let message = format!("Line {}: {}", problem.line, problem.message);
            // The text and the HTML of a mail are one body.
            let is_new = seen.insert((field, problem.code, message.clone()));
            is_new.then(|| Problem::new(format!("{path}.{field}"), problem.code, message))
        })
        .collect()
}

async fn offer(tx: &mut Tx, ctx: &Ctx, send: &Send, path: &str) -> AppResult<Option<Problem>> {
    let SendContent::Offer { offer } = &send.content else { return Ok(None) };
    let path = format!("{path}.offer");
    if campaign_parts::known_offers(tx, ctx.ws, &[*offer]).await?.is_empty() {
        return Ok(Some(Problem::new(path, "unknown_offer", "This offer is not there, or is archived.")));
    }
    let creatives = campaign_state::creatives(tx, ctx.ws, &[*offer]).await?;
    let is_said = creatives.iter().any(|creative| creative.channel == send.channel);
    let message = format!("This offer has no active text for {}.", send.channel);
    Ok((!is_said).then(|| Problem::new(path, "no_creative", message)))
}

async fn fields(tx: &mut Tx, ctx: &Ctx, given: &BTreeMap<String, Value>, path: &str) -> AppResult<Vec<Problem>> {
    let definitions = attributes::definitions(tx, ctx.ws).await?;
    let workspace = workspaces::get(tx, ctx.ws).await?;
    match customers::attribute_values(given, &definitions, &workspace) {
        Ok(_) => Ok(Vec::new()),
        Err(error) => match error.below(path) {
            AppError::Invalid { details, .. } => Ok(details),
            other => Err(other),
        },
    }
}
