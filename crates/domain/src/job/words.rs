//! The words of jobs: what stands in job files, in the API and in columns.

crate::text_enum! {
    /// What makes a job start.
    pub enum ScheduleType {
        /// A person or a program asks for it.
        Manual = "manual",
        /// At the moments of a cron expression, on the wall clock of a timezone.
        Cron = "cron",
        /// Every so many seconds.
        Interval = "interval",
        /// When something happens.
        EventDriven = "event_driven",
        /// When the jobs it depends on have run.
        DependencyBased = "dependency_based",
    }
}

crate::text_enum! {
    /// Where the event of an event-driven job comes from.
    pub enum TriggerEventType {
        /// Muster itself: `campaign.started` …
        EventBus = "event_bus",
        /// Another program, over the job's webhook.
        Webhook = "webhook",
    }
}

crate::text_enum! {
    /// How the jobs in `depends_on_jobs` count together.
    pub enum DependencyMode {
        /// Every one has to succeed.
        AllSuccess = "all_success",
        /// Every one has to run to its end, well or not.
        AllCompleted = "all_completed",
        /// One that has ended, however it ended, is enough.
        Any = "any",
    }
}

crate::text_enum! {
    /// What an unmet dependency means for the job that has it.
    pub enum DependencyType {
        /// The job does not start before it is met.
        Blocking = "blocking",
        /// The job waits while the other is at work and then starts, however that ended.
        Optional = "optional",
        /// The other job has to have run on an earlier day.
        CrossDay = "cross_day",
        /// As blocking; then its numbers decide whether the job runs at all.
        Conditional = "conditional",
    }
}

crate::text_enum! {
    /// How the other job has to have ended.
    pub enum WaitForStatus {
        /// However it ended, also when it was stopped.
        Any = "any",
        Success = "success",
        /// It ran to its own end: success, failure or timeout.
        Completed = "completed",
        /// It failed or ran out of time: for jobs that clear up.
        Failure = "failure",
    }
}

crate::text_enum! {
    /// What a step does.
    pub enum StepType {
        Sql = "sql",
        StoredProc = "stored_proc",
        ApiCall = "api_call",
        PythonScript = "python_script",
        NodeJsScript = "node_js_script",
        ShellScript = "shell_script",
        FileTransfer = "file_transfer",
        DataValidation = "data_validation",
        Notification = "notification",
        Wait = "wait",
    }
}

impl StepType {
    /// Whether it starts a program of its own: only admins may write such steps.
    pub fn is_script(self) -> bool {
        matches!(self, Self::PythonScript | Self::NodeJsScript | Self::ShellScript)
    }
}

crate::text_enum! {
    /// What happens when a step failed and has no retries left.
    pub enum OnFailure {
        /// The whole job stops: running steps are stopped, the rest is skipped, the job has failed.
        Abort = "abort",
        /// The steps that wait for it go on as if it had succeeded.
        Continue = "continue",
        /// The step is what its retries are for (at least one); after the last a critical step aborts, another continues.
        Retry = "retry",
        /// Running steps end in peace, the rest is skipped.
        SkipRemaining = "skip_remaining",
    }
}

crate::text_enum! {
    /// Where a step of an execution is.
    pub enum StepStatus {
        /// Not started, or about to be tried again.
        Pending = "pending",
        Running = "running",
        Success = "success",
        Failure = "failure",
        /// It took longer than its `timeout_seconds`.
        Timeout = "timeout",
        /// Never started: inactive, or the job ended before its turn.
        Skipped = "skipped",
        /// Stopped while it ran, because the job was.
        Cancelled = "cancelled",
    }
}

impl StepStatus {
    /// Whether nothing happens to the step any more.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }

    /// Whether it ended badly by itself.
    pub fn is_failed(self) -> bool {
        matches!(self, Self::Failure | Self::Timeout)
    }
}

crate::text_enum! {
    /// What made an execution.
    pub enum TriggeredBy {
        Scheduler = "scheduler",
        Manual = "manual",
        Api = "api",
        Webhook = "webhook",
        Event = "event",
        Retry = "retry",
        Dependency = "dependency",
        System = "system",
    }
}

crate::text_enum! {
    /// What happens when an execution runs longer than its SLA.
    pub enum SlaBreachAction {
        AlertAndContinue = "alert_and_continue",
        Abort = "abort",
    }
}

crate::text_enum! {
    /// Whether a job runs.
    pub enum JobStatus {
        Active = "active",
        /// Nothing starts it but a person.
        Paused = "paused",
    }
}

crate::text_enum! {
    /// What became of moments that passed while nobody looked: every node was down, or the job was paused.
    pub enum CatchUpPolicy {
        /// They are left out.
        Skip = "skip",
        /// One execution stands for all of them.
        Once = "once",
        /// Each is made up for, the latest [`super::limits::MAX_CATCH_UP`] of them.
        All = "all",
    }
}

crate::text_enum! {
    /// What a step that failed went wrong by: a word a program may branch on.
    pub enum FailureCode {
        /// The action itself went wrong.
        Action = "error",
        /// Longer than `timeout_seconds`.
        Timeout = "timeout",
        /// The node that ran it is gone.
        NodeLost = "node_lost",
        /// `pre_validation_query` said no.
        PreValidation = "pre_validation",
        /// `post_validation_query` said no.
        PostValidation = "post_validation",
        /// Fewer rows than `expected_row_count_min` or more than `expected_row_count_max`.
        RowCount = "row_count",
        /// What it gave for later steps is more than [`super::limits::MAX_OUTPUT_BYTES`].
        OutputTooLarge = "output_too_large",
        /// It was at work when the execution was stopped.
        Stopped = "stopped",
        /// It succeeded, but for a part of what it was to do.
        Partial = "partial",
    }
}
