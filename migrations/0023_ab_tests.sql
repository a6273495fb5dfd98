-- The A/B test of a run: a sample gets the variants, and the rest of the recipients waits for the winner.

-- From this number on recipients wait for the winner; NULL: nobody does.
ALTER TABLE campaign_runs ADD COLUMN held_from BIGINT;

CREATE TABLE run_tests (
    run_id BIGINT PRIMARY KEY REFERENCES campaign_runs(id) ON DELETE CASCADE,
    tenant_id BIGINT NOT NULL,
    -- open_rate | click_rate | conversion_rate | revenue
    criteria TEXT NOT NULL,
    duration_hours BIGINT NOT NULL,
    sample_percent BIGINT NOT NULL,
    -- the variants as they were at the launch, in their order: [{"variant_no", "variant_id", "name", "weight"}]
    variants {json} NOT NULL,
    -- when it is judged; NULL: the sample is still being sent
    decide_at BIGINT,
    winner_no BIGINT,
    decided_at BIGINT,
    -- who declared the winner; NULL: the figures did
    decided_by {uuid},
    -- what the sample had done when the winner was declared, and how many messages waited for it
    result {json}
);
-- what is due
CREATE INDEX run_tests_due ON run_tests (decide_at) WHERE winner_no IS NULL;
