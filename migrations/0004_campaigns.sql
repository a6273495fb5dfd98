-- Campaigns, approvals, runs, recipients and what became of them.

CREATE TABLE campaigns (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    -- acquisition | retention | churn_prevention | upsell_cross_sell | reactivation
    objective TEXT,
    -- email | sms | whatsapp | push | multi
    channel TEXT NOT NULL,
    status TEXT NOT NULL,
    approval_status TEXT NOT NULL DEFAULT 'not_submitted',
    type TEXT NOT NULL DEFAULT 'one_time',
    targeting_type TEXT NOT NULL DEFAULT 'multiple_target_group',
    template_id {uuid},
    -- inline content {subject, preheader, textBody, htmlBody}
    content {json},
    control_percent BIGINT NOT NULL DEFAULT 0,
    scheduled_at BIGINT,
    end_at BIGINT,
    timezone TEXT NOT NULL DEFAULT 'UTC',
    -- run | skip: what was due while no node ran
    misfire_rule TEXT NOT NULL DEFAULT 'run',
    recurring_schedule {json},
    settings {json} NOT NULL,
    ab_test_config {json},
    delivery_mode TEXT NOT NULL DEFAULT 'bulk',
    messages_per_hour BIGINT,
    messages_per_day BIGINT,
    batch_size BIGINT,
    -- hold | resend: messages whose fate is not known after a crash
    unknown_policy TEXT NOT NULL DEFAULT 'hold',
    paused_reason TEXT,
    primary_job_id {uuid},
    current_run_id BIGINT,
    -- counts every edit; an approval names the version it saw
    version BIGINT NOT NULL DEFAULT 1,
    approved_version BIGINT,
    created_by {uuid} NOT NULL,
    started_at BIGINT,
    completed_at BIGINT,
    archived_at BIGINT,
    deleted_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX campaigns_tenant ON campaigns (tenant_id, id);
CREATE INDEX campaigns_tenant_status ON campaigns (tenant_id, status);
CREATE INDEX campaigns_tenant_channel ON campaigns (tenant_id, channel);
CREATE INDEX campaigns_scheduled ON campaigns (status, scheduled_at);

-- who changed what; approvals compare with the version last approved
CREATE TABLE campaign_versions (
    campaign_id {uuid} NOT NULL REFERENCES campaigns(id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    snapshot {json} NOT NULL,
    edited_by {uuid} NOT NULL,
    edited_at BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, version)
);

CREATE TABLE approvals (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    -- campaign | offer
    object_type TEXT NOT NULL,
    object_id {uuid} NOT NULL,
    object_version BIGINT NOT NULL,
    -- pending | approved | rejected | withdrawn | expired
    status TEXT NOT NULL,
    required_approvals BIGINT NOT NULL DEFAULT 1,
    audience_size BIGINT,
    cost_e4 BIGINT,
    note TEXT NOT NULL DEFAULT '',
    due_at BIGINT,
    submitted_by {uuid} NOT NULL,
    submitted_at BIGINT NOT NULL,
    decided_at BIGINT
);
CREATE INDEX approvals_inbox ON approvals (tenant_id, status, id);
CREATE INDEX approvals_object ON approvals (object_id, id);

CREATE TABLE approval_decisions (
    approval_id {uuid} NOT NULL REFERENCES approvals(id) ON DELETE CASCADE,
    user_id {uuid} NOT NULL,
    tenant_id BIGINT NOT NULL,
    is_approved BOOLEAN NOT NULL,
    comment TEXT NOT NULL DEFAULT '',
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (approval_id, user_id)
);

CREATE TABLE campaign_segment_mappings (
    campaign_id {uuid} NOT NULL REFERENCES campaigns(id) ON DELETE CASCADE,
    segment_id {uuid} NOT NULL REFERENCES segments(id),
    tenant_id BIGINT NOT NULL,
    -- include | exclude
    role TEXT NOT NULL,
    -- 1 is looked at first: a customer in two segments counts in the earlier one
    priority BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, segment_id, role)
);
CREATE INDEX campaign_segment_mappings_segment ON campaign_segment_mappings (segment_id);

CREATE TABLE campaign_segment_offer_mappings (
    campaign_id {uuid} NOT NULL REFERENCES campaigns(id) ON DELETE CASCADE,
    segment_id {uuid} NOT NULL REFERENCES segments(id),
    offer_id {uuid} NOT NULL REFERENCES offers(id),
    tenant_id BIGINT NOT NULL,
    priority BIGINT NOT NULL,
    interval_config {json},
    condition_config {json},
    PRIMARY KEY (campaign_id, segment_id, offer_id)
);
CREATE INDEX campaign_segment_offer_mappings_offer ON campaign_segment_offer_mappings (offer_id);

CREATE TABLE campaign_variants (
    campaign_id {uuid} NOT NULL REFERENCES campaigns(id) ON DELETE CASCADE,
    variant_no BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    -- A … E
    variant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    subject TEXT,
    template_id {uuid},
    weight BIGINT NOT NULL,
    is_winner BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (campaign_id, variant_no)
);

