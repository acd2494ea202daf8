-- No limit that a role has for idle sessions ends the one that holds the lock. Where $1 is set that counts for the
-- transaction only: the session is lent by a pooler, and the next to have it wants its own.
SELECT
  set_config('statement_timeout', '0', $1),
  set_config('idle_session_timeout', '0', $1),
  set_config('idle_in_transaction_session_timeout', '0', $1)
