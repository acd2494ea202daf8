-- The number that initdb gave the cluster: physical replicas have the same, all others another.
SELECT system_identifier::text AS system FROM pg_control_system()
