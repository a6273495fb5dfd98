//! Message templates as entities of their own, with versions (OFF-9).

use muster_db::templates::{self, TemplateFilter, TemplateRow};
use muster_db::{Tx, creatives};
use muster_domain::channel::Channel;
use muster_domain::problem::Problem;
use muster_domain::template::Severity;
use muster_domain::time::rfc3339;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::known_names;
use super::text::{MessageProblem, MessageText};
use crate::catalogue::MAX_NAME;
use crate::ctx::AuditObject;
use crate::input::like;
use crate::page::{Page, PageRequest};
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx};

/// A message template.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    pub id: Uuid,
    pub name: String,
    #[schema(value_type = String)]
    pub channel: Channel,
    pub locale: String,
    /// Subject of a mail, title of a push notification, sender id of an SMS.
    pub subject: String,
    pub preheader: String,
    pub text_body: String,
    pub html_body: String,
    #[schema(value_type = Object)]
    pub variables: Value,
    pub sms_route: Option<String>,
    pub version: i64,
    /// The immutable text of this version, which campaigns send.
    pub creative_version_id: Option<i64>,
    pub created_by: Option<Uuid>,
    pub created_at: String,
    pub updated_at: String,
    pub archived_at: Option<String>,
    /// Warnings; errors are refused when saving.
    pub problems: Vec<MessageProblem>,
}

/// A template to add, or what to change of one.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TemplateInput {
    pub name: Option<String>,
    #[schema(value_type = Option<String>)]
    pub channel: Option<Channel>,
    pub locale: Option<String>,
    #[serde(alias = "title")]
    pub subject: Option<String>,
    pub preheader: Option<String>,
    #[serde(alias = "text")]
    pub text_body: Option<String>,
    #[serde(alias = "html")]
    pub html_body: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub variables: Option<Value>,
    pub sms_route: Option<String>,
    /// The version that was read: 409 when there is a newer one.
    pub version: Option<i64>,
}

/// A version of a template.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateVersion {
    pub version: i64,
    pub created_by: Option<Uuid>,
    pub created_at: String,
    pub text: MessageText,
}

fn text_of(row: &TemplateRow) -> MessageText {
    MessageText {
        channel: row.channel,
        locale: row.locale.clone(),
        title: row.subject.clone(),
        preheader: row.preheader.clone(),
        text_body: row.text_body.clone(),
        html_body: row.html_body.clone(),
        variables: row.variables.clone(),
        sms_route: row.sms_route.clone(),
    }
}

fn view(row: TemplateRow, problems: Vec<MessageProblem>) -> Template {
    Template {
        id: row.id,
        name: row.name,
        channel: row.channel,
        locale: row.locale,
        subject: row.subject,
        preheader: row.preheader,
        text_body: row.text_body,
        html_body: row.html_body,
        variables: row.variables,
        sms_route: row.sms_route,
        version: row.version,
        creative_version_id: row.creative_version_id,
        created_by: row.created_by,
        created_at: rfc3339(row.created_at),
        updated_at: rfc3339(row.updated_at),
        archived_at: row.archived_at.map(rfc3339),
        problems,
    }
}

/// A page of templates; `channel` is a word or empty.
pub async fn list(
    app: &App,
    ctx: &Ctx,
    page: PageRequest,
    archived: bool,
    channel: &str,
    search: &str,
) -> AppResult<Page<Template>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let channel = channel.to_ascii_lowercase();
    let filter = TemplateFilter { archived, pattern: &like(search), channel: &channel };
    let (rows, count) = templates::page(&mut tx, ctx.ws, &filter, page.page_size, page.offset()).await?;
    Ok(Page::new(rows.into_iter().map(|row| view(row, Vec::new())).collect(), page, count))
}

/// One template.
pub async fn get(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<Template> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    let problems = text_of(&row).check(&known_names(&mut tx, ctx, false).await?).problems;
    Ok(view(row, problems))
}

/// Adds a template as its version 1.
///
/// # Errors
/// 422 with every mistake, templates with line and column.
pub async fn create(app: &App, ctx: &Ctx, input: TemplateInput) -> AppResult<Template> {
    ctx.require(Operation::EditContent)?;
    let Some(channel) = input.channel else {
        return Err(AppError::problems(vec![Problem::new("channel", "missing_field", "Say for which channel it is.")]));
    };
    let now = app.now();
    let mut row = TemplateRow {
        id: app.new_id(),
        name: String::new(),
        channel,
        locale: String::from("en"),
        subject: String::new(),
        preheader: String::new(),
        text_body: String::new(),
        html_body: String::new(),
        variables: Value::Object(serde_json::Map::new()),
        sms_route: None,
        version: 1,
        creative_version_id: None,
        created_by: ctx.user_id,
        created_at: now,
        updated_at: now,
        archived_at: None,
    };
    let mut tx = app.db.write(ctx.ws).await?;
    let problems = apply(ctx, &mut tx, &mut row, input).await?;
    let version = keep(ctx, &mut tx, &row).await?;
    row.creative_version_id = Some(version);
    templates::insert(&mut tx, ctx.ws, &row).await?;
    templates::insert_version(&mut tx, ctx.ws, &row, version, ctx.user_id).await?;
    let object = AuditObject::new("template", row.id, &row.name).after(&view(row.clone(), Vec::new()));
    ctx.audit(&mut tx, now, "template.created", object).await?;
    tx.commit().await?;
    Ok(view(row, problems))
}

