-- Products, rewards, offers and their parts, message templates.

CREATE TABLE products (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL DEFAULT '',
    value TEXT NOT NULL DEFAULT '',
    price_e4 BIGINT NOT NULL DEFAULT 0,
    currency TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    archived_at BIGINT
);
CREATE INDEX products_tenant ON products (tenant_id, id);

CREATE TABLE rewards (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    -- credit | discount_amount | discount_percent | bonus_product | points
    type TEXT NOT NULL,
    -- ten-thousandths of a currency unit, a percent or a point
    value_e4 BIGINT NOT NULL DEFAULT 0,
    currency TEXT,
    product_id {uuid},
    description TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    archived_at BIGINT
);
CREATE INDEX rewards_tenant ON rewards (tenant_id, id);

CREATE TABLE offers (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    -- draft | active | archived
    status TEXT NOT NULL,
    approval_status TEXT NOT NULL DEFAULT 'not_submitted',
    approved_version BIGINT,
    valid_from BIGINT,
    valid_until BIGINT,
    -- refuse | accept: a code redeemed by somebody who got no message of the offer
    stranger_redemption TEXT NOT NULL DEFAULT 'refuse',
    -- none | shared (code_prefix is the code) | unique (each code begins with code_prefix)
    code_mode TEXT NOT NULL DEFAULT 'none',
    code_prefix TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    created_by {uuid},
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    archived_at BIGINT
);
CREATE INDEX offers_tenant ON offers (tenant_id, id);

CREATE TABLE offer_versions (
    offer_id {uuid} NOT NULL REFERENCES offers(id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    snapshot {json} NOT NULL,
    created_by {uuid},
    created_at BIGINT NOT NULL,
    PRIMARY KEY (offer_id, version)
);

CREATE TABLE offer_products (
    offer_id {uuid} NOT NULL REFERENCES offers(id) ON DELETE CASCADE,
    product_id {uuid} NOT NULL REFERENCES products(id),
    tenant_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (offer_id, product_id)
);

CREATE TABLE offer_creatives (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    offer_id {uuid} NOT NULL REFERENCES offers(id) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    locale TEXT NOT NULL,
    -- sender id of an SMS, subject of an e-mail, title of a push message
    title TEXT NOT NULL DEFAULT '',
    preheader TEXT NOT NULL DEFAULT '',
    text_body TEXT NOT NULL DEFAULT '',
    html_body TEXT NOT NULL DEFAULT '',
    variables {json} NOT NULL,
    sms_route TEXT,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    position BIGINT NOT NULL DEFAULT 0,
    -- the immutable text that is sent now
    creative_version_id BIGINT,
    updated_at BIGINT NOT NULL,
    UNIQUE (offer_id, channel, locale)
);

-- What may be rendered: never changed once written, so that a message sent can always be shown again.
CREATE TABLE creative_versions (
    id {identity},
    tenant_id BIGINT NOT NULL,
    -- offer_creative | template | inline | reply
    source_kind TEXT NOT NULL,
    source_id {uuid},
    channel TEXT NOT NULL,
    locale TEXT NOT NULL,
    title TEXT NOT NULL,
    preheader TEXT NOT NULL,
    text_body TEXT NOT NULL,
    html_body TEXT NOT NULL,
    variables {json} NOT NULL,
    sms_route TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX creative_versions_source ON creative_versions (source_id, id);

CREATE TABLE offer_rewards (
    offer_id {uuid} NOT NULL REFERENCES offers(id) ON DELETE CASCADE,
    reward_id {uuid} NOT NULL REFERENCES rewards(id),
    tenant_id BIGINT NOT NULL,
    -- clicked | redeemed | purchased
    granted_on TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (offer_id, reward_id)
);

CREATE TABLE offer_tracking_sources (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    offer_id {uuid} NOT NULL REFERENCES offers(id) ON DELETE CASCADE,
    -- campaign_code | utm_source | utm_medium | … | analytics_tag
    source TEXT NOT NULL,
    value TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    position BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX offer_tracking_sources_offer ON offer_tracking_sources (offer_id);

CREATE TABLE redemption_codes (
    tenant_id BIGINT NOT NULL,
    -- upper case
    code TEXT NOT NULL,
    offer_id {uuid} NOT NULL REFERENCES offers(id) ON DELETE CASCADE,
    -- NULL: one code shared by everybody
    customer_id BIGINT,
    PRIMARY KEY (tenant_id, code)
);
CREATE INDEX redemption_codes_offer ON redemption_codes (offer_id, customer_id);

CREATE TABLE templates (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    channel TEXT NOT NULL,
    locale TEXT NOT NULL DEFAULT 'en',
    subject TEXT NOT NULL DEFAULT '',
    preheader TEXT NOT NULL DEFAULT '',
    text_body TEXT NOT NULL DEFAULT '',
    html_body TEXT NOT NULL DEFAULT '',
    variables {json} NOT NULL,
    sms_route TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    creative_version_id BIGINT,
    created_by {uuid},
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    archived_at BIGINT
);
CREATE INDEX templates_tenant ON templates (tenant_id, id);

CREATE TABLE template_versions (
    template_id {uuid} NOT NULL REFERENCES templates(id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    creative_version_id BIGINT NOT NULL REFERENCES creative_versions(id),
    created_by {uuid},
    created_at BIGINT NOT NULL,
    PRIMARY KEY (template_id, version)
);
