-- Removes every row with a reserved key; $1 is the first reserved event_id. Returns rows by table.
WITH recorded AS (
  DELETE FROM events.events WHERE event_id >= $1 RETURNING 1
)
SELECT (SELECT count(*)::integer FROM recorded) AS events;
