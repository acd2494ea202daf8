-- Asks the sessions that do something to end it, by {ask}: those of this very login that bear the name $1 of one run
-- of ours. Gives how many there are. A session belongs to who has logged in, whatever role it has taken on; asked after
-- SET ROLE NONE, as another role neither sees what it does nor may end it.
SELECT count({ask}(pid))::integer AS busy
FROM pg_stat_activity
WHERE usename = session_user
  AND pid <> pg_backend_pid()
  AND starts_with(application_name, $1)
  AND state IN ('active', 'idle in transaction', 'idle in transaction (aborted)', 'fastpath function call')
