-- DuckDB alone stores the timings of another store.
ATTACH ':file' AS stored (READ_ONLY);
INSERT INTO timing SELECT * FROM stored.timing;
DETACH stored;
CHECKPOINT;
