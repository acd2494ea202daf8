-- What the role may do of what measuring beside COPY needs, and where the cluster lies (NULL: not to be known).
-- pg_checkpoint came with PostgreSQL 15.
SELECT
  rolname AS role,
  rolsuper OR rolcreatedb AS creates_databases,
  pg_has_role(oid, 'pg_read_server_files', 'USAGE') AS reads_files,
  rolsuper OR EXISTS (
    SELECT FROM pg_roles AS checkpointer
    WHERE checkpointer.rolname = 'pg_checkpoint' AND pg_has_role(current_user, checkpointer.oid, 'USAGE')
  ) AS checkpoints,
  CASE WHEN rolsuper OR pg_has_role(oid, 'pg_read_all_settings', 'USAGE')
    THEN current_setting('data_directory') END AS data_directory
FROM pg_roles
WHERE rolname = current_user
