-- Lines of the configuration files, and temporary files: for superusers only.
SELECT format('setting %s in %s', name, sourcefile) AS name,
  jsonb_agg(jsonb_build_array(setting, applied, error) ORDER BY seqno)::text::jsonb AS fact
FROM pg_file_settings
GROUP BY name, sourcefile
UNION ALL
SELECT 'rules of access', to_jsonb(md5(string_agg(h::text, '' ORDER BY h::text))) FROM pg_hba_file_rules h
UNION ALL
SELECT format('temporary file %s', name), to_jsonb(size) FROM pg_ls_tmpdir()
