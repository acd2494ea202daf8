-- Has the server look each second whether this session's client is still there, also while a statement waits for a lock:
-- of a client that was killed it would know nothing before that. Not before 14, and not on every system.
SELECT set_config(name, '1000', false)
FROM pg_settings
WHERE name = 'client_connection_check_interval'
