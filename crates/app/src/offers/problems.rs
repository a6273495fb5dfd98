//! What keeps an offer from being put to use, by the step of the wizard that mends it.

use muster_db::offers::OfferRow;
use muster_db::{Tx, redemption_codes};
use muster_domain::clock::Millis;
use muster_domain::offer::{CodeMode, UTM_SOURCES};
use muster_domain::problem::Problem;
use muster_domain::template::Severity;
use serde::Serialize;

use super::view::{Parts, text_of};
use crate::templates::known_names;
use crate::{AppResult, Ctx};

/// One problem of an offer.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferProblem {
    /// The step of the wizard that mends it: `base`, `products`, `creatives`, `rewards` or `tracking`.
    pub step: &'static str,
    /// Where: `name`, `creatives[0].textBody` …
    pub path: String,
    pub severity: Severity,
    pub code: String,
    pub message: String,
}

impl OfferProblem {
    fn new(
        step: &'static str,
        path: impl Into<String>,
        severity: Severity,
        code: &str,
        message: impl Into<String>,
    ) -> Self {
        Self { step, path: path.into(), severity, code: code.to_owned(), message: message.into() }
    }
}

/// The errors among the problems, as a refusal lists them.
pub(crate) fn errors(problems: &[OfferProblem]) -> Vec<Problem> {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| Problem::new(&problem.path, &problem.code, &problem.message)).collect()
}

/// Finds what is wrong with an offer.
pub(crate) async fn find_problems(
    now: Millis,
    ctx: &Ctx,
    tx: &mut Tx,
    row: &OfferRow,
    parts: &Parts,
) -> AppResult<Vec<OfferProblem>> {
    let mut found = base(now, row);
    if parts.products.is_empty() {
        let text = "The offer has no product yet. It can go without one.";
        found.push(OfferProblem::new("products", "products", Severity::Warning, "no_products", text));
    }
    found.extend(creatives(ctx, tx, row, parts).await?);
    found.extend(tracking(ctx, tx, row, parts).await?);
    Ok(found)
}

fn base(now: Millis, row: &OfferRow) -> Vec<OfferProblem> {
    let mut found = Vec::new();
    if let (Some(from), Some(until)) = (row.valid_from, row.valid_until)
        && until <= from
    {
        let text = "The offer ends before it begins.";
        found.push(OfferProblem::new("base", "validUntil", Severity::Error, "ends_before_start", text));
    }
    if row.valid_until.is_some_and(|until| until <= now) {
        // A warning: what has ended by itself must still be shown and cloned.
        let text = "The offer has ended: its last day is over.";
        found.push(OfferProblem::new("base", "validUntil", Severity::Warning, "has_ended", text));
    }
    found
}

async fn creatives(ctx: &Ctx, tx: &mut Tx, row: &OfferRow, parts: &Parts) -> AppResult<Vec<OfferProblem>> {
    let mut found = Vec::new();
    let known = known_names(tx, ctx, row.code_mode != CodeMode::None).await?;
    for (index, creative) in parts.creatives.iter().enumerate() {
        for problem in text_of(creative).check(&known).problems {
            // What is switched off is sent to nobody.
            let severity = if creative.is_active { problem.severity } else { Severity::Warning };
            let path = format!("creatives[{index}].{}", problem.field);
            found.push(OfferProblem::new("creatives", path, severity, problem.code, problem.sentence()));
        }
    }
    let active: Vec<_> = parts.creatives.iter().filter(|creative| creative.is_active).collect();
    if active.is_empty() {
        let text = "Write at least one text and leave it switched on.";
        found.push(OfferProblem::new("creatives", "creatives", Severity::Error, "no_creatives", text));
    }
    for creative in &active {
        let english = |locale: &str| locale.to_ascii_lowercase().starts_with("en");
        let covered = active.iter().any(|other| other.channel == creative.channel && english(&other.locale));
        if !covered && !found.iter().any(|problem| problem.path == creative.channel.as_str()) {
            let text = format!(
                "No English text for {}: people with another language may get nothing on this channel.",
                creative.channel
            );
            found.push(OfferProblem::new(
                "creatives",
                creative.channel.as_str(),
                Severity::Warning,
                "no_default_locale",
                text,
            ));
        }
    }
    Ok(found)
}

async fn tracking(ctx: &Ctx, tx: &mut Tx, row: &OfferRow, parts: &Parts) -> AppResult<Vec<OfferProblem>> {
    let mut found = Vec::new();
    for (index, source) in parts.sources.iter().enumerate() {
        let path = format!("trackingSources[{index}].value");
        if source.value.trim().is_empty() {
            let text = format!("Give {} a value or take it out.", source.source);
            found.push(OfferProblem::new("tracking", path, Severity::Error, "missing_value", text));
        } else if UTM_SOURCES.contains(&source.source.as_str())
            && parts.sources[..index].iter().any(|other| other.source == source.source)
        {
            let text = format!("{} is there twice.", source.source);
            found.push(OfferProblem::new("tracking", path, Severity::Error, "duplicate_source", text));
        }
    }
    if row.code_mode == CodeMode::Shared {
        if row.code_prefix.is_empty() {
            let text = "Write the code that everybody redeems.";
            found.push(OfferProblem::new("tracking", "code", Severity::Error, "missing_code", text));
        } else if let Some(taken) = redemption_codes::find(tx, ctx.ws, &row.code_prefix).await?
            && taken.offer_id != row.id
        {
            let text = format!("The code {} belongs to another offer.", row.code_prefix);
            found.push(OfferProblem::new("tracking", "code", Severity::Error, "code_taken", text));
        }
    }
    Ok(found)
}
