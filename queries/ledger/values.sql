-- The value of {value} in the rows of {relation} with the keys $1, both as PostgreSQL prints them.
SELECT r.{key}::text AS key, r.{value}::text AS value
FROM {relation} r
WHERE r.{key} = ANY ($1::{type}[])
