//! What the engine does not do itself: steps, the bodies of built-in jobs, telling people.

use std::sync::Arc;

use async_trait::async_trait;
use muster_db::{DbError, Tx};
use muster_domain::clock::Millis;
use muster_domain::job::definition::JobDefinition;
use muster_domain::workspace::WorkspaceId;
use uuid::Uuid;

use super::step::StepRunner;

/// What people are told about an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewsKind {
    Success,
    Failure,
    /// It runs longer than its SLA allows.
    Sla,
}

/// Something that people want to hear.
#[derive(Debug, Clone)]
pub struct News {
    pub ws: WorkspaceId,
    pub job: Arc<JobDefinition>,
    pub job_id: Uuid,
    pub execution: Uuid,
    pub kind: NewsKind,
    /// For the person.
    pub message: String,
    pub at: Millis,
}

/// Tells people.
#[async_trait]
pub trait Teller: Send + Sync {
    /// In the transaction of what happened: who hears of it, and by which way.
    async fn tell(&self, tx: &mut Tx, news: &News) -> Result<(), DbError>;
    /// It is kept: open windows may look.
    fn announce(&self, ws: WorkspaceId);
}

/// Those who do it.
#[derive(Clone)]
pub struct Hands {
    pub steps: Arc<dyn StepRunner>,
    /// Does the body of a built-in job as if it were a step; the job's code says which.
    pub built_in: Arc<dyn StepRunner>,
    pub teller: Arc<dyn Teller>,
}

/// The process among the nodes of a database.
#[derive(Debug, Clone)]
pub struct NodeMark {
    pub id: Uuid,
    pub process: Uuid,
    /// Whether earlier processes of this node are certainly dead.
    pub is_of_folder: bool,
    /// What people know the computer by.
    pub server: String,
}
