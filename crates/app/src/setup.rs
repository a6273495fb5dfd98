//! The first run: a workspace and its administrator (ACC-2).

use muster_db::{people, workspaces};
use muster_domain::problem::Problem;
use muster_domain::role::Role;
use muster_domain::workspace::WorkspaceId;
use serde::Deserialize;

use crate::auth::{hash_password, normal_email};
use crate::ctx::AuditObject;
use crate::home::Home;
use crate::job_engine::built_in;
use crate::{App, AppError, AppResult, Ctx};

/// What the first run asks.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetupRequest {
    pub workspace_name: String,
    pub admin_name: String,
    pub admin_email: String,
    /// At least 10 characters.
    pub admin_password: String,
    /// IANA name; UTC when not said.
    #[serde(default = "utc")]
    pub timezone: String,
    /// ISO 4217; USD when not said.
    #[serde(default = "usd")]
    pub currency: String,
    /// Whether campaigns need an approval; yes when not said.
    #[serde(default = "yes")]
    pub approval_required: bool,
}

fn utc() -> String {
    String::from("UTC")
}
fn usd() -> String {
    String::from("USD")
}
fn yes() -> bool {
    true
}

/// The state before anybody can sign in.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetupState {
    /// Whether the first run is still to come.
    pub is_needed: bool,
    pub version: &'static str,
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
}

/// Where this installation stands.
pub async fn state(app: &App) -> AppResult<SetupState> {
    let engine = match app.db.engine() {
        muster_db::Engine::Sqlite => "sqlite",
        muster_db::Engine::Postgres => "postgres",
    };
    Ok(SetupState { is_needed: is_needed(app).await?, version: env!("CARGO_PKG_VERSION"), engine })
}

/// Whether nobody has been created yet.
pub async fn is_needed(app: &App) -> AppResult<bool> {
    let mut tx = app.db.read_all().await?;
    Ok(people::count_all(&mut tx).await? == 0)
}

/// The database that a team shares.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseChoice {
    /// `postgres://user:password@host/database`; kept sealed, never answered or logged.
    pub url: String,
}

/// Chooses a PostgreSQL database instead of the embedded one, before anybody exists here. It is opened (and its schema
/// brought up to date) to see that it can be; it is used from the next start on.
///
/// # Errors
/// 409 `already_set_up`; 422 when the address is of another kind or the database does not open.
pub async fn choose_database(app: &App, choice: DatabaseChoice) -> AppResult<()> {
    if !is_needed(app).await? {
        return Err(AppError::conflict(
            "already_set_up",
            "This installation has people already: move its data instead.",
        ));
    }
    let url = choice.url.trim();
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        let text = "An address of PostgreSQL begins with postgres://";
        return Err(AppError::problems(vec![Problem::new("url", "bad_address", text)]));
    }
    // What the driver says may repeat the address with its password: the log gets the kind of the failure only.
    let opened = muster_db::Db::open(url).await.map_err(|error| {
        let text = match error {
            muster_db::DbError::NewerSchema { .. } => error.to_string(),
            _ => String::from("This database cannot be opened. Check host, name, user and password."),
        };
        AppError::problems(vec![Problem::new("url", "database_unreachable", text)])
    })?;
    opened.close().await;
    Home::at(&app.data_dir).keep_database(&app.key, url).map_err(AppError::internal)
}

/// Creates the workspace, its administrator and its built-in jobs. 409 `already_set_up` when there are people already.
pub async fn run(app: &App, request: SetupRequest) -> AppResult<WorkspaceId> {
    let email = normal_email(&request.admin_email);
    check(&request, email.as_deref())?;
    let hash = hash_password(app, request.admin_password.clone()).await?;
    let now = app.now();
    let mut tx = app.db.write_all().await?;
    tx.lock_name("muster:setup").await?;
    if people::count_all(&mut tx).await? > 0 {
        return Err(AppError::conflict(
            "already_set_up",
            "This database has an administrator already. Sign in instead.",
        ));
    }
    let workspace = workspaces::NewWorkspace {
        public_id: app.new_id(),
        name: request.workspace_name.trim().to_owned(),
        timezone: request.timezone,
        currency: request.currency.to_uppercase(),
        locale: String::from("en"),
        approval_required: request.approval_required,
        signing_key: app.ids.random().to_vec(),
        now,
    };
    let ws = workspaces::insert(&mut tx, &workspace).await?;
    let user = people::NewUser {
        id: app.new_id(),
        email: email.unwrap_or_default(),
        name: request.admin_name.trim().to_owned(),
        role: Role::Admin,
        password_hash: hash,
        must_change_password: false,
        locale: String::from("en"),
        now,
    };
    people::insert(&mut tx, ws, &user).await?;
    let ctx = Ctx::system(ws, "setup");
    ctx.audit(&mut tx, now, "workspace.created", AuditObject::new("workspace", workspace.public_id, &workspace.name))
        .await?;
    ctx.audit(&mut tx, now, "user.created", AuditObject::new("user", user.id, &user.name)).await?;
    built_in::add_to(app, &mut tx, ws, &workspace.timezone, now).await?;
    tx.commit().await?;
    app.jobs.wake();
    Ok(ws)
}

fn check(request: &SetupRequest, email: Option<&str>) -> AppResult<()> {
    let mut problems = Vec::new();
    if request.workspace_name.trim().is_empty() || request.workspace_name.chars().count() > 100 {
        problems.push(Problem::new(
            "workspaceName",
            "required",
            "Give the company or workspace a name of at most 100 characters.",
        ));
    }
    if request.admin_name.trim().is_empty() || request.admin_name.chars().count() > 100 {
        problems.push(Problem::new("adminName", "required", "Say your name, in at most 100 characters."));
    }
    if email.is_none() {
        problems.push(Problem::new("adminEmail", "bad_email", "This is not an e-mail address."));
    }
    if request.admin_password.chars().count() < crate::auth::MIN_PASSWORD {
        problems.push(Problem::new("adminPassword", "too_short", "Use at least 10 characters for the password."));
    }
    if !muster_domain::zone::is_known(&request.timezone) {
        problems.push(Problem::new(
            "timezone",
            "bad_timezone",
            "This timezone is not known: use a name like Africa/Nairobi.",
        ));
    }
    if request.currency.len() != 3 || !request.currency.chars().all(|c| c.is_ascii_alphabetic()) {
        problems.push(Problem::new("currency", "bad_currency", "A currency is three letters, like KES."));
    }
    if problems.is_empty() { Ok(()) } else { Err(AppError::problems(problems)) }
}
