-- What people do with a campaign's messages, newest first, while it runs: the feed of its live screen.
CREATE INDEX message_events_run ON message_events (run_id, id);
