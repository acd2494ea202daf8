-- Has the server tell the session which index it begins to build. Returns what the session had set.
SELECT current_setting('client_min_messages') AS before, set_config('client_min_messages', 'debug1', false)
