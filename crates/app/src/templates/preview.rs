//! Messages as one real customer would get them.

use std::sync::Arc;

use muster_db::{Tx, recipient_values};
use muster_domain::channel::Channel;
use muster_domain::problem::Problem;
use muster_domain::sms::{SmsCount, count_sms};
use muster_domain::template::{CompiledContent, RecipientValues, Rendered, html_to_text};
use serde::{Deserialize, Serialize};

use super::text::MessageText;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A message to preview, and for whom.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewRequest {
    #[serde(flatten)]
    pub text: MessageText,
    /// A customer; nobody when left out, which shows what missing values look like.
    #[serde(default, alias = "contactId")]
    pub customer_id: Option<i64>,
    /// The code that stands for the offer's, if it gives codes.
    #[serde(default)]
    pub code: Option<String>,
}

/// A message as one customer would get it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    pub customer_id: Option<i64>,
    pub customer_name: Option<String>,
    #[schema(value_type = String)]
    pub channel: Channel,
    pub locale: String,
    /// The sender id of an SMS.
    pub sender: Option<String>,
    #[serde(flatten)]
    pub rendered: Rendered,
    pub sms: Option<SmsCount>,
}

/// Renders what is being written.
pub async fn preview(app: &App, ctx: &Ctx, request: PreviewRequest) -> AppResult<Preview> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let values = values(&mut tx, ctx, request.customer_id, request.code.as_deref()).await?;
    render(&request.text, request.customer_id, &values)
}

/// The values of a customer with stand-ins for what only the sending knows.
pub(crate) async fn values(
    tx: &mut Tx,
    ctx: &Ctx,
    customer: Option<i64>,
    code: Option<&str>,
) -> AppResult<Arc<RecipientValues>> {
    let mut values = match customer {
        None => RecipientValues::new(),
        Some(id) => {
            recipient_values::load(tx, ctx.ws, &[id]).await?.remove(&id).ok_or(AppError::NotFound("customer"))?
        }
    };
    values.set_message("unsubscribe_url", "https://example.org/unsubscribe");
    values.set_message("preferences_url", "https://example.org/preferences");
    if let Some(code) = code.filter(|code| !code.is_empty()) {
        values.set_message("code", code).set_message("redemption_code", code);
    }
    Ok(Arc::new(values))
}

/// Renders one message for one customer.
///
/// # Errors
/// 422 with the mistakes when it cannot be rendered.
pub(crate) fn render(text: &MessageText, customer: Option<i64>, values: &Arc<RecipientValues>) -> AppResult<Preview> {
    let content = CompiledContent::compile(&text.content(), &text.locale, text.statics()).map_err(|problems| {
        let details = problems.into_iter().map(|problem| {
            let place = format!("Line {}, column {}: {}", problem.line, problem.column, problem.message);
            Problem::new(problem.part.as_str(), problem.code, place)
        });
        AppError::problems(details.collect())
    })?;
    let mut rendered = content.render(values).map_err(|error| AppError::invalid("cannot_render", error.to_string()))?;
    if rendered.text.is_none()
        && let Some(html) = &rendered.html
    {
        rendered.text = Some(html_to_text(&html.to_string()));
    }
    let is_sms = text.channel == Channel::Sms;
    let sms = is_sms.then(|| count_sms(&text.title, rendered.text.as_deref().unwrap_or(""), false));
    let customer_name = CompiledContent::compile(
        &muster_domain::template::ContentSource { text: Some("{name}".into()), ..Default::default() },
        "en",
        Default::default(),
    )
    .ok()
    .and_then(|name| name.render(values).ok()?.text)
    .filter(|name| !name.is_empty());
    Ok(Preview {
        customer_id: customer,
        customer_name,
        channel: text.channel,
        locale: text.locale.clone(),
        sender: is_sms.then(|| text.title.clone()),
        rendered,
        sms,
    })
}
