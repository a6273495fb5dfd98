//! What people should hear of.

crate::text_enum! {
    /// What an alert is about.
    pub enum AlertKind {
        /// An execution failed, ran out of time, or was stopped by its SLA.
        Failure = "failure",
        /// An execution ran longer than its SLA.
        Sla = "sla",
        /// A start was left out: by the overlap policy, the queue's bound, or a dependency that is never met.
        LeftOut = "left_out",
        /// A built-in job found something that somebody should know of, and did what it could about it.
        Warning = "warning",
    }
}
