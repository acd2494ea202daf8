-- Which server answers: where it listens, since when it runs, and whether it takes writes. One row; any role may ask.
SELECT
  coalesce(host(inet_server_addr()), 'socket') AS address,
  coalesce(inet_server_port(), 0) AS port,
  (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint::text AS started,
  pg_is_in_recovery() AS recovery,
  current_setting('transaction_read_only') = 'on' AS "readOnly"
