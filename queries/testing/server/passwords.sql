-- Only superusers may know whether a password was changed.
SELECT format('password of role %I', rolname) AS name, to_jsonb(md5(rolpassword)) AS fact FROM pg_authid
WHERE rolpassword IS NOT NULL
