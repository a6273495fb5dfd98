//! Who asks, in which workspace.

use muster_db::{Tx, audit};
use muster_domain::clock::Millis;
use muster_domain::role::Role;
use muster_domain::workspace::WorkspaceId;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::permissions::{Operation, allowed, words};
use crate::{AppError, AppResult};

/// The asker of a use case.
#[derive(Debug, Clone)]
pub struct Ctx {
    pub ws: WorkspaceId,
    /// None: Muster itself, for the scheduler's work.
    pub user_id: Option<Uuid>,
    pub user_name: String,
    pub role: Role,
    /// The API token that asks for them; none for a session.
    pub token_id: Option<Uuid>,
    /// Scopes of an API token; none for a session, which may do what the role may.
    pub scopes: Option<Vec<String>>,
    /// Ties log lines, audit entries and events of one request together.
    pub correlation_id: String,
}

impl Ctx {
    /// Muster itself, at work for a workspace.
    pub fn system(ws: WorkspaceId, correlation_id: impl Into<String>) -> Self {
        Self {
            ws,
            user_id: None,
            user_name: String::from("Muster"),
            role: Role::Admin,
            token_id: None,
            scopes: None,
            correlation_id: correlation_id.into(),
        }
    }

    /// Refuses with 403 unless the role (and the token's scopes) allow it.
    pub fn require(&self, operation: Operation) -> AppResult<()> {
        let in_scope = match &self.scopes {
            None => true,
            Some(scopes) => {
                scopes.iter().any(|s| s == "*" || s == "write" || (s == "read" && operation == Operation::Read))
            }
        };
        if allowed(self.role, operation) && in_scope {
            return Ok(());
        }
        Err(AppError::Forbidden(format!(
            "Your role, {}, does not allow you to {}. Ask an administrator.",
            self.role,
            words(operation)
        )))
    }

    /// The person, for what only a person may do.
    pub fn user(&self) -> AppResult<Uuid> {
        self.user_id.ok_or_else(|| AppError::Forbidden(String::from("Only a person may do this.")))
    }

    /// Writes an audit entry into the transaction of the change (ACC-6).
    pub async fn audit(&self, tx: &mut Tx, at: Millis, action: &str, object: AuditObject<'_>) -> AppResult<()> {
        let entry = audit::NewEntry {
            at,
            actor_id: self.user_id,
            actor_name: &self.user_name,
            action,
            object_type: object.kind,
            object_id: object.id,
            object_name: object.name,
            before: object.before,
            after: object.after,
            correlation_id: Some(&self.correlation_id),
        };
        Ok(audit::insert(tx, self.ws, &entry).await?)
    }
}

/// What an audit entry is about.
#[derive(Debug, Clone)]
pub struct AuditObject<'a> {
    kind: &'a str,
    id: String,
    name: &'a str,
    before: Option<Value>,
    after: Option<Value>,
}

impl<'a> AuditObject<'a> {
    /// An object without its state.
    pub fn new(kind: &'a str, id: impl ToString, name: &'a str) -> Self {
        Self { kind, id: id.to_string(), name, before: None, after: None }
    }
    /// What it was.
    pub fn before(mut self, state: &impl Serialize) -> Self {
        self.before = serde_json::to_value(state).ok();
        self
    }
    /// What it is now. Never a secret.
    pub fn after(mut self, state: &impl Serialize) -> Self {
        self.after = serde_json::to_value(state).ok();
        self
    }
}
