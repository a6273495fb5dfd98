-- Customers, their attributes, consent and suppression, segments.

CREATE TABLE customers (
    id {identity},
    tenant_id BIGINT NOT NULL,
    external_id TEXT,
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    -- kept in lower case, so that equality is the same in both engines
    email TEXT,
    -- E.164
    phone TEXT,
    city TEXT,
    tier TEXT,
    client_type TEXT,
    preferred_language TEXT,
    preferred_channel TEXT,
    preferred_product TEXT,
    timezone TEXT,
    -- ten-thousandths of the currency unit
    account_balance_e4 BIGINT NOT NULL DEFAULT 0,
    currency TEXT,
    registration_date BIGINT,
    first_purchase_date BIGINT,
    last_purchase_date BIGINT,
    last_order_at BIGINT,
    purchase_count BIGINT NOT NULL DEFAULT 0,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    opted_out BOOLEAN NOT NULL DEFAULT FALSE,
    -- full name folded by Muster (lower case, accents off); prefix search uses it
    search_name TEXT NOT NULL DEFAULT '',
    search_last_name TEXT NOT NULL DEFAULT '',
    erased_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX customers_external ON customers (tenant_id, external_id);
-- prefix searches while typing; equality uses them too
CREATE INDEX customers_email ON customers (tenant_id, email {pattern_ops});
CREATE INDEX customers_phone ON customers (tenant_id, phone {pattern_ops});
CREATE INDEX customers_search_name ON customers (tenant_id, search_name {pattern_ops}, id);
CREATE INDEX customers_search_last ON customers (tenant_id, search_last_name {pattern_ops}, id);
CREATE INDEX customers_page ON customers (tenant_id, id);
CREATE INDEX customers_erased ON customers (tenant_id) WHERE erased_at IS NOT NULL;
-- the commonest selective segment conditions
CREATE INDEX customers_tier_city ON customers (tenant_id, tier, city);
CREATE INDEX customers_last_purchase ON customers (tenant_id, last_purchase_date);

CREATE TABLE attribute_definitions (
    id {identity},
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    -- text | number | decimal | bool | date
    value_type TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (tenant_id, name)
);

CREATE TABLE customer_attributes (
    tenant_id BIGINT NOT NULL,
    attribute_id BIGINT NOT NULL REFERENCES attribute_definitions(id) ON DELETE CASCADE,
    customer_id BIGINT NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    -- text values as they are; number and decimal in ten-thousandths, bool 0/1, date in ms, all in int_value
    text_value TEXT,
    int_value BIGINT,
    PRIMARY KEY (customer_id, attribute_id)
);
CREATE INDEX customer_attributes_int ON customer_attributes (attribute_id, int_value);
CREATE INDEX customer_attributes_text ON customer_attributes (attribute_id, text_value);

CREATE TABLE customer_push_tokens (
    tenant_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    token TEXT NOT NULL,
    platform TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, token)
);
CREATE INDEX customer_push_tokens_customer ON customer_push_tokens (customer_id);

-- consent per channel; no row means that nothing was said, which allows sending unless the customer opted out of all
CREATE TABLE customer_consents (
    tenant_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    is_granted BOOLEAN NOT NULL,
    source TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, channel)
);

CREATE TABLE suppressions (
    id {identity},
    tenant_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    -- lower-case e-mail address, E.164 number or push token
    address TEXT NOT NULL,
    -- unsubscribed | hard_bounce | complaint | manual
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    customer_id BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (tenant_id, channel, address)
);
CREATE INDEX suppressions_page ON suppressions (tenant_id, id);

CREATE TABLE communication_policies (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    campaign_id {uuid},
    -- {start, end, weekdays[], holidays[]}
    quiet_hours {json},
    -- [{channel, count, period: day|week|month}]
    frequency_caps {json} NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX communication_policies_campaign ON communication_policies (tenant_id, campaign_id);

CREATE TABLE imports (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_path TEXT,
    file_bytes BIGINT NOT NULL DEFAULT 0,
    options {json} NOT NULL,
    is_dry_run BOOLEAN NOT NULL DEFAULT FALSE,
    -- staged | running | completed | cancelled | failed
    status TEXT NOT NULL,
    rows_read BIGINT NOT NULL DEFAULT 0,
    imported BIGINT NOT NULL DEFAULT 0,
    duplicates BIGINT NOT NULL DEFAULT 0,
    rejected BIGINT NOT NULL DEFAULT 0,
    reasons {json} NOT NULL,
    error TEXT,
    created_by {uuid},
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    completed_at BIGINT
);
CREATE INDEX imports_tenant ON imports (tenant_id, created_at);

CREATE TABLE import_errors (
    import_id {uuid} NOT NULL REFERENCES imports(id) ON DELETE CASCADE,
    line BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    column_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    raw_row {json} NOT NULL,
    PRIMARY KEY (import_id, line)
);

CREATE TABLE segments (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    -- static | dynamic | behavioral
    type TEXT NOT NULL,
    criteria {json} NOT NULL,
    size_estimate BIGINT,
    evaluated_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_by {uuid},
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    archived_at BIGINT
);
CREATE INDEX segments_tenant ON segments (tenant_id, id);

CREATE TABLE segment_members (
    segment_id {uuid} NOT NULL REFERENCES segments(id) ON DELETE CASCADE,
    customer_id BIGINT NOT NULL REFERENCES customers(id) ON DELETE CASCADE,
    tenant_id BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (segment_id, customer_id)
);
CREATE INDEX segment_members_customer ON segment_members (customer_id);

CREATE TABLE segment_runs (
    id {identity},
    tenant_id BIGINT NOT NULL,
    segment_id {uuid} NOT NULL REFERENCES segments(id) ON DELETE CASCADE,
    run_id BIGINT,
    size BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    evaluated_at BIGINT NOT NULL,
    query TEXT NOT NULL DEFAULT ''
);
CREATE INDEX segment_runs_segment ON segment_runs (segment_id, id);
