-- Campaign plans (PLN): a state machine that is the content of a campaign of type plan, and where each contact stands in it.

-- A plan as it was saved. It never changes: who was enrolled with it goes on with it.
CREATE TABLE plan_versions (
    campaign_id {uuid} NOT NULL REFERENCES campaigns(id) ON DELETE CASCADE,
    -- the campaign's, which moves with every edit
    version BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    -- JSON, in the order in which it is shown
    plan TEXT NOT NULL,
    -- how many there were when it was saved: with any it is not started
    problems BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    saved_by {uuid} NOT NULL,
    PRIMARY KEY (campaign_id, version)
);

-- What the nodes of a plan that send say in a run: each is an offer number of its run_contents.
CREATE TABLE plan_messages (
    run_id BIGINT NOT NULL REFERENCES campaign_runs(id) ON DELETE CASCADE,
    plan_version BIGINT NOT NULL,
    node_id TEXT NOT NULL,
    tenant_id BIGINT NOT NULL,
    offer_no BIGINT NOT NULL,
    PRIMARY KEY (run_id, plan_version, node_id)
);

-- Where somebody stands in a plan.
CREATE TABLE contact_campaigns (
    id {identity},
    tenant_id BIGINT NOT NULL,
    campaign_id {uuid} NOT NULL REFERENCES campaigns(id),
    customer_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    segment_no {smallint} NOT NULL,
    plan_version BIGINT NOT NULL,
    -- active | completed | stopped | exited
    status TEXT NOT NULL,
    current_node_id TEXT NOT NULL,
    -- counts moves, from 1
    step BIGINT NOT NULL,
    entered_at BIGINT NOT NULL,
    -- whether the node's action was carried out
    is_acted BOOLEAN NOT NULL DEFAULT FALSE,
    -- the last message of this plan: its number in the run, and when it really left
    message_seq BIGINT,
    sent_at BIGINT,
    enrolled_at BIGINT NOT NULL,
    ended_at BIGINT,
    -- why it ended
    reason TEXT
);
CREATE UNIQUE INDEX contact_campaigns_active ON contact_campaigns (campaign_id, customer_id) WHERE status = 'active';
-- what happened to a message is told to its contact
CREATE UNIQUE INDEX contact_campaigns_message ON contact_campaigns (run_id, message_seq) WHERE status = 'active';
-- who stands where, and how many
CREATE INDEX contact_campaigns_node ON contact_campaigns (campaign_id, current_node_id, status, id);
CREATE INDEX contact_campaigns_customer ON contact_campaigns (customer_id, id);

-- What is to be done for a contact, and when.
CREATE TABLE scheduled_actions (
    id {identity},
    tenant_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    contact_id BIGINT NOT NULL REFERENCES contact_campaigns(id),
    -- of the contact; 0: whatever its step is by then
    step BIGINT NOT NULL,
    node_id TEXT,
    -- action: what the node does; timeout: no_open and its like; event: something happened
    kind TEXT NOT NULL,
    -- what timed out or happened; NULL of an event: something about the message, which its row says
    event TEXT,
    due_at BIGINT NOT NULL,
    -- pending | done | cancelled
    status TEXT NOT NULL,
    decided_at BIGINT,
    -- the same call twice is one event
    dedupe_key TEXT
);
CREATE UNIQUE INDEX scheduled_actions_once ON scheduled_actions (tenant_id, dedupe_key) WHERE dedupe_key IS NOT NULL;
CREATE INDEX scheduled_actions_due ON scheduled_actions (run_id, due_at, id) WHERE status = 'pending';
CREATE INDEX scheduled_actions_contact ON scheduled_actions (contact_id, id);

-- The way that a contact went. A move happens once.
CREATE TABLE campaign_transitions (
    contact_id BIGINT NOT NULL REFERENCES contact_campaigns(id),
    -- the step that it led to
    step BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    -- NULL: enrolled
    from_node TEXT,
    -- NULL: it ended here
    to_node TEXT,
    event TEXT NOT NULL,
    at BIGINT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (contact_id, step)
);
-- how many passed a node
CREATE INDEX campaign_transitions_node ON campaign_transitions (run_id, from_node);
