-- Nodes that send campaigns now: they share the connections that a relay allows. A row is renewed every few seconds.
CREATE TABLE sending_nodes (
    node_id {uuid} PRIMARY KEY,
    joined_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

-- for forgetting the oldest
CREATE INDEX dead_letters_age ON dead_letters (failed_at);
