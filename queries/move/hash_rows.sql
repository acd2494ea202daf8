-- Hashes of those rows of {relation} whose keys are named, each with the place of its key among these.
SELECT named.place::float8 AS place, hashtextextended(t::text, 0)::text AS hash
FROM unnest({arrays}) WITH ORDINALITY AS named ({names}, place)
JOIN {relation} t ON {condition}
