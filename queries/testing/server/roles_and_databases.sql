-- Roles, databases and what else all databases of a server share.
SELECT format('role %I', rolname) AS name, to_jsonb(r) - 'rolpassword' AS fact
FROM pg_roles r
WHERE rolname !~ '^pg_'
UNION ALL
SELECT format('membership of role %s in %s', member::regrole, roleid::regrole),
  (to_jsonb(m) - '{oid,grantor,roleid,member}'::text[]) || jsonb_build_object('grantor', grantor::regrole)
FROM pg_auth_members m
WHERE roleid >= 16384 OR member >= 16384
UNION ALL
SELECT format('settings of %s in %s', coalesce('role ' || nullif(s.setrole, 0)::regrole, 'every role'),
    coalesce('database ' || d.datname, 'every database')), to_jsonb(s.setconfig)
FROM pg_db_role_setting s
LEFT JOIN pg_database d ON d.oid = s.setdatabase
UNION ALL
SELECT format('database %I', datname),
  to_jsonb(d) - '{datfrozenxid,datminmxid,datlastsysoid}'::text[] || jsonb_build_object('datdba', datdba::regrole)
FROM pg_database d
UNION ALL
SELECT format('tablespace %I', spcname),
  to_jsonb(t) || jsonb_build_object('spcowner', spcowner::regrole, 'location', pg_tablespace_location(oid))
FROM pg_tablespace t
UNION ALL
SELECT format('replication slot %I', slot_name),
  jsonb_build_object('plugin', plugin, 'type', slot_type, 'database', database, 'temporary', temporary, 'active', active)
FROM pg_replication_slots
UNION ALL
SELECT format('replication origin %I', roname), to_jsonb(roident::text) FROM pg_replication_origin
UNION ALL
SELECT format('prepared transaction %s', gid), jsonb_build_object('owner', owner, 'database', database)
FROM pg_prepared_xacts
UNION ALL
SELECT format('rights to setting %s', parname), to_jsonb(paracl) FROM pg_parameter_acl
UNION ALL
SELECT 'comment on ' || pg_describe_object(classoid, objoid, 0), to_jsonb(description)
FROM pg_shdescription
UNION ALL
SELECT format('security label (%s) on %s', provider, pg_describe_object(classoid, objoid, 0)), to_jsonb(label)
FROM pg_shseclabel
UNION ALL
SELECT 'statistics of background writer', jsonb_build_object('reset', stats_reset) FROM pg_stat_bgwriter
UNION ALL
SELECT 'statistics of archiver', jsonb_build_object('reset', stats_reset) FROM pg_stat_archiver
UNION ALL
SELECT 'statistics of WAL', jsonb_build_object('reset', stats_reset) FROM pg_stat_wal
