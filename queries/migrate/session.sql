-- What a session begins with: its process and when that began, which no other one shares, and its limits as the URL, the role and the server have set them.
SELECT
  pg_backend_pid() AS pid,
  (SELECT extract(epoch FROM backend_start)::text FROM pg_stat_activity WHERE pid = pg_backend_pid()) AS "beganAt",
  current_setting('lock_timeout') AS "lockTimeout",
  current_setting('statement_timeout') AS "statementTimeout"
