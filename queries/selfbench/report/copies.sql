-- The id of a copy.
CREATE TEMP MACRO copy_id(nth) AS strftime(TIMESTAMP '2000-01-01' + nth * INTERVAL 1 HOUR, '%Y%m%d-%H%M%S') || '-' ||
  lpad(nth::VARCHAR, 4, '0');
