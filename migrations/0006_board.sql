-- Providers, the sandbox inbox, replies and the board.

CREATE TABLE providers (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    -- smtp | twilio | africas_talking | http | sandbox
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    -- without secrets: those are in the table of that name, under provider:<id>
    config {json} NOT NULL,
    weight BIGINT NOT NULL DEFAULT 100,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    messages_per_minute BIGINT,
    messages_per_hour BIGINT,
    max_connections BIGINT,
    -- ok | paused, and since when and why
    state TEXT NOT NULL DEFAULT 'ok',
    state_reason TEXT,
    state_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX providers_tenant ON providers (tenant_id, channel);

CREATE TABLE sandbox_messages (
    id {identity},
    tenant_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    text_body TEXT NOT NULL DEFAULT '',
    html_body TEXT NOT NULL DEFAULT '',
    headers {json} NOT NULL,
    message_id TEXT,
    customer_id BIGINT,
    run_id BIGINT,
    seq BIGINT,
    received_at BIGINT NOT NULL
);
CREATE INDEX sandbox_messages_page ON sandbox_messages (tenant_id, channel, id);

CREATE TABLE campaign_responses (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    campaign_id {uuid},
    run_id BIGINT,
    seq BIGINT,
    customer_id BIGINT,
    channel TEXT NOT NULL,
    from_address TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    -- as it came, at most 256 KiB; body without quotes and signature
    raw_body TEXT NOT NULL,
    body TEXT NOT NULL,
    in_reply_to TEXT,
    message_id TEXT,
    disposition TEXT NOT NULL,
    -- what the classifier said, kept when a person corrects it
    predicted_disposition TEXT NOT NULL,
    corrected_by {uuid},
    sentiment TEXT NOT NULL,
    confidence BIGINT NOT NULL,
    summary TEXT NOT NULL,
    retry_after BIGINT,
    received_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    dedupe_key TEXT,
    UNIQUE (tenant_id, dedupe_key)
);
CREATE INDEX campaign_responses_campaign ON campaign_responses (campaign_id, id);
CREATE INDEX campaign_responses_customer ON campaign_responses (customer_id, id);

CREATE TABLE cards (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    campaign_id {uuid},
    campaign_response_id {uuid},
    contact_id BIGINT,
    title TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    type TEXT NOT NULL DEFAULT 'task',
    queue TEXT NOT NULL,
    priority TEXT NOT NULL,
    -- todo | in_progress | waiting | done
    status TEXT NOT NULL,
    position BIGINT NOT NULL,
    assignee_id {uuid},
    draft TEXT NOT NULL DEFAULT '',
    due_at BIGINT,
    snoozed_until BIGINT,
    first_answer_at BIGINT,
    -- won | lost | none
    outcome TEXT,
    outcome_value_e4 BIGINT,
    outcome_currency TEXT,
    outcome_reason TEXT,
    -- a change names the version it saw
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    closed_at BIGINT,
    UNIQUE (tenant_id, number)
);
CREATE INDEX cards_board ON cards (tenant_id, status, queue, position);
CREATE INDEX cards_campaign ON cards (campaign_id);
CREATE INDEX cards_contact ON cards (contact_id);
CREATE INDEX cards_due ON cards (tenant_id, status, due_at);

CREATE TABLE card_entries (
    id {identity},
    tenant_id BIGINT NOT NULL,
    card_id {uuid} NOT NULL REFERENCES cards(id) ON DELETE CASCADE,
    -- note | answer | history
    kind TEXT NOT NULL,
    author_id {uuid},
    author_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    data {json}
);
CREATE INDEX card_entries_card ON card_entries (card_id, id);

CREATE TABLE routing_rules (
    tenant_id BIGINT NOT NULL,
    disposition TEXT NOT NULL,
    -- NULL: logged only
    queue TEXT,
    priority TEXT,
    title_template TEXT,
    draft_template TEXT,
    answer_within_minutes BIGINT,
    PRIMARY KEY (tenant_id, disposition)
);

CREATE TABLE classifier_examples (
    id {identity},
    tenant_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    disposition TEXT NOT NULL,
    created_by {uuid},
    created_at BIGINT NOT NULL
);
CREATE INDEX classifier_examples_tenant ON classifier_examples (tenant_id, id);

-- answers typed on the board, on their way to a provider
CREATE TABLE direct_messages (
    id {identity},
    tenant_id BIGINT NOT NULL,
    card_id {uuid},
    customer_id BIGINT,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    text_body TEXT NOT NULL,
    html_body TEXT NOT NULL DEFAULT '',
    in_reply_to TEXT,
    -- pending | sending | sent | failed | unknown
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    last_error TEXT,
    provider_message_id TEXT,
    due_at BIGINT NOT NULL,
    lease_token {uuid},
    lease_expires_at BIGINT,
    created_by {uuid},
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX direct_messages_due ON direct_messages (status, due_at);
CREATE INDEX direct_messages_card ON direct_messages (card_id);
