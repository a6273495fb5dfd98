-- The catalogue of job types is part of the program. When a job ran last, its executions say.
DROP TABLE job_types;
ALTER TABLE jobs DROP COLUMN last_run_at;
