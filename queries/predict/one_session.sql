-- Work that needs one processor and nothing else, and always as much.
SELECT count(*) FROM generate_series(1, 50000) AS made (i) WHERE md5(i::text) = ''
