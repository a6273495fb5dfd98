-- Calls that programs have named, so that a repeated one is not done twice. Forgotten after a day.

-- The first draft of this table knew neither who asks nor who works; nothing was ever written to it.
DROP TABLE idempotency_keys;

CREATE TABLE idempotency_keys (
    tenant_id BIGINT NOT NULL,
    -- the API token, or the person of a session
    asker_id {uuid} NOT NULL,
    -- as the program wrote it
    name TEXT NOT NULL,
    -- of who does the call; a takeover changes it
    token {uuid} NOT NULL,
    -- running, applied, done: domain::idempotency::Progress
    progress TEXT NOT NULL,
    method TEXT NOT NULL,
    -- path with query
    target TEXT NOT NULL,
    -- HMAC-SHA-256 of method, target and body
    fingerprint {blob} NOT NULL,
    -- HTTP status and sealed body of the answer; done without a body: it was too long to keep
    status BIGINT,
    answer {blob},
    begun_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    node_id {uuid} NOT NULL,
    process_id {uuid} NOT NULL,
    PRIMARY KEY (tenant_id, asker_id, name)
);
-- how many keys of an asker are alive
CREATE INDEX idempotency_keys_alive ON idempotency_keys (tenant_id, asker_id, begun_at);
-- what is forgotten
CREATE INDEX idempotency_keys_begun ON idempotency_keys (begun_at);
