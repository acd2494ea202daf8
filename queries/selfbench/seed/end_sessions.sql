-- Ends every session in the database $1: what runs there fails at once.
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1
