-- Limits how long the session waits for a lock ($1), and how long a statement may take ($2): for good, or for the
-- transaction under way alone ($3).
SELECT set_config('lock_timeout', $1, $3), set_config('statement_timeout', $2, $3)
