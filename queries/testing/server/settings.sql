SELECT 'setting ' || name AS name,
  jsonb_build_object('value', setting, 'source', source, 'boot', boot_val, 'reset', reset_val, 'file', sourcefile,
    'pending', pending_restart) AS fact
FROM pg_settings
