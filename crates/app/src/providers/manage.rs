//! Adding, changing and removing providers.

use muster_db::Tx;
use muster_db::providers::{self, ProviderRow};
use muster_db::secrets;
use muster_domain::channel::Channel;
use muster_domain::clock::Millis;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::secrets::{self as own, secret_name, signing_key_name};
use super::{NewSigning, ProviderView, config, signing, today};
use crate::ctx::AuditObject;
use crate::permissions::Operation;
use crate::{App, AppError, AppResult, Ctx, vault};

/// Share of a provider of which nothing is said.
const USUAL_WEIGHT: i64 = 100;

/// A provider to add.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewProvider {
    pub channel: Channel,
    /// `smtp`, `twilio`, `africas_talking`, `http` or `sandbox`.
    pub kind: String,
    pub name: String,
    /// Settings of the kind.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub config: Value,
    /// Password, auth token or API key; kept sealed and never given out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub secret: Option<SecretString>,
    /// Share relative to the channel's other providers; 100 when not said.
    #[serde(default)]
    pub weight: Option<i64>,
    /// In use at once when not said.
    #[serde(default)]
    pub is_active: Option<bool>,
    #[serde(default)]
    pub messages_per_minute: Option<i64>,
    #[serde(default)]
    pub messages_per_hour: Option<i64>,
    #[serde(default)]
    pub messages_per_day: Option<i64>,
    /// Open at the same time, by all nodes together.
    #[serde(default)]
    pub max_connections: Option<i64>,
    /// What a relay signs its mail with from the beginning.
    #[serde(default)]
    pub signing: Option<NewSigning>,
}

/// What to change; what is not said stays. Limits are taken away by 0.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderChange {
    pub name: Option<String>,
    /// Replaces all settings of the kind.
    #[schema(value_type = Option<Object>)]
    pub config: Option<Value>,
    /// A new password or key; an empty one takes it away.
    #[schema(value_type = Option<String>)]
    pub secret: Option<SecretString>,
    pub weight: Option<i64>,
    pub is_active: Option<bool>,
    pub messages_per_minute: Option<i64>,
    pub messages_per_hour: Option<i64>,
    pub messages_per_day: Option<i64>,
    pub max_connections: Option<i64>,
}

/// The providers of the workspace.
pub async fn list(app: &App, ctx: &Ctx) -> AppResult<Vec<ProviderView>> {
    ctx.require(Operation::ManageSettings)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let rows = providers::list(&mut tx, ctx.ws).await?;
    today::show_all(app, &mut tx, ctx, rows).await
}

