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

-- What an interval is counted from: when the job was made, or when its interval was changed last.
ALTER TABLE jobs ADD COLUMN interval_from BIGINT;
-- What it was started by, unique for the job: `at:<ms>` of a moment, `event:<id>`, `after:<execution>`. None for what people
-- ask for. However often a node decides, a cause starts a job once.
ALTER TABLE job_executions ADD COLUMN start_key TEXT;
CREATE UNIQUE INDEX job_executions_start ON job_executions (job_id, start_key);
-- The process that holds the lease: the next one on the same folder (worker_node_id) knows that it is dead.
ALTER TABLE job_executions ADD COLUMN lease_process {uuid};

-- how many of a job wait and run
CREATE INDEX job_executions_open ON job_executions (job_id, execution_status) WHERE execution_status IN ('pending', 'queued', 'running');
-- who is next
CREATE INDEX job_executions_queue ON job_executions (priority DESC, due_at, id) WHERE execution_status = 'queued';
-- who is to be judged again
CREATE INDEX job_executions_waiting ON job_executions (wake_at) WHERE execution_status = 'pending';
-- whose node is gone; the stages of campaigns have no leases
CREATE INDEX job_executions_leased ON job_executions (lease_expires_at) WHERE execution_status = 'running' AND lease_token IS NOT NULL;
-- what a job did on some day
CREATE INDEX job_executions_day ON job_executions (job_id, execution_date, id);
-- what has ended and may be put away
CREATE INDEX job_executions_ended ON job_executions (completed_at) WHERE definition_id IS NOT NULL;

-- What people have to know of: a failure, an SLA that was breached, a start that was left out.
CREATE TABLE job_alerts (
    id {identity},
    tenant_id BIGINT NOT NULL,
    -- failure | sla | left_out
    kind TEXT NOT NULL,
    job_id {uuid} NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
    -- none where nothing started
    execution_id {uuid} REFERENCES job_executions(id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    message TEXT NOT NULL,
    seen_at BIGINT,
    seen_by {uuid}
);
CREATE INDEX job_alerts_tenant ON job_alerts (tenant_id, id);
CREATE INDEX job_alerts_unseen ON job_alerts (tenant_id, id) WHERE seen_at IS NULL;
CREATE INDEX job_alerts_execution ON job_alerts (execution_id);

-- Ids of the outbox are given when a change is made, not when it is kept: one that is kept late has an id that readers have
-- passed. So whoever reads first gives what is new its place, and readers go by that.
ALTER TABLE event_outbox ADD COLUMN place BIGINT;
UPDATE event_outbox SET place = id;
CREATE UNIQUE INDEX event_outbox_place ON event_outbox (place);
CREATE INDEX event_outbox_unplaced ON event_outbox (id) WHERE place IS NULL;
INSERT INTO event_readers (name, last_id) SELECT 'jobs', COALESCE(MAX(id), 0) FROM event_outbox;

-- whom an event may start, and who names other jobs
CREATE INDEX jobs_triggered ON jobs (tenant_id, id) WHERE schedule_type = 'event_driven' AND definition_id IS NOT NULL;
CREATE INDEX jobs_named ON jobs (tenant_id, id) WHERE depends_on_jobs IS NOT NULL;

-- runs of a span of time
CREATE INDEX job_executions_span ON job_executions (tenant_id, completed_at);
