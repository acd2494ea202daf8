-- Samples out of a JSON array: of a run of hours there are millions.
INSERT INTO sample
SELECT $run, sample.*
FROM (
  SELECT unnest(from_json($samples, '[{
    "at": "BIGINT", "source": "VARCHAR", "metric": "VARCHAR", "labels": "JSON", "value": "DOUBLE"
  }]')) AS sample
);
