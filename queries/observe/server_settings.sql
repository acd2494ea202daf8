-- $1: text[], names of settings; those that this version does not know or this role may not see are left out.
SELECT name, current_setting(name) AS value
FROM pg_settings
WHERE name = ANY ($1::text[])
UNION ALL
-- No settings since PostgreSQL 16, but properties of the database that shape results all the same.
SELECT property.name, property.value
FROM pg_database,
  LATERAL (VALUES ('lc_collate', datcollate::text), ('server_encoding', pg_encoding_to_char(encoding)::text))
    AS property (name, value)
WHERE datname = current_database()
  AND property.name = ANY ($1::text[])
  AND NOT EXISTS (SELECT FROM pg_settings WHERE pg_settings.name = property.name)
ORDER BY name
