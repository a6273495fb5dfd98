-- A lease covers a chunk of messages; what of it may have left is noted before it leaves, a window at a time.
-- noted_seq: messages up to this one may have left; the greatest number: all of them
-- done_seq: those up to this one have, and what of them is still pending was taken by its provider
-- contents: [[seq, content_no, choice], …] of the messages that are to be sent, when it is noted by windows
ALTER TABLE send_leases ADD COLUMN noted_seq BIGINT NOT NULL DEFAULT 9223372036854775807;
ALTER TABLE send_leases ADD COLUMN done_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE send_leases ADD COLUMN noted_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE send_leases ADD COLUMN contents {json};
