-- People and access. Times are UTC milliseconds (BIGINT); tenant_id is the workspace of the row.
-- {uuid} {json} {blob} {identity} are replaced for each engine; see crates/db/src/migrate.rs.

CREATE TABLE workspaces (
    id {identity},
    public_id {uuid} NOT NULL UNIQUE,
    name TEXT NOT NULL,
    timezone TEXT NOT NULL DEFAULT 'UTC',
    currency TEXT NOT NULL DEFAULT 'USD',
    locale TEXT NOT NULL DEFAULT 'en',
    approval_required BOOLEAN NOT NULL DEFAULT TRUE,
    public_base_url TEXT,
    settings {json} NOT NULL,
    -- key that signs this workspace's tracking links
    signing_key {blob} NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE users (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL REFERENCES workspaces(id),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change_password BOOLEAN NOT NULL DEFAULT FALSE,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    locale TEXT NOT NULL DEFAULT 'en',
    preferences {json} NOT NULL,
    failed_attempts BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT,
    last_sign_in_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- sign-in finds a person by e-mail (kept in lower case) over all workspaces
CREATE UNIQUE INDEX users_email ON users (email);
CREATE INDEX users_tenant ON users (tenant_id, name);

CREATE TABLE sessions (
    token_hash {blob} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    user_agent TEXT,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
    id {uuid} PRIMARY KEY,
    tenant_id BIGINT NOT NULL,
    user_id {uuid} NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    token_hash {blob} NOT NULL UNIQUE,
    scopes {json} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_tokens_tenant ON api_tokens (tenant_id, created_at);

CREATE TABLE audit_log (
    id {identity},
    tenant_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_id {uuid},
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    object_type TEXT NOT NULL,
    object_id TEXT NOT NULL,
    object_name TEXT NOT NULL DEFAULT '',
    before_state {json},
    after_state {json},
    correlation_id TEXT
);
CREATE INDEX audit_log_tenant ON audit_log (tenant_id, id);
CREATE INDEX audit_log_object ON audit_log (tenant_id, object_type, object_id, id);

-- secrets are encrypted with the installation's key before they get here
CREATE TABLE secrets (
    tenant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    nonce {blob} NOT NULL,
    ciphertext {blob} NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

CREATE TABLE idempotency_keys (
    tenant_id BIGINT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request_hash {blob} NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, idempotency_key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE notifications (
    id {identity},
    tenant_id BIGINT NOT NULL,
    user_id {uuid},
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    link TEXT,
    read_at BIGINT
);
CREATE INDEX notifications_user ON notifications (tenant_id, user_id, id);
