-- The names people and reports know, over the lean tables.

CREATE VIEW campaign_recipients AS
SELECT r.run_id, r.seq, r.tenant_id, n.campaign_id, r.customer_id, r.customer_id AS contact_id,
       s.segment_id, c.offer_id, c.creative_version_id AS creative_id, v.variant_id, c.channel, c.locale,
       CASE r.status WHEN 0 THEN 'pending' WHEN 1 THEN 'sent' WHEN 2 THEN 'delivered' WHEN 3 THEN 'opened' WHEN 4 THEN 'clicked'
            WHEN 5 THEN 'bounced' WHEN 6 THEN 'failed' WHEN 7 THEN 'skipped' WHEN 8 THEN 'suppressed' WHEN 9 THEN 'cancelled' ELSE 'unknown' END AS status,
       r.attempts, r.sent_at, r.delivered_at, r.opened_at, r.clicked_at, r.replied_at, r.failed_at, r.reason AS failure_reason,
       r.provider_message_id AS message_id
FROM run_recipients r
JOIN campaign_runs n ON n.id = r.run_id
LEFT JOIN run_segments s ON s.run_id = r.run_id AND s.segment_no = r.segment_no
LEFT JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
LEFT JOIN campaign_variants v ON v.campaign_id = n.campaign_id AND v.variant_no = r.variant_no;

CREATE VIEW campaign_participants AS
SELECT n.campaign_id, r.run_id, s.segment_id, r.customer_id, r.tenant_id, FALSE AS is_control
FROM run_recipients r JOIN campaign_runs n ON n.id = r.run_id JOIN run_segments s ON s.run_id = r.run_id AND s.segment_no = r.segment_no
GROUP BY n.campaign_id, r.run_id, s.segment_id, r.customer_id, r.tenant_id
UNION ALL
SELECT n.campaign_id, m.run_id, s.segment_id, m.customer_id, m.tenant_id, TRUE
FROM run_control_members m JOIN campaign_runs n ON n.id = m.run_id JOIN run_segments s ON s.run_id = m.run_id AND s.segment_no = m.segment_no;

CREATE VIEW campaign_stats AS
SELECT n.campaign_id, v.variant_id, t.tenant_id, CAST(SUM(t.total) AS BIGINT) AS total_recipients, CAST(SUM(t.sent) AS BIGINT) AS sent_count,
       CAST(SUM(t.delivered) AS BIGINT) AS delivered_count, CAST(SUM(t.opened) AS BIGINT) AS opened_count, CAST(SUM(t.clicked) AS BIGINT) AS clicked_count,
       CAST(SUM(t.bounced) AS BIGINT) AS bounced_count, CAST(SUM(t.unsubscribed) AS BIGINT) AS unsubscribed_count, CAST(SUM(t.complaints) AS BIGINT) AS complaint_count
FROM run_stats t JOIN campaign_runs n ON n.id = t.run_id
LEFT JOIN campaign_variants v ON v.campaign_id = n.campaign_id AND v.variant_no = t.variant_no
GROUP BY n.campaign_id, v.variant_id, t.tenant_id;

CREATE VIEW outbound_messages AS
SELECT r.run_id, r.seq, n.campaign_id, r.customer_id, r.tenant_id,
       CASE WHEN r.status = 0 THEN 'pending' WHEN r.sent_at IS NOT NULL THEN 'sent' ELSE 'failed' END AS status,
       m.values_json AS rendered_values, COALESCE(r.reason, d.last_error) AS last_error, r.attempts AS retry_count,
       n.started_at AS created_at, COALESCE(r.failed_at, r.sent_at, n.started_at) AS updated_at
FROM run_recipients r JOIN campaign_runs n ON n.id = r.run_id
LEFT JOIN message_snapshots m ON m.run_id = r.run_id AND m.seq = r.seq
LEFT JOIN deferred_messages d ON d.run_id = r.run_id AND d.seq = r.seq;

CREATE VIEW message_queue AS
SELECT r.run_id, r.seq, r.tenant_id, r.customer_id, n.campaign_id, c.offer_id, c.creative_version_id AS creative_id, 'pending' AS status, d.due_at
FROM run_recipients r JOIN campaign_runs n ON n.id = r.run_id
LEFT JOIN run_contents c ON c.run_id = r.run_id AND c.content_no = r.content_no
LEFT JOIN deferred_messages d ON d.run_id = r.run_id AND d.seq = r.seq
WHERE r.status = 0;

CREATE VIEW job_tasks AS
SELECT n.job_id, r.run_id, r.seq, n.campaign_id, r.tenant_id, r.customer_id AS contact_id, COALESCE(k.email, k.phone) AS email_address,
       CASE WHEN r.status = 0 THEN 'pending' WHEN r.status IN (1, 2, 3, 4, 5) THEN 'completed' WHEN r.status = 6 THEN 'failed' ELSE 'cancelled' END AS status
FROM run_recipients r JOIN campaign_runs n ON n.id = r.run_id JOIN customers k ON k.id = r.customer_id;

CREATE VIEW campaign_contact_status AS
SELECT n.campaign_id, r.tenant_id, r.customer_id AS contact_id, COALESCE(k.email, k.phone) AS email_address,
       CASE WHEN r.replied_at IS NOT NULL THEN 'replied' WHEN r.status = 1 THEN 'sent' WHEN r.status = 2 THEN 'delivered' WHEN r.status = 3 THEN 'opened'
            WHEN r.status = 4 THEN 'clicked' WHEN r.status = 5 THEN 'bounced' WHEN r.status = 6 THEN 'failed' END AS last_event,
       r.sent_at, r.opened_at
FROM run_recipients r JOIN campaign_runs n ON n.id = r.run_id JOIN customers k ON k.id = r.customer_id;
