-- Mailboxes that answers, bounces and complaints are read from.
CREATE TABLE mailboxes (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    -- tls | starttls | none
    security TEXT NOT NULL,
    -- the password is in secrets, under mailbox:<id>
    username TEXT NOT NULL,
    folder TEXT NOT NULL,
    -- PEM of a private authority; empty: the system's alone
    root_certificate TEXT NOT NULL DEFAULT '',
    may_be_private BOOLEAN NOT NULL DEFAULT FALSE,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    -- mail that arrived before is left alone
    reads_since BIGINT NOT NULL,
    -- the numbering of the folder and the last number that was read; NULL before it was first read
    uid_validity BIGINT,
    last_uid BIGINT NOT NULL DEFAULT 0,
    -- how often the mail after that could not be taken
    tries BIGINT NOT NULL DEFAULT 0,
    read_at BIGINT,
    -- what stood in the way last time, since when, how often in a row, and until when it rests
    error TEXT,
    failing_since BIGINT,
    failures BIGINT NOT NULL DEFAULT 0,
    rests_until BIGINT NOT NULL DEFAULT 0,
    replies BIGINT NOT NULL DEFAULT 0,
    bounces BIGINT NOT NULL DEFAULT 0,
    complaints BIGINT NOT NULL DEFAULT 0,
    others BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX mailboxes_tenant ON mailboxes (tenant_id);

-- Each mail that was read, so that none is read twice: by its number, and by its name where numbers begin anew.
CREATE TABLE mailbox_messages (
    mailbox_id {uuid} NOT NULL REFERENCES mailboxes(id) ON DELETE CASCADE,
    uid_validity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    tenant_id BIGINT NOT NULL,
    -- a hash of its Message-ID, or of all of it where it has none
    name TEXT NOT NULL,
    -- reply | bounce | complaint | nothing | failed
    outcome TEXT NOT NULL,
    -- why there was nothing to do with it
    reason TEXT,
    response_id {uuid},
    read_at BIGINT NOT NULL,
    PRIMARY KEY (mailbox_id, uid_validity, uid)
);
CREATE UNIQUE INDEX mailbox_messages_name ON mailbox_messages (tenant_id, name);
CREATE INDEX mailbox_messages_age ON mailbox_messages (read_at);
