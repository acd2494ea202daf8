-- What a move has left on this server, known by its mark: $1 the schema's comment, $2 the names of slots, $3 the oid of the
-- target's subscription, null where it is not known or is none of this server's copies. First subscriptions, which use slots.
SELECT 'subscription' AS kind, s.subname::text AS name, NULL::int AS pid
FROM pg_subscription s
WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND obj_description(s.oid, 'pg_subscription') = $1
UNION ALL
SELECT 'publication', p.pubname, NULL
FROM pg_publication p
WHERE obj_description(p.oid, 'pg_publication') = $1
UNION ALL
SELECT 'schema', n.nspname, NULL
FROM pg_namespace n
WHERE obj_description(n.oid, 'pg_namespace') = $1
UNION ALL
SELECT 'slot', r.slot_name, r.active_pid
FROM pg_replication_slots r
WHERE r.database = current_database() AND r.plugin = 'pgoutput' AND (
  r.slot_name = ANY ($2::text[]) OR r.slot_name ~ ('^pg_' || $3::int8 || '_sync_[0-9]+_' || $4::text || '$')
)
