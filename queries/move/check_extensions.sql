-- Which of the extensions $1 a server does not have to offer.
SELECT needed.name
FROM unnest($1::text[]) AS needed (name)
WHERE NOT EXISTS (SELECT FROM pg_available_extensions a WHERE a.name = needed.name)
