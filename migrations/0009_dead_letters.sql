-- Messages that somebody has to decide about: refused for good or out of tries (recipient status 6), and perhaps sent (10).
-- The reason in full stands with the recipient; a cause holds no address and no words of a provider.
CREATE TABLE dead_letters (
    run_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    -- domain::dead_letter::Cause: why:channel:provider kind:code
    cause TEXT NOT NULL,
    failed_at BIGINT NOT NULL,
    PRIMARY KEY (run_id, seq)
);
-- groups with their counts, and the messages of one in their order, without touching the table
CREATE INDEX dead_letters_group ON dead_letters (tenant_id, run_id, cause, seq, failed_at);

-- What is in doubt already waits for an answer, too.
INSERT INTO dead_letters (run_id, seq, tenant_id, cause, failed_at)
SELECT run_id, seq, tenant_id, CASE WHEN reason = 'in flight when a node stopped: perhaps sent' THEN 'in_flight:::' ELSE 'no_answer:::' END, COALESCE(failed_at, 0)
FROM run_recipients WHERE status = 10;
