-- What the messages of a chunk that were taken at their first try were rendered with, packed together: a row of
-- message_snapshots for each would be a quarter of the database's work in a campaign. Everything else stands there still: what
-- failed, is in doubt or waits, what was fixed when its message was queued, and what was sent at a later try.
CREATE TABLE packed_snapshots (
    run_id BIGINT NOT NULL,
    -- The recipients of one lease that were never tried before: no two rows of a run overlap.
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    -- LZ4 of a JSON list of [seq, address, values]; see crates/db/src/tables/snapshots.rs
    packed {blob} NOT NULL,
    PRIMARY KEY (run_id, first_seq)
);
