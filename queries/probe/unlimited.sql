-- What a role or server limits, lifted for this transaction alone: a pooler hands sessions on. Later versions have a limit more.
SELECT set_config(name, '0', true)
FROM pg_settings
WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')
