-- Hashes of those rows of {relation} whose keys are named.
SELECT jsonb_build_array({columns})::text AS key, hashtextextended(t::text, 0)::text AS hash
FROM unnest({arrays}) AS named ({names})
JOIN {relation} t ON {condition}
