-- Writes a megabyte, which is rolled back: a server whose disk is full says so. Not logged, for a log that finds no room
-- would end the server.
CREATE UNLOGGED TABLE {schema}.room AS SELECT repeat(md5(n::text), 60) AS word FROM generate_series(1, 500) n
