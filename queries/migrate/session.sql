-- What a session begins with: its process, and its limits as the URL, the role and the server have set them.
SELECT
  pg_backend_pid() AS pid,
  current_setting('lock_timeout') AS "lockTimeout",
  current_setting('statement_timeout') AS "statementTimeout"
