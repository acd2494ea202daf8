-- Lets this session's transactions stay open for as long as they want; 17 knows one limit more than those before it.
SELECT set_config(name, '0', false)
FROM pg_settings
WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')
