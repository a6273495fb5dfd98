-- What built-in jobs need beside what 0016 has.

-- An occurrence of a recurring campaign is one run, however many nodes start it.
CREATE UNIQUE INDEX campaign_runs_moment ON campaign_runs (campaign_id, scheduled_for);
