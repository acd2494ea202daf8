-- Lets this session wait for a lock no longer than $1 ms, unless the URL says how long, or its role or server says
-- less. Not where the process id $2 that the client was given is another's: a pooler would hand our limit on to other
-- clients. Gives the limit that holds now, ms; 0: none.
SELECT CASE
  WHEN $2::integer = pg_backend_pid() AND source <> 'client' AND NOT setting::integer BETWEEN 1 AND $1::integer
    THEN (SELECT $1::integer FROM set_config('lock_timeout', $1::text, false))
  ELSE setting::integer
END AS ms
FROM pg_settings
WHERE name = 'lock_timeout'
