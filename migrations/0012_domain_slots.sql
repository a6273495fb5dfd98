-- When the next message may go to a recipient domain that has a limit, microseconds since 1970.
CREATE TABLE domain_slots (
    tenant_id BIGINT NOT NULL,
    domain TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, domain)
);
