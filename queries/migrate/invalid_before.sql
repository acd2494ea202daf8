-- All indexes that are INVALID, be it that somebody is building them.
SELECT indexrelid::text AS oid FROM pg_index WHERE NOT indisvalid
