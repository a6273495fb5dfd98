-- for forgetting the oldest
CREATE INDEX message_attempts_age ON message_attempts (at);