/// Changes a template: a change of the text is a new version, what was sent before stays as it was.
///
/// # Errors
/// 409 `stale` when `version` is not the newest; 422 with every mistake.
pub async fn change(app: &App, ctx: &Ctx, id: Uuid, input: TemplateInput) -> AppResult<Template> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let before = find(&mut tx, ctx, id).await?;
    if input.version.is_some_and(|seen| seen != before.version) {
        return Err(AppError::conflict(
            "stale",
            format!("This template is at version {} by now. Load it again and repeat your change.", before.version),
        ));
    }
    if input.channel.is_some_and(|channel| channel != before.channel) {
        return Err(AppError::invalid("channel_fixed", "The channel of a template does not change. Make another one."));
    }
    let mut row = before.clone();
    let problems = apply(ctx, &mut tx, &mut row, input).await?;
    if text_of(&row) != text_of(&before) {
        row.version += 1;
        row.updated_at = app.now().max(before.updated_at + 1);
        let version = keep(ctx, &mut tx, &row).await?;
        row.creative_version_id = Some(version);
        templates::insert_version(&mut tx, ctx.ws, &row, version, ctx.user_id).await?;
    }
    save(app, ctx, &mut tx, before, &mut row, "template.changed").await?;
    tx.commit().await?;
    Ok(view(row, problems))
}

/// Puts a template away or takes it back.
pub async fn archive(app: &App, ctx: &Ctx, id: Uuid, away: bool) -> AppResult<Template> {
    ctx.require(Operation::EditContent)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let before = find(&mut tx, ctx, id).await?;
    let mut row = before.clone();
    row.archived_at = away.then(|| app.now());
    let action = if away { "template.archived" } else { "template.restored" };
    save(app, ctx, &mut tx, before, &mut row, action).await?;
    tx.commit().await?;
    Ok(view(row, Vec::new()))
}

/// The versions of a template, newest first.
pub async fn versions(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<Vec<TemplateVersion>> {
    ctx.require(Operation::Read)?;
    let mut tx = app.db.read(ctx.ws).await?;
    find(&mut tx, ctx, id).await?;
    let rows = templates::versions(&mut tx, ctx.ws, id).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.creative_version_id).collect();
    let texts = creatives::versions(&mut tx, ctx.ws, &ids).await?;
    let text = |id| texts.iter().find(|text| text.id == id).map(MessageText::from);
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(TemplateVersion {
                version: row.version,
                created_by: row.created_by,
                created_at: rfc3339(row.created_at),
                text: text(row.creative_version_id)?,
            })
        })
        .collect())
}

async fn save(
    app: &App,
    ctx: &Ctx,
    tx: &mut Tx,
    before: TemplateRow,
    row: &mut TemplateRow,
    action: &str,
) -> AppResult<()> {
    row.updated_at = app.now().max(before.updated_at + 1);
    templates::update(tx, ctx.ws, row, before.updated_at).await?;
    let object = AuditObject::new("template", row.id, &row.name)
        .before(&view(before, Vec::new()))
        .after(&view(row.clone(), Vec::new()));
    ctx.audit(tx, row.updated_at, action, object).await
}

async fn find(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<TemplateRow> {
    templates::get(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("template"))
}

/// Keeps the text for ever.
async fn keep(ctx: &Ctx, tx: &mut Tx, row: &TemplateRow) -> AppResult<i64> {
    let known = known_names(tx, ctx, false).await?;
    let version = text_of(row).to_version("template", Some(row.id), &known, row.updated_at);
    Ok(creatives::insert_version(tx, ctx.ws, &version).await?)
}

/// Takes the input over and checks the result; gives the warnings.
async fn apply(ctx: &Ctx, tx: &mut Tx, row: &mut TemplateRow, input: TemplateInput) -> AppResult<Vec<MessageProblem>> {
    let set = |field: &mut String, value: Option<String>| {
        if let Some(value) = value {
            *field = value;
        }
    };
    set(&mut row.name, input.name.map(|name| name.trim().to_owned()));
    set(&mut row.locale, input.locale.map(|locale| locale.trim().to_owned()));
    set(&mut row.subject, input.subject);
    set(&mut row.preheader, input.preheader);
    set(&mut row.text_body, input.text_body);
    set(&mut row.html_body, input.html_body);
    row.variables = input.variables.unwrap_or_else(|| row.variables.take());
    row.sms_route = input.sms_route.or_else(|| row.sms_route.take()).filter(|route| !route.is_empty());
    let mut details = Vec::new();
    if row.name.is_empty() || row.name.chars().count() > MAX_NAME {
        details.push(Problem::new("name", "bad_length", format!("A name has 1 to {MAX_NAME} characters.")));
    }
    let problems = text_of(row).check(&known_names(tx, ctx, false).await?).problems;
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    // The API of templates calls the title by what it mostly is.
    details.extend(errors.map(|problem| {
        let field = if problem.field == "title" { "subject" } else { problem.field };
        Problem::new(field, problem.code, problem.sentence())
    }));
    if details.is_empty() { Ok(problems) } else { Err(AppError::problems(details)) }
}
