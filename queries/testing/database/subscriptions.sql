-- Only superusers see how a subscription connects, and no one sees its password here.
SELECT pg_describe_object(tableoid, oid, 0) AS name,
  to_jsonb(o) - 'subskiplsn' || jsonb_build_object('subconninfo', md5(subconninfo)) AS fact
FROM pg_subscription o
WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
