-- The least and the greatest value of {key} in {relation}, as text; null in an empty table.
SELECT min(t.{key})::text AS "from", max(t.{key})::text AS "to"
FROM {relation} t
WHERE {condition}
