//! What a recurrence means, before it is saved: whether it can be used, and when it would occur next.

use muster_domain::clock::Millis;
use muster_domain::recurrence::Recurrence;
use muster_domain::time::{moment_option, rfc3339};
use serde::{Deserialize, Serialize};

use crate::permissions::Operation;
use crate::{App, AppResult, Ctx};

/// Moments that are shown.
const SHOWN: usize = 5;

/// A recurrence to look at.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct RecurrenceInput {
    /// Five fields: minute, hour, day, month, weekday.
    pub cron: String,
    /// IANA name.
    pub timezone: String,
    /// Nothing occurs before it; now when it is left out or has passed.
    #[serde(default, with = "moment_option")]
    #[param(value_type = Option<String>)]
    pub from: Option<Millis>,
    /// Nothing occurs after it.
    #[serde(default, with = "moment_option")]
    #[param(value_type = Option<String>)]
    pub end_at: Option<Millis>,
}

/// What it comes to.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurrenceView {
    /// The first five.
    pub next_moments: Vec<String>,
    /// Why it cannot be used.
    pub problem: Option<String>,
}

/// When a recurrence would occur next.
pub fn look_at(app: &App, ctx: &Ctx, input: &RecurrenceInput) -> AppResult<RecurrenceView> {
    ctx.require(Operation::Read)?;
    let now = app.now();
    let from = input.from.filter(|from| *from > now).map_or(now, |from| from - 1);
    let read = Recurrence::parse(&input.cron, &input.timezone).and_then(|it| it.check(now).map(|()| it));
    Ok(match read {
        Ok(recurrence) => {
            let moments = recurrence.until(input.end_at).upcoming(from, SHOWN);
            let problem = moments.is_empty().then(|| String::from("The campaign ends before it would occur."));
            RecurrenceView { next_moments: moments.into_iter().map(rfc3339).collect(), problem }
        }
        Err(error) => RecurrenceView {
            next_moments: Vec::new(),
            problem: Some(format!("{}.", super::edit::sentence(&error).trim_end_matches('.'))),
        },
    })
}
