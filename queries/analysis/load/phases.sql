-- Phases out of a JSON array: of a run of days there are hundreds of thousands.
INSERT INTO phase
SELECT $run, phase.*
FROM (
  SELECT unnest(from_json($phases, '[{
    "phaseId": "UINTEGER", "segment": "VARCHAR", "block": "INTEGER", "arm": "VARCHAR",
    "startUs": "BIGINT", "endUs": "BIGINT"
  }]')) AS phase
);
