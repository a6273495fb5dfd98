-- Messages whose readers answered that they are away: the same words go again after the return, as a further recipient of
-- the same run. At most one row for each message.
CREATE TABLE absence_retries (
    run_id BIGINT NOT NULL,
    -- the message that was answered
    seq BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    response_id {uuid} NOT NULL,
    due_at BIGINT NOT NULL,
    -- 1 for the first time that the words go again
    round BIGINT NOT NULL,
    -- waiting | sent | dropped
    status TEXT NOT NULL,
    -- why it was dropped
    reason TEXT,
    -- the message that went again
    again_seq BIGINT,
    decided_at BIGINT,
    PRIMARY KEY (run_id, seq)
);
-- what is due
CREATE INDEX absence_retries_due ON absence_retries (due_at) WHERE status = 'waiting';
-- what an answer of the customer makes needless
CREATE INDEX absence_retries_customer ON absence_retries (customer_id, run_id) WHERE status = 'waiting';
-- how often the words went already
CREATE INDEX absence_retries_again ON absence_retries (run_id, again_seq);

-- Whether a reply of this class makes the message go again; NULL: as the default says.
ALTER TABLE routing_rules ADD COLUMN retry {smallint};
