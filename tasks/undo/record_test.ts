import assert from "node:assert/strict";
import { isQuery } from "./record.ts";

Deno.test("what a record asks is a query, whatever comments stand before it", async () => {
  for (
    const text of [
      "SELECT 1",
      "  with a AS (SELECT 1) TABLE a",
      "-- What it leaves.\nSELECT 1",
      "/* a * b */ SELECT 1",
      "/* outer /* inner */ still outer */\n(VALUES (1))",
      "/**/--\n/* ** */ TABLE a",
    ]
  ) assert.ok(await isQuery(text), text);
  for (
    const text of [
      "",
      "DELETE FROM a",
      "/* SELECT */ DELETE FROM a",
      "/* /* */ SELECT 1",
      "-- SELECT\nDROP TABLE a",
      "SELECTED",
      "/* */",
      "SELECT 1; DROP TABLE a",
    ]
  ) assert.ok(!await isQuery(text), text);
});