/// One provider.
pub async fn get(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<ProviderView> {
    ctx.require(Operation::ManageSettings)?;
    let mut tx = app.db.read(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    today::show(app, &mut tx, ctx, row).await
}

/// Adds a provider. From the first one on, the channel's messages leave the machine.
///
/// # Errors
/// 422 with every problem.
pub async fn create(app: &App, ctx: &Ctx, new: NewProvider) -> AppResult<ProviderView> {
    ctx.require(Operation::ManageSettings)?;
    let now = app.now();
    let limit = |limit: Option<i64>| limit.filter(|limit| *limit != 0);
    let mut row = ProviderRow {
        id: app.new_id(),
        channel: new.channel,
        kind: new.kind.trim().to_lowercase(),
        name: new.name.trim().to_owned(),
        config: if new.config.is_null() { json!({}) } else { new.config },
        weight: new.weight.unwrap_or(USUAL_WEIGHT),
        is_active: new.is_active.unwrap_or(true),
        messages_per_minute: limit(new.messages_per_minute),
        messages_per_hour: limit(new.messages_per_hour),
        messages_per_day: limit(new.messages_per_day),
        max_connections: limit(new.max_connections),
        dkim: None,
        state: String::from("ok"),
        state_reason: None,
        state_at: None,
        created_at: now,
        updated_at: now,
    };
    let secret = new.secret.filter(|secret| !secret.expose_secret().is_empty());
    check(app, ctx, &row, secret.is_some()).await?;
    let mut signing_key = None;
    if let Some(new) = new.signing {
        let (key, signing) = signing::make(&row.kind, new, now).await.map_err(|error| error.below("signing"))?;
        signing_key = Some(key);
        row.dkim = serde_json::to_value(&signing).ok();
    }
    let mut tx = app.db.write(ctx.ws).await?;
    providers::insert(&mut tx, ctx.ws, &row).await?;
    if let Some(secret) = &secret {
        vault::put(app, &mut tx, ctx.ws, &secret_name(row.id), secret).await?;
    }
    if let Some(key) = &signing_key {
        vault::put(app, &mut tx, ctx.ws, &signing_key_name(row.id), key).await?;
    }
    let view = today::show(app, &mut tx, ctx, row).await?;
    ctx.audit(&mut tx, now, "provider.created", AuditObject::new("provider", view.id, &view.name).after(&view)).await?;
    tx.commit().await?;
    changed(app, ctx);
    Ok(view)
}

/// Changes a provider; it is used as changed from the next batch on.
///
/// # Errors
/// 422 with every problem; 409 when somebody else changed it at the same time.
pub async fn update(app: &App, ctx: &Ctx, id: Uuid, change: ProviderChange) -> AppResult<ProviderView> {
    ctx.require(Operation::ManageSettings)?;
    let now = app.now();
    let (before, had_secret) = {
        let mut tx = app.db.read(ctx.ws).await?;
        let row = find(&mut tx, ctx, id).await?;
        let had_secret = secrets::get(&mut tx, ctx.ws, &secret_name(id)).await?.is_some();
        (row, had_secret)
    };
    let mut row = before.clone();
    let has_secret = change.secret.as_ref().map_or(had_secret, |secret| !secret.expose_secret().is_empty());
    let secret = change.secret.clone();
    apply(&mut row, change);
    check(app, ctx, &row, has_secret).await?;
    row.updated_at = stamp(&before, now);
    let mut tx = app.db.write(ctx.ws).await?;
    providers::update(&mut tx, ctx.ws, &row, before.updated_at, row.updated_at).await?;
    match secret {
        Some(secret) if has_secret => vault::put(app, &mut tx, ctx.ws, &secret_name(id), &secret).await?,
        Some(_) => secrets::delete(&mut tx, ctx.ws, &secret_name(id)).await?,
        None => {}
    }
    let before = ProviderView::new(before, had_secret);
    let after = ProviderView::new(row.clone(), has_secret);
    ctx.audit(
        &mut tx,
        now,
        "provider.changed",
        AuditObject::new("provider", id, &after.name).before(&before).after(&after),
    )
    .await?;
    let view = today::show(app, &mut tx, ctx, row).await?;
    tx.commit().await?;
    changed(app, ctx);
    Ok(view)
}

/// Lets a paused provider go on.
pub async fn resume(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<ProviderView> {
    ctx.require(Operation::ManageSettings)?;
    let now = app.now();
    let mut tx = app.db.write(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    if !providers::set_state(&mut tx, ctx.ws, id, "ok", None, stamp(&row, now)).await? {
        return Err(AppError::conflict("not_paused", format!("{} is not paused.", row.name)));
    }
    ctx.audit(&mut tx, now, "provider.resumed", AuditObject::new("provider", id, &row.name)).await?;
    let row = find(&mut tx, ctx, id).await?;
    let view = today::show(app, &mut tx, ctx, row).await?;
    tx.commit().await?;
    changed(app, ctx);
    app.wake.notify_waiters();
    Ok(view)
}

/// Removes a provider with its password and its key.
///
/// # Errors
/// 409 `in_use` for the last provider of a channel while campaigns run: their messages would go to the test inbox.
pub async fn remove(app: &App, ctx: &Ctx, id: Uuid) -> AppResult<()> {
    ctx.require(Operation::ManageSettings)?;
    let mut tx = app.db.write(ctx.ws).await?;
    let row = find(&mut tx, ctx, id).await?;
    let on_channel =
        providers::list(&mut tx, ctx.ws).await?.iter().filter(|other| other.channel == row.channel).count();
    if on_channel == 1 && providers::running_campaigns(&mut tx, ctx.ws).await? > 0 {
        let text = format!(
            "{} is the only provider for {}, and campaigns are running. Pause them first, or switch the provider off instead.",
            row.name, row.channel
        );
        return Err(AppError::conflict("in_use", text));
    }
    providers::delete(&mut tx, ctx.ws, id).await?;
    own::forget(&mut tx, ctx.ws, id).await?;
    let view = ProviderView::new(row, false);
    ctx.audit(&mut tx, app.now(), "provider.removed", AuditObject::new("provider", id, &view.name).before(&view))
        .await?;
    tx.commit().await?;
    changed(app, ctx);
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> AppResult<ProviderRow> {
    providers::get(tx, ctx.ws, id).await?.ok_or(AppError::NotFound("provider"))
}

fn apply(row: &mut ProviderRow, change: ProviderChange) {
    let limit = |old: Option<i64>, new: Option<i64>| match new {
        None => old,
        Some(new) => Some(new).filter(|new| *new != 0),
    };
    if let Some(name) = change.name {
        row.name = name.trim().to_owned();
    }
    if let Some(config) = change.config {
        row.config = config;
    }
    row.weight = change.weight.unwrap_or(row.weight);
    row.is_active = change.is_active.unwrap_or(row.is_active);
    row.messages_per_minute = limit(row.messages_per_minute, change.messages_per_minute);
    row.messages_per_hour = limit(row.messages_per_hour, change.messages_per_hour);
    row.messages_per_day = limit(row.messages_per_day, change.messages_per_day);
    row.max_connections = limit(row.max_connections, change.max_connections);
}

/// Refuses what cannot work, down to a template or certificate that cannot be read.
async fn check(app: &App, ctx: &Ctx, row: &ProviderRow, has_secret: bool) -> AppResult<()> {
    let problems = config::problems(row, has_secret);
    if !problems.is_empty() {
        return Err(AppError::problems(problems));
    }
    match app.senders.of_row(ctx.ws, row).await? {
        Ok(_) => Ok(()),
        Err(problem) => Err(AppError::invalid("unusable_provider", problem)),
    }
}

/// A moment that moves the fingerprint even within the same millisecond.
pub(super) fn stamp(row: &ProviderRow, now: Millis) -> Millis {
    now.max(row.updated_at + 1)
}

pub(super) fn changed(app: &App, ctx: &Ctx) {
    app.senders.forget(ctx.ws);
    app.live.publish(ctx.ws, "providers", json!({}));
}
