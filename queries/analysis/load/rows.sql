-- Rows of a table out of a JSON array, which takes less than an appender where there are many. The table and its
-- columns are put in.
INSERT INTO {table} BY NAME
SELECT $run AS run_id, row.*
FROM (SELECT unnest(from_json($rows, '{columns}')) AS row);
