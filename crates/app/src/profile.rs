//! Who is signed in, as the window needs it.

use muster_db::people::UserRow;
use muster_db::workspaces::WorkspaceRow;
use muster_db::{people, workspaces};
use muster_domain::role::Role;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;
use uuid::Uuid;

use crate::{App, AppError, AppResult, Ctx, permissions};

/// Who is signed in, and what they may do.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub user: SessionUser,
    pub workspace: SessionWorkspace,
    /// Names of what this person may do; the API refuses the rest.
    pub permissions: Vec<String>,
}

/// The person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionUser {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub locale: String,
    pub must_change_password: bool,
    #[schema(value_type = Object)]
    pub preferences: serde_json::Value,
}

/// The workspace.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionWorkspace {
    pub id: Uuid,
    pub name: String,
    pub timezone: String,
    pub currency: String,
    pub locale: String,
    pub approval_required: bool,
    /// None: opens and clicks read "not tracked".
    pub public_base_url: Option<String>,
}

fn session_of(user: UserRow, ws: WorkspaceRow) -> Session {
    use permissions::Operation as O;
    let names = [
        (O::Read, "read"),
        (O::EditCustomers, "editCustomers"),
        (O::EditContent, "editContent"),
        (O::RunCampaigns, "runCampaigns"),
        (O::Approve, "approve"),
        (O::WorkBoard, "workBoard"),
        (O::Redeem, "redeem"),
        (O::ManageJobs, "manageJobs"),
        (O::WriteScripts, "writeScripts"),
        (O::ManageSettings, "manageSettings"),
        (O::ManageUsers, "manageUsers"),
        (O::ReadAudit, "readAudit"),
    ];
    Session {
        permissions: names
            .iter()
            .filter(|(o, _)| permissions::allowed(user.role, *o))
            .map(|(_, n)| (*n).to_owned())
            .collect(),
        user: SessionUser {
            id: user.id,
            name: user.name,
            email: user.email,
            role: user.role,
            locale: user.locale,
            must_change_password: user.must_change_password,
            preferences: user.preferences,
        },
        workspace: SessionWorkspace {
            id: ws.public_id,
            name: ws.name,
            timezone: ws.timezone,
            currency: ws.currency,
            locale: ws.locale,
            approval_required: ws.approval_required,
            public_base_url: ws.public_base_url,
        },
    }
}

/// The session of a person who just signed in.
pub async fn of_user(app: &App, user: UserRow) -> AppResult<Session> {
    let ws = WorkspaceId(user.tenant_id);
    let mut tx = app.db.read(ws).await?;
    let workspace = workspaces::get(&mut tx, ws).await?;
    Ok(session_of(user, workspace))
}

/// The session of the asker.
pub async fn me(app: &App, ctx: &Ctx) -> AppResult<Session> {
    let mut tx = app.db.read(ctx.ws).await?;
    let user = people::get(&mut tx, ctx.ws, ctx.user()?).await?.ok_or(AppError::NotFound("person"))?;
    let workspace = workspaces::get(&mut tx, ctx.ws).await?;
    Ok(session_of(user, workspace))
}
