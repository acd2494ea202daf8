-- Settings of the database $1, for all of its sessions or for those of this login: a clone does not get them by itself.
-- Those of the login come last, as they come for a session.
SELECT
  s.setrole <> 0 AS "ofRole",
  split_part(c.setting, '=', 1) AS name,
  substr(c.setting, strpos(c.setting, '=') + 1) AS value
FROM pg_db_role_setting s
JOIN pg_database d ON d.oid = s.setdatabase
CROSS JOIN LATERAL unnest(s.setconfig) AS c (setting)
WHERE d.datname = $1
  AND (s.setrole = 0 OR s.setrole = (SELECT oid FROM pg_roles WHERE rolname = session_user))
ORDER BY s.setrole <> 0, name
