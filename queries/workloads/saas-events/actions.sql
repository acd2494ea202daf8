-- What users did in the seeded year: pages fit their events, and events of all types are as frequent as there. Only
-- purchases are left out, which need an amount.
SELECT event_type, page_path, properties ->> 'device' AS device
FROM events.events
WHERE event_id <= 5000 AND amount IS NULL
ORDER BY event_id
