-- Starts that a fault of the database stood in the way of, while what caused them was done with: they are tried again.
CREATE TABLE job_late_starts (
    job_id {uuid} NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
    tenant_id BIGINT NOT NULL,
    -- event:<id> of an event, after:<execution> of the end of another job's execution
    cause TEXT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 1,
    again_at BIGINT NOT NULL,
    PRIMARY KEY (job_id, cause)
);
CREATE INDEX job_late_starts_due ON job_late_starts (again_at);