-- one occurrence of a campaign: exactly one for one_time, many for the others
CREATE TABLE campaign_runs (
    id {identity},
    tenant_id BIGINT NOT NULL,
    campaign_id {uuid} NOT NULL REFERENCES campaigns(id),
    number BIGINT NOT NULL,
    -- launching | running | completed | cancelled | failed
    status TEXT NOT NULL,
    job_id {uuid},
    correlation_id TEXT NOT NULL,
    total_recipients BIGINT NOT NULL DEFAULT 0,
    total_customers BIGINT NOT NULL DEFAULT 0,
    control_customers BIGINT NOT NULL DEFAULT 0,
    -- first recipient that no lease has taken yet
    next_seq BIGINT NOT NULL DEFAULT 1,
    triggered_by TEXT NOT NULL,
    scheduled_for BIGINT,
    started_at BIGINT NOT NULL,
    completed_at BIGINT,
    UNIQUE (campaign_id, number)
);
CREATE INDEX campaign_runs_alive ON campaign_runs (status, id);

-- what a run may send: numbers in run_recipients point here
CREATE TABLE run_segments (
    run_id BIGINT NOT NULL REFERENCES campaign_runs(id) ON DELETE CASCADE,
    segment_no BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    segment_id {uuid} NOT NULL,
    size BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, segment_no)
);
CREATE TABLE run_contents (
    run_id BIGINT NOT NULL REFERENCES campaign_runs(id) ON DELETE CASCADE,
    content_no BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    -- 0: no offer (template or inline content)
    offer_no BIGINT NOT NULL,
    offer_id {uuid},
    -- 0: no test
    variant_no BIGINT NOT NULL DEFAULT 0,
    channel TEXT NOT NULL,
    locale TEXT NOT NULL,
    subject_override TEXT,
    creative_version_id BIGINT NOT NULL REFERENCES creative_versions(id),
    PRIMARY KEY (run_id, content_no)
);

-- One message to one customer. Lean: a million rows are written at a launch. Read it through the view campaign_recipients.
-- status: 0 pending, 1 sent, 2 delivered, 3 opened, 4 clicked, 5 bounced, 6 failed, 7 skipped, 8 suppressed, 9 cancelled, 10 unknown
CREATE TABLE run_recipients (
    run_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    segment_no {smallint} NOT NULL,
    offer_no {smallint} NOT NULL DEFAULT 0,
    variant_no {smallint} NOT NULL DEFAULT 0,
    status {smallint} NOT NULL DEFAULT 0,
    attempts {smallint} NOT NULL DEFAULT 0,
    content_no {smallint},
    -- why this creative: 1 exact, 2 default locale, 3 first active
    choice {smallint},
    sent_at BIGINT,
    delivered_at BIGINT,
    opened_at BIGINT,
    clicked_at BIGINT,
    replied_at BIGINT,
    -- bounced, failed, skipped, suppressed, cancelled or found unknown
    failed_at BIGINT,
    reason TEXT,
    provider_message_id TEXT,
    PRIMARY KEY (run_id, seq)
) {lean};
-- a customer's timeline, frequency caps, replies by sender
CREATE INDEX run_recipients_customer ON run_recipients (customer_id, run_id);

CREATE TABLE run_control_members (
    run_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    segment_no {smallint} NOT NULL,
    PRIMARY KEY (run_id, customer_id)
) {lean};

-- the values a message was rendered with: with the creative version they give back what was sent
CREATE TABLE message_snapshots (
    run_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    address TEXT NOT NULL,
    values_json TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
) {lean};

-- Counters kept in the transaction that changes the rows; equal to a recount at any moment.
CREATE TABLE run_stats (
    run_id BIGINT NOT NULL,
    variant_no BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    total BIGINT NOT NULL DEFAULT 0,
    sent BIGINT NOT NULL DEFAULT 0,
    delivered BIGINT NOT NULL DEFAULT 0,
    opened BIGINT NOT NULL DEFAULT 0,
    clicked BIGINT NOT NULL DEFAULT 0,
    replied BIGINT NOT NULL DEFAULT 0,
    bounced BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    skipped BIGINT NOT NULL DEFAULT 0,
    suppressed BIGINT NOT NULL DEFAULT 0,
    cancelled BIGINT NOT NULL DEFAULT 0,
    unknown BIGINT NOT NULL DEFAULT 0,
    unsubscribed BIGINT NOT NULL DEFAULT 0,
    complaints BIGINT NOT NULL DEFAULT 0,
    redeemed BIGINT NOT NULL DEFAULT 0,
    conversions BIGINT NOT NULL DEFAULT 0,
    revenue_e4 BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, variant_no)
);

-- sent per minute, for the chart
CREATE TABLE run_minutes (
    run_id BIGINT NOT NULL,
    minute_at BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    sent BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, minute_at)
);

