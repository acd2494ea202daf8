-- Sets back what runs have written into {column} of {table}: texts like $1.
UPDATE ONLY {table} AS t SET {column} = was.seeded
FROM ({seeded}) AS was
WHERE was.key = t.{key} AND t.{column} ~ $1
