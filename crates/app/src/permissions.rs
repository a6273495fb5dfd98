//! Which role may do what: the one table (ACC-1).

use muster_domain::role::Role;

/// Something that may be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// See everything but settings and secrets.
    Read,
    /// Customers, imports, suppression, consent.
    EditCustomers,
    /// Segments, products, rewards, offers, templates, campaigns.
    EditContent,
    /// Submit, schedule, start, pause, resume, cancel.
    RunCampaigns,
    /// Approve and reject.
    Approve,
    /// Cards, answers, replies.
    WorkBoard,
    /// Redeem codes, report conversions.
    Redeem,
    /// Jobs: make, edit, run now, stop, pause.
    ManageJobs,
    /// Steps of jobs that run programs, change rows or use secrets; saved SQL; the secrets themselves.
    WriteScripts,
    /// Providers, policies, the workspace.
    ManageSettings,
    /// People, roles, API tokens of others.
    ManageUsers,
    /// The audit log.
    ReadAudit,
}

/// The table.
pub fn allowed(role: Role, operation: Operation) -> bool {
    use Operation as O;
    match role {
        Role::Admin => true,
        Role::Manager => matches!(
            operation,
            O::Read
                | O::EditCustomers
                | O::EditContent
                | O::RunCampaigns
                | O::WorkBoard
                | O::Redeem
                | O::ManageJobs
                | O::ReadAudit
        ),
        Role::Approver => matches!(operation, O::Read | O::Approve | O::ReadAudit),
        Role::SalesRep => matches!(operation, O::Read | O::WorkBoard | O::Redeem),
        Role::Viewer => matches!(operation, O::Read),
    }
}

/// What the operation is called in the refusal.
pub fn words(operation: Operation) -> &'static str {
    match operation {
        Operation::Read => "see this",
        Operation::EditCustomers => "change customers",
        Operation::EditContent => "change segments, offers and campaigns",
        Operation::RunCampaigns => "run campaigns",
        Operation::Approve => "approve",
        Operation::WorkBoard => "work on the board",
        Operation::Redeem => "redeem codes",
        Operation::ManageJobs => "manage jobs",
        Operation::WriteScripts => "write scripts and secrets of jobs",
        Operation::ManageSettings => "change settings",
        Operation::ManageUsers => "manage people",
        Operation::ReadAudit => "read the audit log",
    }
}