-- the same counters by recipient domain or network
CREATE TABLE run_domains (
    run_id BIGINT NOT NULL,
    domain TEXT NOT NULL,
    tenant_id BIGINT NOT NULL,
    sent BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, domain)
);

-- A chunk that a node is sending now. It is committed before the first byte leaves: after a crash only
-- what a lease names can be in doubt.
CREATE TABLE send_leases (
    id {identity},
    tenant_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    -- fresh: [first_seq, last_seq]; due: the rows of deferred_messages with this lease
    kind TEXT NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    token {uuid} NOT NULL,
    node_id {uuid} NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX send_leases_run ON send_leases (run_id);
CREATE INDEX send_leases_expiry ON send_leases (expires_at);

-- pending messages that wait for a moment: retries and quiet hours
CREATE TABLE deferred_messages (
    run_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    -- retry | quiet_hours
    cause TEXT NOT NULL,
    last_error TEXT,
    lease_id BIGINT,
    PRIMARY KEY (run_id, seq)
);
CREATE INDEX deferred_messages_due ON deferred_messages (run_id, due_at);
CREATE INDEX deferred_messages_lease ON deferred_messages (lease_id);

CREATE TABLE message_attempts (
    id {identity},
    tenant_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    provider TEXT NOT NULL,
    -- retry | reject | unknown
    outcome TEXT NOT NULL,
    error TEXT NOT NULL
);
CREATE INDEX message_attempts_message ON message_attempts (run_id, seq, id);

-- What was spent of a budget (campaign, provider, domain) and when: the sliding window is the sum over it.
CREATE TABLE rate_spends (
    tenant_id BIGINT NOT NULL,
    budget TEXT NOT NULL,
    at BIGINT NOT NULL,
    lease_id BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, budget, at, lease_id)
);

CREATE TABLE message_events (
    id {identity},
    tenant_id BIGINT NOT NULL,
    run_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    -- delivered | opened | clicked | replied | bounced | unsubscribed | complained | converted | redeemed
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    link_id BIGINT,
    is_bot BOOLEAN NOT NULL DEFAULT FALSE,
    user_agent TEXT,
    data {json},
    -- the same provider call twice counts once
    dedupe_key TEXT,
    UNIQUE (tenant_id, dedupe_key)
);
CREATE INDEX message_events_message ON message_events (run_id, seq, id);
CREATE INDEX message_events_customer ON message_events (customer_id, id);

CREATE TABLE tracked_links (
    id {identity},
    tenant_id BIGINT NOT NULL,
    creative_version_id BIGINT NOT NULL REFERENCES creative_versions(id),
    position BIGINT NOT NULL,
    url TEXT NOT NULL,
    UNIQUE (creative_version_id, position)
);

CREATE TABLE offer_redemptions (
    id {identity},
    tenant_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    offer_id {uuid} NOT NULL,
    campaign_id {uuid},
    run_id BIGINT,
    seq BIGINT,
    code TEXT NOT NULL,
    value_e4 BIGINT NOT NULL DEFAULT 0,
    currency TEXT,
    redeemed_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- a code is redeemed once by one customer
    UNIQUE (tenant_id, code, customer_id)
);
CREATE INDEX offer_redemptions_customer ON offer_redemptions (customer_id, id);
CREATE INDEX offer_redemptions_offer ON offer_redemptions (offer_id, id);
CREATE INDEX offer_redemptions_run ON offer_redemptions (run_id);

-- what was granted; the credits of a customer sum to what was added to the balance
CREATE TABLE reward_ledger (
    id {identity},
    tenant_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    reward_id {uuid} NOT NULL,
    offer_id {uuid} NOT NULL,
    campaign_id {uuid},
    redemption_id BIGINT,
    -- credit | discount_amount | discount_percent | bonus_product | points
    kind TEXT NOT NULL,
    amount_e4 BIGINT NOT NULL,
    currency TEXT,
    detail TEXT NOT NULL DEFAULT '',
    balance_after_e4 BIGINT,
    granted_at BIGINT NOT NULL,
    -- reward + customer + cause: granted once and only once
    grant_key TEXT NOT NULL,
    UNIQUE (tenant_id, grant_key)
);
CREATE INDEX reward_ledger_customer ON reward_ledger (customer_id, id);

-- purchases and other conversions reported from outside or from a card's outcome
CREATE TABLE conversions (
    id {identity},
    tenant_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    campaign_id {uuid},
    run_id BIGINT,
    seq BIGINT,
    kind TEXT NOT NULL,
    value_e4 BIGINT NOT NULL DEFAULT 0,
    currency TEXT,
    occurred_at BIGINT NOT NULL,
    source TEXT NOT NULL,
    dedupe_key TEXT,
    UNIQUE (tenant_id, dedupe_key)
);
CREATE INDEX conversions_customer ON conversions (customer_id, id);
CREATE INDEX conversions_run ON conversions (run_id);
