//! Who a person is in a workspace.

crate::text_enum! {
    /// A person's role (ACC-1).
    pub enum Role {
        /// Everything, jobs and settings.
        Admin = "admin",
        /// Builds and runs campaigns.
        Manager = "manager",
        /// Signs off.
        Approver = "approver",
        /// Works the board.
        SalesRep = "sales_rep",
        /// Reads.
        Viewer = "viewer",
    }
}
