-- What a session does, by its process in $1; no row where it has ended.
SELECT state FROM pg_stat_activity WHERE pid = $1
