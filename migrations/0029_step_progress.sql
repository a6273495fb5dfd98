-- how far a try says that it has come, in ten-thousandths; none where it says nothing
ALTER TABLE job_step_executions ADD COLUMN progress_e4 BIGINT;
