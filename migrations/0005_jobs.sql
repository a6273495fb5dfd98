-- Jobs, their steps and dependencies, executions; the event outbox.

CREATE TABLE job_types (
    code TEXT NOT NULL,
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    defaults {json} NOT NULL,
    is_built_in BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (tenant_id, code)
);

CREATE TABLE jobs (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    job_type_code TEXT NOT NULL,
    campaign_id {uuid},
    run_id BIGINT,
    -- manual | cron | interval | event_driven | dependency_based
    schedule_type TEXT NOT NULL DEFAULT 'manual',
    cron_expression TEXT,
    interval_seconds BIGINT,
    timezone TEXT NOT NULL DEFAULT 'UTC',
    trigger_event_type TEXT,
    trigger_condition {json},
    depends_on_jobs {json},
    dependency_mode TEXT,
    max_concurrent_executions BIGINT NOT NULL DEFAULT 1,
    execution_timeout_minutes BIGINT,
    priority BIGINT NOT NULL DEFAULT 0,
    max_memory_mb BIGINT,
    max_cpu_cores BIGINT,
    sla_duration_minutes BIGINT,
    sla_breach_action TEXT,
    notify_on_success BOOLEAN NOT NULL DEFAULT FALSE,
    notify_on_failure BOOLEAN NOT NULL DEFAULT TRUE,
    notification_recipients {json},
    parameters {json},
    -- active | paused
    status TEXT NOT NULL DEFAULT 'active',
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    is_built_in BOOLEAN NOT NULL DEFAULT FALSE,
    next_run_at BIGINT,
    last_run_at BIGINT,
    created_by {uuid},
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (tenant_id, code)
);
CREATE INDEX jobs_tenant ON jobs (tenant_id, id);
CREATE INDEX jobs_due ON jobs (is_active, next_run_at);
CREATE INDEX jobs_campaign ON jobs (campaign_id);

CREATE TABLE job_dependencies (
    job_id {uuid} NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
    depends_on_job_id {uuid} NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
    tenant_id BIGINT NOT NULL,
    dependency_type TEXT NOT NULL,
    wait_for_status TEXT NOT NULL DEFAULT 'success',
    max_wait_minutes BIGINT,
    lookback_days BIGINT NOT NULL DEFAULT 1,
    execution_condition TEXT,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    PRIMARY KEY (job_id, depends_on_job_id)
);
CREATE INDEX job_dependencies_upstream ON job_dependencies (depends_on_job_id);

CREATE TABLE job_steps (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    job_id {uuid} NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
    step_order BIGINT NOT NULL,
    step_name TEXT NOT NULL,
    step_code TEXT NOT NULL,
    step_type TEXT NOT NULL,
    step_action TEXT NOT NULL,
    is_parallel BOOLEAN NOT NULL DEFAULT FALSE,
    parallel_group_id BIGINT,
    depends_on_step_codes {json},
    retry_count BIGINT NOT NULL DEFAULT 0,
    retry_delay_seconds BIGINT NOT NULL DEFAULT 0,
    timeout_seconds BIGINT,
    on_failure_action TEXT NOT NULL DEFAULT 'abort',
    is_critical BOOLEAN NOT NULL DEFAULT TRUE,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    parameters {json},
    pre_validation_query TEXT,
    post_validation_query TEXT,
    expected_row_count_min BIGINT,
    expected_row_count_max BIGINT,
    UNIQUE (job_id, step_code)
);

CREATE TABLE job_executions (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    job_id {uuid} NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
    -- the stage of a campaign's pipeline, or the job's own type
    job_type_code TEXT NOT NULL,
    stage_order BIGINT NOT NULL DEFAULT 0,
    campaign_id {uuid},
    run_id BIGINT,
    -- pending | queued | running | success | failure | aborted | timeout | cancelled
    execution_status TEXT NOT NULL,
    execution_date BIGINT NOT NULL,
    triggered_by TEXT NOT NULL,
    triggered_by_user_id {uuid},
    started_at BIGINT,
    completed_at BIGINT,
    duration_ms BIGINT,
    server_instance TEXT,
    worker_node_id TEXT,
    trace_id TEXT,
    correlation_id TEXT,
    error_message TEXT,
    error_code TEXT,
    error_step_id {uuid},
    peak_memory_mb BIGINT,
    peak_cpu_percent BIGINT,
    -- how many rows this stage expects, where it is known
    rows_expected BIGINT,
    rows_read BIGINT NOT NULL DEFAULT 0,
    rows_processed BIGINT NOT NULL DEFAULT 0,
    rows_inserted BIGINT NOT NULL DEFAULT 0,
    rows_updated BIGINT NOT NULL DEFAULT 0,
    rows_deleted BIGINT NOT NULL DEFAULT 0,
    -- hundredths of a percent
    data_quality_score_e4 BIGINT,
    steps_total BIGINT NOT NULL DEFAULT 0,
    steps_completed BIGINT NOT NULL DEFAULT 0,
    steps_failed BIGINT NOT NULL DEFAULT 0,
    sla_breached BOOLEAN NOT NULL DEFAULT FALSE,
    execution_context {json},
    waiting_on {json},
    lease_token {uuid},
    lease_expires_at BIGINT,
    archived BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX job_executions_job ON job_executions (job_id, id);
CREATE INDEX job_executions_tenant ON job_executions (tenant_id, id);
CREATE INDEX job_executions_run ON job_executions (run_id, stage_order);
CREATE INDEX job_executions_status ON job_executions (execution_status, lease_expires_at);

CREATE TABLE job_step_executions (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    execution_id {uuid} NOT NULL REFERENCES job_executions(id) ON DELETE CASCADE,
    step_id {uuid},
    step_code TEXT NOT NULL,
    step_order BIGINT NOT NULL,
    attempt BIGINT NOT NULL DEFAULT 1,
    status TEXT NOT NULL,
    started_at BIGINT,
    completed_at BIGINT,
    rows_processed BIGINT,
    output {json},
    error_message TEXT,
    peak_memory_mb BIGINT,
    peak_cpu_percent BIGINT
);
CREATE INDEX job_step_executions_execution ON job_step_executions (execution_id, step_order);

CREATE TABLE execution_logs (
    id {identity},
    tenant_id BIGINT NOT NULL,
    execution_id {uuid} NOT NULL REFERENCES job_executions(id) ON DELETE CASCADE,
    step_code TEXT,
    at BIGINT NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL
);
CREATE INDEX execution_logs_execution ON execution_logs (execution_id, id);

-- written with the change in the same transaction; fanned out afterwards
CREATE TABLE event_outbox (
    id {identity},
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    data {json} NOT NULL
);
CREATE INDEX event_outbox_name ON event_outbox (tenant_id, name, id);
