-- What running jobs needs beside what 0005 has.

-- skip | queue | allow
ALTER TABLE jobs ADD COLUMN overlap_policy TEXT NOT NULL DEFAULT 'queue';
-- skip | once | all
ALTER TABLE jobs ADD COLUMN catch_up_policy TEXT NOT NULL DEFAULT 'once';
-- The definition that holds now; none for the jobs of campaigns, which have stages instead of steps.
ALTER TABLE jobs ADD COLUMN definition_id {uuid};
-- From 1; a change names the version that it was made from.
ALTER TABLE jobs ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
-- The last moment that was decided about: what was due after it has not started yet.
ALTER TABLE jobs ADD COLUMN decided_at BIGINT;
ALTER TABLE jobs ADD COLUMN updated_by {uuid};
-- SHA-256 of the token in the address of an event-driven job's webhook
ALTER TABLE jobs ADD COLUMN webhook_token_hash {blob};
ALTER TABLE job_steps ADD COLUMN is_repeatable BOOLEAN NOT NULL DEFAULT FALSE;

-- Definitions as job files have them, never changed: an execution goes on with the one that it began with. The columns of
-- jobs, job_steps and job_dependencies are written with them, for those who look and for what is searched by.
CREATE TABLE job_definitions (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    job_id {uuid} NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    body {json} NOT NULL,
    created_by {uuid},
    created_at BIGINT NOT NULL,
    UNIQUE (job_id, version)
);

ALTER TABLE job_executions ADD COLUMN definition_id {uuid};
-- The moment it was due, or asked for: what start latency is measured from.
ALTER TABLE job_executions ADD COLUMN due_at BIGINT;
ALTER TABLE job_executions ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;
-- domain::job::workflow::WorkflowState
ALTER TABLE job_executions ADD COLUMN workflow {json};
-- the execution that this one runs again, and from which step
ALTER TABLE job_executions ADD COLUMN rerun_of {uuid};
ALTER TABLE job_executions ADD COLUMN rerun_from TEXT;
-- a person asked that it stops
ALTER TABLE job_executions ADD COLUMN abort_requested BOOLEAN NOT NULL DEFAULT FALSE;
-- when something is to be done with it by time alone: a retry, an SLA, a dependency's last moment
ALTER TABLE job_executions ADD COLUMN wake_at BIGINT;

ALTER TABLE job_step_executions ADD COLUMN error_code TEXT;
ALTER TABLE job_step_executions ADD COLUMN input {json};
ALTER TABLE job_step_executions ADD COLUMN worker_node_id TEXT;
ALTER TABLE job_step_executions ADD COLUMN data_quality_score_e4 BIGINT;

-- SQL that stored_proc steps call by name where the database has no procedures of its own, and beside them where it has.
CREATE TABLE sql_scripts (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL,
    writes BOOLEAN NOT NULL DEFAULT FALSE,
    version BIGINT NOT NULL DEFAULT 1,
    created_by {uuid},
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (tenant_id, name)
);

-- Where each reader of event_outbox is.
CREATE TABLE event_readers (
    name TEXT PRIMARY KEY,
    last_id BIGINT NOT NULL
);
